/**
 * The recorder of a drive: whatever drives (an expert, an engine, a replay, a log) tells it each decision and each step, and
 * gets an `Episode`. It reads the world and never changes it.
 *
 * Order of calls, for a freshly reset world: `decide` before the step it belongs to, `step` after every step, `finish` once.
 * The record's numbers are rounded to what they mean (0.1 mm, 1e-6 nats); the controls are exact, and they are what replays.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { scoreDrive } from '../tasks/driving/scores/lab/score.ts';
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';
import type { Worlds, WorldState } from '../tasks/driving/world/world.ts';
import { type DecisionRecord, EPISODE_FORMAT, type Episode, type EpisodePolicy, HASH_EVERY } from './episode.ts';
import { EventDetector } from './events.ts';
import { roundMetres } from './plan-code.ts';

/** What a record says besides what happened. */
export interface EpisodeInfo {
  /** Absent: "hidden pedestrian, seed 7, SFT + PPO". */
  readonly name?: string;
  /** ISO 8601; core has no clock. */
  readonly createdAt: string;
  readonly policy: EpisodePolicy;
  /** Text of the scenario when it is not a shipped one. */
  readonly inline?: string;
  readonly parent?: Episode['parent'];
}

export class EpisodeRecorder {
  readonly #worlds: Worlds;
  readonly #index: number;
  readonly #spec: WorldSpec;
  readonly #controls: number[] = [];
  readonly #decisions: DecisionRecord[] = [];
  readonly #hashes: [number, string][] = [];
  readonly #events = new EventDetector();
  #state: WorldState;

  /** World `index` of `worlds` has just been reset to `spec`. */
  constructor(worlds: Worlds, spec: WorldSpec, index = 0) {
    this.#worlds = worlds;
    this.#index = index;
    this.#spec = spec;
    this.#state = worlds.state(index);
    this.#events.observe(this.#state);
  }

  /** The world as it is now. */
  get state(): WorldState {
    return this.#state;
  }

  /** Whether the drive is over: further steps would change nothing. */
  get finished(): boolean {
    return this.#state.terminated || this.#state.truncated;
  }

  /** A decision made in the present state. */
  decide(decision: Omit<DecisionRecord, 'step'>): void {
    const { tokens, edit, logProbs, waypoints, confidence, residual, value } = decision;
    const { step } = this.#state;
    this.#decisions.push({
      step,
      tokens: [...tokens],
      ...(edit && { edit: { ...edit } }),
      ...(logProbs && { logProbs: logProbs.map(round6) }),
      waypoints: Array.from(waypoints, roundMetres),
      ...(confidence && { confidence: Array.from(confidence, round6) }),
      ...(residual && { residual: Array.from(residual, round6) }),
      ...(value !== undefined && { value: round6(value) }),
    });
    if (edit) this.#events.add({ step, kind: 'edit', text: `Thought ${this.#decisions.length} edited` });
  }

  /** One step has been made. */
  step(): void {
    const at = this.#index * 2;
    this.#controls.push(this.#worlds.controls[at], this.#worlds.controls[at + 1]);
    this.#state = this.#worlds.state(this.#index);
    this.#events.observe(this.#state);
    const { step } = this.#state;
    if (step % HASH_EVERY === 0) this.#hashes.push([step, this.#worlds.hash(this.#index)]);
  }

  /** Everything about the drive so far. */
  finish(info: EpisodeInfo): Episode {
    const { step, success } = this.#state;
    const { scenarioId, scenarioHash, seed, maxSteps } = this.#spec;
    if (this.#hashes.at(-1)?.[0] !== step) this.#hashes.push([step, this.#worlds.hash(this.#index)]);
    const record = {
      scenario: { id: scenarioId, hash: scenarioHash, ...(info.inline !== undefined && { inline: info.inline }) },
      seed,
      policy: info.policy,
      controls: this.#controls,
      decisions: this.#decisions,
    };
    return {
      format: EPISODE_FORMAT,
      id: episodeId(record),
      name: info.name ?? `${scenarioId.replaceAll('_', ' ')}, seed ${seed}, ${info.policy.name}`,
      createdAt: info.createdAt,
      ...record,
      stateHashes: this.#hashes,
      events: this.#events.finish(),
      score: scoreDrive(this.#worlds.totals(this.#index), success, maxSteps),
      ...(info.parent && { parent: info.parent }),
    };
  }
}

/** 16 hex digits over what was driven and thought: the same drive has the same id wherever it is made, sent or opened. */
function episodeId(drive: Pick<Episode, 'scenario' | 'seed' | 'policy' | 'controls' | 'decisions'>): string {
  const { scenario, seed, policy, controls, decisions } = drive;
  const thoughts = decisions.map(({ step, tokens, edit }) => [step, tokens, edit?.index ?? -1, edit?.from ?? -1]);
  const text = JSON.stringify([scenario.hash, seed, policy.kind, policy.name, controls, thoughts]);
  return bytesToHex(sha256(utf8ToBytes(text)).subarray(0, 8));
}

const round6 = (value: number) => Math.round(value * 1e6) / 1e6 + 0;

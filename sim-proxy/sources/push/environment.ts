/**
 * An environment of a simulator at the other end of a call. The simulator only starts worlds and acts on them; Gymnasium's contract is
 * kept here: seeds (world i gets seed + i, later ones are drawn), no step before a reset or after the end of a single environment, the
 * next-step autoreset of a vector (that step ignores its action and earns 0), actions clipped and refused when they are not numbers.
 *
 * After an answer that is no good it wants a reset; after one that did not come, or once the simulator has left, it has ended.
 */
import { createHash } from 'node:crypto';
import { createRandom, type Random } from '../../../core/base/random.ts';
import { EnvError, type EnvInfo } from '../../../core/tasks/driving/env.ts';
import { ProxyError } from '../../feed/errors.ts';
import {
  type BoxSpace,
  type EnvironmentForm,
  type EnvironmentSnapshot,
  type EnvironmentStart,
  type EnvironmentStep,
  type ResetChoice,
  spaceSize,
} from '../environment.ts';
import type { SourceEnvironment } from '../source.ts';
import { BadNumbers, readStart, readStep } from './answer.ts';
import type { AnswerCase, PushedSimulator, SimulatorRequest } from './simulator.ts';
import { badSnapshot, isCount, unpackSnapshot, packSnapshot } from '../snapshot-bytes.ts';

const FORMAT = 'traceway-pushed-snapshot/1';
/** Of all worlds together, and with what is written beside them. */
const MAX_STATE_BYTES = 8 * 1024 * 1024;
const MAX_SNAPSHOT_BYTES = 9 * 1024 * 1024;
const MAX_SEED = 0xffffffff;

interface World {
  readonly seed: number;
  readonly scenario: string;
  /** Since its start. */
  readonly step: number;
  readonly finished: boolean;
}

export class PushEnvironment implements SourceEnvironment {
  readonly count: number;
  readonly form: EnvironmentForm;
  readonly #single: boolean;
  readonly #simulator: PushedSimulator;
  readonly #id: number;
  readonly #size: number;
  #random: Random = createRandom(0);
  /** Asked for by the last reset. */
  #scenario = '';
  /** Empty while a reset is wanted. */
  #worlds: readonly World[] = [];
  #ended: ProxyError | null = null;

  private constructor(simulator: PushedSimulator, count: number) {
    this.#simulator = simulator;
    this.#id = simulator.nextEnvironment();
    this.form = simulator.offer.form;
    this.#size = spaceSize(this.form.observationSpace);
    this.#single = count === 0;
    this.count = Math.max(1, count);
  }

  /** `count` worlds; 0 = a single environment. @throws ProxyError `bad-count`, and what asking can throw */
  static async open(simulator: PushedSimulator, count: number, signal: AbortSignal): Promise<PushEnvironment> {
    const { maxCount } = simulator.offer;
    if (count > maxCount) {
      throw new ProxyError('invalid', 'bad-count', `count must be 0 to ${maxCount}, not ${count}.`, 'count');
    }
    const env = new PushEnvironment(simulator, count);
    await env.#ask({ case: 'open', value: { count: env.count } }, 'done');
    if (signal.aborted) env.close();
    signal.throwIfAborted();
    return env;
  }

  get ended(): boolean {
    return this.#ended !== null || this.#simulator.gone;
  }

  async reset(seed?: number, choice?: ResetChoice): Promise<EnvironmentStart> {
    const scenario = choice?.scenario ?? '';
    if (scenario && !this.form.scenarioIds.includes(scenario)) {
      throw new ProxyError(
        'not-found',
        'no-scenario',
        `There is no scenario "${scenario.slice(0, 80)}".`,
        'scenario_id',
      );
    }
    if (seed !== undefined) this.#random = createRandom(seed);
    this.#scenario = scenario;
    this.#worlds = [];
    const seeds = Array.from({ length: this.count }, (_, i) =>
      seed === undefined ? this.#drawSeed() : (seed + i) >>> 0,
    );
    return this.#advance(seeds, new Float32Array(0));
  }

  async step(actions: Float32Array): Promise<EnvironmentStep> {
    if (this.#ended) throw this.#ended;
    if (this.#worlds.length === 0) throw new EnvError('not-reset', 'reset the environment before stepping it');
    if (this.#single && this.#worlds[0].finished) throw new EnvError('finished', 'the episode is over: reset first');
    const action = clipped(actions, this.form.actionSpace);
    return this.#advance(
      this.#worlds.map(({ finished }) => (finished ? this.#drawSeed() : null)),
      action,
    );
  }

  async snapshot(): Promise<EnvironmentSnapshot> {
    this.#mustSnapshot();
    if (this.#worlds.length === 0) throw new EnvError('not-reset', 'reset the environment before taking a snapshot');
    const { worlds } = await this.#ask({ case: 'snapshot', value: {} }, 'snapshot');
    const states = worlds.map(({ state }) => state);
    const total = states.reduce((sum, { length }) => sum + length, 0);
    if (states.length !== this.count) throw this.#simulator.badAnswer(`snapshots of ${states.length} worlds`);
    if (total > MAX_STATE_BYTES) throw this.#simulator.badAnswer(`a snapshot of ${total} bytes`);
    const head = { source: this.#simulator.offer.name, scenario: this.#scenario };
    const parts = states.map((state, i) => ({ facts: { ...this.#worlds[i] }, state }));
    const bytes = packSnapshot(FORMAT, { head, worlds: parts, random: this.#random.state() });
    return { bytes, hashes: states.map((state) => createHash('sha256').update(state).digest('hex').slice(0, 16)) };
  }

  async restore(bytes: Uint8Array): Promise<EnvironmentStart> {
    this.#mustSnapshot();
    if (bytes.length > MAX_SNAPSHOT_BYTES) throw badSnapshot(`it has more than ${MAX_SNAPSHOT_BYTES} bytes`);
    const { head, worlds, random } = unpackSnapshot(FORMAT, this.count, bytes);
    const { source, scenario } = head;
    if (source !== this.#simulator.offer.name) throw badSnapshot('another simulator made it');
    if (typeof scenario !== 'string') throw badSnapshot('it names no scenario');
    const facts = worlds.map((world) => readWorld(world.facts));
    const value = {
      worlds: worlds.map(({ state }, i) => ({ state, seed: facts[i].seed, scenarioId: facts[i].scenario })),
    };
    const answer = await this.#ask({ case: 'restore', value }, 'restored');
    const start = this.#read(() => readStart(answer, this.count, this.#size));
    this.#random = createRandom(0, random);
    this.#scenario = scenario;
    this.#worlds = facts;
    return { ...start, info: start.info.map((info, i) => told(info, facts[i])) };
  }

  close(): void {
    if (!this.#ended) this.#simulator.tell(this.#id, { case: 'close', value: {} });
    this.#ended ??= new ProxyError('not-found', 'no-environment', 'There is no such environment.', 'environment_id');
  }

  /** Worlds with a seed start, the others take their action. */
  async #advance(seeds: readonly (number | null)[], actions: Float32Array): Promise<EnvironmentStep> {
    const starts = seeds.flatMap((seed, world) => (seed === null ? [] : [{ world, seed, scenarioId: this.#scenario }]));
    const action = new Uint8Array(actions.buffer as ArrayBuffer);
    const answer = await this.#ask({ case: 'advance', value: { starts, action } }, 'advanced');
    const { reward, terminated, truncated, ...seen } = this.#read(() => readStep(answer, this.count, this.#size));
    for (const { world } of starts) reward[world] = terminated[world] = truncated[world] = 0;
    const worlds = seeds.map((seed, i) => ({
      seed: seed ?? this.#worlds[i].seed,
      scenario: seen.info[i].scenario || this.#scenario,
      step: seed === null ? this.#worlds[i].step + 1 : 0,
      finished: terminated[i] + truncated[i] > 0,
    }));
    this.#worlds = worlds;
    return { ...seen, reward, terminated, truncated, info: seen.info.map((info, i) => told(info, worlds[i])) };
  }

  async #ask<Case extends AnswerCase>(request: SimulatorRequest, expected: Case) {
    if (this.#ended) throw this.#ended;
    try {
      return await this.#simulator.ask(this.#id, request, expected);
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error;
      if (error.refusal === 'lost') this.#worlds = [];
      if (error.refusal === 'unavailable') {
        this.#simulator.tell(this.#id, { case: 'close', value: {} });
        this.#ended = error;
      }
      throw error;
    }
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      this.#worlds = [];
      throw error instanceof BadNumbers ? this.#simulator.badAnswer(error.message) : error;
    }
  }

  #mustSnapshot(): void {
    if (this.#simulator.offer.snapshots) return;
    const what = `The simulator "${this.#simulator.offer.name}" takes no snapshots.`;
    throw new ProxyError('unsupported', 'no-capability', what);
  }

  #drawSeed(): number {
    return this.#random.below(0x100000000);
  }
}

/** What only the proxy knows for certain stands above what the simulator says. */
const told = (info: EnvInfo, { step, seed, scenario }: World): EnvInfo => ({ ...info, step, seed, scenario });

function readWorld({ seed, scenario, step, finished }: Readonly<Record<string, unknown>>): World {
  const right = isCount(seed, MAX_SEED) && isCount(step, MAX_SEED) && typeof finished === 'boolean';
  if (!right || typeof scenario !== 'string') throw badSnapshot('a world in it is none');
  return { seed, scenario, step, finished };
}

/** Infinities clip; @throws EnvError `bad-action` for what is still not a finite number */
function clipped(actions: Float32Array, { low, high, ...space }: BoxSpace): Float32Array {
  const size = spaceSize(space);
  return actions.map((value, i) => {
    const clip = Math.min(high?.[i % size] ?? Number.POSITIVE_INFINITY, Math.max(low?.[i % size] ?? -Infinity, value));
    if (!Number.isFinite(clip)) throw new EnvError('bad-action', `action ${i} is not a number`, value);
    return clip;
  });
}

/**
 * Whoever drives, behind one batched interface: the expert, a random policy, an engine with its checkpoint. Suites hand a
 * driver many worlds at once; `driveOne` makes of it the single-world driver that recording and forking use.
 *
 * A plan depends on the row alone (its observation, its key, its forced tokens), never on what else is
 * in the batch, so a suite gives the same drives however it is split.
 */
import type { ActExtra, Policy } from '../../../task/policy.ts';
import type { Engine } from '../../../models/engine.ts';
import { MAX_TRACE, WAYPOINT_OUTPUTS } from '../../../models/config.ts';
import { addResidual } from './residual.ts';
import { createRandom, mixSeed } from '../../../base/random.ts';
import { decisionWordIndex } from '../words/sentence.ts';
import { synthesise } from '../words/synthesise.ts';
import { END, VOCABULARY } from '../words/vocabulary.ts';
import type { Longitudinal } from '../expert/maneuver.ts';
import { decide } from '../expert/expert.ts';
import { OBS_DIM, WAYPOINTS } from '../../../abi/layout.ts';
import { randomPlan } from './random-policy.ts';

/** What a driver says beside its plans. */
export interface DrivingExtra extends ActExtra {
  /** [batch × WAYPOINTS], 0..1. */
  readonly confidence?: Float32Array;
  /** [batch × residualSize], as added (bounded). */
  readonly residual?: Float32Array;
}

/** Actions are plans: [batch × WAYPOINTS × 2], ego frame, m, residual included. Traces have room for MAX_TRACE tokens. */
export type DrivingPolicy = Policy<DrivingExtra>;

/** The rule-based expert. A forced decision word is obeyed; other forced words only stand in the trace. */
export function expertDriver(): DrivingPolicy {
  return {
    name: 'expert',
    async act({ observations, batch, forced }) {
      const waypoints = new Float32Array(batch * WAYPOINTS * 2);
      const tokens = new Int32Array(batch * MAX_TRACE).fill(-1);
      const lengths = new Int32Array(batch);
      for (let row = 0; row < batch; row++) {
        const start = forced?.[row] ?? [];
        const decision = decide(observations, row * OBS_DIM, forcedDecision(start));
        waypoints.set(decision.waypoints, row * WAYPOINTS * 2);
        const written = synthesise(observations, decision, row * OBS_DIM);
        const trace = [...start, ...written.slice(start.length)].slice(0, MAX_TRACE);
        tokens.set(trace, row * MAX_TRACE);
        lengths[row] = trace.length;
      }
      return { actions: waypoints, extra: { tokens, lengths } };
    },
  };
}

/** Seed of the random policy wherever it is the floor of a comparison. */
export const BASELINE_SEED = 1;

/** The floor of every report: a random plan each decision, drawn by `seed` and the row's key. */
export function randomDriver(seed: number): DrivingPolicy {
  return {
    name: 'random',
    async act({ batch, keys }) {
      const waypoints = new Float32Array(batch * WAYPOINTS * 2);
      for (let row = 0; row < batch; row++) {
        waypoints.set(randomPlan(createRandom(mixSeed(seed, keys[row]))), row * WAYPOINTS * 2);
      }
      return { actions: waypoints, extra: {} };
    },
  };
}

export interface EngineDriverOptions {
  /** Whether the RL-trained residual (its mean) is added to the plan. */
  readonly residual: boolean;
  /** 0 (the default) = most likely token. */
  readonly temperature?: number;
  /** Seed of the sampling; needed only with a temperature. */
  readonly seed?: number;
  readonly name?: string;
}

/** A checkpoint: observe → trace → waypoints, plus the residual if asked for. The engine stays its owner's. */
export function engineDriver(engine: Engine, options: EngineDriverOptions): DrivingPolicy {
  const { residual: withResidual, temperature = 0, seed = 0 } = options;
  const size = engine.config.residualSize;
  return {
    name: options.name ?? (withResidual ? 'SFT + RL' : 'SFT'),
    async act({ observations, batch, keys, forced }) {
      const { tokens, lengths, logProbs, z } = await engine.generate({
        observations,
        batch,
        maxTokens: MAX_TRACE,
        endToken: END,
        temperature,
        ...(temperature > 0 && { uniforms: uniformsOf(seed, keys, batch) }),
        ...(forced && forcedTokens(forced, batch)),
      });
      const heads = await engine.heads(z, batch);
      const points = batch * WAYPOINTS;
      const waypoints = new Float32Array(points * 2);
      const confidence = new Float32Array(points);
      for (let i = 0; i < points; i++) {
        waypoints[2 * i] = heads.waypoints[WAYPOINT_OUTPUTS * i];
        waypoints[2 * i + 1] = heads.waypoints[WAYPOINT_OUTPUTS * i + 1];
        confidence[i] = heads.waypoints[WAYPOINT_OUTPUTS * i + 2];
      }
      const extra = { tokens, lengths, tokenLogProbs: logProbs, confidence, value: heads.value };
      if (!withResidual) return { actions: waypoints, extra };
      const residual = heads.residual.map((c) => Math.max(-1, Math.min(1, c)));
      for (let row = 0; row < batch; row++) {
        const plan = waypoints.subarray(row * WAYPOINTS * 2, (row + 1) * WAYPOINTS * 2);
        addResidual(plan, residual.subarray(row * size, (row + 1) * size), plan, 2);
      }
      return { actions: waypoints, extra: { ...extra, residual } };
    },
  };
}

/** One thought: a trace and the plan that follows from it. */
export interface DrivePlan {
  /** `<end>` included; empty for drivers that write none. */
  readonly tokens: readonly number[];
  readonly logProbs?: readonly number[];
  /** 20 × (x, y), ego frame, m. */
  readonly waypoints: ArrayLike<number>;
  readonly confidence?: readonly number[];
  readonly residual?: readonly number[];
  readonly value?: number;
}

/** Whoever drives: the expert, an engine, a random policy. `forced` are the tokens a trace must begin with. */
export interface EpisodeDriver {
  plan(observation: Float32Array, forced?: readonly number[]): DrivePlan | Promise<DrivePlan>;
}

/** `driver` for one world at a time. `keyOf(k)` names the k-th decision; by default its number. */
export function driveOne(driver: DrivingPolicy, keyOf: (decision: number) => number = (k) => k): EpisodeDriver {
  let decisions = 0;
  return {
    async plan(observation, forced): Promise<DrivePlan> {
      const keys = Uint32Array.of(keyOf(decisions++));
      const { actions, extra } = await driver.act({
        observations: observation,
        batch: 1,
        keys,
        ...(forced && { forced: [forced] }),
      });
      const { tokens, lengths, tokenLogProbs, confidence, residual, value } = extra;
      const length = lengths?.[0] ?? 0;
      return {
        waypoints: actions,
        tokens: tokens ? Array.from(tokens.subarray(0, length)) : [],
        ...(tokenLogProbs && { logProbs: Array.from(tokenLogProbs.subarray(0, length)) }),
        ...(confidence && { confidence: Array.from(confidence) }),
        ...(residual && { residual: Array.from(residual) }),
        ...(value && { value: value[0] }),
      };
    },
  };
}

function forcedDecision(tokens: readonly number[]): Longitudinal | undefined {
  const at = decisionWordIndex(tokens);
  return at < 0 ? undefined : (VOCABULARY[tokens[at]].code as Longitudinal);
}

function uniformsOf(seed: number, keys: Uint32Array, batch: number): Float32Array {
  const uniforms = new Float32Array(batch * MAX_TRACE);
  for (let row = 0; row < batch; row++) {
    const random = createRandom(mixSeed(seed, keys[row]));
    for (let i = 0; i < MAX_TRACE; i++) uniforms[row * MAX_TRACE + i] = random.below(1 << 24) / (1 << 24);
  }
  return uniforms;
}

function forcedTokens(forced: readonly (readonly number[])[], batch: number) {
  const tokens = new Int32Array(batch * MAX_TRACE);
  const forcedLengths = new Int32Array(batch);
  for (let row = 0; row < batch; row++) {
    const start = (forced[row] ?? []).slice(0, MAX_TRACE);
    tokens.set(start, row * MAX_TRACE);
    forcedLengths[row] = start.length;
  }
  return { forced: tokens, forcedLengths };
}

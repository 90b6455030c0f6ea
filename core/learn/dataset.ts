/**
 * Synthesised reasoning data: the expert drives, says why, and every decision becomes one training example.
 *
 * Three things make a policy learnt from it robust and honest:
 * - *Noise injection* (DART, Laskey et al. 2017): the plan that is driven carries smooth noise, the label does not, so the
 *   policy sees states off the expert's own path and learns to come back.
 * - *Shuffled slots*: in a share of the examples the actors change places in the observation, and the expert decides anew, so
 *   that an actor means the same in every slot.
 * - *Forced decisions*: in a share of the examples another decision is forced on the expert ("proceed" where it would yield).
 *   The decision word itself is not learned there (weight 0), but what follows it is: so the words after it and the
 *   waypoints obey the decision that stands in the trace, which is what makes an edited thought change the drive.
 */
import { LONGITUDINALS } from '../tasks/driving/expert/maneuver.ts';
import { decide } from '../tasks/driving/expert/expert.ts';
import { instantiate } from '../tasks/driving/scenario/instantiate/instantiate.ts';
import { DECISION_STEPS, OBS_ACTOR, OBS_ACTOR_STRIDE, OBS_ACTORS, OBS_DIM, WAYPOINTS } from '../abi/layout.ts';
import type { Scenario } from '../tasks/driving/scenario/scenario.ts';
import type { Worlds } from '../tasks/driving/world/world.ts';
import { MAX_TRACE } from '../models/config.ts';
import { addResidual, RESIDUAL_SIZE } from '../tasks/driving/policy/residual.ts';
import type { PolicyDriver } from '../tasks/driving/policy/driver.ts';
import type { Random } from '../base/random.ts';
import { decisionWordIndex } from '../tasks/driving/words/grammar.ts';
import { synthesise } from '../tasks/driving/words/synthesise.ts';

export const SYNTHESISE = {
  examples: { value: 48000, min: 256, max: 400000, step: 1000, doc: 'Decisions to synthesise.' },
  noise: {
    value: 0.6,
    min: 0,
    max: 1,
    step: 0.05,
    doc: 'Size of the smooth noise on driven plans (1 = the residual bound).',
  },
  noisyShare: { value: 0.7, min: 0, max: 1, step: 0.05, doc: 'Share of drives that carry noise.' },
  shuffledShare: { value: 0.5, min: 0, max: 1, step: 0.05, doc: 'Share of examples with the actor slots shuffled.' },
  forcedShare: { value: 0.25, min: 0, max: 0.9, step: 0.05, doc: 'Share of examples with another decision forced.' },
} as const;

/** Examples as flat arrays; row i is one decision. Shapes as in SftBatch. */
export interface TraceDataset {
  readonly size: number;
  readonly observations: Float32Array;
  readonly tokens: Int32Array;
  readonly lengths: Int32Array;
  readonly tokenWeights: Float32Array;
  readonly waypoints: Float32Array;
}

export function emptyDataset(size: number): TraceDataset {
  return {
    size,
    observations: new Float32Array(size * OBS_DIM),
    tokens: new Int32Array(size * MAX_TRACE).fill(-1),
    lengths: new Int32Array(size),
    tokenWeights: new Float32Array(size * MAX_TRACE),
    waypoints: new Float32Array(size * WAYPOINTS * 2),
  };
}

/** One dataset of several, in order. */
export function concatDatasets(parts: readonly TraceDataset[]): TraceDataset {
  const whole = emptyDataset(parts.reduce((n, part) => n + part.size, 0));
  let at = 0;
  for (const part of parts) {
    whole.observations.set(part.observations, at * OBS_DIM);
    whole.tokens.set(part.tokens, at * MAX_TRACE);
    whole.lengths.set(part.lengths, at);
    whole.tokenWeights.set(part.tokenWeights, at * MAX_TRACE);
    whole.waypoints.set(part.waypoints, at * WAYPOINTS * 2);
    at += part.size;
  }
  return whole;
}

/** The observation with its actor slots in random order, as a copy. */
export function shuffleSlots(observation: Float32Array, random: Random): Float32Array {
  const shuffled = observation.slice();
  const order = Array.from({ length: OBS_ACTORS }, (_, slot) => slot);
  for (let slot = OBS_ACTORS - 1; slot > 0; slot--) {
    const other = random.below(slot + 1);
    [order[slot], order[other]] = [order[other], order[slot]];
  }
  order.forEach((from, to) => {
    const block = observation.subarray(OBS_ACTOR + from * OBS_ACTOR_STRIDE, OBS_ACTOR + (from + 1) * OBS_ACTOR_STRIDE);
    shuffled.set(block, OBS_ACTOR + to * OBS_ACTOR_STRIDE);
  });
  return shuffled;
}

/** Writes example `row`: what the expert decides (or is forced to decide) on `observation`. */
export function writeExample(
  data: TraceDataset,
  row: number,
  observation: Float32Array,
  forced?: (typeof LONGITUDINALS)[number],
): void {
  const decision = decide(observation, 0, forced);
  const tokens = synthesise(observation, decision);
  data.observations.set(observation, row * OBS_DIM);
  data.tokens.set(tokens, row * MAX_TRACE);
  data.lengths[row] = tokens.length;
  data.tokenWeights.fill(1, row * MAX_TRACE, row * MAX_TRACE + tokens.length);
  if (forced) data.tokenWeights[row * MAX_TRACE + decisionWordIndex(tokens)] = 0;
  data.waypoints.set(decision.waypoints, row * WAYPOINTS * 2);
}

export interface SynthesiseRequest {
  readonly worlds: Worlds;
  readonly scenarios: readonly Scenario[];
  /** Seed of drive k; drives take the scenarios in turn. */
  readonly seedOf: (k: number) => number;
  readonly random: Random;
  readonly examples: number;
  readonly noise: number;
  readonly noisyShare: number;
  readonly forcedShare: number;
  readonly shuffledShare: number;
  /** Drives in the expert's place, which only says what it would have done: DAgger (Ross, Gordon & Bagnell 2011). */
  readonly learner?: PolicyDriver;
}

/** Drives the expert, or the learner, until `examples` decisions of the expert are written. */
export async function synthesiseDataset(request: SynthesiseRequest): Promise<TraceDataset> {
  const { worlds, scenarios, random, learner } = request;
  const keys = new Uint32Array(worlds.count);
  const data = emptyDataset(request.examples);
  const noisy = new Uint8Array(worlds.count);
  let drives = 0;
  const begin = (i: number) => {
    const scenario = scenarios[drives % scenarios.length];
    worlds.reset(i, instantiate(scenario, request.seedOf(drives++)));
    noisy[i] = random.next() < request.noisyShare ? 1 : 0;
  };
  for (let i = 0; i < worlds.count; i++) begin(i);
  const noise = new Float32Array(RESIDUAL_SIZE);
  const plan = new Float32Array(WAYPOINTS * 2);
  for (let row = 0; row < data.size; ) {
    const observations = worlds.observe();
    const driven = await learner?.plan({ observations, batch: worlds.count, keys });
    for (let i = 0; i < worlds.count && row < data.size; i++) {
      const observation = observations.subarray(i * OBS_DIM, (i + 1) * OBS_DIM);
      const own = decide(observation);
      const seen = random.next() < request.shuffledShare ? shuffleSlots(observation, random) : observation;
      if (random.next() < request.forcedShare) {
        const others = LONGITUDINALS.filter((word) => word !== own.longitudinal);
        writeExample(data, row++, seen, others[random.below(others.length)]);
      } else writeExample(data, row++, seen);
      const base = driven?.waypoints.subarray(i * WAYPOINTS * 2, (i + 1) * WAYPOINTS * 2) ?? own.waypoints;
      plan.set(base);
      if (noisy[i]) {
        for (let k = 0; k < RESIDUAL_SIZE; k++) noise[k] = request.noise * random.normal();
        addResidual(base, noise, plan, 2);
      }
      worlds.setPlan(i, plan);
    }
    for (let step = 0; step < DECISION_STEPS; step++) worlds.stepPlans();
    for (let i = 0; i < worlds.count; i++) if (worlds.terminated[i] || worlds.truncated[i]) begin(i);
  }
  return data;
}

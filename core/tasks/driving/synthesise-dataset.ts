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
import { LONGITUDINALS } from './expert/maneuver.ts';
import { decide } from './expert/expert.ts';
import { instantiate } from './scenario/instantiate/instantiate.ts';
import { OBS_ACTOR, OBS_ACTOR_STRIDE, OBS_ACTORS, OBS_DIM, WAYPOINTS } from '../../abi/layout.ts';
import type { Scenario } from './scenario/scenario.ts';
import type { Worlds } from './world/world.ts';
import { MAX_TRACE } from '../../models/config.ts';
import { addResidual, RESIDUAL_SIZE } from './policy/residual.ts';
import type { DrivingExtra, DrivingPolicy } from './policy/driver.ts';
import { type DatasetShape, emptyDataset, type TraceDataset } from '../../task/dataset.ts';
import type { PolicyAct, ActRequest } from '../../task/policy.ts';
import { rollout } from '../../task/rollout.ts';
import { PLAN_SIZE, PlanEnv } from './plan-env.ts';
import type { Random } from '../../base/random.ts';
import { decisionWordIndex } from './words/grammar.ts';
import { synthesise } from './words/synthesise.ts';

export const DRIVING_SHAPE: DatasetShape = { observationSize: OBS_DIM, maxTokens: MAX_TRACE, waypoints: WAYPOINTS };

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
  data.targets.set(decision.waypoints, row * PLAN_SIZE);
}

export interface DrivingSynthesis {
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
  readonly learner?: DrivingPolicy;
}

/** Drives the expert, or the learner, until `examples` decisions of the expert are written. */
export async function synthesiseDataset(request: DrivingSynthesis): Promise<TraceDataset> {
  const { worlds, scenarios, random } = request;
  const data = emptyDataset(request.examples, DRIVING_SHAPE);
  const noisy = new Uint8Array(worlds.count);
  let drives = 0;
  const env = new PlanEnv(worlds);
  const teacher = new Teacher(request, data, noisy);
  await rollout(env, teacher, Number.POSITIVE_INFINITY, {
    next(i) {
      const scenario = scenarios[drives % scenarios.length];
      const spec = instantiate(scenario, request.seedOf(drives++));
      noisy[i] = random.next() < request.noisyShare ? 1 : 0;
      return spec;
    },
    stepped: () => teacher.written >= data.size,
  });
  return data;
}

/** Writes down what the expert decides at every decision, and drives as it would, or as the learner does, noise on top. */
class Teacher implements DrivingPolicy {
  readonly name = 'teacher';
  written = 0;
  readonly #request: DrivingSynthesis;
  readonly #data: TraceDataset;
  readonly #noisy: Uint8Array;

  constructor(request: DrivingSynthesis, data: TraceDataset, noisy: Uint8Array) {
    this.#request = request;
    this.#data = data;
    this.#noisy = noisy;
  }

  /** Every seat is always taken, so row i is seat i. */
  async act(request: ActRequest): Promise<PolicyAct<DrivingExtra>> {
    const { learner, random, shuffledShare, forcedShare, noise } = this.#request;
    const { observations, batch } = request;
    const driven = await learner?.act({ ...request, keys: new Uint32Array(batch) });
    const actions = new Float32Array(batch * PLAN_SIZE);
    const coefficients = new Float32Array(RESIDUAL_SIZE);
    for (let row = 0; row < batch && this.written < this.#data.size; row++) {
      const observation = observations.subarray(row * OBS_DIM, (row + 1) * OBS_DIM);
      const own = decide(observation);
      const seen = random.next() < shuffledShare ? shuffleSlots(observation, random) : observation;
      if (random.next() < forcedShare) {
        const others = LONGITUDINALS.filter((word) => word !== own.longitudinal);
        writeExample(this.#data, this.written++, seen, others[random.below(others.length)]);
      } else writeExample(this.#data, this.written++, seen);
      const plan = actions.subarray(row * PLAN_SIZE, (row + 1) * PLAN_SIZE);
      plan.set(driven?.actions.subarray(row * PLAN_SIZE, (row + 1) * PLAN_SIZE) ?? own.waypoints);
      if (!this.#noisy[row]) continue;
      for (let k = 0; k < RESIDUAL_SIZE; k++) coefficients[k] = noise * random.normal();
      addResidual(plan, coefficients, plan, 2);
    }
    return { actions, extra: {} };
  }
}

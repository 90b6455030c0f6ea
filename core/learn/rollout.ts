/**
 * Rollouts for reinforcement learning: N worlds driven by the frozen imitation model plus a sampled residual, a fixed number
 * of decisions at a time, worlds that end begin the next training seed at once.
 *
 * What PPO needs of a decision is small: the frozen model's `z`, the residual sampled, its log-probability, the value, and
 * the reward of the 5 steps it governed. The costly part (generating the trace) is done once here; PPO's epochs touch only
 * the heads that read `z`, so between two rollouts the imitation model must stay as it is.
 */
import type { Engine } from '../models/engine.ts';
import { MAX_TRACE } from '../models/config.ts';
import { addResidual } from '../tasks/driving/policy/residual.ts';
import type { Random } from '../base/random.ts';
import { END } from '../tasks/driving/words/vocabulary.ts';
import { instantiate } from '../tasks/driving/scenario/instantiate/instantiate.ts';
import { DECISION_STEPS, OBS_DIM, WAYPOINTS } from '../abi/layout.ts';
import type { Scenario } from '../tasks/driving/scenario/scenario.ts';
import type { Worlds } from '../tasks/driving/world/world.ts';

export interface FinishedDrive {
  readonly scenario: string;
  readonly seed: number;
  readonly return: number;
  readonly collision: boolean;
  readonly success: boolean;
}

/** Time-major [decisions × worlds] arrays; z and actions carry `width` and `residualSize` numbers each. */
export interface Trajectories {
  readonly decisions: number;
  readonly worlds: number;
  readonly z: Float32Array;
  readonly actions: Float32Array;
  readonly logProbs: Float32Array;
  readonly values: Float32Array;
  readonly nextValues: Float32Array;
  readonly rewards: Float32Array;
  readonly terminated: Uint8Array;
  readonly ended: Uint8Array;
  readonly finished: readonly FinishedDrive[];
}

/** log N(action; mean, exp(logStd)), summed over the coefficients. */
export function gaussianLogProb(action: Float32Array, mean: Float32Array, at: number, logStd: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < logStd.length; k++) {
    const standardised = (action[at + k] - mean[at + k]) / Math.exp(logStd[k]);
    sum -= 0.5 * standardised * standardised + logStd[k] + 0.9189385332046727;
  }
  return sum;
}

export class RolloutRunner {
  readonly #engine: Engine;
  readonly #worlds: Worlds;
  readonly #scenarios: readonly Scenario[];
  readonly #random: Random;
  readonly #seedOf: (k: number) => number;
  #drives = 0;
  readonly #driving: { scenario: string; seed: number }[] = [];
  /** What the frozen model read from the worlds as they are now; the last rollout wrote these traces already. */
  #z: Float32Array | undefined;

  /** `seedOf(k)` names the seed of the k-th drive begun here; drives take the scenarios at random. */
  constructor(
    engine: Engine,
    worlds: Worlds,
    scenarios: readonly Scenario[],
    seedOf: (k: number) => number,
    random: Random,
  ) {
    this.#engine = engine;
    this.#worlds = worlds;
    this.#scenarios = scenarios;
    this.#random = random;
    this.#seedOf = seedOf;
    for (let i = 0; i < worlds.count; i++) this.#begin(i);
  }

  #begin(i: number): void {
    const scenario = this.#scenarios[this.#random.below(this.#scenarios.length)];
    const seed = this.#seedOf(this.#drives++);
    this.#driving[i] = { scenario: scenario.id, seed };
    this.#worlds.reset(i, instantiate(scenario, seed));
  }

  async #think(observations: Float32Array, batch: number) {
    const { z } = await this.#engine.generate({
      observations,
      batch,
      maxTokens: MAX_TRACE,
      endToken: END,
      temperature: 0,
    });
    return this.#read(z, batch);
  }

  async #read(z: Float32Array, batch: number) {
    return { z, heads: await this.#engine.heads(z, batch) };
  }

  /** Drives `decisions` decisions in every world with residuals sampled around the policy's mean. */
  async collect(decisions: number, logStd: Float32Array): Promise<Trajectories> {
    const { count } = this.#worlds;
    const { width, residualSize: K } = this.#engine.config;
    const rows = decisions * count;
    const out = {
      decisions,
      worlds: count,
      z: new Float32Array(rows * width),
      actions: new Float32Array(rows * K),
      logProbs: new Float32Array(rows),
      values: new Float32Array(rows),
      nextValues: new Float32Array(rows),
      rewards: new Float32Array(rows),
      terminated: new Uint8Array(rows),
      ended: new Uint8Array(rows),
      finished: [] as FinishedDrive[],
    };
    const base = new Float32Array(WAYPOINTS * 2);
    const plan = new Float32Array(WAYPOINTS * 2);
    let now = this.#z ? await this.#read(this.#z, count) : await this.#think(this.#worlds.observe(), count);
    for (let t = 0; t < decisions; t++) {
      const row = t * count;
      out.z.set(now.z, row * width);
      out.values.set(now.heads.value, row);
      const action = out.actions.subarray(row * K, (row + count) * K);
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < K; k++)
          action[i * K + k] = now.heads.residual[i * K + k] + Math.exp(logStd[k]) * this.#random.normal();
        out.logProbs[row + i] = gaussianLogProb(action, now.heads.residual, i * K, logStd);
        for (let p = 0; p < WAYPOINTS; p++) {
          base[2 * p] = now.heads.waypoints[(i * WAYPOINTS + p) * 3];
          base[2 * p + 1] = now.heads.waypoints[(i * WAYPOINTS + p) * 3 + 1];
        }
        addResidual(base, action.subarray(i * K, (i + 1) * K), plan, 2);
        this.#worlds.setPlan(i, plan);
      }
      const live = new Uint8Array(count).fill(1);
      for (let step = 0; step < DECISION_STEPS; step++) {
        this.#worlds.stepPlans();
        for (let i = 0; i < count; i++) {
          if (!live[i]) continue;
          out.rewards[row + i] += this.#worlds.reward[i];
          if (this.#worlds.terminated[i] || this.#worlds.truncated[i]) live[i] = 0;
        }
      }
      await this.#finish(out, row, live);
      now = await this.#think(this.#worlds.observe(), count);
      for (let i = 0; i < count; i++) if (live[i]) out.nextValues[row + i] = now.heads.value[i];
    }
    this.#z = now.z;
    return out;
  }

  /** Notes ended drives, values the final state of truncated ones, and begins the next drive in their worlds. */
  async #finish(
    out: { terminated: Uint8Array; ended: Uint8Array; nextValues: Float32Array; finished: FinishedDrive[] },
    row: number,
    live: Uint8Array,
  ) {
    const cut: number[] = [];
    for (let i = 0; i < this.#worlds.count; i++) {
      if (live[i]) continue;
      out.ended[row + i] = 1;
      if (this.#worlds.terminated[i]) out.terminated[row + i] = 1;
      else cut.push(i);
      const { success, collision } = this.#worlds.state(i);
      out.finished.push({ ...this.#driving[i], return: this.#worlds.totals(i).returnSum, collision, success });
    }
    if (cut.length > 0) {
      const all = this.#worlds.observe();
      const final = new Float32Array(cut.length * OBS_DIM);
      cut.forEach((i, j) => final.set(all.subarray(i * OBS_DIM, (i + 1) * OBS_DIM), j * OBS_DIM));
      const { heads } = await this.#think(final, cut.length);
      cut.forEach((i, j) => {
        out.nextValues[row + i] = heads.value[j];
      });
    }
    for (let i = 0; i < this.#worlds.count; i++) if (!live[i]) this.#begin(i);
  }
}

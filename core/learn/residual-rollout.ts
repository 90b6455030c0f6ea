/**
 * Rollouts for reinforcement learning on the residual: worlds driven by the frozen imitation model plus a sampled residual, a fixed
 * number of decisions at a time; worlds that end begin the next training seed at once.
 *
 * What PPO needs of a decision is small: the frozen model's `z`, the residual sampled, its log-probability, the value, and
 * the reward of the 5 steps it governed. The costly part (generating the trace) is done once here; PPO's epochs touch only
 * the heads that read `z`, so between two rollouts the imitation model must stay as it is.
 */
import type { Random } from '../base/random.ts';
import { MAX_TRACE } from '../models/config.ts';
import type { Engine, HeadsOutput } from '../models/engine.ts';
import { spaceLength } from '../task/env.ts';
import type { PolicyAct, ActRequest, Policy } from '../task/policy.ts';
import type { TaskScenario } from '../task/task.ts';
import { createSeats, rollout } from '../task/rollout.ts';
import { PLAN_SIZE, type PlanEnv } from '../tasks/driving/plan-env.ts';
import { addResidual } from '../tasks/driving/policy/residual.ts';
import { END } from '../tasks/driving/words/vocabulary.ts';
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';

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

interface Thought {
  readonly z: Float32Array;
  readonly heads: HeadsOutput;
}
interface ResidualExtra {
  readonly z: Float32Array;
  /** As sampled, unbounded: [batch × residualSize]. */
  readonly coefficients: Float32Array;
  readonly value: Float32Array;
}

/** Plans of the frozen model with residuals sampled around the policy's mean. */
class ExploringPolicy implements Policy<ResidualExtra> {
  readonly name = 'exploring';
  logStd: Float32Array = new Float32Array(0);
  readonly #engine: Engine;
  readonly #random: Random;
  /** What the frozen model read from the worlds as they are now: a look ahead that the next decision need not repeat. */
  #ahead: Thought | undefined;
  /** Heads learn between two rollouts: then `z` stands and they are asked again. */
  #stale = false;

  constructor(engine: Engine, random: Random) {
    this.#engine = engine;
    this.#random = random;
  }

  async think(observations: Float32Array, batch: number): Promise<Thought> {
    const request = { observations, batch, maxTokens: MAX_TRACE, endToken: END, temperature: 0 };
    const { z } = await this.#engine.generate(request);
    return { z, heads: await this.#engine.heads(z, batch) };
  }

  /** Values of what every world shows now. */
  async lookAhead(observations: Float32Array, batch: number): Promise<Float32Array> {
    this.#ahead = await this.think(observations, batch);
    return this.#ahead.heads.value;
  }

  headsChanged(): void {
    this.#stale = true;
  }

  async act({ observations, batch }: ActRequest): Promise<PolicyAct<ResidualExtra>> {
    let thought = this.#ahead ?? (await this.think(observations, batch));
    if (this.#ahead && this.#stale) thought = { z: thought.z, heads: await this.#engine.heads(thought.z, batch) };
    this.#ahead = undefined;
    this.#stale = false;
    const { z, heads } = thought;
    const { residualSize: K, waypoints: W } = this.#engine.config;
    const coefficients = new Float32Array(batch * K);
    const logProbs = new Float32Array(batch);
    const actions = new Float32Array(batch * PLAN_SIZE);
    for (let i = 0; i < batch; i++) {
      for (let k = 0; k < K; k++)
        coefficients[i * K + k] = heads.residual[i * K + k] + Math.exp(this.logStd[k]) * this.#random.normal();
      const own = coefficients.subarray(i * K, (i + 1) * K);
      logProbs[i] = gaussianLogProb(coefficients, heads.residual, i * K, this.logStd);
      const plan = actions.subarray(i * PLAN_SIZE, (i + 1) * PLAN_SIZE);
      for (let p = 0; p < W; p++) {
        plan[2 * p] = heads.waypoints[(i * W + p) * 3];
        plan[2 * p + 1] = heads.waypoints[(i * W + p) * 3 + 1];
      }
      addResidual(plan, own, plan, 2);
    }
    return { actions, logProbs, extra: { z, coefficients, value: heads.value } };
  }
}

export class ResidualRollout {
  readonly #engine: Engine;
  readonly #env: PlanEnv;
  readonly #policy: ExploringPolicy;
  readonly #seats;
  readonly #next: (i: number) => WorldSpec;
  readonly #driving: { scenario: string; seed: number }[] = [];

  /** `seedOf(k)` names the seed of the k-th drive begun here; drives take the scenarios at random. */
  constructor(
    engine: Engine,
    env: PlanEnv,
    start: (scenario: TaskScenario, seed: number) => WorldSpec,
    scenarios: readonly TaskScenario[],
    seedOf: (k: number) => number,
    random: Random,
  ) {
    this.#engine = engine;
    this.#env = env;
    this.#policy = new ExploringPolicy(engine, random);
    this.#seats = createSeats(env.count);
    let drives = 0;
    this.#next = (i) => {
      const scenario = scenarios[random.below(scenarios.length)];
      const seed = seedOf(drives++);
      this.#driving[i] = { scenario: scenario.id, seed };
      return start(scenario, seed);
    };
  }

  /** Drives `decisions` decisions in every world. */
  async collect(decisions: number, logStd: Float32Array): Promise<Trajectories> {
    const env = this.#env;
    const { count, worlds } = env;
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
    this.#policy.logStd = logStd;
    this.#policy.headsChanged();
    let t = -1;
    const next = (values: Float32Array) => {
      for (let i = 0; i < count; i++) if (!out.ended[t * count + i]) out.nextValues[t * count + i] = values[i];
    };
    await rollout(
      env,
      this.#policy,
      decisions,
      {
        next: this.#next,
        acted: ({ logProbs, extra: { z, coefficients, value } }) => {
          if (t >= 0) next(value);
          const row = ++t * count;
          out.z.set(z, row * width);
          out.values.set(value, row);
          out.actions.set(coefficients, row * K);
          out.logProbs.set(logProbs as Float32Array, row);
        },
        stepped: async () => {
          out.rewards.set(env.reward, t * count);
          const cut = Array.from({ length: count }, (_, i) => i).filter((i) => env.truncated[i] && !env.terminated[i]);
          await this.#valueCut(out, t * count, cut);
          return undefined;
        },
        ended: (i) => {
          out.ended[t * count + i] = 1;
          out.terminated[t * count + i] = env.terminated[i];
          const { success, collision } = worlds.state(i);
          out.finished.push({ ...this.#driving[i], return: worlds.totals(i).returnSum, collision, success });
        },
      },
      this.#seats,
    );
    next(await this.#policy.lookAhead(env.observe(), count));
    return out;
  }

  /** A drive cut off by its time limit keeps the value of where it got to. */
  async #valueCut(out: { readonly nextValues: Float32Array }, row: number, cut: readonly number[]): Promise<void> {
    if (cut.length === 0) return;
    const all = this.#env.observe();
    const size = spaceLength(this.#env.observationSpace);
    const final = new Float32Array(cut.length * size);
    cut.forEach((i, j) => final.set(all.subarray(i * size, (i + 1) * size), j * size));
    const { heads } = await this.#policy.think(final, cut.length);
    cut.forEach((i, j) => {
      out.nextValues[row + i] = heads.value[j];
    });
  }
}

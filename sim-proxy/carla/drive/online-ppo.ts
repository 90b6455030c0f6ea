/**
 * PPO on drives in CARLA as they happen: a driver that explores around the policy's residual, and the runner's hooks that pay it.
 *
 *   const learner = new OnlinePpo({ parameters, seed: 1 });
 *   const runner = new CARLAOnlineRunner({ client, driver: learner.driver, hooks: { onStep: learner.onStep, onEpisode: learner.onEpisode } });
 *   for await (const drive of runner.drives(tasks)) if (learner.decisions >= 512) learner.update(progress);
 *
 * The update is core/learn/ppo.ts, so only the residual and value heads learn; the imitation model stays as it is. Reward is the lab's own
 * (sight-verdict.ts). A drive that hits something or leaves the road ends there for the learner, and the server's drive with it.
 */
import type { EpisodeDriver } from '../../../core/tasks/driving/policy/driver.ts';
import { createWasmEngine } from '../../../core/models/engines/wasm/wasm.ts';
import { WasmHeads } from '../../../core/models/engines/wasm/heads.ts';
import { resolveHyperparameters, type Values } from '../../../core/learn/run/hyperparameters.ts';
import { PPO, type PpoResult, ppoUpdate } from '../../../core/learn/ppo.ts';
import { gaussianLogProb, type Trajectories } from '../../../core/learn/residual-rollout.ts';
import { MAX_TRACE, WAYPOINT_OUTPUTS } from '../../../core/models/config.ts';
import { POLICY_CONFIG } from '../../../core/tasks/driving/policy/config.ts';
import { addResidual } from '../../../core/tasks/driving/policy/residual.ts';
import { createRandom, mixSeed } from '../../../core/base/random.ts';
import { END } from '../../../core/tasks/driving/words/vocabulary.ts';
import { DT, WAYPOINTS } from '../../../core/abi/layout.ts';
import type { StepReport } from './drive.ts';
import type { CarlaTask } from '../stage/tasks.ts';
import type { CarlaEpisode, RunnerHooks } from './online-runner.ts';
import type { Sight } from '../hero/hero-control.ts';
import { judgeSight } from './sight-verdict.ts';

export interface OnlinePpoOptions {
  /** All parameters, layout order (core/models/checkpoint.ts reads and writes them). */
  readonly parameters: Float32Array;
  /** Of the exploration and of the updates' shuffling. */
  readonly seed: number;
  readonly hyperparameters?: Partial<Record<keyof typeof PPO, number>>;
}

/** One decision, and what it earned. */
interface Decision {
  readonly z: Float32Array;
  readonly action: Float32Array;
  readonly logProb: number;
  readonly value: number;
  nextValue: number;
  reward: number;
  terminated: boolean;
  ended: boolean;
}

export class OnlinePpo {
  readonly #h: Values<typeof PPO>;
  readonly #seed: number;
  readonly #parameters: Float32Array;
  readonly #engine;
  readonly #heads: WasmHeads;
  readonly #random;
  #done: Decision[] = [];
  /** The decision that governs the present steps, and the one that was just made. */
  #open: Decision | undefined;
  #made: Decision | undefined;
  #before: Sight | undefined;
  #lost = false;
  #updates = 0;

  /** @throws HyperparameterError, RequestError for parameters of another size */
  constructor({ parameters, seed, hyperparameters }: OnlinePpoOptions) {
    this.#h = resolveHyperparameters(PPO, hyperparameters);
    this.#seed = seed;
    this.#parameters = parameters.slice();
    this.#engine = createWasmEngine(POLICY_CONFIG, this.#parameters, { maxBatch: 1 });
    this.#heads = new WasmHeads(POLICY_CONFIG, this.#parameters, { maxRows: this.#h.minibatch });
    this.#heads.setLogStd(this.#h.logStd);
    this.#random = createRandom(mixSeed(seed, 0));
  }

  /** Decisions since the last update whose reward is known. */
  get decisions(): number {
    return this.#done.length;
  }
  get updates(): number {
    return this.#updates;
  }
  /** As they are now; a copy. */
  get parameters(): Float32Array {
    return this.#heads.writeParameters(this.#parameters.slice());
  }

  readonly driver: EpisodeDriver = {
    plan: async (observation) => {
      const { z, residual, value, base } = await this.#think(observation);
      const logStd = this.#heads.logStd();
      const action = residual.map((mean, k) => mean + Math.exp(logStd[k]) * this.#random.normal());
      const logProb = gaussianLogProb(action, residual, 0, logStd);
      const fresh = { nextValue: 0, reward: 0, terminated: false, ended: false };
      this.#made = { z, action, logProb, value, ...fresh };
      const waypoints = new Float32Array(WAYPOINTS * 2);
      addResidual(base, action, waypoints, 2);
      return { waypoints, tokens: [], residual: [...action], value };
    },
  };

  /** The runner's hook: pays the step that has just ended, and ends a drive that is lost. */
  readonly onStep: NonNullable<RunnerHooks['onStep']> = ({ sight, steerRad, plan }: StepReport, task: CarlaTask) => {
    if (!this.#before) this.#lost = false;
    this.#pay(sight, steerRad, task);
    if (this.#lost) return 'stop';
    if (plan && this.#made) {
      this.#close(this.#made.value, false);
      this.#open = this.#made;
      this.#made = undefined;
    }
    return undefined;
  };

  /** The runner's hook: pays the last step; a drive cut off by its time limit keeps the value of where it got to. */
  readonly onEpisode: NonNullable<RunnerHooks['onEpisode']> = async ({ final, end, task }: CarlaEpisode) => {
    if (final && !this.#lost) {
      this.#pay(final, final.scene.ego.steerRad, task);
      if (!this.#lost) {
        const { value } = await this.#think(final.observation);
        this.#end(end === 'goal', value);
      }
    }
    this.#open = this.#made = this.#before = undefined;
  };

  /** One PPO update from what has been driven since the last. `progress`, 0..1, anneals the learning rate. @throws RangeError without decisions */
  async update(progress: number): Promise<PpoResult> {
    const rows = this.#done;
    if (rows.length < 2) throw new RangeError(`${rows.length} decisions, expected 2 or more`);
    // What is still open belongs to the next update; its value stands for what it will earn.
    const random = createRandom(mixSeed(this.#seed, ++this.#updates));
    const result = ppoUpdate(this.#heads, [trajectoriesOf(rows)], this.#h, progress, random);
    this.#done = [];
    await this.#engine.setParameters(this.parameters);
    return result;
  }

  dispose(): void {
    this.#engine.dispose();
  }

  async #think(observation: Float32Array) {
    const request = { observations: observation, batch: 1, maxTokens: MAX_TRACE, endToken: END, temperature: 0 };
    const { z } = await this.#engine.generate(request);
    const { waypoints, residual, value } = await this.#engine.heads(z, 1);
    const base = Float32Array.from(
      { length: WAYPOINTS * 2 },
      (_, i) => waypoints[WAYPOINT_OUTPUTS * (i >> 1) + (i & 1)],
    );
    return { z: z.slice(), residual: residual.slice(), value: value[0], base };
  }

  #pay(sight: Sight, steerRad: number, { route, limitS }: CarlaTask): void {
    const maxSteps = Math.max(1, Math.round(limitS / DT));
    const { reward, failed } = judgeSight({ before: this.#before, sight, route, steerRad, maxSteps });
    this.#before = sight;
    if (this.#open) this.#open.reward += reward;
    if (!failed) return;
    this.#lost = true;
    this.#end(true, 0);
  }

  #end(terminated: boolean, value: number): void {
    if (this.#open) Object.assign(this.#open, { terminated, ended: true });
    this.#close(terminated ? 0 : value, true);
  }

  #close(nextValue: number, ended: boolean): void {
    if (!this.#open) return;
    Object.assign(this.#open, { nextValue, ended });
    this.#done.push(this.#open);
    this.#open = undefined;
  }
}

/** Decisions in the order they were made, as one world's. */
function trajectoriesOf(rows: readonly Decision[]): Trajectories {
  const flat = (of: (row: Decision) => Float32Array) => {
    const out = new Float32Array(rows.length * of(rows[0]).length);
    rows.forEach((row, i) => out.set(of(row), i * of(row).length));
    return out;
  };
  const floats = (of: (row: Decision) => number) => Float32Array.from(rows, of);
  return {
    decisions: rows.length,
    worlds: 1,
    z: flat(({ z }) => z),
    actions: flat(({ action }) => action),
    logProbs: floats(({ logProb }) => logProb),
    values: floats(({ value }) => value),
    nextValues: floats(({ nextValue }) => nextValue),
    rewards: floats(({ reward }) => reward),
    terminated: Uint8Array.from(rows, ({ terminated }) => +terminated),
    ended: Uint8Array.from(rows, ({ ended }) => +ended),
    finished: [],
  };
}

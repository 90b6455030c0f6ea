/**
 * PPO on the residual, in one file (Schulman et al. 2017; details as CleanRL's ppo_continuous_action.py).
 *
 * The imitation model is frozen: the policy is a Gaussian over a few residual coefficients added to its waypoints, read, like
 * the value, from `z`. So an update never touches microgpt: rollouts store `z`, the epochs train two small MLPs.
 *
 *   L_policy = mean max(−Â ρ, −Â clip(ρ, 1 ± ε)),  ρ = exp(log π − log π_old)
 *   L_value  = ½ mean max((V − R)², (V_old + clip(V − V_old, ±ε) − R)²)
 *   L = L_policy + c_V · L_value − c_H · entropy + c_A · mean ‖μ‖²
 *
 * The last term keeps the residual small where it earns nothing: far from the frozen model's plans its traces, which are not
 * trained any more, would read states they never saw.
 */
import type { HeadLearner } from '../models/learner.ts';
import { createRandom, mixSeed, type Random } from '../base/random.ts';
import type { PlanEnv } from '../tasks/driving/plan-env.ts';
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';
import { meanScore } from './evaluate.ts';
import type { Stage, WorkerContext } from './run/stage.ts';
import { trainingSeed, VALIDATION_SEED } from './seeds.ts';
import { gae } from './gae.ts';
import type { Values } from './run/hyperparameters.ts';
import { gaussianLogProb, ResidualRollout, type Trajectories } from './residual-rollout.ts';

import { Shuffler } from './sft.ts';

export const PPO = {
  iterations: { value: 90, min: 1, max: 100000, step: 1, doc: 'Rollout-and-update iterations.' },
  worlds: { value: 128, min: 1, max: 1024, step: 1, doc: 'Worlds a rollout worker.' },
  decisions: { value: 16, min: 2, max: 400, step: 1, doc: 'Decisions a world and iteration.' },
  learningRate: {
    value: 0.0005,
    min: 0.000001,
    max: 0.1,
    step: 0.0001,
    doc: 'Adam learning rate at the start; falls linearly to 0.',
  },
  epochs: { value: 6, min: 1, max: 100, step: 1, doc: 'Passes over a rollout.' },
  minibatch: { value: 512, min: 8, max: 8192, step: 8, doc: 'Decisions a gradient step.' },
  gamma: { value: 0.99, min: 0, max: 1, step: 0.005, doc: 'Discount a decision (0.5 s).' },
  lambda: { value: 0.95, min: 0, max: 1, step: 0.01, doc: 'GAE λ.' },
  clip: { value: 0.2, min: 0.01, max: 1, step: 0.01, doc: 'Clip range ε of ratio and value.' },
  valueWeight: { value: 0.5, min: 0, max: 10, step: 0.1, doc: 'c_V.' },
  entropyWeight: { value: 0, min: 0, max: 0.1, step: 0.001, doc: 'c_H.' },
  anchorWeight: { value: 0.01, min: 0, max: 10, step: 0.01, doc: 'c_A: pull of the residual towards none.' },
  maxGradNorm: { value: 0.5, min: 0.01, max: 100, step: 0.1, doc: 'Global gradient-norm clip.' },
  targetKl: { value: 0.03, min: 0, max: 10, step: 0.005, doc: 'Epochs end early when the approximate KL passes this.' },
  validateEvery: {
    value: 15,
    min: 1,
    max: 100000,
    step: 1,
    doc: 'Iterations between two validations; the best parameters are kept.',
  },
  validationSeeds: { value: 24, min: 1, max: 1000, step: 1, doc: 'Validation seeds a scenario.' },
  logStd: { value: -1.7, min: -5, max: 1, step: 0.1, doc: 'log σ of the residual at the start.' },
} as const;

export interface PpoResult {
  readonly policyLoss: number;
  readonly valueLoss: number;
  readonly entropy: number;
  /** Schulman's k3 estimate, mean over the last epoch. */
  readonly approxKl: number;
  readonly clipFraction: number;
  readonly explainedVariance: number;
  readonly epochs: number;
}

/** Updates the heads from one rollout of every worker. `progress` 0..1 anneals the learning rate. */
export function ppoUpdate(
  heads: HeadLearner,
  rollouts: readonly Trajectories[],
  h: Values<typeof PPO>,
  progress: number,
  random: Random,
): PpoResult {
  const { residualSize: K, width } = heads;
  const batch = flatten(rollouts, h, width, K);
  const rows = batch.values.length;
  const size = Math.min(h.minibatch, rows);
  const learningRate = h.learningRate * (1 - progress);
  const z = new Float32Array(size * width);
  const dMean = new Float32Array(size * K);
  const dValue = new Float32Array(size);
  const dLogStd = new Float32Array(K);
  const picked = new Int32Array(size);
  let policyLoss = 0;
  let valueLoss = 0;
  let approxKl = 0;
  let clipped = 0;
  let epochs = 0;
  const shuffler = new Shuffler(rows, random);
  const minibatches = Math.floor(rows / size);
  while (epochs < h.epochs) {
    policyLoss = valueLoss = approxKl = clipped = 0;
    for (let m = 0; m < minibatches; m++) {
      for (let j = 0; j < size; j++) {
        picked[j] = shuffler.next();
        z.set(batch.z.subarray(picked[j] * width, (picked[j] + 1) * width), j * width);
      }
      const advantage = normalised(batch.advantages, picked);
      const { mean, value } = heads.forward(z, size);
      const logStd = heads.logStd();
      dLogStd.fill(-h.entropyWeight);
      for (let j = 0; j < size; j++) {
        const i = picked[j];
        const action = batch.actions.subarray(i * K, (i + 1) * K);
        const logRatio = gaussianLogProb(action, mean.subarray(j * K, (j + 1) * K), 0, logStd) - batch.logProbs[i];
        const ratio = Math.exp(logRatio);
        const within = Math.min(1 + h.clip, Math.max(1 - h.clip, ratio));
        const unclippedLoss = -advantage[j] * ratio;
        const clippedLoss = -advantage[j] * within;
        policyLoss += Math.max(unclippedLoss, clippedLoss);
        approxKl += ratio - 1 - logRatio;
        if (Math.abs(ratio - 1) > h.clip) clipped++;
        // d L_policy / d log π: zero where the clipped (constant) branch is the larger one.
        const dLogProb = unclippedLoss >= clippedLoss ? (-advantage[j] * ratio) / size : 0;
        for (let k = 0; k < K; k++) {
          const inverseStd = Math.exp(-logStd[k]);
          const standardised = (action[k] - mean[j * K + k]) * inverseStd;
          dMean[j * K + k] = dLogProb * standardised * inverseStd + (2 * h.anchorWeight * mean[j * K + k]) / size;
          dLogStd[k] += dLogProb * (standardised * standardised - 1);
        }
        const target = batch.returns[i];
        const old = batch.values[i];
        const free = value[j] - target;
        const bounded = old + Math.min(h.clip, Math.max(-h.clip, value[j] - old)) - target;
        const useFree = free * free >= bounded * bounded;
        valueLoss += 0.5 * (useFree ? free * free : bounded * bounded);
        const moving = useFree || Math.abs(value[j] - old) < h.clip;
        dValue[j] = moving ? (h.valueWeight * (useFree ? free : bounded)) / size : 0;
      }
      heads.backward(dMean, dLogStd, dValue);
      heads.adamStep({ learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-5, maxGradNorm: h.maxGradNorm });
    }
    epochs++;
    approxKl /= minibatches * size;
    if (h.targetKl > 0 && approxKl > h.targetKl) break;
  }
  const seen = minibatches * size;
  const logStd = heads.logStd();
  return {
    policyLoss: policyLoss / seen,
    valueLoss: valueLoss / seen,
    entropy: logStd.reduce((sum, s) => sum + s + 1.4189385332046727, 0),
    approxKl,
    clipFraction: clipped / seen,
    explainedVariance: explainedVariance(batch.values, batch.returns),
    epochs,
  };
}

/** All workers' decisions as one batch, with advantages and returns. */
function flatten(rollouts: readonly Trajectories[], h: Values<typeof PPO>, width: number, K: number) {
  const rows = rollouts.reduce((n, r) => n + r.decisions * r.worlds, 0);
  const batch = {
    z: new Float32Array(rows * width),
    actions: new Float32Array(rows * K),
    logProbs: new Float32Array(rows),
    values: new Float32Array(rows),
    advantages: new Float32Array(rows),
    returns: new Float32Array(rows),
  };
  let at = 0;
  for (const rollout of rollouts) {
    const { advantages, returns } = gae({ ...rollout, steps: rollout.decisions, gamma: h.gamma, lambda: h.lambda });
    batch.z.set(rollout.z, at * width);
    batch.actions.set(rollout.actions, at * K);
    batch.logProbs.set(rollout.logProbs, at);
    batch.values.set(rollout.values, at);
    batch.advantages.set(advantages, at);
    batch.returns.set(returns, at);
    at += rollout.decisions * rollout.worlds;
  }
  return batch;
}

/** The picked advantages, shifted and scaled to mean 0 and deviation 1. */
function normalised(advantages: Float32Array, picked: Int32Array): Float64Array {
  const out = Float64Array.from(picked, (i) => advantages[i]);
  const mean = out.reduce((sum, x) => sum + x, 0) / out.length;
  const deviation = Math.sqrt(out.reduce((sum, x) => sum + (x - mean) ** 2, 0) / out.length);
  return out.map((x) => (x - mean) / (deviation + 1e-8));
}

/** 1 − Var(returns − values) / Var(returns). */
function explainedVariance(values: Float32Array, returns: Float32Array): number {
  const variance = (x: (i: number) => number) => {
    let mean = 0;
    for (let i = 0; i < returns.length; i++) mean += x(i) / returns.length;
    let sum = 0;
    for (let i = 0; i < returns.length; i++) sum += (x(i) - mean) ** 2;
    return sum;
  };
  const total = variance((i) => returns[i]);
  return total === 0 ? 0 : 1 - variance((i) => returns[i] - values[i]) / total;
}

/** Iterations between two saved states. */
const SAVE_EVERY = 5;
/** Ended drives that the curves average over. */
const RECENT = 400;

interface CollectRequest {
  readonly worlds: number;
  readonly decisions: number;
  readonly logStd: Float32Array;
}

/** Decisions that an average training drive takes. */
const DECISIONS_PER_DRIVE = 30;

export const stage: Stage<typeof PPO> = {
  hyperparameters: PPO,
  forEpisodes(episodes, workers) {
    const worlds = Math.max(1, Math.min(64, Math.floor(episodes / workers)));
    const decisions = worlds * workers * PPO.decisions.value;
    return { worlds, iterations: Math.max(1, Math.round((episodes * DECISIONS_PER_DRIVE) / decisions)) };
  },
  rows: ({ worlds }) => worlds,
  parts: {
    collect: async (worker: WorkerContext, { worlds, decisions, logStd }: CollectRequest): Promise<Trajectories> => {
      const { kept, task, engine, scenarios, seed, index, workers } = worker;
      const rollout = (kept.get('ppo') ??
        new ResidualRollout(
          engine,
          task.env(worlds) as PlanEnv,
          (scenario, k) => task.start(scenario, k) as WorldSpec,
          scenarios,
          (k) => trainingSeed(seed + 1, k, index, workers),
          createRandom(mixSeed(seed, 2000 + index)),
        )) as ResidualRollout;
      kept.set('ppo', rollout);
      return rollout.collect(decisions, logStd);
    },
  },
  async run(context) {
    const h = context.settings() as Values<typeof PPO>;
    const { control, seed, workers, state } = context;
    const { parameters: imitation, done: from } = state;
    const heads = context.headLearner(imitation, h.minibatch);
    const whole = () => heads.writeParameters(imitation.slice());
    if (from > 0) heads.setOptimiser(state.optimiser);
    else heads.setLogStd(h.logStd);
    const seeds = Array.from({ length: h.validationSeeds }, (_, i) => VALIDATION_SEED + i);
    const validate = (residual: boolean, parameters: Float32Array) =>
      meanScore(context, { kind: 'checkpoint', residual }, parameters, seeds);
    let best = state.best ?? { score: await validate(false, imitation), parameters: whole() };
    let recent: { return: number; collision: boolean }[] = [];
    for (let iteration = from; iteration < h.iterations; iteration++) {
      await control.checkpoint();
      const parameters = whole();
      await Promise.all(workers.map((worker) => worker.setParameters(parameters)));
      const request: CollectRequest = { worlds: h.worlds, decisions: h.decisions, logStd: heads.logStd() };
      const rollouts = await Promise.all(workers.map((worker) => worker.work<Trajectories>('ppo', 'collect', request)));
      const random = createRandom(mixSeed(seed, 100000 + iteration));
      const result = ppoUpdate(heads, rollouts, h, iteration / h.iterations, random);
      recent = [...recent, ...rollouts.flatMap((r) => r.finished)].slice(-RECENT);
      const mean = recent.reduce((sum, drive) => sum + drive.return, 0) / Math.max(1, recent.length);
      const collisions = (100 * recent.filter((drive) => drive.collision).length) / Math.max(1, recent.length);
      const done = iteration + 1;
      const validated = done % h.validateEvery === 0 || done === h.iterations;
      const score = validated ? await validate(true, whole()) : Number.NaN;
      if (score > best.score) best = { score, parameters: whole() };
      context.advance(
        done / h.iterations,
        `return ${mean.toFixed(3).replace('-', '−')} · validation ${best.score.toFixed(3)} · KL ${result.approxKl.toFixed(4)} · collisions ${collisions.toFixed(1)} / 100`,
        {
          return: mean,
          'validation score': score,
          'collisions / 100': collisions,
          KL: result.approxKl,
          entropy: result.entropy,
          'value loss': result.valueLoss,
          'clip fraction': result.clipFraction,
          'explained variance': result.explainedVariance,
        },
        done,
      );
      const last = done === h.iterations;
      if (done % SAVE_EVERY !== 0 && !last) continue;
      const now = last ? best.parameters : whole();
      const stage = last ? context.next : 'ppo';
      await context.keep({ stage, done, parameters: now, optimiser: heads.optimiser(), best });
      context.preview(done, now);
    }
  },
};

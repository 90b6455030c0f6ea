/**
 * Reasoning SFT: imitation of the expert's traces and waypoints by next-token cross-entropy plus waypoint regression.
 * One file, top to bottom; the arithmetic of one step is the learner's (models/learner.ts), the loss stands in engine.ts.
 *
 * Learning rate: linear warm-up, then cosine to a tenth. Examples are drawn without replacement, epoch after epoch.
 */
import type { SftBatch, SftOptions, SftResult } from '../models/engine.ts';
import type { Learner } from '../models/learner.ts';
import { createRandom, mixSeed, type Random } from '../base/random.ts';
import { imitationHash } from '../models/checkpoint.ts';
import { parameterLayout } from '../models/config.ts';
import type { Stage } from './run/stage.ts';
import { label } from './synthesise.ts';
import type { TrainControl } from './run/hold.ts';
import { concatDatasets, type TraceDataset } from '../task/dataset.ts';
import type { Values } from './run/hyperparameters.ts';

export const SFT = {
  steps: { value: 6000, min: 1, max: 100000, step: 100, doc: 'Adam steps.' },
  batch: { value: 32, min: 1, max: 128, step: 1, doc: 'Examples a step.' },
  rounds: {
    value: 2,
    min: 0,
    max: 20,
    step: 1,
    doc: 'Times the half-trained policy drives and the expert labels what it meets (DAgger), evenly over the steps.',
  },
  roundExamples: { value: 24000, min: 64, max: 400000, step: 1000, doc: 'Decisions labelled in each of these rounds.' },
  learningRate: { value: 0.003, min: 0.00001, max: 0.1, step: 0.0005, doc: 'Peak learning rate.' },
  warmup: { value: 50, min: 0, max: 5000, step: 10, doc: 'Steps of linear warm-up.' },
  beta1: { value: 0.9, min: 0, max: 0.999, step: 0.01, doc: 'Adam: decay of the first moment.' },
  beta2: { value: 0.99, min: 0, max: 0.9999, step: 0.001, doc: 'Adam: decay of the second moment.' },
  waypointWeight: { value: 20, min: 0, max: 1000, step: 1, doc: 'Weight of the waypoint loss (head units squared).' },
  confidenceWeight: { value: 0.1, min: 0, max: 10, step: 0.05, doc: 'Weight of the confidence loss.' },
  maxGradNorm: { value: 1, min: 0.01, max: 100, step: 0.1, doc: 'Global gradient-norm clip.' },
} as const;

/** Learning rate at `step` of `steps`: warm-up, then cosine to a tenth of the peak. */
export function sftLearningRate(step: number, steps: number, peak: number, warmup: number): number {
  if (step < warmup) return (peak * (step + 1)) / (warmup + 1);
  const x = (step - warmup) / Math.max(1, steps - warmup);
  return peak * (0.1 + 0.45 * (1 + Math.cos(Math.PI * Math.min(1, x))));
}

/** Draws row numbers 0..size-1 in shuffled epochs. */
export class Shuffler {
  readonly #order: Int32Array;
  #at: number;
  readonly #random: Random;
  constructor(size: number, random: Random) {
    this.#order = Int32Array.from({ length: size }, (_, i) => i);
    this.#at = size;
    this.#random = random;
  }
  next(): number {
    if (this.#at >= this.#order.length) {
      this.#at = 0;
      for (let i = this.#order.length - 1; i > 0; i--) {
        const j = this.#random.below(i + 1);
        const kept = this.#order[i];
        this.#order[i] = this.#order[j];
        this.#order[j] = kept;
      }
    }
    return this.#order[this.#at++];
  }
}

/** Copies the dataset's `rows` into a batch. */
export function gatherBatch(data: TraceDataset, rows: readonly number[]): SftBatch {
  const pick = (source: Float32Array, width: number) => {
    const out = new Float32Array(rows.length * width);
    rows.forEach((row, i) => out.set(source.subarray(row * width, (row + 1) * width), i * width));
    return out;
  };
  const { maxTokens, observationSize, waypoints } = data;
  const tokens = new Int32Array(rows.length * maxTokens);
  rows.forEach((row, i) => tokens.set(data.tokens.subarray(row * maxTokens, (row + 1) * maxTokens), i * maxTokens));
  return {
    batch: rows.length,
    maxTokens,
    observations: pick(data.observations, observationSize),
    tokens,
    lengths: Int32Array.from(rows, (row) => data.lengths[row]),
    tokenWeights: pick(data.tokenWeights, maxTokens),
    waypoints: pick(data.targets, waypoints * 2),
  };
}

export interface SftProgress {
  readonly step: number;
  readonly steps: number;
  readonly result: SftResult;
}

/** One Adam step of imitation on one batch. */
export async function sftStep(learner: Learner, batch: SftBatch, options: SftOptions): Promise<SftResult> {
  const losses = await learner.gradient(batch, options);
  return { ...losses, gradNorm: await learner.step(options) };
}

/** Trains the imitation model in place (inside the learner) from `fromStep` to `toStep`. Throws StoppedError when stopped. */
export async function trainSft(
  learner: Learner,
  data: TraceDataset,
  h: Values<typeof SFT>,
  random: Random,
  control: TrainControl,
  onProgress: (progress: SftProgress) => Promise<void> | void,
  fromStep = 0,
  toStep: number = h.steps,
): Promise<void> {
  const shuffler = new Shuffler(data.size, random);
  for (let step = fromStep; step < toStep; step++) {
    await control.checkpoint();
    const rows = Array.from({ length: h.batch }, () => shuffler.next());
    const result = await sftStep(learner, gatherBatch(data, rows), {
      learningRate: sftLearningRate(step, h.steps, h.learningRate, h.warmup),
      beta1: h.beta1,
      beta2: h.beta2,
      epsilon: 1e-8,
      waypointWeight: h.waypointWeight,
      confidenceWeight: h.confidenceWeight,
      maxGradNorm: h.maxGradNorm,
    });
    if (!Number.isFinite(result.loss))
      throw new Error(`SFT diverged: the loss of step ${step} is ${result.loss}. Try a smaller learning rate.`);
    await onProgress({ step: step + 1, steps: h.steps, result });
  }
}

/** Steps between two saved states. */
const SAVE_EVERY = 100;

export const stage: Stage<typeof SFT> = {
  hyperparameters: SFT,
  async run(context) {
    const h = context.settings() as Values<typeof SFT>;
    const { control, state, seed } = context;
    const from = state.stage === 'sft' ? state.done : 0;
    const learner = context.learner(state.parameters);
    if (from > 0) learner.setOptimiser(state.optimiser);
    const random = createRandom(mixSeed(seed, 10 + from));
    const { data: synthesised } = context.made;
    if (!synthesised) throw new Error('SFT has nothing to learn from: no stage before it has made examples.');
    let data = synthesised;
    const onProgress = async ({ step, steps, result }: SftProgress) => {
      const summary = `token loss ${result.tokenLoss.toFixed(3)} · waypoint loss ${result.waypointLoss.toFixed(4)}`;
      const metrics =
        step % 10 === 0 || step === 1
          ? { 'token loss': result.tokenLoss, 'waypoint loss': result.waypointLoss, 'gradient norm': result.gradNorm }
          : undefined;
      if (step % 5 === 0 || step === steps) context.advance(step / steps, summary, metrics, step);
      if (step % SAVE_EVERY === 0 || step === steps) {
        const [parameters, optimiser] = [learner.parameters(), learner.optimiser()];
        await context.keep({ stage: 'sft', done: step, parameters, optimiser });
      }
    };
    const learn = (begin: number, end: number) => trainSft(learner, data, h, random, control, onProgress, begin, end);
    // A resumed run makes up for the rounds that it no longer has with what its policy meets now.
    for (let round = 0; round <= h.rounds; round++) {
      const end = Math.round((h.steps * (round + 1)) / (h.rounds + 1));
      if (round > 0) {
        await control.checkpoint();
        data = concatDatasets([data, await label(context, round, h.roundExamples, learner.parameters())]);
      }
      if (end > from) await learn(Math.max(from, Math.round((h.steps * round) / (h.rounds + 1))), end);
    }
    const parameters = learner.parameters();
    const imitation = imitationHash(parameters, parameterLayout(context.policy));
    await context.keep({ stage: context.next, done: 0, parameters, optimiser: new Float32Array(0), imitation });
    context.preview(h.steps, parameters);
  },
};

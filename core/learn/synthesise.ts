/** The stage that makes what SFT learns from: the oracle acts and says why. In parallel, each worker on seeds of its own. */
import { createRandom, mixSeed } from '../base/random.ts';
import { concatDatasets, type TraceDataset } from '../task/dataset.ts';
import type { Stage, StageContext, WorkerContext } from './run/stage.ts';
import { trainingSeed } from './seeds.ts';

/** How many examples, and what makes them robust where a task knows how: driving does, others take the number alone. */
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

interface LabelRequest {
  readonly examples: number;
  /** 0: the oracle acts. From 1 on the policy of `setParameters` acts, and the oracle says what it would have done (DAgger). */
  readonly round: number;
  readonly settings: Readonly<Record<string, number>>;
}

/** The oracle's decisions: where it acts itself (round 0), or where the policy of `parameters` leads. */
export async function label(
  context: StageContext,
  round: number,
  examples: number,
  parameters?: Float32Array,
): Promise<TraceDataset> {
  const { workers } = context;
  const settings = context.settings('synthesise');
  const request: LabelRequest = { examples: Math.ceil(examples / workers.length), round, settings };
  return concatDatasets(
    await Promise.all(
      workers.map(async (worker) => {
        if (parameters) await worker.setParameters(parameters);
        return worker.work<TraceDataset>('synthesise', 'label', request);
      }),
    ),
  );
}

export const stage: Stage<typeof SYNTHESISE> = {
  hyperparameters: SYNTHESISE,
  parts: {
    label: ({ task, scenarios, actor, ...worker }: WorkerContext, { examples, round, settings }: LabelRequest) => {
      const seed = mixSeed(worker.seed, round);
      return task.synthesise({
        scenarios,
        seedOf: (k) => trainingSeed(seed, k, worker.index, worker.workers),
        random: createRandom(mixSeed(seed, 1000 + worker.index)),
        examples,
        settings,
        ...(round > 0 && { learner: actor({ kind: 'checkpoint', residual: false }) }),
      });
    },
  },
  async run(context) {
    await context.control.checkpoint();
    const data = await label(context, 0, context.settings().examples);
    context.made.data = data;
    const tokens = data.lengths.reduce((sum, n) => sum + n, 0);
    context.advance(1, `${data.size} decisions · ${(tokens / data.size).toFixed(1)} tokens each`);
  },
};

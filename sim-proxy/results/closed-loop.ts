/** The whole pipeline from nothing, several training seeds, driven closed loop on the same held-out seeds. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportMarkdown } from '../../core/evaluate/markdown.ts';
import type { Report } from '../../core/evaluate/report.ts';
import { parametersHash } from '../../core/models/checkpoint.ts';
import { rangeText, spread } from './measure.ts';
import { runPipeline } from './pipeline.ts';
import { type Section, signedFixed } from './section.ts';

const FIRST_TRAINING_SEED = 42;
const WORKERS = 2;
/** Longest a training from nothing may take, s. */
const LIMIT_SECONDS = 240;

interface Training {
  readonly seed: number;
  readonly seconds: number;
  readonly stages: readonly { readonly stage: string; readonly seconds: number }[];
  readonly report: Report;
  readonly imitationFrozen: boolean;
  readonly parametersHash: string;
}
export interface ClosedLoopData {
  readonly trainings: readonly Training[];
  /** Hash of the checkpoint in public/shipped when this was measured. */
  readonly shippedHash: string | null;
}

const formatOf = (report: Report, policy: string) =>
  report.lines.find((line) => line.policy === policy)?.formatValid ?? 0;

export const closedLoop: Section<ClosedLoopData> = {
  id: 'closed-loop',
  title: 'Closed loop',

  async measure({ trainingSeeds, seeds }) {
    const trainings: Training[] = [];
    for (let seed = FIRST_TRAINING_SEED; seed < FIRST_TRAINING_SEED + trainingSeeds; seed++) {
      console.error(`training seed ${seed}`);
      const run = await runPipeline({ seed, settings: { evaluate: { seeds } } }, WORKERS);
      trainings.push({
        seed,
        seconds: run.seconds,
        stages: run.stages.map(({ stage, elapsedSeconds }) => ({ stage, seconds: elapsedSeconds })),
        report: run.evaluation.report,
        imitationFrozen: run.imitationBefore === run.imitationAfter,
        parametersHash: parametersHash(run.parameters),
      });
    }
    const shipped = join(import.meta.dirname, '../../public/shipped/training.json');
    const shippedHash = await readFile(shipped, 'utf8').then(
      (text) => JSON.parse(text).parametersHash as string,
      () => null,
    );
    return { trainings, shippedHash };
  },

  rows({ trainings }) {
    const engine = `WASM, ${WORKERS} rollout threads`;
    const { seeds, scenarios } = trainings[0].report;
    const over = `${trainings.length} trainings (seeds ${trainings.map(({ seed }) => seed).join(', ')}), each on ${seeds} held-out seeds × ${scenarios.length} scenarios`;
    const difference = ({ report }: Training) => report.paired[0].difference;
    const formats = trainings.map(({ report }) => formatOf(report, 'SFT + PPO'));
    const seconds = spread(trainings.map((training) => training.seconds));
    return [
      {
        what: 'closed-loop score, SFT + PPO − SFT, paired bootstrap 95 %',
        bar: 'lower bound > 0',
        measured: trainings
          .map(
            (t) =>
              `${signedFixed(difference(t).mean)} [${signedFixed(difference(t).low)}, ${signedFixed(difference(t).high)}]`,
          )
          .join('; '),
        met: trainings.every((t) => difference(t).low > 0),
        over,
        engine,
      },
      {
        what: 'trace format valid, SFT + PPO',
        bar: '≥ 99 %',
        measured: formats.map((share) => `${(100 * share).toFixed(2)} %`).join('; '),
        met: formats.every((share) => share >= 0.99),
        over,
        engine,
      },
      {
        what: 'SFT + PPO from nothing, whole pipeline, evaluation included',
        bar: '≤ 4 min',
        measured: `${rangeText(seconds)} s`,
        met: seconds.max <= LIMIT_SECONDS,
        over: `${trainings.length} trainings`,
        engine,
      },
    ];
  },

  details({ trainings, shippedHash }) {
    return trainings
      .map(({ seed, seconds, stages, report, imitationFrozen, parametersHash: hash }) => {
        const times = stages.map((stage) => `${stage.stage} ${stage.seconds.toFixed(0)} s`).join(', ');
        const same = hash === shippedHash ? ' This is the shipped checkpoint.' : '';
        return [
          `### Training seed ${seed}`,
          `${seconds.toFixed(0)} s in all: ${times}. Checkpoint \`${hash.slice(0, 16)}\`; the imitation model ${imitationFrozen ? 'is unchanged by PPO (equal hashes)' : '**was changed by PPO**'}.${same}`,
          reportMarkdown(report).trim(),
        ].join('\n\n');
      })
      .join('\n\n');
  },
};

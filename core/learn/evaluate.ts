/**
 * The stage that judges: random, oracle, what the run began RL from and what came out, on the same held-out seeds, in pairs.
 * `driveSuite` is also how a learner validates on the way.
 */
import { makeReport, type Report } from '../evaluate/report.ts';
import type { EpisodeRow } from '../evaluate/suite.ts';
import type { Values } from './run/hyperparameters.ts';
import type { ActorChoice, Stage, StageContext, StageWorker, WorkerContext } from './run/stage.ts';
import { heldOutSeeds } from './seeds.ts';

export const EVALUATE = {
  seeds: { value: 50, min: 1, max: 10000, step: 10, doc: 'Held-out seeds a scenario, the same for every policy.' },
} as const;

export interface EvaluationResult {
  /** By the policy's name in the report. */
  readonly rows: Readonly<Record<string, readonly EpisodeRow[]>>;
  /** Random, expert, SFT, the result; the result paired with SFT by scenario and seed. */
  readonly report: Report;
}

interface DriveRequest {
  readonly actor: ActorChoice;
  readonly scenarios: readonly string[];
  readonly seeds: readonly number[];
}

/** One policy over scenarios and seeds on one worker. */
export const driveSuite = (worker: StageWorker, request: DriveRequest): Promise<readonly EpisodeRow[]> =>
  worker.work('evaluate', 'drive', request);

/** Mean score of `parameters` over every scenario's seeds, shared out among the workers. */
export async function meanScore(
  { workers, scenarios }: StageContext,
  actor: ActorChoice,
  parameters: Float32Array,
  seeds: readonly number[],
): Promise<number> {
  const jobs = scenarios.map(({ id }) => id);
  let sum = 0;
  await Promise.all(
    workers.map(async (worker) => {
      await worker.setParameters(parameters);
      for (let id = jobs.shift(); id; id = jobs.shift())
        for (const row of await driveSuite(worker, { actor, scenarios: [id], seeds })) sum += row.score.score;
    }),
  );
  return sum / (scenarios.length * seeds.length);
}

interface Contestant {
  readonly name: string;
  readonly actor: ActorChoice;
  readonly parameters?: Float32Array;
}

/** A run that learned the imitation model further is compared with what SFT had left; one that did not, with itself less its residual. */
function contestantsOf({ state, resultName }: StageContext): Contestant[] {
  const { parameters, start } = state;
  return [
    { name: 'random', actor: { kind: 'random' } },
    { name: 'expert', actor: { kind: 'oracle' } },
    { name: 'SFT', actor: { kind: 'checkpoint', residual: false }, parameters: start ?? parameters },
    { name: resultName, actor: { kind: 'checkpoint', residual: start === undefined }, parameters },
  ];
}

export const stage: Stage<typeof EVALUATE> = {
  hyperparameters: EVALUATE,
  parts: {
    drive: ({ task, actor: actorOf, scenariosOf }: WorkerContext, { actor, scenarios, seeds }: DriveRequest) =>
      task.evaluate(actorOf(actor), scenariosOf(scenarios), seeds),
  },
  async run(context) {
    const h = context.settings() as Values<typeof EVALUATE>;
    const { workers, scenarios, control } = context;
    const seeds = heldOutSeeds(h.seeds);
    const contestants = contestantsOf(context);
    const rows = new Map(contestants.map(({ name }) => [name, [] as EpisodeRow[]]));
    const jobs = contestants.flatMap((contestant) => scenarios.map(({ id }) => ({ contestant, id })));
    const total = jobs.length;
    let done = 0;
    await Promise.all(
      workers.map(async (worker) => {
        let given: Float32Array | undefined;
        for (let job = jobs.shift(); job; job = jobs.shift()) {
          const { name, actor, parameters } = job.contestant;
          await control.checkpoint();
          if (parameters && parameters !== given) await worker.setParameters(parameters);
          given = parameters ?? given;
          rows.get(name)?.push(...(await driveSuite(worker, { actor, scenarios: [job.id], seeds })));
          context.advance(++done / total, `${done} of ${total} suites driven`);
        }
      }),
    );
    const report = makeReport(rows, [[context.resultName, 'SFT']]);
    const { mean, low, high } = report.paired[0].difference;
    const difference = `${signedFour(mean)} [${signedFour(low)}, ${signedFour(high)}]`;
    context.advance(1, `${context.resultName} − SFT: ${difference}`);
    const result: EvaluationResult = { rows: Object.fromEntries(rows), report };
    context.made.evaluation = result;
  },
};

const signedFour = (x: number) => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(4)}`;

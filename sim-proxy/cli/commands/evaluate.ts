/**
 * `lab evaluate`: one policy closed loop on held-out seeds, beside the random policy and the expert on the same ones, with every
 * published score of every drive; or, with --run, the checkpoints of a training run: offline error against closed-loop scores.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { correlate } from '../../../core/evaluate/correlation.ts';
import { makeEvaluation } from '../../../core/evaluate/evaluation.ts';
import { reportMarkdown } from '../../../core/evaluate/markdown.ts';
import { SCORE_LIST, type ReportedId } from '../../../core/tasks/driving/scores/score-list.ts';
import { actorOf } from '../../../core/learn/run/stage.ts';
import { HELD_OUT_SEED } from '../../../core/learn/seeds.ts';
import { parameterLayout } from '../../../core/models/config.ts';
import {
  bareOf,
  checkpointIdentity,
  EXPERT,
  type PolicyIdentity,
  policyName,
  RANDOM,
} from '../../../core/models/identity.ts';
import { POLICY_CONFIG } from '../../../core/tasks/driving/policy/config.ts';
import type { Scenario } from '../../../core/tasks/driving/scenario/scenario.ts';
import { readPolicyFile } from '../../node/checkpoints.ts';
import { driveSuites, measureFiles } from '../../results/suites.ts';
import { type FlagValues, UsageError } from '../flags.ts';
import { chosenScenarios } from '../scenario-choice.ts';

const flags = {
  checkpoint: { type: 'string', help: 'The same as --policy FILE.' },
  policy: { type: 'string', help: 'random, expert, or a .safetensors file.' },
  scenarios: {
    type: 'string',
    help: 'all, or with commas between: ids, scenario YAML files, recorded drives.',
    default: 'all',
  },
  seeds: { type: 'integer', help: 'Held-out seeds a scenario.', default: 20, min: 1, max: 10000 },
  run: { type: 'string', help: "Instead of a policy: a training run's folder, with --correlation." },
  correlation: {
    type: 'boolean',
    help: "Offline error of the run's checkpoints against how they drive.",
    default: false,
  },
  score: { type: 'string', help: 'Score of the correlation.', default: 'lab' },
  'out-dir': { type: 'string', help: 'Folder that gets metrics.json.' },
  smoke: { type: 'boolean', help: 'Two seeds a scenario.', default: false },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;
const SMOKE_SEEDS = 2;
type Values = FlagValues<typeof flags>;

export const command = {
  summary: 'Drive a policy closed loop on held-out seeds: every published score, drive by drive; writes metrics.json.',
  flags,
  async run(values: Values) {
    if ((values.run === undefined) === values.correlation)
      throw new UsageError('lab evaluate: --run DIR and --correlation belong together.');
    await (values.run === undefined ? evaluatePolicy(values) : correlateRun(values, values.run));
  },
};

async function evaluatePolicy(values: Values): Promise<void> {
  const which = values.checkpoint ?? values.policy;
  if (which === undefined || (values.checkpoint !== undefined && values.policy !== undefined))
    throw new UsageError('lab evaluate: say one of --checkpoint FILE and --policy random|expert|FILE.');
  const scenarios = await chosenScenarios('evaluate', values.scenarios);
  const seeds = seedsOf(values);
  const { policy, flat } = await chosenPolicy(which, values.checkpoint === undefined);
  const driven = [RANDOM, EXPERT, ...(flat ? [bareOf(policy), policy] : [])];

  const results = await driveSuites({
    policies: new Map(driven.map((one) => [policyName(one), actorOf(one)])),
    parameters: flat ?? new Float32Array(parameterLayout(POLICY_CONFIG).size),
    scenarios,
    seeds,
    onProgress: (done, total) => console.error(`${done} of ${total} suites driven`),
  });
  const evaluation = makeEvaluation({ policy, scenarios: idsOf(scenarios), seeds, firstSeed: HELD_OUT_SEED }, results);
  await keep(values, 'metrics.json', [evaluation]);
  console.log(values.json ? JSON.stringify(evaluation) : reportMarkdown(evaluation.report));
}

/** A built-in policy by its name, where that is allowed, or a file's. Throws when the file cannot be read or driven. */
async function chosenPolicy(
  which: string,
  builtIn: boolean,
): Promise<{ readonly policy: PolicyIdentity; readonly flat?: Float32Array }> {
  const policy = builtIn && [RANDOM, EXPERT].find(({ name }) => name === which);
  if (policy) return { policy };
  const { hash, name, flat } = await readPolicyFile(which);
  return { policy: checkpointIdentity(hash, name), flat };
}

/** Every checkpoint of a run's folder, oldest first by name. */
async function correlateRun(values: Values, run: string): Promise<void> {
  const score = SCORE_LIST.find(({ id }) => id === values.score)?.id as ReportedId | undefined;
  if (!score)
    throw new UsageError(
      `lab evaluate: there is no score "${values.score}"; there are ${SCORE_LIST.map(({ id }) => id).join(', ')}.`,
    );
  const scenarios = await chosenScenarios('evaluate', values.scenarios);
  const seeds = seedsOf(values);
  const folder = join(run, 'checkpoints');
  const names = await readdir(folder).catch(() => {
    throw new Error(`"${folder}" cannot be read; --run wants the folder that lab train wrote.`);
  });
  const files = names.filter((name) => name.endsWith('.safetensors')).sort();
  if (files.length < 2)
    throw new Error(`"${folder}" has ${files.length} checkpoints; a correlation needs two or more.`);
  const points = await measureFiles({
    files: files.map((name) => ({ id: name.replace(/\.safetensors$/, ''), path: join(folder, name) })),
    scenarios,
    seeds,
    onProgress: (done, total) => console.error(`${done} of ${total} checkpoints measured`),
  });
  const correlation = correlate(points, score);
  const result = { run, seeds, firstSeed: HELD_OUT_SEED, scenarios: idsOf(scenarios), points, correlation };
  await keep(values, 'correlation.json', result);
  if (values.json) {
    console.log(JSON.stringify(result));
    return;
  }
  for (const { id, openLoop, scores } of points)
    console.log(`${id}  ADE ${openLoop.ade.toFixed(3)} m  ${score} ${scores[score]?.toFixed(4) ?? '–'}`);
  console.log(
    correlation === null
      ? `No two checkpoints have a value of ${score}.`
      : `Spearman ${correlation.spearman.toFixed(3)}, Pearson ${correlation.pearson.toFixed(3)} (${correlation.wanted} is right) over ${correlation.points.length} checkpoints`,
  );
}

const seedsOf = ({ smoke, seeds }: Values): number => (smoke ? SMOKE_SEEDS : seeds);
const idsOf = (scenarios: readonly Scenario[]): string[] => scenarios.map(({ id }) => id);

async function keep(values: Values, name: string, content: unknown): Promise<void> {
  const folder = values['out-dir'];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
}

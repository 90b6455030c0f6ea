/** `lab train`: the whole pipeline without a screen, into a run's folder. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportMarkdown } from '../../../core/evaluate/markdown.ts';
import { TrainControl } from '../../../core/learn/run/hold.ts';
import { resolveHyperparameters } from '../../../core/learn/run/hyperparameters.ts';
import type { EvaluationResult } from '../../../core/learn/evaluate.ts';
import { Pipeline, type PipelineConfig } from '../../../core/learn/run/runner.ts';
import type { StageEntry } from '../../../core/learn/run/stage.ts';
import type { RunState } from '../../../core/learn/run/state.ts';
import { ALGORITHMS, algorithmsFor, pipelineOf, stageEntry, STAGES } from '../../../core/learn/stages.ts';
import { imitationHash, parametersHash, readCheckpoint, writeCheckpoint } from '../../../core/models/checkpoint.ts';
import { type PolicyConfig, parameterLayout } from '../../../core/models/config.ts';
import { DRIVING } from '../../../core/tasks/driving-task.ts';
import { TASK_IDS, taskOf } from '../../../core/tasks/tasks.ts';
import { type FlagValues, UsageError } from '../flags.ts';
import { chooseEngine, type MeasureSize, measureEngines } from '../../../core/models/choose.ts';
import type { EngineName } from '../../../core/models/engine.ts';
import { initParameters } from '../../../core/models/initialise.ts';
import { createRandom } from '../../../core/base/random.ts';
import { createNodeEngine, NODE_ENGINES } from '../../node/engines.ts';
import { createNodeRollouts } from '../../node/rollouts.ts';
import { shippedScenarios } from '../../node/scenarios.ts';

/** What Node has: the kernels, the plain twin, or the faster of them at the size of the run. */
const ENGINES: readonly string[] = ['wasm', 'ts', 'auto'];

const flags = {
  'out-dir': { type: 'string', help: "The run's folder.", default: 'out/run_001' },
  task: { type: 'string', help: `What is learned: ${TASK_IDS.join(', ')}.`, default: DRIVING.id },
  algo: { type: 'string', help: `What follows SFT: ${ALGORITHMS.join(', ')}.`, default: ALGORITHMS[0] },
  stage: { type: 'string', help: `Run this stage alone: ${STAGES.map(({ id }) => id).join(', ')}.` },
  episodes: {
    type: 'integer',
    help: 'Training drives of RL; default: the iterations of the config.',
    min: 1,
    max: 1e7,
  },
  seed: { type: 'integer', help: 'Seed of everything.', default: 42, min: 0, max: 2 ** 31 - 1 },
  'sft-model': { type: 'string', help: 'Start RL from this checkpoint instead of training SFT.' },
  'sft-steps': { type: 'integer', help: 'Adam steps of SFT.', min: 1, max: 100000 },
  'eval-seeds': { type: 'integer', help: 'Held-out seeds a scenario.', min: 1, max: 10000 },
  set: { type: 'string', help: 'Other hyperparameters: ppo.gamma=0.99,sft.batch=64.' },
  engine: {
    type: 'string',
    help: `What the rollouts think on: ${ENGINES.join(', ')}; auto measures.`,
    default: 'wasm',
  },
  workers: { type: 'integer', help: 'Rollout threads; default: one a core.', min: 1, max: 64 },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;

export const command = {
  summary: 'Train: synthesise, SFT, PPO, paired evaluation; writes a run folder.',
  flags,
  async run(values: FlagValues<typeof flags>) {
    if (!ALGORITHMS.includes(values.algo))
      throw new UsageError(`lab train: --algo must be ${ALGORITHMS.join(' or ')}, not "${values.algo}".`);
    if (!ENGINES.includes(values.engine))
      throw new UsageError(`lab train: --engine must be ${ENGINES.join(' or ')}, not "${values.engine}".`);
    if (!TASK_IDS.includes(values.task))
      throw new UsageError(`lab train: --task must be ${TASK_IDS.join(' or ')}, not "${values.task}".`);
    const task = taskOf(values.task);
    const able = algorithmsFor(task.model);
    if (!able.includes(values.algo))
      throw new UsageError(
        `lab train: ${values.algo} cannot learn ${task.id}, whose policy has no residual; --algo ${able.join(' or ')} can.`,
      );
    const stages = chosenStages(values);
    const pool = createNodeRollouts(values.workers);
    const out = values['out-dir'];
    const config = await trainConfig(values, stages, pool.workers.length);
    const resume =
      values['sft-model'] === undefined
        ? undefined
        : await startFrom(values['sft-model'], task.model, values.stage ?? values.algo);
    await mkdir(join(out, 'checkpoints'), { recursive: true });
    const write = (name: string, value: unknown) => writeFile(join(out, name), `${JSON.stringify(value, null, 2)}\n`);
    await write('config.json', {
      ...(task !== taskOf(DRIVING.id) && { task: task.id }),
      seed: config.seed,
      ...config.settings,
      algo: values.algo,
      engine: values.engine,
      workers: pool.workers.length,
      policy: task.model,
    });

    const control = new TrainControl();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => control.stop());
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    let said = '';
    const pipeline = new Pipeline({
      stages,
      task,
      engine: (size) => engineFor(values.engine, task.model, size),
      config,
      policy: task.model,
      scenarios: task.scenarios ?? [...shippedScenarios().values()],
      workers: pool.workers,
      ...pool.learners(task.model),
      control,
      clock: seconds,
      report(reports) {
        const now = reports.find((s) => s.status === 'running');
        if (!now) return;
        const line = `${now.stage} ${Math.floor(now.progress * 10) * 10} %`;
        if (line === said) return;
        said = line;
        console.error(`${seconds().toFixed(0).padStart(4)} s  ${line.padEnd(16)} ${now.summary}`);
      },
      async save(state: RunState) {
        const name = `${state.stage}-${String(state.done).padStart(6, '0')}.safetensors`;
        await writeFile(join(out, 'checkpoints', name), writeCheckpoint(task.model, state.parameters, name));
      },
      resume,
    });
    const result = await pipeline.run().finally(() => pool.dispose());
    const report = (result.evaluation as EvaluationResult | undefined)?.report;
    const frozen = result.imitationBefore === result.imitationAfter;
    const metrics = report ? [{ ...report, imitationFrozen: frozen, imitationHash: result.imitationAfter }] : [];
    await write('metrics.json', metrics);
    const { stages: reports, points } = pipeline.state;
    const summary = {
      seed: config.seed,
      seconds: seconds(),
      stages: reports,
      parametersHash: parametersHash(result.parameters),
    };
    await write('train_metrics.json', { summary, curves: points });
    await writeFile(join(out, 'final.safetensors'), writeCheckpoint(task.model, result.parameters, result.name));
    if (values.json) console.log(JSON.stringify({ outDir: out, summary, evaluation: metrics[0] ?? null }));
    else if (!report) console.log(`${out}: ${stages.map(({ title }) => title).join(', ')}; not evaluated.`);
    else
      console.log(
        `${reportMarkdown(report)}\nThe imitation model ${frozen ? 'is unchanged by' : 'WAS CHANGED by'} ${result.name.replace('SFT + ', '')} (${result.imitationAfter.slice(0, 16)}).`,
      );
  },
};

/** What the rollouts think on at this size. */
async function engineFor(asked: string, model: PolicyConfig, size: MeasureSize): Promise<EngineName> {
  if (asked !== 'auto') return asked as EngineName;
  const flat = initParameters(model, createRandom(1));
  const candidates = NODE_ENGINES.map((engine) => ({
    engine,
    software: false,
    create: async () => createNodeEngine(engine, model, flat, size.batch),
  }));
  const choice = chooseEngine(await measureEngines(candidates, size, 200, () => performance.now()));
  console.error(choice.reason);
  return choice.engine;
}

/** The run's stages; one alone brings the stages along whose product lives in memory only. */
function chosenStages({ algo, stage, 'sft-model': start }: FlagValues<typeof flags>): readonly StageEntry[] {
  const stages = pipelineOf(algo);
  if (stage === undefined) return stages;
  const at = stages.findIndex(({ id }) => id === stage);
  if (at < 0)
    throw new UsageError(`lab train: --stage must be one of ${stages.map(({ id }) => id).join(', ')}, not "${stage}".`);
  let from = at;
  while (from > 0 && stages[from - 1].transient) from--;
  if (from > 0 && start === undefined)
    throw new UsageError(`lab train: --stage ${stage} goes on from a checkpoint; say which with --sft-model FILE.`);
  return stages.slice(from, at + 1);
}

/** What the flags come to; a value out of range is refused before anything is done. */
async function trainConfig(
  values: FlagValues<typeof flags>,
  stages: readonly StageEntry[],
  workers: number,
): Promise<PipelineConfig> {
  const settings: Record<string, Record<string, number>> = Object.fromEntries(stages.map(({ id }) => [id, {}]));
  const set = (stage: string, given: Record<string, number>) => {
    if (settings[stage]) Object.assign(settings[stage], given);
  };
  if (values.episodes !== undefined)
    set(values.algo, (await stageEntry(values.algo).load()).forEpisodes?.(values.episodes, workers) ?? {});
  if (values['sft-steps'] !== undefined) set('sft', { steps: values['sft-steps'] });
  if (values['eval-seeds'] !== undefined) set('evaluate', { seeds: values['eval-seeds'] });
  for (const [stage, name, value] of assignments(stages, values.set)) settings[stage][name] = value;
  for (const { id, load } of stages) {
    try {
      resolveHyperparameters((await load()).hyperparameters, settings[id]);
    } catch (error) {
      throw new UsageError(`lab train: ${id}: ${(error as Error).message}`);
    }
  }
  return { seed: values.seed, settings };
}

/** "ppo.gamma=0.99,sft.batch=64" as [stage, name, value]. */
function assignments(stages: readonly StageEntry[], text = ''): [string, string, number][] {
  const ids = stages.map(({ id }) => id);
  return text.split(',').flatMap((part) => {
    if (part === '') return [];
    const [, stage, name, value] = /^(\w+)\.(\w+)=(\S+)$/.exec(part.trim()) ?? [];
    if (!ids.includes(stage))
      throw new UsageError(`lab train: --set wants ${ids.join('|')}.NAME=NUMBER, not "${part}".`);
    return [[stage, name, Number(value)]];
  });
}

/** A run that begins after SFT with the imitation model of a checkpoint file. */
async function startFrom(file: string, model: PolicyConfig, algorithm: string): Promise<RunState> {
  const bytes = await readFile(file).catch(() => {
    throw new UsageError(`lab train: "${file}" cannot be read; --sft-model wants a .safetensors checkpoint.`);
  });
  const { flat, config } = readCheckpoint(bytes);
  if (JSON.stringify(config) !== JSON.stringify(model))
    throw new UsageError(`lab train: "${file}" is a policy of another size, vocabulary or task.`);
  const imitation = imitationHash(flat, parameterLayout(model));
  return {
    version: 1,
    stage: algorithm,
    done: 0,
    parameters: flat,
    optimiser: new Float32Array(0),
    imitation,
    stages: [],
    points: [],
  };
}

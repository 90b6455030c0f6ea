/** `lab train`: the whole pipeline without a screen, into a run's folder. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportMarkdown } from '../../../core/evaluate/markdown.ts';
import { TrainControl } from '../../../core/learn/run/hold.ts';
import { resolveHyperparameters } from '../../../core/learn/run/hyperparameters.ts';
import { HYPERPARAMETERS, Pipeline, type PipelineConfig, type RunState } from '../../../core/learn/runner.ts';
import { type StageName, STAGES } from '../../../core/learn/run/progress.ts';
import { imitationHash, parametersHash, readCheckpoint, writeCheckpoint } from '../../../core/models/checkpoint.ts';
import { parameterLayout } from '../../../core/models/config.ts';
import { POLICY_CONFIG } from '../../../core/tasks/driving/policy/config.ts';
import { type FlagValues, UsageError } from '../flags.ts';
import { createNodeRollouts } from '../../node/rollouts.ts';
import { shippedScenarios } from '../../node/scenarios.ts';

const flags = {
  'out-dir': { type: 'string', help: "The run's folder.", default: 'out/run_001' },
  algo: { type: 'string', help: 'What follows SFT: ppo.', default: 'ppo' },
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
  engine: { type: 'string', help: 'What trains: wasm.', default: 'wasm' },
  workers: { type: 'integer', help: 'Rollout threads; default: one a core.', min: 1, max: 64 },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;

/** Decisions an average training drive takes; turns --episodes into PPO iterations. */
const DECISIONS_PER_DRIVE = 30;

export const command = {
  summary: 'Train: synthesise, SFT, PPO, paired evaluation; writes a run folder.',
  flags,
  async run(values: FlagValues<typeof flags>) {
    if (values.algo !== 'ppo') throw new UsageError(`lab train: --algo must be ppo, not "${values.algo}".`);
    if (values.engine !== 'wasm') throw new UsageError(`lab train: --engine must be wasm, not "${values.engine}".`);
    const pool = createNodeRollouts(values.workers);
    const out = values['out-dir'];
    const config = trainConfig(values, pool.workers.length);
    const resume = values['sft-model'] === undefined ? undefined : await startFrom(values['sft-model']);
    await mkdir(join(out, 'checkpoints'), { recursive: true });
    const write = (name: string, value: unknown) => writeFile(join(out, name), `${JSON.stringify(value, null, 2)}\n`);
    await write('config.json', {
      ...config,
      algo: values.algo,
      engine: values.engine,
      workers: pool.workers.length,
      policy: POLICY_CONFIG,
    });

    const control = new TrainControl();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => control.stop());
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    let said = '';
    const pipeline = new Pipeline({
      config,
      policy: POLICY_CONFIG,
      scenarios: [...shippedScenarios().values()],
      workers: pool.workers,
      learners: pool.learners,
      control,
      clock: seconds,
      report(stages) {
        const now = stages.find((s) => s.status === 'running');
        if (!now) return;
        const line = `${now.stage} ${Math.floor(now.progress * 10) * 10} %`;
        if (line === said) return;
        said = line;
        console.error(`${seconds().toFixed(0).padStart(4)} s  ${line.padEnd(16)} ${now.summary}`);
      },
      async save(state: RunState) {
        const name = `${state.stage}-${String(state.done).padStart(6, '0')}.safetensors`;
        await writeFile(join(out, 'checkpoints', name), writeCheckpoint(POLICY_CONFIG, state.parameters, name));
      },
      resume,
    });
    const result = await pipeline.run().finally(() => pool.dispose());
    const { report } = result.evaluation;
    const frozen = result.imitationBefore === result.imitationAfter;
    const metrics = [{ ...report, imitationFrozen: frozen, imitationHash: result.imitationAfter }];
    await write('metrics.json', metrics);
    const { stages, points } = pipeline.state;
    const summary = {
      seed: config.seed,
      seconds: seconds(),
      stages,
      parametersHash: parametersHash(result.parameters),
    };
    await write('train_metrics.json', { summary, curves: points });
    await writeFile(join(out, 'final.safetensors'), writeCheckpoint(POLICY_CONFIG, result.parameters, 'SFT + PPO'));
    if (values.json) console.log(JSON.stringify({ outDir: out, summary, evaluation: metrics[0] }));
    else
      console.log(
        `${reportMarkdown(report)}\nThe imitation model ${frozen ? 'is unchanged by PPO' : 'WAS CHANGED by PPO'} (${result.imitationAfter.slice(0, 16)}).`,
      );
  },
};

function trainConfig(values: FlagValues<typeof flags>, workers: number): PipelineConfig {
  const ppo: Record<string, number> = {};
  if (values.episodes !== undefined) {
    const decisions = values.episodes * DECISIONS_PER_DRIVE;
    ppo.worlds = Math.max(1, Math.min(64, Math.floor(values.episodes / workers)));
    ppo.iterations = Math.max(1, Math.round(decisions / (ppo.worlds * workers * 16)));
  }
  const sft: Record<string, number> = values['sft-steps'] === undefined ? {} : { steps: values['sft-steps'] };
  const evaluate: Record<string, number> = values['eval-seeds'] === undefined ? {} : { seeds: values['eval-seeds'] };
  const config = { seed: values.seed, synthesise: {}, sft, ppo, evaluate } satisfies PipelineConfig;
  for (const [stage, name, value] of assignments(values.set)) config[stage] = { ...config[stage], [name]: value };
  for (const stage of STAGES) {
    try {
      resolveHyperparameters(HYPERPARAMETERS[stage], config[stage]);
    } catch (error) {
      throw new UsageError(`lab train: ${stage}: ${(error as Error).message}`);
    }
  }
  return config;
}

/** "ppo.gamma=0.99,sft.batch=64" as [stage, name, value]. */
function assignments(text = ''): [StageName, string, number][] {
  return text.split(',').flatMap((part) => {
    if (part === '') return [];
    const [, stage, name, value] = /^(\w+)\.(\w+)=(\S+)$/.exec(part.trim()) ?? [];
    if (!STAGES.includes(stage as StageName)) {
      throw new UsageError(`lab train: --set wants ${STAGES.join('|')}.NAME=NUMBER, not "${part}".`);
    }
    return [[stage as StageName, name, Number(value)]];
  });
}

/** A run that begins at PPO with the imitation model of a checkpoint file. */
async function startFrom(file: string): Promise<RunState> {
  const bytes = await readFile(file).catch(() => {
    throw new UsageError(`lab train: "${file}" cannot be read; --sft-model wants a .safetensors checkpoint.`);
  });
  const { flat } = readCheckpoint(bytes);
  const imitation = imitationHash(flat, parameterLayout(POLICY_CONFIG));
  return {
    version: 1,
    stage: 'ppo',
    done: 0,
    parameters: flat,
    optimiser: new Float32Array(0),
    imitation,
    stages: [],
    points: [],
  };
}

/**
 * `lab ship`: makes what the lab ships, public/shipped, from nothing: the checkpoint, what its training gave, the drive of the
 * first run and the thought to change in it. One seed, a fixed number of workers and a fixed date: twice gives the same bytes.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policyRecord } from '../../../core/episode/policy-record.ts';
import { checkpointIdentity } from '../../../core/models/identity.ts';
import { createWasmEngine } from '../../../core/models/engines/wasm/wasm.ts';
import { episodeToJson } from '../../../core/episode/json.ts';
import { resolveHyperparameters } from '../../../core/learn/run/hyperparameters.ts';
import type { PipelineConfig } from '../../../core/learn/run/runner.ts';
import { pipelineOf } from '../../../core/learn/stages.ts';
import { parametersHash, writeCheckpoint } from '../../../core/models/checkpoint.ts';
import { POLICY_CONFIG } from '../../../core/tasks/driving/policy/config.ts';
import type { Scenario } from '../../../core/tasks/driving/scenario/scenario.ts';
import { readPolicyFile } from '../../node/checkpoints.ts';
import { findFirstRun } from '../../results/first-run.ts';
import { type FlagValues, UsageError } from '../flags.ts';
import { runPipeline } from '../../results/pipeline.ts';
import { shippedScenarios } from '../../node/scenarios.ts';

const flags = {
  'out-dir': { type: 'string', help: 'Where to write.', default: 'public/shipped' },
  from: { type: 'string', help: 'Ship this checkpoint instead of training one.' },
  seed: { type: 'integer', help: 'Seed of the training.', default: 42, min: 0, max: 2 ** 31 - 1 },
  quick: {
    type: 'boolean',
    help: 'A training of seconds on one scenario and few drives, to try the script; not for shipping.',
    default: false,
  },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;

/** Training depends on how rollouts are shared out, so this is fixed whatever the machine has. */
const WORKERS = 2;
const NAME = 'SFT + PPO (shipped)';
const SCENARIO = 'crossing_pedestrian';
const SEEDS = 300;
const DATE = '2026-01-01T00:00:00Z';
/** Longer than the tab's default, which is over in four minutes: nobody waits for this one. */
const LONGER: PipelineConfig['settings'] = {
  sft: { steps: 10_000, rounds: 4 },
  ppo: { iterations: 120 },
};
const QUICK: PipelineConfig['settings'] = {
  synthesise: { examples: 3000 },
  sft: { steps: 200, rounds: 0 },
  ppo: { iterations: 1, worlds: 8, decisions: 4 },
  evaluate: { seeds: 2 },
};

export const command = {
  summary: 'Make the shipped checkpoint and first drive from nothing.',
  flags,
  async run(values: FlagValues<typeof flags>) {
    const { quick, from, seed } = values;
    const out = values['out-dir'];
    if (quick && out === flags['out-dir'].default)
      throw new UsageError('lab ship: --quick is no policy to ship; say another --out-dir.');
    const started = performance.now();
    const scenario = shippedScenarios().get(SCENARIO);
    if (!scenario) throw new Error(`There is no scenario "${SCENARIO}".`);
    const { flat, training } =
      from !== undefined
        ? await take(from)
        : quick
          ? await train({ seed, ...QUICK }, [scenario])
          : await train({ seed, ...LONGER }, [...shippedScenarios().values()]);
    const hash = parametersHash(flat);
    const engine = createWasmEngine(POLICY_CONFIG, flat, { maxBatch: 1 });
    const policy = policyRecord(checkpointIdentity(hash, NAME), engine.name);
    const seeds = quick ? 12 : SEEDS;
    const { drive, firstRun } = await findFirstRun({ engine, policy, scenario, seeds, now: DATE });
    engine.dispose();

    await mkdir(out, { recursive: true });
    const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
    await writeFile(join(out, 'policy.safetensors'), writeCheckpoint(POLICY_CONFIG, flat, NAME));
    await writeFile(join(out, 'training.json'), json({ parametersHash: hash, ...training }));
    await writeFile(join(out, 'drive.json'), episodeToJson(drive));
    await writeFile(join(out, 'first-run.json'), json(firstRun));
    const seconds = (performance.now() - started) / 1000;
    if (values.json) console.log(JSON.stringify({ outDir: out, seconds, parametersHash: hash, firstRun }));
    else {
      const { decision, breakpoint, scoreDelta, ghostCollides, search } = firstRun;
      console.log(
        `${out}: checkpoint ${hash.slice(0, 16)}, made in ${seconds.toFixed(0)} s.\n` +
          `First run: ${SCENARIO}, seed ${firstRun.seed}, ${drive.score.steps} steps, score ${drive.score.score.toFixed(3)}. ` +
          `Changing "yield" to "proceed" at decision ${decision + 1} (step ${breakpoint}) ` +
          `${ghostCollides ? 'ends in a collision' : 'does not end in a collision'}, score ${scoreDelta.toFixed(3)}. ` +
          `Of ${search.candidates} drives that yield, ${search.collide} collide when their first yield is so changed.`,
      );
    }
  },
};

interface Trained {
  readonly flat: Float32Array;
  readonly training: Readonly<Record<string, unknown>>;
}

async function train(config: PipelineConfig, scenarios: readonly Scenario[]): Promise<Trained> {
  const run = await runPipeline(config, WORKERS, scenarios);
  const { parameters, imitationBefore, imitationAfter, evaluation } = run;
  return {
    flat: parameters,
    training: {
      seed: config.seed,
      hyperparameters: Object.fromEntries(
        await Promise.all(
          pipelineOf().map(async ({ id, load }) => {
            const { hyperparameters } = await load();
            return [id, resolveHyperparameters(hyperparameters, config.settings?.[id])] as const;
          }),
        ),
      ),
      workers: WORKERS,
      scenarios: scenarios.map(({ id }) => id),
      policy: POLICY_CONFIG,
      imitationHash: imitationAfter,
      imitationFrozen: imitationBefore === imitationAfter,
      report: evaluation.report,
    },
  };
}

async function take(file: string): Promise<Trained> {
  const { flat, name } = await readPolicyFile(file);
  return { flat, training: { takenFrom: name, policy: POLICY_CONFIG } };
}

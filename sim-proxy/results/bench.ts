/**
 * What the lab's arithmetic costs: the WASM kernels against their TypeScript twins, doing the same work in the same process.
 * The rollout is the one PPO trains on (core/learn/residual-rollout.ts): observe, write a trace, heads, five world steps.
 */
import type { Engine, SftOptions } from '../../core/models/engine.ts';
import { createTsEngine } from '../../core/models/engines/ts/ts.ts';
import { createWasmEngine } from '../../core/models/engines/wasm/wasm.ts';
import { synthesiseDataset } from '../../core/tasks/driving/synthesise-dataset.ts';
import { SYNTHESISE } from '../../core/learn/synthesise.ts';
import { resolveHyperparameters } from '../../core/learn/run/hyperparameters.ts';
import { trainNames } from '../../core/learn/names.ts';
import { PlanEnv } from '../../core/tasks/driving/plan-env.ts';
import { PPO } from '../../core/learn/ppo.ts';
import { ResidualRollout } from '../../core/learn/residual-rollout.ts';
import { gatherBatch, SFT } from '../../core/learn/sft.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import { createRandom } from '../../core/base/random.ts';
import { decide } from '../../core/tasks/driving/expert/expert.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { DECISION_STEPS, OBS_DIM, WAYPOINTS } from '../../core/abi/layout.ts';
import type { Scenario } from '../../core/tasks/driving/scenario/scenario.ts';
import { createTwinWorlds } from '../../core/tasks/driving/world/twin/twin.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';
import type { Worlds } from '../../core/tasks/driving/world/world.ts';
import { type RateComparison, compareRates, type TimedWork } from './measure.ts';
import { findNames, readNames } from './names-docs.ts';

export interface BenchRow extends RateComparison {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  /** Least ratio WASM over TypeScript that is wanted; absent where none is set. */
  readonly bar?: number;
  readonly passed?: boolean;
}

const WORLDS = 64;
const ROUNDS = 5;

/** All rows. `flat` are a policy's parameters: how long its traces are is part of what is measured. */
export async function runBench(
  flat: Float32Array,
  scenarios: readonly Scenario[],
  onRow: (row: BenchRow) => void = () => {},
): Promise<BenchRow[]> {
  const engines = {
    wasm: createWasmEngine(POLICY_CONFIG, flat, { maxBatch: WORLDS }),
    ts: createTsEngine(POLICY_CONFIG, flat),
  };
  const rows: BenchRow[] = [];
  const row = async (about: Omit<BenchRow, keyof RateComparison | 'passed'>, wasm: TimedWork, ts: TimedWork) => {
    const compared = await compareRates(
      [
        ['wasm', wasm],
        ['ts', ts],
      ],
      ROUNDS,
    );
    const { bar } = about;
    rows.push({ ...about, ...compared, ...(bar !== undefined && { passed: compared.ratio.median >= bar }) });
    onRow(rows[rows.length - 1]);
  };

  await row(
    { id: 'rollout', what: `rollout, policy included, ${WORLDS} worlds`, unit: 'steps/s', bar: 4 },
    rollout(engines.wasm, createWasmWorlds(WORLDS), scenarios),
    rollout(engines.ts, createTwinWorlds(WORLDS), scenarios),
  );
  await row(
    { id: 'world', what: `world alone, ${WORLDS} worlds`, unit: 'steps/s' },
    worldSteps(createWasmWorlds(WORLDS), scenarios, 100),
    worldSteps(createTwinWorlds(WORLDS), scenarios, 5),
  );
  await row(
    { id: 'sft', what: 'SFT Adam step, batch 32', unit: 'steps/s' },
    await sftSteps(engines.wasm, scenarios, 20),
    await sftSteps(engines.ts, scenarios, 1),
  );
  const file = findNames();
  const docs = file ? await readNames(file) : drawnNames();
  await row(
    {
      id: 'names',
      what: `microgpt names, 1000 steps${file ? '' : ' (random letters: no names.txt here)'}`,
      unit: 'steps/s',
      bar: 1,
    },
    () => trainNames({ docs, steps: 1000, engine: 'wasm' }).losses.length,
    () => trainNames({ docs, steps: 1000, engine: 'ts' }).losses.length,
  );
  for (const engine of Object.values(engines)) engine.dispose();
  return rows;
}

function rollout(engine: Engine, worlds: Worlds, scenarios: readonly Scenario[]): TimedWork {
  const decisions = 2;
  const runner = new ResidualRollout(
    engine,
    new PlanEnv(worlds),
    (scenario, seed) => instantiate(scenario as Scenario, seed),
    scenarios,
    (k) => k,
    createRandom(1),
  );
  const logStd = new Float32Array(POLICY_CONFIG.residualSize).fill(PPO.logStd.value);
  return async () => {
    await runner.collect(decisions, logStd);
    return decisions * DECISION_STEPS * worlds.count;
  };
}

/** Two seconds along the expert's first plan, over and over. */
function worldSteps(worlds: Worlds, scenarios: readonly Scenario[], repeats: number): TimedWork {
  for (let i = 0; i < worlds.count; i++) worlds.reset(i, instantiate(scenarios[i % scenarios.length], i));
  const seen = worlds.observe().slice();
  for (let i = 0; i < worlds.count; i++) worlds.setPlan(i, decide(seen, i * OBS_DIM).waypoints);
  const starts = Array.from({ length: worlds.count }, (_, i) => worlds.snapshot(i));
  return () => {
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const [i, start] of starts.entries()) worlds.restore(i, start);
      for (let step = 0; step < WAYPOINTS; step++) worlds.stepPlans();
    }
    return repeats * WAYPOINTS * worlds.count;
  };
}

async function sftSteps(engine: Engine, scenarios: readonly Scenario[], steps: number): Promise<TimedWork> {
  const worlds = createWasmWorlds(8);
  const data = await synthesiseDataset({
    ...resolveHyperparameters(SYNTHESISE, { examples: 256 }),
    worlds,
    scenarios,
    seedOf: (k) => k,
    random: createRandom(1),
  });
  worlds.dispose();
  const h = resolveHyperparameters(SFT);
  const batch = gatherBatch(
    data,
    Array.from({ length: 32 }, (_, i) => i * 8),
  );
  const options: SftOptions = { ...h, epsilon: 1e-8 };
  return async () => {
    for (let step = 0; step < steps; step++) await engine.sftStep?.(batch, options);
    return steps;
  };
}

function drawnNames(): string[] {
  const random = createRandom(1);
  const letter = () => String.fromCharCode(97 + random.below(26));
  return Array.from({ length: 2000 }, () => Array.from({ length: 3 + random.below(7) }, letter).join(''));
}

/** Whether twins agree: microgpt with Karpathy's own numbers, the world's kernel with its TypeScript twin. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { trainNames } from '../../core/learn/names.ts';
import { decide } from '../../core/tasks/driving/expert/expert.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { DECISION_STEPS, OBS_DIM } from '../../core/abi/layout.ts';
import { createTwinWorlds } from '../../core/tasks/driving/world/twin/twin.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';
import type { Worlds } from '../../core/tasks/driving/world/world.ts';
import { findNames, readNames } from './names-docs.ts';
import { shippedScenarios } from '../node/scenarios.ts';
import type { ResultRow, Section } from './section.ts';

const WORLD_SEEDS = 10;
const NAMES_STEPS = 50;

export interface ParityData {
  /** Absent where the reference's data are not at hand. */
  readonly names?: { readonly ts: number; readonly wasm: number; readonly samplesEqual: boolean };
  readonly world: { readonly difference: number; readonly drives: number; readonly steps: number };
}

export const parity: Section<ParityData> = {
  id: 'parity',
  title: 'Parity',

  async measure() {
    const names = await namesParity();
    return { ...(names && { names }), world: worldParity() };
  },

  rows({ names, world }) {
    const rows: ResultRow[] = [
      {
        what: 'world, kernel against twin: largest relative difference of any state field',
        bar: '≤ 1e-9',
        measured: world.difference.toExponential(1),
        met: world.difference <= 1e-9,
        over: `${world.drives} drives by the expert, ${world.steps} steps each`,
        engine: 'WASM and TypeScript',
      },
    ];
    if (!names) return rows;
    const against = (engine: 'ts' | 'wasm', bar: number, label: string): ResultRow => ({
      what: `microgpt names, losses of the first ${NAMES_STEPS} steps against the reference, ${label}`,
      bar: `≤ ${bar.toExponential(0)}`,
      measured: `${names[engine].toExponential(1)}${names.samplesEqual ? '; the 20 samples after 1000 steps are equal' : '; **the 20 samples differ**'}`,
      met: names[engine] <= bar && names.samplesEqual,
      over: '1 run, fixed seed',
      engine: engine === 'ts' ? 'TypeScript' : 'WASM',
    });
    return [against('ts', 1e-12, 'float64'), against('wasm', 1e-6, 'float32'), ...rows];
  },
};

async function namesParity(): Promise<ParityData['names']> {
  const file = findNames();
  const reference = file && join(dirname(file), 'fixture.json');
  if (!file || !reference || !existsSync(reference)) return undefined;
  const docs = await readNames(file);
  const expected: { losses_first: number[]; samples: string[] } = JSON.parse(await readFile(reference, 'utf8'));
  const [ts, wasm] = (['ts', 'wasm'] as const).map((engine) => {
    const { losses, samples } = trainNames({ docs, steps: 1000, engine });
    const worst = Math.max(...expected.losses_first.slice(0, NAMES_STEPS).map((loss, i) => Math.abs(loss - losses[i])));
    return { worst, same: JSON.stringify(samples) === JSON.stringify(expected.samples) };
  });
  return { ts: ts.worst, wasm: wasm.worst, samplesEqual: ts.same && wasm.same };
}

/** Both worlds get the same plans, made from the kernel's observations. */
function worldParity(): ParityData['world'] {
  const scenarios = [...shippedScenarios().values()];
  const drives = scenarios.length * WORLD_SEEDS;
  const steps = 200;
  const [kernel, twin] = [createWasmWorlds(drives), createTwinWorlds(drives)];
  for (let i = 0; i < drives; i++) {
    const spec = instantiate(scenarios[i % scenarios.length], i);
    for (const worlds of [kernel, twin]) worlds.reset(i, spec);
  }
  let difference = 0;
  for (let step = 0; step < steps; step++) {
    if (step % DECISION_STEPS === 0) {
      const seen = kernel.observe();
      for (let i = 0; i < drives; i++) {
        const { waypoints } = decide(seen, i * OBS_DIM);
        for (const worlds of [kernel, twin]) worlds.setPlan(i, waypoints);
      }
    }
    for (const worlds of [kernel, twin]) worlds.stepPlans();
    for (let i = 0; i < drives; i++) difference = Math.max(difference, fieldDifference(kernel, twin, i));
  }
  for (const worlds of [kernel, twin]) worlds.dispose();
  return { difference, drives, steps };
}

function fieldDifference(kernel: Worlds, twin: Worlds, i: number): number {
  const [a, b] = [kernel, twin].map((worlds) => new Float64Array(worlds.snapshot(i).slice().buffer));
  let worst = 0;
  for (let k = 0; k < a.length; k++) {
    if (Object.is(a[k], b[k]) || a[k] === b[k]) continue;
    const by = Math.abs(a[k] - b[k]) / Math.max(1, Math.abs(a[k]));
    worst = Math.max(worst, Number.isNaN(by) ? Number.POSITIVE_INFINITY : by);
  }
  return worst;
}

/** The rows of `lab bench`. */
import { type BenchRow, runBench } from './bench.ts';
import { readPolicyFile } from '../node/checkpoints.ts';
import { rangeText } from './measure.ts';
import { shippedScenarios } from '../node/scenarios.ts';
import { join } from 'node:path';
import type { Section } from './section.ts';

export const speed: Section<readonly BenchRow[]> = {
  id: 'bench',
  title: 'Speed',

  async measure() {
    const { flat } = await readPolicyFile(join(import.meta.dirname, '../../public/shipped/policy.safetensors'));
    return runBench(flat, [...shippedScenarios().values()], ({ what, ratio }) =>
      console.error(`${what}: ${rangeText(ratio)}×`),
    );
  },

  rows: (rows) =>
    rows.map(({ what, unit, rates, ratio, rounds, bar, passed }) => ({
      what: `${what}: WASM over TypeScript`,
      ...(bar !== undefined && { bar: `≥ ${bar}×`, met: passed }),
      measured: `${rangeText(ratio)}×; ${rangeText(rates.wasm)} against ${rangeText(rates.ts)} ${unit}`,
      over: `${rounds} rounds, taken in turn`,
      engine: 'WASM SIMD and TypeScript, 1 thread, same process',
    })),
};

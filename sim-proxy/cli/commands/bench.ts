/** `lab bench`: how fast the WASM kernels are beside their TypeScript twins, on this machine. */
import { type BenchRow, runBench } from '../../results/bench.ts';
import { readPolicyFile } from '../../node/checkpoints.ts';
import type { FlagValues } from '../flags.ts';
import { machine, rangeText } from '../../results/measure.ts';
import { shippedScenarios } from '../../node/scenarios.ts';

const flags = {
  checkpoint: { type: 'string', help: 'Whose traces are written.', default: 'public/shipped/policy.safetensors' },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;

export const command = {
  summary: 'Time rollout, world, SFT and names, WASM against TypeScript.',
  flags,
  async run(values: FlagValues<typeof flags>) {
    const { flat, name } = await readPolicyFile(values.checkpoint);
    const say = values.json ? undefined : (row: BenchRow) => console.log(rowText(row));
    if (!values.json) console.log(`${machine()}; ${name}; median (min … max) of rounds taken in turn`);
    const rows = await runBench(flat, [...shippedScenarios().values()], say);
    if (values.json) console.log(JSON.stringify({ machine: machine(), checkpoint: name, rows }));
  },
};

function rowText({ what, unit, rates, ratio, rounds, bar, passed }: BenchRow): string {
  const wanted = bar === undefined ? '' : `, ${passed ? 'meets' : 'MISSES'} the bar of ${bar}`;
  return [
    `${what} (${rounds} rounds)`,
    ...Object.entries(rates).map(([engine, rate]) => `  ${engine.padEnd(6)} ${rangeText(rate)} ${unit}`),
    `  ratio  ${rangeText(ratio)}${wanted}`,
  ].join('\n');
}

/**
 * Trainings of an earlier day, run again from nothing with the same seed and two rollout threads: the same bytes in every checkpoint,
 * the same metrics and curves, times left out. Here trainings of seconds. TRACEWAY_PIN_FULL=1 runs the default one of seed 42, too, and
 * TRACEWAY_PIN_FULL=FOLDER takes the folder of such a run instead. What docs/results.md prints of seeds 42 and 43 is held as text.
 *
 * Two kinds of number are sums over drives in the order in which the threads finished them, so their last bits are chance: a policy's
 * mean `return` and the curve of the validation score. They are compared to nine decimals.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { expectPinned, lab, sha256 } from './testing-pinned.ts';

const SEEDS = [42, 43];
const SMALL = [
  'synthesise.examples=2000,sft.steps=150,sft.rounds=1,sft.roundExamples=500',
  'ppo.iterations=3,ppo.worlds=16,ppo.validationSeeds=1,ppo.validateEvery=2,evaluate.seeds=2',
].join();
const { TRACEWAY_PIN_FULL: full } = process.env;

const folder = mkdtempSync(join(tmpdir(), 'traceway-pinned-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function train(seed: number, ...more: readonly string[]): Promise<string> {
  const out = join(folder, `seed-${seed}${more.length > 0 ? '-small' : ''}`);
  await lab('train', '--seed', String(seed), '--workers', '2', '--out-dir', out, '--json', ...more);
  return out;
}

interface Point {
  readonly stage: string;
  readonly name: string;
  readonly x: number;
  readonly y: number | null;
}
interface Metrics {
  readonly lines: readonly { readonly return: number }[];
}
const nineDecimals = (value: number) => Math.round(value * 1e9) / 1e9;

/** What lies in the folder of a run, without times. */
function runIn(out: string): unknown {
  const json = <T>(name: string) => JSON.parse(readFileSync(join(out, name), 'utf8')) as T;
  const hashOf = (...path: readonly string[]) => sha256(readFileSync(join(out, ...path)));
  const [metrics] = json<Metrics[]>('metrics.json');
  const { summary, curves } = json<{ summary: { parametersHash: string }; curves: Point[] }>('train_metrics.json');
  const checkpoints = readdirSync(join(out, 'checkpoints')).sort();
  return {
    parametersHash: summary.parametersHash,
    'final.safetensors': hashOf('final.safetensors'),
    config: json('config.json'),
    metrics: { ...metrics, lines: metrics.lines.map((line) => ({ ...line, return: nineDecimals(line.return) })) },
    curves: curvesOf(curves),
    checkpoints: Object.fromEntries(checkpoints.map((name) => [name, hashOf('checkpoints', name).slice(0, 32)])),
  };
}

/** Points of each curve as their number, the last and a digest of all. */
function curvesOf(points: readonly Point[]): Record<string, unknown> {
  const names = [...new Set(points.map(({ stage, name }) => `${stage}: ${name}`))];
  return Object.fromEntries(
    names.map((curve) => {
      const own = points
        .filter(({ stage, name }) => `${stage}: ${name}` === curve)
        .map(({ x, y }) => [x, y !== null && curve === 'ppo: validation score' ? nineDecimals(y) : y]);
      return [curve, { points: own.length, last: own.at(-1), all: sha256(JSON.stringify(own)).slice(0, 32) }];
    }),
  );
}

test.each(SEEDS)('a training of seconds with seed %i gives the files, metrics and curves it gave', async (seed) => {
  expectPinned('training', `seed ${seed}`, runIn(await train(seed, '--set', SMALL)));
});

test.skipIf(!full)(
  'the default training with seed 42 gives the files, metrics and curves it gave',
  {
    timeout: 1_800_000,
  },
  async () => {
    expectPinned('training-full', 'seed 42', runIn(full === '1' || full === undefined ? await train(42) : full));
  },
);

test.each(SEEDS)('docs/results.md prints the closed-loop figures of seed %i that it printed', (seed) => {
  const text = readFileSync('docs/results.md', 'utf8');
  const [, section = ''] = text.split(`### Training seed ${seed}\n`);
  const lines = section
    .split(/\n##+ /)[0]
    .replace(/\d+ s in all:.*? s\. /, '')
    .split('\n')
    .filter((line) => line !== '');
  expect(lines.length).toBeGreaterThan(48);
  expectPinned('training-full', `docs/results.md, seed ${seed}`, lines);
});

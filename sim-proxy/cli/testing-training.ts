/**
 * A training run from the command line into a folder, and what lies there afterwards, times left out.
 *
 * Two kinds of number are sums over drives in the order in which the threads finished them, so their last bits are chance: a policy's
 * mean `return` and the curve of the validation score. They are compared to nine decimals.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lab, sha256 } from './testing-pinned.ts';

/** Trains with two rollout threads into the folder `out`. */
export const train = (out: string, seed: number, ...more: readonly string[]): Promise<unknown> =>
  lab('train', '--seed', String(seed), '--workers', '2', '--out-dir', out, '--json', ...more);

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
export function runIn(out: string): unknown {
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

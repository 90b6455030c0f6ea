/**
 * One part of docs/results.md: what it measures, and how its data become rows of the table. Data are plain JSON kept in
 * out/results, so each section can be measured alone and the document written from all of them.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

export interface ResultRow {
  readonly what: string;
  /** "≥ 4×"; absent for numbers without a bar. */
  readonly bar?: string;
  readonly measured: string;
  readonly met?: boolean;
  /** What was repeated: seeds, rounds, drives. */
  readonly over: string;
  readonly engine: string;
}

export interface Section<D> {
  readonly id: string;
  readonly title: string;
  measure(options: MeasureOptions): Promise<D>;
  rows(data: D): readonly ResultRow[];
  /** Markdown below the table. */
  details?(data: D): string;
}

interface MeasureOptions {
  readonly trainingSeeds: number;
  /** Held-out seeds a scenario, of the trained policies. */
  readonly seeds: number;
  /** Whether tiny counts will do, only to see that everything runs. */
  readonly quick: boolean;
  /** A recording to drop, and its map if there is one; empty: the section makes a recording itself. */
  readonly recording: readonly string[];
}

/** A section whatever its data are: what it measured may be given back to it alone. */
export type AnySection = Omit<Section<never>, 'measure'> & { measure(options: MeasureOptions): Promise<unknown> };

const ROOT = join(import.meta.dirname, '../..');

/** Runs a script of this repository that prints one JSON value. Rejects with the line of stderr that names the error. */
export function jsonOf<T>(script: string, args: readonly string[], timeoutMs: number): Promise<T> {
  return new Promise((done, fail) => {
    const options = { cwd: ROOT, timeout: timeoutMs, maxBuffer: 2 ** 26 };
    execFile(process.execPath, [script, ...args], options, (error, out, err) => {
      const line = err
        .split('\n')
        .find((text) => /Error\b/.test(text))
        ?.trim();
      if (error) fail(new Error(`${script}: ${line ?? error.message.split('\n')[0]}`));
      else done(JSON.parse(out));
    });
  });
}

/** "+0.0123", with a real minus sign. */
export const signedFixed = (value: number, digits = 4): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

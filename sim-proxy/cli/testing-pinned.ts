/**
 * Figures of an earlier day, kept in e2e/fixtures/pinned, held against what the code gives now. They are compared as JSON, to the
 * last digit. With TRACEWAY_PIN_WRITE=1 the fixture is written instead of compared: only for a change that is meant.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';

const pathOf = (file: string) => `e2e/fixtures/pinned/${file}.json`;

export const readPinned = <T>(file: string): T => JSON.parse(readFileSync(pathOf(file), 'utf8')) as T;

/** `measured` is what stands under `key` in the fixture. */
export function expectPinned(file: string, key: string, measured: unknown): void {
  const now: unknown = JSON.parse(JSON.stringify(measured));
  if (process.env.TRACEWAY_PIN_WRITE) {
    const kept = existsSync(pathOf(file)) ? readPinned<object>(file) : {};
    writeFileSync(pathOf(file), `${JSON.stringify({ ...kept, [key]: now }, null, 2)}\n`);
  }
  expect(now, `${file}: ${key}`).toEqual(readPinned<Record<string, unknown>>(file)[key]);
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

interface Command {
  readonly command: { run(values: never, words: readonly string[]): Promise<void> };
}

/** The one JSON object that a command of the lab prints. */
export async function printed<T>({ command }: Command, values: object, word: string): Promise<T> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    await command.run(values as never, [word]);
    expect(log.mock.calls).toHaveLength(1);
    return JSON.parse(String(log.mock.calls[0][0])) as T;
  } finally {
    log.mockRestore();
  }
}

/** What the command line prints to stdout, run as a person would, without the set-up around it. Throws when it fails. */
export async function lab(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'sim-proxy/cli/lab.ts', ...args]);
  return stdout;
}

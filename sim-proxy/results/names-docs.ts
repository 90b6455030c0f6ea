/** The documents of the `names` run. The data is not ours to ship, so it is looked for. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** names.txt in this folder, or microgpt/names.txt in a data folder here or beside this one. */
export function findNames(): string | undefined {
  const beside = readdirSync('..', { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [join('..', entry.name)] : [],
  );
  return ['names.txt', ...['.', ...beside].map((folder) => join(folder, 'data/microgpt/names.txt'))].find((path) =>
    existsSync(path),
  );
}

/** Stripped, non-empty lines in the file's order. Rejects when it cannot be read. */
export async function readNames(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  return text.split('\n').flatMap((line) => line.trim() || []);
}

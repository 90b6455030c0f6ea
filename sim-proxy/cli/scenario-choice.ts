/** `--scenarios`: shipped ids, scenario files and recorded drives, told apart by whether the word looks like a file. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { importLog } from '../../core/io/importers/import-log.ts';
import { checkSize } from '../../core/io/logs/xml-file.ts';
import { parseScenario, type Scenario } from '../../core/tasks/driving/scenario/scenario.ts';
import { cataloguesBeside, isStoryboard } from '../node/catalogues.ts';
import { UsageError } from './flags.ts';
import { shippedScenarios } from '../node/scenarios.ts';

/** `command` is for the error. Throws UsageError on an unknown id, what the parser or importer throws on a bad file. */
export async function chosenScenarios(command: string, text: string): Promise<Scenario[]> {
  const shipped = shippedScenarios();
  if (text === 'all') return [...shipped.values()];
  const chosen = [...new Set(text.split(','))].map(async (word) => {
    const scenario = shipped.get(word);
    if (scenario) return scenario;
    if (/[./\\]/.test(word)) return readScenario(word);
    throw new UsageError(
      `lab ${command}: there is no scenario "${word}"; there are ${[...shipped.keys()].join(', ')}.`,
    );
  });
  return Promise.all(chosen);
}

async function readScenario(path: string): Promise<Scenario> {
  const bytes = await readFile(path).catch(() => {
    throw new Error(`"${path}" cannot be read; a scenario or a recorded drive is wanted.`);
  });
  checkSize(bytes.length);
  if (/\.ya?ml$/i.test(path)) return parseScenario(bytes.toString('utf8'));
  const catalogues = isStoryboard(bytes) ? await cataloguesBeside(path, bytes, console.error) : [];
  const { scenario, format, skipped } = importLog(basename(path), bytes, { catalogues });
  if (scenario) return scenario;
  const why = skipped.find(({ what }) => what === 'drive')?.why ?? 'it holds no drive';
  throw new Error(`${path}: the file (${format}) was read, but there is nothing to drive: ${why}.`);
}

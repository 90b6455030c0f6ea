/** `lab results`: measures what the lab must show and writes docs/results.md. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FlagValues, UsageError } from '../flags.ts';
import { machine } from '../measure.ts';
import { closedLoop } from '../results/closed-loop.ts';
import { type Kept, KEPT_FORMAT, resultsMarkdown, rowsOf } from '../results/document.ts';
import { engines } from '../results/engines.ts';
import { link } from '../results/link.ts';
import { page } from '../results/page.ts';
import { parity } from '../results/parity.ts';
import type { AnySection } from '../results/section.ts';
import { speed } from '../results/speed.ts';

const SECTIONS: readonly AnySection[] = [closedLoop, speed, parity, engines, page, link];
const IDS = SECTIONS.map(({ id }) => id);
const ROOT = join(import.meta.dirname, '../..');

const flags = {
  only: { type: 'string', help: `Sections to measure, with commas between: ${IDS.join(', ')}; none just writes.` },
  'training-seeds': { type: 'integer', help: 'Trainings from nothing.', default: 2, min: 1, max: 20 },
  seeds: { type: 'integer', help: 'Held-out seeds a scenario.', default: 200, min: 1, max: 10000 },
  'out-dir': { type: 'string', help: 'Where measurements are kept.', default: join(ROOT, 'out/results') },
  out: { type: 'string', help: 'The document.', default: join(ROOT, 'docs/results.md') },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;

export const command = {
  summary: 'Measure everything and write docs/results.md.',
  flags,
  async run(values: FlagValues<typeof flags>) {
    const chosen = chosenSections(values.only);
    const folder = values['out-dir'];
    await mkdir(folder, { recursive: true });
    const failures: string[] = [];
    for (const section of SECTIONS.filter(({ id }) => chosen.includes(id))) {
      console.error(`— ${section.title}`);
      const started = performance.now();
      try {
        const data: unknown = await section.measure({ trainingSeeds: values['training-seeds'], seeds: values.seeds });
        const kept: Kept = {
          format: KEPT_FORMAT,
          section: section.id,
          date: new Date().toISOString().slice(0, 10),
          machine: machine(),
          command: `npm run results -- --only ${section.id}`,
          seconds: (performance.now() - started) / 1000,
          data,
        };
        await writeFile(join(folder, `${section.id}.json`), `${JSON.stringify(kept, null, 2)}\n`);
        for (const row of rowsOf(section, JSON.parse(JSON.stringify(kept))))
          console.error(`  ${row.met === false ? '✗' : '✓'} ${row.what}: ${row.measured}`);
      } catch (error) {
        failures.push(`${section.id}: ${(error as Error).message}`);
        console.error(`  failed: ${(error as Error).message}`);
      }
    }
    const kept = await keptIn(folder);
    await writeFile(values.out, resultsMarkdown(SECTIONS, kept));
    const rows = SECTIONS.flatMap((section) => {
      const found = kept.get(section.id);
      return found ? rowsOf(section, found).map((row) => ({ section: section.id, ...row })) : [];
    });
    if (values.json) console.log(JSON.stringify({ out: values.out, rows, failures }));
    else {
      const bars = rows.filter(({ met }) => met !== undefined);
      console.log(`${values.out}: ${bars.filter(({ met }) => met).length} of ${bars.length} bars met.`);
    }
    if (failures.length > 0) throw new Error(`Not measured: ${failures.join('; ')}`);
  },
};

function chosenSections(only: string | undefined): readonly string[] {
  if (only === undefined) return IDS;
  if (only === 'none') return [];
  const chosen = only.split(',');
  const unknown = chosen.find((id) => !IDS.includes(id));
  if (unknown !== undefined)
    throw new UsageError(`lab results: there is no section "${unknown}"; there are ${IDS.join(', ')}.`);
  return chosen;
}

/** Newest measurement of every section; files of another format are as if not there. */
async function keptIn(folder: string): Promise<Map<string, Kept>> {
  const kept = new Map<string, Kept>();
  for (const id of IDS) {
    try {
      const found: Kept = JSON.parse(await readFile(join(folder, `${id}.json`), 'utf8'));
      if (found.format === KEPT_FORMAT) kept.set(id, found);
    } catch {
      // Never measured here.
    }
  }
  return kept;
}

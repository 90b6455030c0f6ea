/** `lab results`: measures what the lab must show and writes docs/results.md. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type FlagValues, UsageError } from '../flags.ts';
import { machine } from '../../results/measure.ts';
import { closedLoop } from '../../results/closed-loop.ts';
import { determinism } from '../../results/determinism.ts';
import { type Kept, KEPT_FORMAT, resultsMarkdown, rowsOf } from '../../results/document.ts';
import { engines } from '../../results/engines.ts';
import { expert } from '../../results/expert.ts';
import { link } from '../../results/link.ts';
import { page } from '../../results/page.ts';
import { parity } from '../../results/parity.ts';
import { proxySection } from '../../results/proxy.ts';
import { recording } from '../../results/recording.ts';
import type { AnySection } from '../../results/section.ts';
import { speed } from '../../results/speed.ts';
import { suite } from '../../results/suite.ts';
import { worldSpeed } from '../../results/world-speed.ts';

const SECTIONS: readonly AnySection[] = [
  closedLoop,
  expert,
  worldSpeed,
  speed,
  parity,
  determinism,
  engines,
  page,
  suite,
  link,
  proxySection,
  recording,
];
const IDS = SECTIONS.map(({ id }) => id);
const ROOT = join(import.meta.dirname, '../../..');

const flags = {
  only: { type: 'string', help: `Sections to measure, with commas between: ${IDS.join(', ')}; none just writes.` },
  'training-seeds': { type: 'integer', help: 'Trainings from nothing.', default: 2, min: 1, max: 20 },
  seeds: {
    type: 'integer',
    help: 'Held-out seeds a scenario, of the trained policies.',
    default: 50,
    min: 1,
    max: 10000,
  },
  recording: {
    type: 'string',
    help: 'CARLA recording to drop on the page; default: one made with the stand-in server.',
  },
  map: { type: 'string', help: 'OpenDRIVE map of --recording, dropped with it.' },
  quick: {
    type: 'boolean',
    help: 'Tiny counts, to see that everything runs: prints, keeps and writes nothing.',
    default: false,
  },
  'out-dir': { type: 'string', help: 'Where measurements are kept.', default: join(ROOT, 'out/results') },
  out: { type: 'string', help: 'The document.', default: join(ROOT, 'docs/results.md') },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;
type Values = FlagValues<typeof flags>;

export const command = {
  summary: 'Measure everything and write docs/results.md.',
  flags,
  async run(values: Values) {
    const chosen = chosenSections(values.only);
    const { out, quick, 'out-dir': folder } = values;
    if (values.map !== undefined && values.recording === undefined)
      throw new UsageError('lab results: --map FILE belongs to --recording FILE.');
    await mkdir(folder, { recursive: true });
    const kept = quick ? new Map<string, Kept>() : await keptIn(folder);
    const failures: string[] = [];
    for (const section of SECTIONS.filter(({ id }) => chosen.includes(id))) {
      console.error(`— ${section.title}`);
      try {
        const found = await measured(section, values);
        kept.set(section.id, found);
        if (!quick) await writeFile(join(folder, `${section.id}.json`), `${JSON.stringify(found, null, 2)}\n`);
        for (const row of rowsOf(section, found))
          console.error(`  ${row.met === false ? '✗' : '✓'} ${row.what}: ${row.measured}`);
      } catch (error) {
        failures.push(`${section.id}: ${(error as Error).message}`);
        console.error(`  failed: ${(error as Error).message}`);
      }
    }
    if (!quick) await writeFile(out, resultsMarkdown(SECTIONS, kept));
    const rows = SECTIONS.flatMap((section) => {
      const found = kept.get(section.id);
      return found ? rowsOf(section, found).map((row) => ({ section: section.id, ...row })) : [];
    });
    if (values.json) console.log(JSON.stringify({ out: quick ? null : out, rows, failures }));
    else {
      const bars = rows.filter(({ met }) => met !== undefined);
      console.log(
        `${quick ? 'tiny counts' : out}: ${bars.filter(({ met }) => met).length} of ${bars.length} bars met.`,
      );
    }
    if (failures.length > 0) throw new Error(`Not measured: ${failures.join('; ')}`);
  },
};

/** A section's measurement as it is kept: as JSON gives it back. */
async function measured(section: AnySection, values: Values): Promise<Kept> {
  const started = performance.now();
  const files = [values.recording, values.map].filter((path) => path !== undefined);
  const data: unknown = await section.measure({
    trainingSeeds: values['training-seeds'],
    seeds: values.seeds,
    quick: values.quick,
    recording: files,
  });
  const given =
    section.id === 'recording' ? files.map((path, i) => ` --${['recording', 'map'][i]} ${basename(path)}`) : [];
  const kept: Kept = {
    format: KEPT_FORMAT,
    section: section.id,
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    command: `npm run results -- --only ${section.id}${given.join('')}`,
    seconds: (performance.now() - started) / 1000,
    data,
  };
  return JSON.parse(JSON.stringify(kept));
}

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

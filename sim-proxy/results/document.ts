/** docs/results.md: one table with a row for every number, then the sections' details. */
import type { AnySection, ResultRow } from './section.ts';

/** A section's measurement as it is kept in out/results. */
export interface Kept {
  readonly format: typeof KEPT_FORMAT;
  readonly section: string;
  /** Day, ISO 8601. */
  readonly date: string;
  readonly machine: string;
  readonly command: string;
  readonly seconds: number;
  readonly data: unknown;
}
export const KEPT_FORMAT = 'traceway-result/1';

/** The rows of a section's measurement. */
export const rowsOf = (section: AnySection, kept: Kept): readonly ResultRow[] => section.rows(kept.data as never);

/** The whole document. Sections that were never measured are named as such. */
export function resultsMarkdown(sections: readonly AnySection[], kept: ReadonlyMap<string, Kept>): string {
  const measured = sections.flatMap((section) => {
    const found = kept.get(section.id);
    return found ? [{ section, found }] : [];
  });
  const missing = sections.filter(({ id }) => !kept.has(id));
  const rows = measured.flatMap(({ section, found }) =>
    rowsOf(section, found).map((row) => [
      row.what,
      row.bar ?? '–',
      row.measured,
      row.met === undefined ? '–' : row.met ? 'yes' : '**no**',
      row.over,
      row.engine,
      `\`${found.command}\``,
    ]),
  );
  const head = ['what', 'bar', 'measured: median (min … max)', 'met', 'over', 'engine', 'command'];
  const table = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
  return [
    '# Results',
    'Written by `npm run results`, never by hand: it trains, drives and times everything below on the machine that runs it and ' +
      'prints what comes out, met or not. `npm run results -- --only bench` measures one section again and keeps the others. ' +
      'Training seeds, held-out seeds and the bootstrap are fixed; speeds depend on the machine and on what else it does. ' +
      'WebGPU runs on a software adapter here: its times compare engines with each other and say nothing about a real GPU.',
    table,
    ...(missing.length > 0 ? [`Not measured yet: ${missing.map(({ id }) => `\`${id}\``).join(', ')}.`] : []),
    ...measured.map(({ section, found }) => {
      const about = `Measured ${found.date} in ${found.seconds.toFixed(0)} s on ${found.machine}.`;
      return [`## ${section.title}`, about, section.details?.(found.data as never)].filter(Boolean).join('\n\n');
    }),
  ]
    .join('\n\n')
    .concat('\n');
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

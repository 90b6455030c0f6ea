/**
 * What the OpenDRIVE readers share while they read one file: typed attributes, the list of what is skipped, and the caps
 * that keep memory bounded however the file lies about itself.
 */
import { type XmlElement, XmlError } from '../../../../base/xml.ts';
import { type XmlValues, xmlValues } from '../../../../base/xml-values.ts';
import type { Cubic, SkippedElement } from './model.ts';

/** Records (geometries, widths, lanes, marks, signals, objects, …) and roads in one file. */
const MAX_RECORDS = 1_000_000;
export const MAX_ROADS = 20_000;
/** Longest road, and farthest coordinate, m. */
export const MAX_ROAD_LENGTH = 1e6;
export const MAX_MAP_COORDINATE = 1e8;

export interface Context {
  readonly source: string;
  readonly read: XmlValues;
  /** Counts every child of `element` that is not in `used` as skipped. */
  skipOthers(element: XmlElement, used: readonly string[], where: string): void;
  skip(what: string, line: number, why: string): void;
  skipped(): SkippedElement[];
  /** Counts one record against the cap. */
  record(element: XmlElement): void;
  /** The children `name` of `element` as cubics in ascending s; `at` is the attribute that holds s. */
  cubics(element: XmlElement | undefined, name: string, at: 's' | 'sOffset'): Cubic[];
}

const UNUSED = 'not used by the lab';

export function openDriveContext(source: string): Context {
  const read = xmlValues(source);
  const skips = new Map<string, { count: number; firstLine: number; why: string }>();
  let records = 0;

  const context: Context = {
    source,
    read,
    skip(what, line, why) {
      const entry = skips.get(what);
      if (entry) entry.count++;
      // A file of made-up element names must not grow the list without bound.
      else if (skips.size < 1000) skips.set(what, { count: 1, firstLine: line, why });
    },
    skipOthers(element, used, where) {
      for (const child of element.children)
        if (!used.includes(child.name)) context.skip(`${where}/${child.name}`, child.line, UNUSED);
    },
    skipped: () => [...skips].map(([what, { count, firstLine, why }]) => ({ what, count, firstLine, why })),
    record(element) {
      if (++records > MAX_RECORDS)
        throw new XmlError(source, element.line, element.name, `more than ${MAX_RECORDS} records`, 'a smaller map');
    },
    cubics(element, name, at) {
      const found: Cubic[] = [];
      for (const child of element?.children ?? []) {
        if (child.name !== name) continue;
        context.record(child);
        const s = read.number(child, at, { min: 0, max: MAX_ROAD_LENGTH });
        const last = found.at(-1);
        if (last && s < last.s) read.fail(child, `${at} is ${s} after ${last.s}`, `${at} in ascending order`);
        const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((key) => read.number(child, key));
        found.push({ s, a, b, c, d });
      }
      return found;
    },
  };
  return context;
}

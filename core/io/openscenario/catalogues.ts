/**
 * OpenSCENARIO catalogues: files of named vehicles, pedestrians, objects, routes, trajectories, maneuvers, controllers and environments
 * that a storyboard refers to. Reading a storyboard puts each entry in the place of its reference (parameters.ts, with the reference's
 * parameter assignments), so that nothing after that knows of catalogues. A reference without its entry stays and is listed by whoever
 * meets it. Files are hostile until read: entries, their elements and how deep they refer to each other are bounded.
 * Source: ASAM OpenSCENARIO 1.1, 7.3.7 catalogs.
 */
import type { XmlElement } from '../../base/xml.ts';
import { shorten, type Skips } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import { resolveParameters } from './parameters.ts';
import { all, child, descendants, locationOf, readXmlFile } from '../logs/xml-file.ts';

export interface CatalogueFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const MAX_CATALOGUE_FILES = 200;
const MAX_ENTRIES = 20_000;
/** Elements that references bring in, together. */
const MAX_INCLUDED = 200_000;

/** The entry that a resolved <CatalogReference> names, if it is at hand. */
export type FindEntry = (reference: XmlElement) => XmlElement | undefined;

/** Entries of several files by catalogue and name. A file that cannot be read is listed in `skips`. */
export function readCatalogues(files: readonly CatalogueFile[], skips: Skips): FindEntry {
  const entries = new Map<string, { readonly element: XmlElement; readonly size: number }>();
  for (const { name, bytes } of files.slice(0, MAX_CATALOGUE_FILES)) {
    try {
      for (const catalogue of cataloguesIn(bytes)) {
        const of = catalogue.attributes.get('name') ?? '';
        for (const element of catalogue.children) {
          const entry = element.attributes.get('name');
          if (entry === undefined || entries.size >= MAX_ENTRIES) continue;
          const key = keyOf(of, entry);
          if (!entries.has(key)) entries.set(key, { element, size: 1 + [...descendants(element)].length });
        }
      }
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      skips.add(`catalogue file ${shorten(name, 60)}`, error.message);
    }
  }
  let included = 0;
  return (reference) => {
    const { attributes } = reference;
    const found = entries.get(keyOf(attributes.get('catalogName') ?? '', attributes.get('entryName') ?? ''));
    included += found?.size ?? 0;
    if (included > MAX_INCLUDED)
      throw new ImportError(locationOf(reference), `more than ${MAX_INCLUDED} elements come from catalogues`);
    return found?.element;
  };
}

const keyOf = (catalogue: string, entry: string) => JSON.stringify([catalogue, entry]);

/** Whether a file holds catalogues rather than a storyboard. */
export function isCatalogueFile(bytes: Uint8Array): boolean {
  try {
    return cataloguesIn(bytes).length > 0;
  } catch {
    return false;
  }
}

function cataloguesIn(bytes: Uint8Array): XmlElement[] {
  let tree: XmlElement | undefined;
  readXmlFile(bytes, { depth: 0, limits: { elements: 100_000 }, onElement: (element) => (tree = element) });
  return tree?.name === 'OpenSCENARIO' ? all(tree, 'Catalog') : [];
}

/** The directories that a storyboard's CatalogLocations name, relative to its file. @throws ImportError */
export function catalogueFolders(bytes: Uint8Array): string[] {
  let tree: XmlElement | undefined;
  readXmlFile(bytes, { depth: 0, limits: { elements: 100_000 }, onElement: (element) => (tree = element) });
  const root = tree && resolveParameters(tree, () => {});
  const locations = root && child(root, 'CatalogLocations');
  const folders = (locations?.children ?? []).flatMap((each) => {
    const path = child(each, 'Directory')?.attributes.get('path');
    return path ? [path] : [];
  });
  return [...new Set(folders)];
}

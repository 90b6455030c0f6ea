/**
 * The catalogue files of an OpenSCENARIO file on disk: those in the directories that it names, as far as these lie in the file's own folder.
 * A path that leads out of it, by "..", absolutely or by a link, is refused: a scenario from elsewhere must not read this machine.
 */
import { open, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { shorten } from '../../core/io/logs/log.ts';
import { ImportError } from '../../core/base/import-error.ts';
import { type CatalogueFile, catalogueFolders, MAX_CATALOGUE_FILES } from '../../core/io/openscenario/catalogues.ts';
import { checkSize } from '../../core/io/logs/xml-file.ts';

/** Whether a file may be one that names catalogues. */
export const isStoryboard = (bytes: Uint8Array): boolean =>
  new TextDecoder().decode(bytes.subarray(0, 65_536)).includes('<OpenSCENARIO');

/** Reads them; `tell` hears in a sentence of each directory that was not read. @throws ImportError for too many or too large files */
export async function cataloguesBeside(
  path: string,
  bytes: Uint8Array,
  tell: (sentence: string) => void,
): Promise<CatalogueFile[]> {
  const home = await realpath(dirname(resolve(path)));
  const files: CatalogueFile[] = [];
  let total = 0;
  for (const named of catalogueFolders(bytes)) {
    const shown = shorten(named, 80);
    const folder = await realpath(resolve(home, named)).catch(() => undefined);
    const wanted = folder ?? resolve(home, named);
    if (!isInside(home, wanted)) {
      tell(`the catalogue directory "${shown}" lies outside the file's folder: it is not read`);
      continue;
    }
    const names = folder === undefined ? [] : (await readdir(folder)).filter((name) => /\.xosc$/i.test(name)).sort();
    if (names.length === 0) tell(`the catalogue directory "${shown}" is not there or holds no .xosc file`);
    for (const name of names) {
      const file = await realpath(join(wanted, name));
      if (!isInside(home, file)) {
        tell(`the catalogue file "${shorten(name, 80)}" is a link out of the file's folder: it is not read`);
        continue;
      }
      if (files.length >= MAX_CATALOGUE_FILES)
        throw new ImportError('CatalogLocations', `more than ${MAX_CATALOGUE_FILES} catalogue files`);
      const handle = await open(file);
      try {
        checkSize((total += (await handle.stat()).size));
        files.push({ name: basename(file), bytes: new Uint8Array(await handle.readFile()) });
      } finally {
        await handle.close();
      }
    }
  }
  return files;
}

function isInside(home: string, path: string): boolean {
  const way = relative(home, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && resolve(home, way) === path;
}

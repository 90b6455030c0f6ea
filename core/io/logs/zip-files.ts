/**
 * The files of a zip archive: a storyboard, its map and its catalogues travel well in one. Hostile until read: how many files and how much
 * they unpack to is bounded by what the archive declares, and fflate unpacks no file beyond that. Folders, and names beginning with a dot,
 * are left out.
 */
import { unzipSync } from 'fflate';
import { ImportError } from '../../base/import-error.ts';

export const MAX_ZIP_FILES = 500;
export const MAX_ZIP_BYTES = 64 * 1024 * 1024;

/** "PK\x03\x04" */
export const isZip = (head: Uint8Array): boolean =>
  head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;

/** Paths inside the archive, with "/" between folders. @throws ImportError */
export function filesInZip(bytes: Uint8Array): { readonly name: string; readonly bytes: Uint8Array }[] {
  let count = 0;
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (/(^|\/)\.|\/$|^__MACOSX\//.test(name)) return false;
        total += originalSize;
        if (++count > MAX_ZIP_FILES) throw new ImportError('file', `more than ${MAX_ZIP_FILES} files in the archive`);
        if (total > MAX_ZIP_BYTES)
          throw new ImportError('file', `The archive unpacks to more than ${MAX_ZIP_BYTES / 2 ** 20} MiB.`);
        return true;
      },
    });
    return Object.entries(files).map(([name, unpacked]) => ({ name, bytes: unpacked }));
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError('file', 'The archive cannot be unpacked.');
  }
}

import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { ImportError } from '../../base/import-error.ts';
import { filesInZip, isZip, MAX_ZIP_FILES } from './zip-files.ts';

const text = (content: string) => new TextEncoder().encode(content);

describe('a zip archive', () => {
  it('gives its files by their paths, without folders and hidden ones', () => {
    const zip = zipSync({ 'a.xosc': text('one'), Catalogs: { 'b.xosc': text('two') }, '.DS_Store': text('x') });
    expect(isZip(zip)).toBe(true);
    expect(filesInZip(zip).map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)])).toEqual([
      ['a.xosc', 'one'],
      ['Catalogs/b.xosc', 'two'],
    ]);
  });

  it('that is damaged, holds too many files, or unpacks to too much is refused by name', () => {
    const zip = zipSync({ 'a.xosc': text('one'.repeat(100)) });
    expect(() => filesInZip(zip.subarray(0, 40))).toThrow(ImportError);
    const many = Object.fromEntries(Array.from({ length: MAX_ZIP_FILES + 1 }, (_, i) => [`${i}.xosc`, text('')]));
    expect(() => filesInZip(zipSync(many, { level: 0 }))).toThrow(`more than ${MAX_ZIP_FILES} files`);
    const large = new Uint8Array(40 * 1024 * 1024);
    expect(() => filesInZip(zipSync({ a: large, b: large }, { level: 1 }))).toThrow('more than 64 MiB');
  });

  it('whose header lies about a size does not unpack beyond it', () => {
    const zip = zipSync({ a: new Uint8Array(1_000_000) });
    const view = new DataView(zip.buffer, zip.byteOffset);
    for (let at = 0; at + 4 < zip.length; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 100, true);
    let bytes = 0;
    try {
      bytes = filesInZip(zip).reduce((sum, file) => sum + file.bytes.length, 0);
    } catch (error) {
      expect(error).toBeInstanceOf(ImportError);
    }
    expect(bytes).toBeLessThanOrEqual(100);
  });
});

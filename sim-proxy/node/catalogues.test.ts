import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cataloguesBeside } from './catalogues.ts';

const storyboard = (...folders: string[]) =>
  new TextEncoder().encode(
    `<OpenSCENARIO><FileHeader revMajor="1" revMinor="1"/><CatalogLocations>${folders
      .map((path) => `<VehicleCatalog><Directory path="${path}"/></VehicleCatalog>`)
      .join('')}</CatalogLocations></OpenSCENARIO>`,
  );

describe('catalogue directories of a file', () => {
  const root = mkdtempSync(join(tmpdir(), 'catalogues-'));
  const home = join(root, 'xosc');
  mkdirSync(join(home, 'Catalogs', 'Vehicles'), { recursive: true });
  mkdirSync(join(root, 'secret'));
  writeFileSync(join(home, 'Catalogs', 'Vehicles', 'b.xosc'), 'b');
  writeFileSync(join(home, 'Catalogs', 'Vehicles', 'a.xosc'), 'a');
  writeFileSync(join(home, 'Catalogs', 'Vehicles', 'notes.txt'), 'no');
  writeFileSync(join(root, 'secret', 'c.xosc'), 'c');
  symlinkSync(join(root, 'secret'), join(home, 'link'));
  mkdirSync(join(home, 'mixed'));
  symlinkSync(join(root, 'secret', 'c.xosc'), join(home, 'mixed', 'c.xosc'));
  const read = async (...folders: string[]) => {
    const told: string[] = [];
    const files = await cataloguesBeside(join(home, 'story.xosc'), storyboard(...folders), (line) => told.push(line));
    return { names: files.map(({ name }) => name), told };
  };

  it('are read where they lie in its folder, also when written by way of the folder’s own name', async () => {
    expect(await read('Catalogs/Vehicles')).toEqual({ names: ['a.xosc', 'b.xosc'], told: [] });
    expect(await read('../xosc/Catalogs/Vehicles')).toEqual({ names: ['a.xosc', 'b.xosc'], told: [] });
  });

  it.each(['../secret', '..', join(root, 'secret'), 'link', 'Catalogs/../../secret'])(
    'are refused where they lead out of it: %s',
    async (folder) => {
      const { names, told } = await read(folder);
      expect(names).toEqual([]);
      expect(told).toHaveLength(1);
      expect(told[0]).toContain('outside the file');
    },
  );

  it('a file that is a link out of it is refused; a directory that is not there is said', async () => {
    expect((await read('mixed')).told[0]).toContain('is a link out of');
    expect((await read('nowhere')).told).toEqual([
      'the catalogue directory "nowhere" is not there or holds no .xosc file',
    ]);
  });
});

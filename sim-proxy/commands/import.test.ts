import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { commonRoad, ROUTES, waymoScene } from '../../core/episode/importers/testing-logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'traceway-import-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

function lab(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const entry = fileURLToPath(new URL('../lab.ts', import.meta.url));
  return new Promise((done) => {
    execFile(process.execPath, ['--import', 'tsx', entry, 'import', ...args], (error, out, err) =>
      done({ status: error ? Number(error.code) : 0, out, err }),
    );
  });
}

test('a log is one JSON object of exactly these keys; a bad file is one line and nothing on stdout', async () => {
  const huge = put('huge.xml', '<commonRoad>');
  truncateSync(huge, 2 ** 30);
  const [road, scene, routes, ...bad] = await Promise.all([
    lab(put('any.name', commonRoad()), '--json'),
    lab(put('scene.json', JSON.stringify(waymoScene({ unit: 'degrees', metadata: false }))), '--json'),
    lab(put('routes.xml', ROUTES), '--route', '8'),
    lab(put('cut.xml', commonRoad().slice(0, 700)), '--json'),
    lab(huge, '--json'),
    lab(join(folder, 'nowhere.json'), '--json'),
    lab(folder),
    lab('--json'),
  ]);
  const keys = ['format', 'steps', 'dtSeconds', 'actors', 'ego', 'lanes', 'roadLengthMetres', 'skipped'];
  expect(Object.keys(JSON.parse(road.out))).toEqual(keys);
  expect(Object.keys(JSON.parse(road.out).actors[0])).toEqual(['id', 'kind', 'firstStep', 'lastStep']);
  expect(JSON.parse(scene.out)).toMatchObject({ format: 'nocturne', steps: 91, dtSeconds: 0.1 });
  expect(scene.err).toContain('note: headings are in degrees');
  expect(routes.out).toContain('skipped 1 × routes: route 8 is driven');
  expect(bad.map(({ status }) => status)).toEqual([1, 1, 1, 1, 2]);
  for (const { out, err } of bad) expect([out, err.trim().split('\n').length]).toEqual(['', 1]);
  expect(bad[0].err).toMatch(/cut\.xml: line \d+, commonRoad.*: the file ends inside/);
  expect(bad[1].err).toContain('The file has 1024 MiB; a recorded drive has at most 32 MiB.');
});

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { type DrawnActor, drawnLog } from '../../../core/io/recordings/testing-carla-log.ts';
import { commonRoad, ROUTES, waymoScene } from '../../../core/io/logs/testing-logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'traceway-import-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, text: string | Uint8Array) => {
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

// Many command lines start.
test('a log is one JSON object of exactly these keys; a bad file is one line and nothing on stdout', {
  timeout: 60_000,
}, async () => {
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

const HERO: DrawnActor = {
  id: 7,
  type: 1,
  blueprint: 'vehicle.a',
  role: 'hero',
  half: [2.3, 1],
  at: (frame) => [frame, 0, 0],
};
const AHEAD: DrawnActor = { ...HERO, id: 8, role: 'autopilot', at: (frame) => [20 + 0.8 * frame, 0, 0] };

// Many command lines start.
test('a CARLA recording adds its packets; what is damaged, too long or no recording is one line each', {
  timeout: 60_000,
}, async () => {
  const bytes = drawnLog([HERO, AHEAD], 50, 0.1);
  const huge = put('huge.log', bytes);
  truncateSync(huge, 2 ** 30);
  const log = put('drive.log', bytes);
  const [recording, reactive, ...bad] = await Promise.all([
    lab(log, '--json'),
    lab(log, '--actors', 'reactive'),
    lab(put('cut.log', bytes.subarray(0, 3000)), '--json'),
    lab(huge, '--json'),
    lab(log, '--xodr', put('no.xodr', '<OpenDRIVE>'), '--json'),
    lab(put('routes.xml', ROUTES), '--xodr', put('empty.xodr', '<a/>'), '--json'),
    lab(log, '--actors', 'wild'),
  ]);
  const read = JSON.parse(recording.out);
  expect(Object.keys(read).slice(-2)).toEqual(['packets', 'bytesUnaccounted']);
  expect(read).toMatchObject({
    format: 'carla-log',
    steps: 50,
    actors: [{ id: '8', kind: 'vehicle', firstStep: 0, lastStep: 49 }],
    ego: { id: '7', source: 'recorded' },
    lanes: null,
    roadLengthMetres: null,
    packets: { 0: 50, 6: 50 },
    bytesUnaccounted: 0,
  });
  expect(recording.err).toContain('without Town01.xodr lanes and limits are unknown');
  expect(reactive.out).toContain('drivable: 5 s, 1 actors');
  expect(bad.map(({ status }) => status)).toEqual([1, 1, 1, 1, 2]);
  for (const { out, err } of bad) expect([out, err.trim().split('\n').length]).toEqual(['', 1]);
  expect(bad[0].err).toMatch(/cut\.log: byte 3000 \(\w+\): the recording is cut off inside this packet/);
  expect(bad[1].err).toContain('The recording has 1024 MiB, at most 512 MiB are read.');
  expect(bad[2].err).toContain('no.xodr');
});

const REAL = '../shared/data/carla/DistanceToLaneCenter.log';
const TOWN = '../shared/data/opendrive/Town01.xodr';
const present = existsSync(REAL) && existsSync(TOWN);
if (!present) {
  if (process.env.CI) throw new Error(`${REAL} or ${TOWN} is missing`);
  console.warn(`SKIPPED: ${REAL} or ${TOWN} is missing; the real recording is not imported.`);
}

test.skipIf(!present)('the real recording: every packet counted, no byte left, lanes of its town', async () => {
  const { out, status } = await lab(REAL, '--xodr', TOWN, '--json');
  const log = JSON.parse(out);
  expect([status, log.steps, log.lanes > 100, log.bytesUnaccounted]).toEqual([0, 432, true, 0]);
  expect(log.packets).toMatchObject({ 0: 432, 12: 431, 15: 1 });
  expect(log.events).toContainEqual({
    step: 74,
    kind: 'lane-invasion',
    text: 'Crosses a broken yellow line, road 8 lane 0',
  });
});

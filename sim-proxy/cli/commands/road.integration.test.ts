import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { UsageError } from '../flags.ts';
import { StandInCarla } from '../../carla/testing/stand-in.ts';
import { command } from './road.ts';

const folder = mkdtempSync(join(tmpdir(), 'traceway-road-'));
afterAll(() => rmSync(folder, { recursive: true }));
const MAP = join(folder, 'arc.xodr');
writeFileSync(
  MAP,
  `<OpenDRIVE><header revMajor="1" revMinor="4"/><road id="a,b" length="10">
<planView><geometry s="0" x="1" y="2" hdg="0" length="10"><arc curvature="0.1"/></geometry></planView>
<lanes><laneSection s="0"><left><lane id="1" type="driving"><width sOffset="0" a="3" b="0.1" c="0" d="0"/></lane></left>
<center/></laneSection></lanes></road></OpenDRIVE>`,
);
const BROKEN = join(folder, 'broken.xodr');
writeFileSync(BROKEN, '<OpenDRIVE>\n<header revMajor="1"');

function lab(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const entry = fileURLToPath(new URL('../lab.ts', import.meta.url));
  return new Promise((done) => {
    execFile(process.execPath, ['--import', 'tsx', entry, 'road', ...args], (error, out, err) =>
      done({ status: error ? Number(error.code) : 0, out, err }),
    );
  });
}

test('a place is its nearest lane with what is beside and ahead, of a file or of a CARLA server', async () => {
  const carla = await new StandInCarla({ openDrive: readFileSync(MAP, 'utf8') }).start();
  const here = async (more: Record<string, unknown>, ...words: string[]) => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
    const values = { port: carla.port, ahead: 3, json: true, ...more };
    await command.run(values as never, words).finally(() => vi.restoreAllMocks());
    return lines.join('\n');
  };
  try {
    const found = JSON.parse(await here({ place: '4,4' }, MAP));
    expect(found).toMatchObject({ road: 'a,b', section: 0, laneId: 1, type: 'driving', junction: null, left: null });
    // A lane on the left runs against the road: what is ahead has a smaller s.
    expect(found.ahead).toMatchObject({ metres: 3, next: [{ laneId: 1 }], stopLines: [], crosswalks: [] });
    expect(found.ahead.next[0].s).toBeLessThan(found.s);
    expect(JSON.parse(await here({ place: '4,4', host: '127.0.0.1' }))).toEqual(found);
    expect(await here({ place: '4,4', json: false }, MAP)).toContain('road a,b, lane 1 (driving)');
    expect(JSON.parse(await here({ host: '127.0.0.1' }))).toMatchObject({ roads: 1 });
    await expect(here({ place: '4' }, MAP)).rejects.toThrow(UsageError);
    await expect(here({ place: '900,900' }, MAP)).rejects.toThrow('no driving lane');
    await expect(here({ place: '4,4', at: 'a,b,5,1' }, MAP)).rejects.toThrow(UsageError);
    await expect(here({ host: '127.0.0.1' }, MAP)).rejects.toThrow(UsageError);
    await expect(here({})).rejects.toThrow(UsageError);
  } finally {
    await carla.kill();
  }
});

// Many command lines start.
test('a point is one JSON object; bad points and files are one line and the right status', {
  timeout: 60_000,
}, async () => {
  const [at, beside, summary, ...bad] = await Promise.all([
    lab(MAP, '--at', 'a,b,5,1', '--json'),
    lab(MAP, '--at', 'a,b,5,-9', '--json'),
    lab(MAP, '--json'),
    lab(MAP, '--at', 'a,b,5'),
    lab(MAP, '--at', 'nope,5,0'),
    lab(MAP, '--at', 'a,b,10.5,0'),
    lab(BROKEN, '--at', 'a,0,0'),
    lab(join(folder, 'nowhere.xodr'), '--json'),
  ]);
  const pose = JSON.parse(at.out);
  expect(Object.keys(pose)).toEqual(['x', 'y', 'headingRad', 'laneId', 'laneWidthMetres']);
  expect(pose.x).toBeCloseTo(1 + 9 * Math.sin(0.5), 12);
  expect(pose.y).toBeCloseTo(12 - 9 * Math.cos(0.5), 12);
  expect([pose.headingRad, pose.laneId, pose.laneWidthMetres]).toEqual([0.5, 1, 3.5]);
  expect(JSON.parse(beside.out)).toMatchObject({ laneId: null, laneWidthMetres: null });
  expect(JSON.parse(summary.out)).toMatchObject({ version: '1.4', roads: 1, junctions: 0, lengthMetres: 10 });
  expect(bad.map(({ status }) => status)).toEqual([2, 2, 2, 1, 1]);
  for (const { out, err } of bad) expect([out, err.trim().split('\n').length]).toEqual(['', 1]);
  expect(bad[3].err).toContain('broken.xodr:2 OpenDRIVE: the file ends inside a tag, expected ">"');
});

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readTown } from '../../../core/tasks/driving/roads/map/testing-maps.ts';
import { CarlaClient } from '../../carla/client/client.ts';
import { StandInCarla } from '../../carla/testing/stand-in.ts';
import { toCarlaPose } from '../../../core/io/recordings/carla-frame.ts';
import { parseCarlaLog } from '../../../core/io/recordings/carla-log.ts';
import { lanePoseAt } from '../../../core/tasks/driving/roads/map/lane-index.ts';
import { openRoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { UsageError } from '../flags.ts';
import { command } from './carla.ts';

const servers: StandInCarla[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) await server.kill();
});
async function standIn(version?: string): Promise<StandInCarla> {
  const server = await new StandInCarla({ version }).start();
  servers.push(server);
  return server;
}
/** What the command prints on stdout, line by line. */
async function printed(port: number, what: string, more: Record<string, unknown> = {}): Promise<string[]> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  const defaults = { policy: 'expert', scenarios: 'all', seeds: 1, 'load-map': false };
  const values = { host: '127.0.0.1', port, timeout: 60_000, ticks: 5, sync: false, json: true, ...defaults, ...more };
  await command.run(values as never, [what]).catch((error: unknown) => {
    if (lines.length === 0) throw error;
  });
  return lines;
}

describe('lab carla', () => {
  test('info is one JSON object, and changes nothing on the server', async () => {
    const server = await standIn();
    const lines = await printed(server.port, 'info');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0])).toMatchObject({
      supported: true,
      version: '0.9.15',
      map: 'Carla/Maps/Town01',
      actors: { spectator: 1, 'traffic-light': 2 },
      settings: { synchronousMode: false },
      differences: [],
    });
    expect(server.calls.filter((name) => !/^(get_|version)/.test(name))).toEqual([]);
  });

  test('info of a version that is not spoken says what differs, and fails', async () => {
    const [line] = await printed((await standIn('0.9.17')).port, 'info');
    expect(JSON.parse(line)).toMatchObject({ supported: false, error: { code: 'unsupported' } });
  });

  test('watch prints a line a frame, none left out; stepping leaves the server as it was', async () => {
    const server = await standIn();
    for (const sync of [true, false]) {
      const frames = (await printed(server.port, 'watch', { sync, ticks: 20 })).map((line) => JSON.parse(line));
      expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: 20 }, (_, i) => frames[0].frame + i));
    }
    expect(server.settings.synchronousMode).toBe(false);
  });

  test('watch says where in its lane the hero is and tells the line it crosses, once', async () => {
    const lane = `<width sOffset="0" a="3.5" b="0" c="0" d="0"/><roadMark sOffset="0" type="broken"/>`;
    const openDrive = `<OpenDRIVE><header revMajor="1" revMinor="4"/><road id="5" length="900"><planView>
      <geometry s="0" x="0" y="0" hdg="0" length="900"><line/></geometry></planView><lanes><laneSection s="0"><center><lane id="0"/></center>
      <right><lane id="-1" type="driving">${lane}</lane><lane id="-2" type="driving">${lane}</lane></right></laneSection></lanes></road></OpenDRIVE>`;
    const server = await new StandInCarla({ openDrive }).start();
    servers.push(server);
    const client = await CarlaClient.connect({ host: '127.0.0.1', port: server.port });
    await client.setSynchronous(0.05);
    const hero = await client.spawn({
      blueprint: 'vehicle.tesla.model3',
      attributes: { role_name: 'hero' },
      pose: { x: 50, y: -1.75, z: 0, headingRad: -0.1, pitchRad: 0, rollRad: 0 },
    });
    await client.setVelocity(hero.id, { x: 10, y: -1, z: 0 });
    const frames = (await printed(server.port, 'watch', { sync: true, ticks: 60 })).map((line) => JSON.parse(line));
    await client.close();
    expect(frames[0].ego).toMatchObject({
      id: hero.id,
      timeToCollisionS: null,
      offRoad: false,
      lane: { road: '5', laneId: -1, rightMark: { type: 'broken', color: 'white' } },
    });
    expect(frames[0].ego.lane.lateral).toBeCloseTo(-0.05 * 10.05 * Math.sin(0.1), 2);
    expect(frames.at(-1)?.ego.lane).toMatchObject({ road: '5', laneId: -2 });
    expect(frames.flatMap(({ events }) => events)).toEqual([
      { kind: 'lane-invasion', otherId: 0, text: 'Crosses a broken white line, road 5 lane -1' },
    ]);
  });

  test('record writes a recorder file that reads back whole', async () => {
    const server = await standIn();
    const out = join(mkdtempSync(join(tmpdir(), 'carla-')), 'drive.log');
    const [line] = await printed(server.port, 'record', { sync: true, ticks: 30, out });
    const bytes = new Uint8Array(readFileSync(out));
    expect(JSON.parse(line)).toEqual({
      out,
      map: 'Carla/Maps/Town01',
      frames: 30,
      bytes: bytes.length,
      missedFrames: 0,
    });
    const recording = parseCarlaLog(bytes);
    expect(recording).toMatchObject({ map: 'Town01', bytesUnaccounted: 0 });
    expect(recording.frameIds.length).toBe(30);
    expect(recording.actors.filter(({ kind }) => kind === 'traffic-light').length).toBe(2);
    expect(server.settings.synchronousMode).toBe(false);
  });

  test('evaluate names a scenario, policy or map that is not there before it drives', async () => {
    const { port } = await standIn();
    await expect(printed(port, 'evaluate', { scenarios: 'straight_fog' })).rejects.toThrow(
      'there is no scenario "straight_fog"',
    );
    await expect(printed(port, 'evaluate', { policy: 'nobody.safetensors' })).rejects.toThrow(
      '"nobody.safetensors" cannot be read',
    );
    const [line] = await printed(port, 'evaluate');
    expect(JSON.parse(line)).toMatchObject({ error: { message: expect.stringContaining('OpenDRIVE') } });
  });

  test('evaluate drives a named scenario and prints every score', async () => {
    const place = { location: { x: 0, y: 0, z: 0 }, rotation: { pitch: 0, yaw: 0, roll: 0 } };
    const openDrive = readTown();
    const { graph } = openRoadMap('Town01', openDrive);
    const spawnPoints = graph.lanes.flatMap((lane) =>
      lane.kind === 'driving' && lane.length > 80
        ? [toCarlaPose({ ...lanePoseAt(lane, 5), z: 0, pitchRad: 0, rollRad: 0 })]
        : [],
    );
    const server = await new StandInCarla({ openDrive, spawnPoints, lights: [{ place }] }).start();
    servers.push(server);
    const [line] = await printed(server.port, 'evaluate', { scenarios: 'straight_rain', seeds: 2 });
    const result = JSON.parse(line);
    expect(result).toMatchObject({ policy: 'expert', engine: null, server: { version: '0.9.15' }, seeds: 2 });
    expect(result.aggregate).toMatchObject({ drives: 2, carla_1_0: 100, carla_2_0: 100, carla_2_1: 100, success: 1 });
    const [{ id, episodes }] = result.scenarios;
    expect(id).toBe('straight_rain');
    expect(episodes.map(({ end }: { end: string }) => end)).toEqual(['goal', 'goal']);
    expect(episodes[0].metrics).toMatchObject({ route_completion: 1, collision_count: 0 });
    expect(episodes[0].laneInvasions).toEqual([]);
    expect(server.weather).toMatchObject({ precipitation: 0 });
    expect(server.settings.synchronousMode).toBe(false);
  });

  test('another word is a usage error', async () => {
    await expect(printed(1, 'fly')).rejects.toThrow(UsageError);
  });
});

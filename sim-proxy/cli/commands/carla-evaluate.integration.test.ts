import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readTown } from '../../../core/tasks/driving/roads/map/testing-maps.ts';
import { toCarlaPose } from '../../../core/io/recordings/carla-frame.ts';
import { lanePoseAt } from '../../../core/tasks/driving/roads/map/lane-index.ts';
import { openRoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { CarlaClient } from '../../carla/client/client.ts';
import { StandInCarla, type StandInOptions } from '../../carla/testing/stand-in.ts';
import { command } from './carla.ts';

const DATA = '../shared/data';
const THEIR_TOWN = `${DATA}/opendrive/Town01.xodr`;
const present = existsSync(THEIR_TOWN) && existsSync(`${DATA}/openscenario/ltap-od.xosc`);
if (!present) {
  if (process.env.CI) throw new Error(`${THEIR_TOWN} is missing`);
  console.warn(`SKIPPED: ${THEIR_TOWN} is missing; no storyboard is driven there.`);
}

describe('lab carla evaluate', () => {
  const openDrive = readTown();
  const spawnPoints = openRoadMap('Town01', openDrive).graph.lanes.flatMap((lane) =>
    lane.kind === 'driving' && lane.length > 80
      ? [toCarlaPose({ ...lanePoseAt(lane, 5), z: 0, pitchRad: 0, rollRad: 0 })]
      : [],
  );
  const theirTown = () => ({ openDrive: readFileSync(THEIR_TOWN, 'utf8') });
  /** Far from every junction. */
  const STRAIGHT = { x: 120, y: -2, z: 0, headingRad: 0, pitchRad: 0, rollRad: 0 };
  let undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const each of undo.reverse()) await each();
    undo = [];
  });
  async function standIn(options: StandInOptions = {}): Promise<StandInCarla> {
    const server = await new StandInCarla({ openDrive, spawnPoints, lights: [], ...options }).start();
    undo.push(() => server.kill());
    return server;
  }
  /** What the command prints on stdout, and how it ended. */
  async function run(port: number, more: Record<string, unknown> = {}) {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const defaults = { policy: 'expert', scenarios: 'straight_clear', seeds: 1, 'load-map': false, json: true };
    const values = { host: '127.0.0.1', port, timeout: 5000, ticks: 5, sync: false, ...defaults, ...more };
    const error = await command.run(values as never, ['evaluate']).then(
      () => null,
      (thrown: unknown) => thrown as Error,
    );
    return { text: lines.join('\n'), lines, error };
  }

  test('policy, expert and random drive the same scenarios and seeds, side by side', async () => {
    const { port } = await standIn();
    const policy = 'public/shipped/policy.safetensors,expert,random';
    const { lines, error } = await run(port, { policy, seeds: 2 });
    expect(error).toBeNull();
    expect(lines).toHaveLength(1);
    const result = JSON.parse(lines[0]);
    expect(result).toMatchObject({ engine: 'wasm', complete: true, seeds: 2, aggregate: { drives: 2 } });
    expect(result.others.map((each: { policy: string }) => each.policy)).toEqual(['expert', 'random']);
    const seedsOf = (part: { scenarios: { id: string; episodes: { seed: number }[] }[] }) =>
      part.scenarios.map(({ id, episodes }) => [id, episodes.map(({ seed }) => seed)]);
    for (const part of [result, ...result.others]) expect(seedsOf(part)).toEqual([['straight_clear', [0, 1]]]);
    const [expert, random] = result.others;
    expect(expert.aggregate.carla_2_1).toBe(100);
    expect(random.aggregate.carla_2_1).toBeLessThan(expert.aggregate.carla_2_1);
    for (const { infractions, costs, unjudged } of random.scenarios[0].episodes) {
      expect(unjudged.map(({ kind }: { kind: string }) => kind)).toContain('min-speed');
      for (const { kind } of infractions.filter((each: { kind: string }) => each.kind === 'outside-lanes'))
        expect(costs.carla_2_1).toContainEqual(expect.objectContaining({ part: kind, from: expect.any(Number) }));
    }
    const again = JSON.parse((await run(port, { policy: 'random', seeds: 2 })).lines[0]);
    expect(again.aggregate).toEqual(random.aggregate);
    const { text } = await run(port, { policy: 'expert', json: false });
    expect(text).toMatch(/scenario +seed +policy +end +route % +DS 1\.0 +DS 2\.0 +DS 2\.1 +infractions/);
    expect(text).toMatch(/^mean +expert +1 drive +100 +100\.0 +100\.0 +100\.0$/m);
    expect(text).toContain('not judged: min-speed (1 drive): there was no background traffic');
  });

  test('a scenario that the map has no place for is named, the others are driven, and the run fails', async () => {
    const { port } = await standIn({ spawnPoints: [toCarlaPose(STRAIGHT)] });
    const { lines, error } = await run(port, { scenarios: 'turn_clear,straight_clear' });
    expect(error?.message).toContain('has no place for turn_clear');
    const result = JSON.parse(lines[0]);
    expect(result).toMatchObject({ complete: false, undriven: [{ id: 'turn_clear', seed: 0 }] });
    expect(result.scenarios).toMatchObject([{ id: 'straight_clear', episodes: [{ end: 'goal' }] }]);
  });

  test.skipIf(!present)('a storyboard is driven by the command: the lead, its notes, the scores', async () => {
    const { port } = await standIn(theirTown());
    const { lines, error } = await run(port, { openscenario: `${DATA}/openscenario/FollowLeadingVehicle.xosc` });
    expect(error).toBeNull();
    const result = JSON.parse(lines[0]);
    expect(result.scenarios).toMatchObject([
      { id: 'FollowLeadingVehicle', episodes: [{ seed: 0, end: 'goal', infractions: [] }] },
    ]);
    expect(result.story.troubles).toEqual([]);
    expect(result.unjudged.map(({ kind }: { kind: string }) => kind)).toEqual(['min-speed']);
  });

  test.skipIf(!present)('ltap-od: with its catalogues beside it the other car is there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xosc-'));
    const home = join(folder, 'xosc');
    mkdirSync(join(home, 'Catalogs', 'Routes'), { recursive: true });
    mkdirSync(join(home, 'Catalogs', 'Vehicles'), { recursive: true });
    copyFileSync(`${DATA}/openscenario/ltap-od.xosc`, join(home, 'ltap-od.xosc'));
    const waypoint = (road: number, lane: number, s: number) =>
      `<Waypoint routeStrategy="shortest"><Position><LanePosition roadId="${road}" laneId="${lane}" offset="0" s="${s}"/></Position></Waypoint>`;
    const catalogue = (name: string, entries: string) =>
      `<OpenSCENARIO><FileHeader revMajor="1" revMinor="1"/><Catalog name="${name}">${entries}</Catalog></OpenSCENARIO>`;
    writeFileSync(
      join(home, 'Catalogs', 'Routes', 'RoutesAtFabriksgatan.xosc'),
      catalogue(
        'RoutesAtFabriksgatan',
        `<Route name="HostStraightRoute" closed="false">${waypoint(0, 1, 63)}${waypoint(2, 1, 0)}</Route>` +
          `<Route name="TargetLeftTurnRoute" closed="false">${waypoint(2, -1, 100)}${waypoint(1, -1, 0)}</Route>`,
      ),
    );
    writeFileSync(
      join(home, 'Catalogs', 'Vehicles', 'VehicleCatalog.xosc'),
      catalogue(
        'VehicleCatalog',
        ['car_white', 'car_red'].map((name) => `<Vehicle name="${name}" vehicleCategory="car"/>`).join(''),
      ),
    );
    const map = readFileSync(`${DATA}/opendrive/fabriksgatan_traffic_lights.xodr`, 'utf8');
    const server = await standIn({ map: 'Carla/Maps/fabriksgatan', openDrive: map });
    const watcher = await CarlaClient.connect({ host: '127.0.0.1', port: server.port });
    undo.push(() => watcher.close());
    const others = new Set<string>();
    watcher.onFrame(({ actors }) => {
      for (const { info } of actors) if (info.kind === 'vehicle') others.add(info.role);
    });
    const { lines, error } = await run(server.port, { openscenario: join(home, 'ltap-od.xosc') });
    expect(error).toBeNull();
    expect([...others].sort()).toEqual(['NPC', 'hero']);
    const { story, scenarios } = JSON.parse(lines[0]);
    expect(story.notes.filter((note: string) => note.includes('directory'))).toEqual([
      'the catalogue directory "../xosc/Catalogs/Controllers" is not there or holds no .xosc file',
    ]);
    // The file is made to be critical: the other car turns left in front of whoever comes, so that one may hit it; no more than it.
    expect(scenarios[0].episodes[0].metrics.collision_count).toBeLessThan(2);
  });

  test.skipIf(!present)(
    'what the server refuses of a storyboard is told: the command, the entity, the actor, the reason, how often',
    async () => {
      const server = await standIn(theirTown());
      const other = await CarlaClient.connect({ host: '127.0.0.1', port: server.port });
      undo.push(() => other.close());
      let lead: number | undefined;
      const stop = other.onFrame(({ actors, frame }) => {
        const found = actors.find(({ info }) => info.kind === 'vehicle' && info.role !== 'hero');
        if (!found || lead !== undefined || frame < 40) return;
        lead = found.id;
        void other.destroy(found.id);
      });
      const { lines, error } = await run(server.port, {
        openscenario: `${DATA}/openscenario/FollowLeadingVehicle.xosc`,
      });
      stop();
      expect(error).toBeNull();
      const { troubles } = JSON.parse(lines[0]).story;
      for (const command of ['applyTransform', 'applyTargetVelocity', 'destroyActor'])
        expect(troubles.find((each: string) => each.startsWith(`${command} of`))).toMatch(
          new RegExp(`^${command} of \\w+ \\(actor ${lead}\\) was refused: .*not found`),
        );
      expect(troubles.some((each: string) => /applyTransform .*, \d+ times in all$/.test(each))).toBe(true);
    },
  );

  test('routes of a file: driven along their town, what is not staged said by name', async () => {
    const { graph } = openRoadMap('Town01', openDrive);
    const lane = graph.lanes.find(({ kind, length }) => kind === 'driving' && length > 150);
    if (!lane) throw new Error('no lane');
    const positions = [10, 60, 110]
      .map((s) => toCarlaPose({ ...lanePoseAt(lane, s), z: 0, pitchRad: 0, rollRad: 0 }).location)
      .map(({ x, y }) => `<position x="${x}" y="${y}" z="0"/>`)
      .join('');
    const file = join(mkdtempSync(join(tmpdir(), 'routes-')), 'routes.xml');
    writeFileSync(
      file,
      `<routes><route id="7" town="Town01"><waypoints>${positions}</waypoints><scenarios>` +
        `<scenario name="Accident_1" type="Accident"><trigger_point x="0" y="0" z="0" yaw="0"/></scenario></scenarios></route></routes>`,
    );
    const { port } = await standIn();
    const { lines, error } = await run(port, { routes: file });
    expect(error).toBeNull();
    const { scenarios, unstaged, unjudged } = JSON.parse(lines[0]);
    expect(scenarios).toMatchObject([{ id: 'route_7', episodes: [{ end: 'goal', infractions: [] }] }]);
    expect(unstaged).toMatchObject([{ route: '7', name: 'Accident_1', type: 'Accident' }]);
    expect(unjudged.find(({ kind }: { kind: string }) => kind === 'scenario-timeout')).toBeDefined();
    const { text } = await run(port, { routes: file, json: false });
    expect(text).toContain('not staged: Accident Accident_1 of route 7');
    expect((await run(port, { routes: file, route: '9' })).error?.message).toContain('has no route "9"');
    expect((await run(port, { route: '7' })).error?.message).toContain('--route names a route of the file');
  });

  test('a server that dies in mid-drive: what was finished is printed, with the reason, and the run fails', async () => {
    let server: StandInCarla | undefined;
    server = await standIn({ onSend: (frame) => void (frame === 400 && server?.kill()) });
    const { lines, error } = await run(server.port, { seeds: 20, timeout: 1000 });
    expect(error).toMatchObject({ cause: { name: 'CarlaError' } });
    expect(lines).toHaveLength(1);
    const result = JSON.parse(lines[0]);
    const { driven } = result.stopped;
    expect(result).toMatchObject({ complete: false, stopped: { planned: 20, code: expect.any(String) } });
    expect(driven).toBeGreaterThan(0);
    expect(driven).toBeLessThan(5);
    expect(result.aggregate.drives).toBe(driven);
    expect(result.scenarios[0].episodes).toHaveLength(driven);
  });

  test('a server that dies before the first drive is finished: only why is printed, and the run fails', async () => {
    let server: StandInCarla | undefined;
    server = await standIn({ onSend: (frame) => void (frame === 60 && server?.kill()) });
    const { lines, error } = await run(server.port, { timeout: 1000 });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ error: { code: 'closed' } }]);
    expect(error).toMatchObject({ name: 'CarlaError' });
  });
});

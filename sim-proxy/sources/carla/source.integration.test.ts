/** CARLA behind the proxy, with the stand-in server: frames, map, controls, a server that dies, and how it is left. */
import { afterEach, expect, test } from 'vitest';
import { EventKind, LightState } from '../../generated/traceway/v1/frame_pb.ts';
import {
  Delivery,
  SourceMode,
  SourceService,
  SourceState,
  type WatchResponse,
} from '../../generated/traceway/v1/source_pb.ts';
import { startProxy } from '../../server/proxy.ts';
import { NativeClient } from '../../server/testing/native-client.ts';
import { StandInCarla, type StandInOptions } from '../../carla/testing/stand-in.ts';
import { CarlaSource } from './source.ts';

const { watch, getMap, controlSource, describeSource, listSources } = SourceService.method;
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});

async function serve(stepSeconds: number | null, options: StandInOptions = {}) {
  const carla = await new StandInCarla(options).start();
  cleanUp.push(() => carla.kill());
  const source = new CarlaSource({ host: '127.0.0.1', port: carla.port, stepSeconds });
  const proxy = await startProxy({ port: 0, sources: [source], version: 'test', log: () => {} });
  cleanUp.push(() => proxy.close());
  const client = new NativeClient(proxy.port);
  cleanUp.push(() => client.close());
  const seen: WatchResponse['message'][] = [];
  const stream = client.stream(watch, { sourceId: 'carla', delivery: Delivery.LOSSLESS });
  stream.on('data', ({ message }: WatchResponse) => seen.push(message));
  stream.on('error', () => {});
  cleanUp.push(() => stream.cancel());
  const frames = () => seen.flatMap((message) => (message.case === 'frames' ? [message.value] : []));
  const count = () => frames().reduce((sum, { frameCount }) => sum + frameCount, 0);
  const state = async () => (await client.unary(listSources, {})).sources[0].state;
  return { carla, proxy, client, seen, frames, count, state };
}
const steps = (bytes: Uint8Array) => [...new Uint32Array(new Uint8Array(bytes).buffer)];
const floats = (bytes: Uint8Array | undefined) => [...new Float32Array(new Uint8Array(bytes ?? []).buffer)];

test('synchronously no frame is lost; a spawned car drives left in our frame; the server is left as it was found', async () => {
  const { carla, proxy, client, seen, frames, count } = await serve(0.05);
  const before = { settings: carla.settings, actors: [...carla.actorIds] };
  await expect.poll(count).toBeGreaterThan(5);
  expect(carla.settings).toMatchObject({ synchronousMode: true, fixedDeltaSeconds: 0.05 });
  const attributes = { role_name: 'hero' };
  const spawn = { typeId: 'vehicle.tesla.model3', pose: { x: 10, y: -20, z: 0.5 }, attributes };
  const control = (command: object) => client.unary(controlSource, { sourceId: 'carla', command: command as never });
  const { actorId } = await control({ case: 'spawnActor', value: spawn });
  await control({ case: 'controlVehicle', value: { actorId, throttle: 1, steering: 0.5 } });
  await control({ case: 'setRate', value: { hertz: 0 } });
  const then = count();
  await expect.poll(count).toBeGreaterThan(then + 300);
  const all = frames().flatMap(({ step }) => steps(step));
  expect(all).toEqual(all.map((_, i) => all[0] + i));
  const appeared = seen.flatMap((message) => (message.case === 'actors' ? message.value.actors : []));
  expect(appeared).toMatchObject([{ actorId, typeId: 'vehicle.tesla.model3', roleName: 'hero' }]);
  const last = frames().at(-1);
  const rows = steps(last?.actors?.actorId ?? new Uint8Array(0));
  const heading = floats(last?.actors?.heading)[rows.lastIndexOf(actorId)];
  expect(heading).not.toBe(0);
  expect(last?.ego?.throttle.length).toBeGreaterThan(0);
  expect([...(last?.lights?.state ?? [])]).toContain(LightState.RED);
  await expect(control({ case: 'controlVehicle', value: { actorId, throttle: 2 } })).rejects.toMatchObject({ code: 3 });
  await expect(control({ case: 'spawnActor', value: { typeId: 'vehicle.none' } })).rejects.toMatchObject({ code: 9 });

  await proxy.close();
  expect(carla.settings).toEqual(before.settings);
  expect([...carla.actorIds]).toEqual(before.actors);
});

test('its map, maps and blueprints are told, and an episode names its map', async () => {
  const { client, seen, count } = await serve(null);
  await expect.poll(count).toBeGreaterThan(2);
  const text = await new Promise<string>((resolve, reject) => {
    let joined = '';
    const stream = client.stream(getMap, { sourceId: 'carla' });
    stream.on('data', ({ chunk }) => (joined += Buffer.from(chunk).toString()));
    stream.on('end', () => resolve(joined));
    stream.on('error', reject);
  });
  expect(text).toBe('<OpenDRIVE></OpenDRIVE>');
  const { maps, blueprints, source } = await client.unary(describeSource, { sourceId: 'carla' });
  expect(maps).toContain('/Game/Carla/Maps/Town02');
  expect(blueprints).toContain('vehicle.tesla.model3');
  expect(source).toMatchObject({ version: '0.9.15', mode: SourceMode.ASYNCHRONOUS, mapName: 'Carla/Maps/Town01' });
  const episode = seen.find((message) => message.case === 'episode');
  expect(episode?.case === 'episode' && episode.value).toMatchObject({
    mapName: 'Carla/Maps/Town01',
    lights: [{}, {}],
  });
  await client.unary(controlSource, { sourceId: 'carla', command: { case: 'loadMap', value: { mapName: 'Town02' } } });
  await expect
    .poll(() => seen.flatMap((message) => (message.case === 'episode' ? [message.value.mapName] : [])))
    .toEqual(['Carla/Maps/Town01', 'Carla/Maps/Town02']);
});

test('a server that dies is said to be away, and watched on when it is back', async () => {
  const { carla, count, state, seen } = await serve(0.05);
  await expect.poll(count).toBeGreaterThan(5);
  await carla.kill();
  await expect.poll(state).toBe(SourceState.RECONNECTING);
  const then = count();
  await carla.start();
  await expect.poll(count).toBeGreaterThan(then + 5);
  expect(await state()).toBe(SourceState.RUNNING);
  expect(seen.filter((message) => message.case === 'gap')).toEqual([]);
  expect(seen.filter((message) => message.case === 'ended')).toEqual([]);
});

test('a server that binds next to nothing is watched and described by what is there', async () => {
  const lacks = ['get_map_info', 'get_map_data', 'get_available_maps', 'get_actor_definitions', 'get_actors_by_id'];
  const settings = ['get_episode_settings', 'set_episode_settings'];
  for (const stepSeconds of [null, 0.05]) {
    const { client, count, state } = await serve(stepSeconds, { lacks: [...lacks, ...settings, 'get_sensor_token'] });
    await expect.poll(count).toBeGreaterThan(5);
    expect(await state()).toBe(SourceState.RUNNING);
    const { maps, blueprints, differences } = await client.unary(describeSource, { sourceId: 'carla' });
    expect([maps, blueprints]).toEqual([[], []]);
    for (const name of lacks) expect(differences).toContainEqual(expect.stringContaining(name));
    const map = client.stream(getMap, { sourceId: 'carla' });
    const refused = new Promise<unknown>((resolve) => map.on('error', resolve));
    map.on('data', () => {});
    expect(await refused).toMatchObject({ code: 5 });
  }
});

test('where no CARLA is, watchers are told and the proxy lives', async () => {
  const source = new CarlaSource({ host: '127.0.0.1', port: 9, timeoutMs: 300 });
  const proxy = await startProxy({
    port: 0,
    sources: [source],
    version: 'test',
    log: () => {},
    sourceOptions: { retryMs: 10 },
  });
  cleanUp.push(() => proxy.close());
  const client = new NativeClient(proxy.port);
  cleanUp.push(() => client.close());
  const stream = client.stream(watch, { sourceId: 'carla' });
  stream.on('error', () => {});
  stream.on('data', () => {});
  const listed = async () => (await client.unary(listSources, {})).sources[0];
  await expect.poll(async () => (await listed()).state).toBe(SourceState.FAILED);
  expect((await listed()).problem).toMatch(/CARLA at 127\.0\.0\.1:9/);
  await expect(client.unary(describeSource, { sourceId: 'carla' })).rejects.toMatchObject({ code: 14 });
  stream.cancel();
});

test('an ego that drives over a line is one event at the watcher; time to collision and place in the lane come with its frames', async () => {
  const lane = (id: number, mark: string) =>
    `<lane id="${id}" type="driving"><width sOffset="0" a="3.5" b="0" c="0" d="0"/><roadMark sOffset="0" type="${mark}"/></lane>`;
  const openDrive = `<OpenDRIVE><header revMajor="1" revMinor="4"/><road id="12" length="4000"><planView>
    <geometry s="0" x="0" y="0" hdg="0" length="4000"><line/></geometry></planView><lanes><laneSection s="0">
    <center><lane id="0" type="none"/></center><right>${lane(-1, 'broken')}${lane(-2, 'none')}</right></laneSection></lanes></road></OpenDRIVE>`;
  const { client, frames, count } = await serve(0.05, { openDrive });
  await expect.poll(count).toBeGreaterThan(2);
  const control = (command: object) => client.unary(controlSource, { sourceId: 'carla', command: command as never });
  const spawn = (x: number, y: number, role_name: string, heading = 0) =>
    control({
      case: 'spawnActor',
      value: { typeId: 'vehicle.tesla.model3', pose: { x, y, z: 0, heading }, attributes: { role_name } },
    });
  const { actorId } = await spawn(10, -1.25, 'hero', -0.03);
  await spawn(110, -5.25, 'autopilot');
  const lateral = () => floats(frames().at(-1)?.ego?.lateral).at(-1);
  await expect.poll(lateral, { timeout: 10_000 }).toBeCloseTo(0.5, 3);
  await control({ case: 'setRate', value: { hertz: 0 } });
  await control({ case: 'controlVehicle', value: { actorId, throttle: 0.5 } });
  const y = () => {
    const { actors } = frames().at(-1) ?? {};
    return floats(actors?.y)[steps(actors?.actorId ?? new Uint8Array(0)).lastIndexOf(actorId)];
  };
  await expect.poll(y, { timeout: 10_000 }).toBeLessThan(-5);
  const ttc = frames().flatMap(({ ego }) => floats(ego?.timeToCollision));
  expect(ttc[0]).toBe(Number.POSITIVE_INFINITY);
  expect(Math.min(...ttc)).toBeLessThan(8);
  const events = frames().flatMap((batch) => batch.events);
  expect(events.filter(({ kind }) => kind === EventKind.COLLISION)).toMatchObject([{ actorId, otherId: actorId + 1 }]);
  expect(events.filter(({ kind }) => kind === EventKind.LANE_INVASION)).toMatchObject([
    { actorId, otherId: 0, text: 'Crosses a broken white line, road 12 lane -1' },
  ]);
});

import type { Server, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { CarlaClient, type CarlaStatus } from './client.ts';
import { CarlaError } from './errors.ts';
import { readCamera, readMeasurement, readHeader, sensorCodecs } from './streams.ts';
import { listening } from '../testing/listening.ts';
import { StandInCarla, type StandInOptions } from '../testing/stand-in.ts';

const AT = { x: 10, y: -20, z: 0.5, headingRad: 0, pitchRad: 0, rollRad: 0 };
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});

async function standIn(options?: StandInOptions): Promise<StandInCarla> {
  const server = await new StandInCarla(options).start();
  cleanUp.push(() => server.kill());
  return server;
}
async function connected(
  port: number,
  options: { heartbeatMs?: number; timeoutMs?: number } = {},
): Promise<CarlaClient> {
  const client = await CarlaClient.connect({ host: '127.0.0.1', port, ...options });
  cleanUp.push(() => client.close());
  return client;
}
/** A port on which something else listens. */
async function other(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = await listening((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  }, 0);
  cleanUp.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}
const status = (client: CarlaClient, state: CarlaStatus['state']): Promise<CarlaStatus> =>
  new Promise((resolve) => {
    if (client.status.state === state) return resolve(client.status);
    const stop = client.onStatus((now) => {
      if (now.state !== state) return;
      stop();
      resolve(now);
    });
  });
const errorOf = async (run: Promise<unknown>): Promise<CarlaError> => {
  try {
    await run;
  } catch (error) {
    if (error instanceof CarlaError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('a CARLA client', () => {
  test('steps 1,000 synchronous frames without losing one, and drives a car in our frame', async () => {
    const server = await standIn();
    const client = await connected(server.port);
    await client.setSynchronous(0.05);
    const car = await client.spawn({ blueprint: 'vehicle.tesla.model3', attributes: { role_name: 'hero' }, pose: AT });
    const start = (await client.tick()).frame;
    const seen: number[] = [];
    client.onFrame(({ frame }) => seen.push(frame));
    client.control(car.id, { throttle: 1, steer: 0.5, brake: 0 });
    for (let i = 1; i <= 1000; i++) {
      const { frame } = await client.tick();
      expect(frame).toBe(start + i);
    }
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => start + 1 + i));
    expect(client.server.missedFrames).toBe(0);
    const hero = client.latestFrame?.actors.find(({ id }) => id === car.id);
    expect(hero?.info).toMatchObject({ kind: 'vehicle', role: 'hero', blueprint: 'vehicle.tesla.model3' });
    expect(hero?.info.box.halfSize.x).toBeCloseTo(2.4, 5);
    // Steering left turns left: the heading grows.
    expect(hero?.headingRad).toBeGreaterThan(1);
    expect(hero?.vehicle).toMatchObject({ throttle: 1, steer: 0.5, speedLimitMps: 10, light: null });
    expect(client.latestFrame?.actors.filter(({ light }) => light).map(({ light }) => light?.state)).toEqual([
      'red',
      'red',
    ]);
    expect(client.server.differences).toEqual([]);
  });

  test('watches a server that runs by its own clock', async () => {
    const server = await standIn();
    const client = await connected(server.port);
    const first = await client.nextFrame();
    const next = await client.nextFrame();
    expect(next.frame).toBeGreaterThan(first.frame);
    expect((await client.mapInfo()).name).toBe('Carla/Maps/Town01');
    expect(await client.openDrive()).toContain('<OpenDRIVE>');
    expect(server.calls).not.toContain('set_episode_settings');
  });

  test.each(['0.9.13', '0.9.14', '0.9.15', '0.9.16', '0.10.0'])('speaks %s', async (version) => {
    const server = await standIn({ version });
    const client = await connected(server.port);
    await client.setSynchronous(0.05);
    const car = await client.spawn({ blueprint: 'vehicle.tesla.model3', pose: AT });
    const gnss = await client.spawn({ blueprint: 'sensor.other.gnss', pose: { ...AT, x: 0, y: 0 }, parentId: car.id });
    const got: Uint8Array[] = [];
    await client.listen(gnss, { message: (body) => got.push(body), end: () => {} });
    await client.tick();
    await until(() => got.length > 0);
    await client.setWeather(await client.call((m) => m.getWeather));
    expect(client.server.differences).toEqual([]);
    expect(server.calls.includes('get_sensor_token')).toBe(version !== '0.9.13');
  });

  test('hears its sensors in every synchronous frame, and their end', async () => {
    const server = await standIn();
    const client = await connected(server.port);
    await client.setSynchronous(0.05);
    const car = await client.spawn({ blueprint: 'vehicle.tesla.model3', pose: AT });
    const heard: Record<string, Uint8Array[]> = {};
    const ended: string[] = [];
    for (const blueprint of ['sensor.other.gnss', 'sensor.other.imu', 'sensor.other.collision', 'sensor.camera.rgb']) {
      const sensor = await client.spawn({ blueprint, pose: { ...AT, x: 1, y: 0 }, parentId: car.id });
      heard[blueprint] = [];
      await client.listen(sensor, {
        message: (body) => heard[blueprint].push(body),
        end: (error) => ended.push(`${blueprint} ${error?.code}`),
      });
    }
    const behind = {
      kind: 'spawnActor',
      description: { uid: 1, id: 'vehicle.tesla.model3', attributes: [] },
      transform: { location: { x: 30, y: 20, z: 0 }, rotation: { pitch: 0, yaw: 0, roll: 0 } },
      parent: null,
      doAfter: [],
    } as const;
    const [spawned, missing] = await client.batch([behind, { kind: 'destroyActor', id: 999_999 }]);
    expect(missing).toEqual({ error: 'unable to destroy actor: not found' });
    client.control(car.id, { throttle: 1, steer: 0, brake: 0 });
    for (let i = 0; i < 80; i++) await client.tick();
    const cameras = heard['sensor.camera.rgb'];
    await until(() => cameras.length === 80);
    const frames = cameras.map((body) => readHeader(body).frame);
    expect(frames).toEqual(Array.from({ length: 80 }, (_, i) => frames[0] + i));
    expect(readCamera(cameras[79])).toMatchObject({ width: 8, height: 6, fov: 90 });
    const codecs = sensorCodecs(client.server.dialect);
    const place = readMeasurement(codecs, 'gnss', heard['sensor.other.gnss'][79]);
    expect(place.longitude).toBeGreaterThan(10 / 111_320);
    expect(readMeasurement(codecs, 'imu', heard['sensor.other.imu'][0]).accelerometer.z).toBeCloseTo(9.81, 5);
    const [crash] = heard['sensor.other.collision'];
    expect(readMeasurement(codecs, 'collision', crash)).toMatchObject({
      actor: { id: car.id },
      other: { id: (spawned as { value: number }).value },
    });
    await client.destroy(car.id);
    await until(() => ended.length === 4);
    expect(ended.every((text) => text.endsWith('closed'))).toBe(true);
  });

  test('leaves the server as it was found', async () => {
    const server = await standIn();
    const before = { settings: server.settings, weather: server.weather, actors: server.actorIds };
    const client = await connected(server.port);
    await client.setSynchronous(0.05);
    await client.setWeather({ ...server.weather, cloudiness: 80 });
    await client.freezeLights(true);
    const car = await client.spawn({ blueprint: 'vehicle.tesla.model3', pose: AT });
    await client.spawn({ blueprint: 'sensor.other.imu', pose: AT, parentId: car.id });
    expect([server.settings.synchronousMode, server.weather.cloudiness, server.frozen]).toEqual([true, 80, true]);
    expect(await client.close()).toEqual([]);
    expect({ settings: server.settings, weather: server.weather, actors: server.actorIds }).toEqual(before);
    expect(server.frozen).toBe(false);
    await until(() => server.connections === 0);
    expect(() => client.control(car.id, { throttle: 0, steer: 0, brake: 0 })).toThrow('closed');
  });

  test('says in CARLA’s words why a spawn failed', async () => {
    const server = await standIn();
    const client = await connected(server.port);
    await client.spawn({ blueprint: 'vehicle.tesla.model3', pose: AT });
    const error = await errorOf(client.spawn({ blueprint: 'vehicle.tesla.model3', pose: AT }));
    expect([error.code, error.message]).toEqual([
      'server',
      'CARLA refused spawn_actor: Spawn failed because of collision at spawn position.',
    ]);
    expect((await errorOf(client.spawn({ blueprint: 'vehicle.none', pose: AT }))).message).toContain('no blueprint');
    expect((await errorOf(client.loadMap('Nowhere'))).message).toContain('map not found');
    expect((await errorOf(client.call((m) => m.getNavigationMesh))).message).toContain('has no function');
    expect(() => client.control(1, { throttle: 2, steer: 0, brake: 0 })).toThrow(RangeError);
  });

  test('follows a change of map, its own or another’s, and steps on', async () => {
    const server = await standIn();
    const client = await connected(server.port);
    await client.setSynchronous(0.05);
    const car = await client.spawn({ blueprint: 'vehicle.tesla.model3', pose: AT });
    const sensor = await client.spawn({ blueprint: 'sensor.other.imu', pose: AT, parentId: car.id });
    const ended: string[] = [];
    await client.listen(sensor, { message: () => {}, end: (error) => ended.push(error?.message ?? '') });
    const before = (await client.tick()).episodeId;
    await client.loadMap('Town02', { resetSettings: true });
    expect(server.settings.synchronousMode).toBe(true);
    const after = await client.tick();
    expect(after.episodeId).not.toBe(before);
    expect((await client.mapInfo()).name).toBe('Carla/Maps/Town02');
    expect(after.actors.some(({ id }) => id === car.id)).toBe(false);
    expect(ended).toEqual(['The map changed, and the sensor is gone with the old one.']);

    const second = await connected(server.port);
    const bystander = await client.spawn({ blueprint: 'sensor.other.imu', pose: AT });
    await client.listen(bystander, { message: () => {}, end: (error) => ended.push(error?.message ?? '') });
    await second.loadMap('Town01');
    const there = await client.tick();
    expect(there.episodeId).toBe(String(server.episodeId));
    expect(client.status).toMatchObject({ state: 'live', episodeId: there.episodeId });
    expect(client.reconnects).toBe(0);
    expect(ended).toHaveLength(2);
    expect((await client.tick()).frame).toBe(there.frame + 1);
  });
});

describe('a server that goes away', () => {
  test('and comes back as another process is found again, and stepped as before', async () => {
    const server = await standIn();
    const client = await connected(server.port);
    await client.setSynchronous(0.05);
    for (let i = 0; i < 5; i++) await client.tick();
    // Killed in the middle of a step: what waits is told.
    const waiting = errorOf(client.nextFrame());
    await server.kill();
    expect((await waiting).code).toBe('closed');
    expect(client.status.state).toBe('reconnecting');
    expect((await errorOf(Promise.resolve().then(() => client.tick()))).message).toContain('reconnecting');
    await new Promise((done) => setTimeout(done, 300));
    await server.start();
    const back = performance.now();
    await status(client, 'live');
    console.info(`found again after ${(performance.now() - back).toFixed(0)} ms (bar: 2000 ms)`);
    expect(server.settings).toMatchObject({ synchronousMode: true, fixedDeltaSeconds: 0.05 });
    const first = (await client.tick()).frame;
    expect((await client.tick()).frame).toBe(first + 1);
    await client.close();
    expect(server.settings.synchronousMode).toBe(false);
  });

  test('100 times loses no sensor of an actor that lives, and leaks nothing', async () => {
    const server = await standIn();
    const client = await connected(server.port);
    await client.setSynchronous(0.05);
    const car = await client.spawn({ blueprint: 'vehicle.tesla.model3', pose: AT });
    const imu = await client.spawn({ blueprint: 'sensor.other.imu', pose: AT, parentId: car.id });
    let heard = 0;
    await client.listen(imu, { message: () => heard++, end: () => {} });
    for (let i = 1; i <= 100; i++) {
      const lost = status(client, 'reconnecting');
      server.cutConnections();
      await lost;
      await status(client, 'live');
      await client.tick();
      await until(() => heard === i);
    }
    expect(client.reconnects).toBe(100);
    expect(server.connections).toBe(3);
    expect(server.actorIds).toContain(car.id);
    await client.close();
    await until(() => server.connections === 0);
    expect(server.settings.synchronousMode).toBe(false);
    expect(server.actorIds).not.toContain(car.id);
  });

  test('by hanging is noticed by its heart', async () => {
    const server = await standIn();
    const client = await connected(server.port, { heartbeatMs: 50, timeoutMs: 150 });
    server.deaf = true;
    const lost = await status(client, 'reconnecting');
    expect(lost).toMatchObject({ error: { code: 'timeout' } });
    server.deaf = false;
    await status(client, 'live');
  });
});

describe('a port', () => {
  test('on which nobody listens, or nobody answers, or another talks, is named', async () => {
    const at = (port: number) => errorOf(CarlaClient.connect({ host: '127.0.0.1', port, timeoutMs: 200 }));
    const server = await standIn();
    const free = server.port;
    await server.kill();
    expect((await at(free)).code).toBe('unreachable');
    expect((await at(await other(() => {}))).message).toContain('accepts connections but does not say its version');
    const http = await at(await other((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect([http.code, http.message]).toEqual([
      'garbage',
      'What answers on this port does not speak CARLA’s protocol (msgpack-rpc).',
    ]);
    const huge = await at(
      await other((socket) => socket.write(Uint8Array.of(0x94, 1, 1, 0xc0, 0xdb, 255, 255, 255, 255))),
    );
    expect(huge.code).toBe('too-large');
    const noise = await at(await other((socket) => socket.write(new Uint8Array(1000).fill(0xc1))));
    expect(noise.code).toBe('garbage');
  });

  test('of a version that is not spoken is refused with what differs', async () => {
    const server = await standIn({ version: '0.9.17' });
    const error = await errorOf(CarlaClient.connect({ host: '127.0.0.1', port: server.port }));
    expect(error.code).toBe('unsupported');
    expect(error.message).toContain('88 bytes instead of 48');
    await until(() => server.connections === 0);
  });

  test('that is given up while connecting is left', async () => {
    const abort = new AbortController();
    const connecting = CarlaClient.connect({ host: '127.0.0.1', port: 9, signal: abort.signal });
    abort.abort();
    expect(['aborted', 'unreachable']).toContain((await errorOf(connecting)).code);
  });
});

/** Waits for what other sockets bring; the test's own limit ends a wait in vain. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 2));
}

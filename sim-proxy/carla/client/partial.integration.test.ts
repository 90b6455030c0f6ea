/** Servers that are less than a CARLA, or other than their version: made of LibCarla, still loading, started anew, changed by others. */
import { afterEach, describe, expect, test } from 'vitest';
import { CarlaClient, type CarlaStatus } from './client.ts';
import type { CarlaError } from './errors.ts';
import type { CarlaClientOptions } from './client-types.ts';
import { StandInCarla, type StandInOptions } from '../testing/stand-in.ts';

const AT = { x: 10, y: -20, z: 0.5, headingRad: 0, pitchRad: 0, rollRad: 0 };
const CAR = { blueprint: 'vehicle.tesla.model3', pose: AT };
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});

async function standIn(options?: StandInOptions): Promise<StandInCarla> {
  const server = await new StandInCarla(options).start();
  cleanUp.push(() => server.kill());
  return server;
}
async function connected({ port }: StandInCarla, options: Partial<CarlaClientOptions> = {}): Promise<CarlaClient> {
  const client = await CarlaClient.connect({ host: '127.0.0.1', port, ...options });
  cleanUp.push(() => client.close());
  return client;
}
const status = (client: CarlaClient, state: CarlaStatus['state']): Promise<void> =>
  new Promise((resolve) => {
    const look = () => client.status.state === state && (stop(), resolve());
    const stop = client.onStatus(look);
    look();
  });

describe('a server that lacks functions', () => {
  test('is stepped with none but its version, episode and ticks, and says what it lacks', async () => {
    const lacks = ['get_sensor_token', 'get_actors_by_id', 'get_episode_settings', 'set_episode_settings'];
    const server = await standIn({ lacks });
    const client = await connected(server);
    await expect(client.setSynchronous(0.05)).rejects.toMatchObject({ code: 'missing' });
    const { frame, actors } = await client.tick();
    expect((await client.tick()).frame).toBeGreaterThan(frame);
    expect(actors.map(({ id, info }) => [id, info.kind])).toEqual([1, 2, 3].map((id) => [id, 'other']));
    for (const name of lacks) expect(client.server.differences).toContain(`This server has no function ${name}.`);
    // Asked once, not with every frame.
    expect(server.calls.filter((name) => name === 'get_actors_by_id')).toHaveLength(1);
    expect(await client.close()).toEqual([]);
  });

  test('spawns without definitions, and is left without batches', async () => {
    const server = await standIn({ lacks: ['get_actor_definitions', 'apply_batch', 'get_actors_by_id'] });
    const before = server.actorIds;
    const client = await connected(server);
    await client.setSynchronous(0.05);
    const car = await client.spawn({ ...CAR, attributes: { role_name: 'hero' } });
    const { actors } = await client.tick();
    expect(actors.find(({ id }) => id === car.id)?.info).toMatchObject({ kind: 'vehicle', role: 'hero' });
    expect(await client.close()).toEqual([]);
    expect(server.actorIds).toEqual(before);
  });

  test('that hears no controls is found out by the answer', async () => {
    const client = await connected(await standIn({ lacks: ['apply_control_to_vehicle'] }));
    const car = await client.spawn(CAR);
    client.control(car.id, { throttle: 1, steer: 0, brake: 0 });
    await client.tick();
    expect(client.server.differences).toEqual(['This server has no function apply_control_to_vehicle.']);
  });

  test('is of no use without frames, except to one who needs none', async () => {
    const server = await standIn({ lacks: ['get_episode_info'] });
    await expect(connected(server)).rejects.toMatchObject({ code: 'missing' });
    const client = await connected(server, { needsFrames: false });
    expect((await client.mapInfo()).name).toBe('Carla/Maps/Town01');
    await expect(client.nextFrame()).rejects.toMatchObject({ code: 'missing' });
  });

  test('that ends its stream again and again gives no frames', async () => {
    const server = await standIn({ asyncFramesPerSecond: 0.001 });
    const cut = setInterval(() => server.cutStreams(), 5);
    cleanUp.push(async () => clearInterval(cut));
    const client = await connected(server, { needsFrames: false });
    await expect.poll(() => client.server.differences).toEqual(['It gives no frames: The server ended stream 1.']);
    expect((await client.mapInfo()).name).toBe('Carla/Maps/Town01');
    const other = await connected(server, { reconnect: false });
    await expect(other.nextFrame()).rejects.toMatchObject({ code: 'closed', message: 'The server ended stream 1.' });
  });
});

describe('a server that is other than it says', () => {
  test.each([
    ['0.9.15-400-g0123abc', '0.9.16'],
    ['0.9.16', '0.9.15'],
  ])('as %s with the messages of %s, attaches sensors all the same', async (version, speaks) => {
    const client = await connected(await standIn({ version, speaks }));
    const car = await client.spawn(CAR);
    const sensor = await client.spawn({ blueprint: 'sensor.other.imu', pose: AT, parentId: car.id });
    expect(sensor.parentId).toBe(car.id);
    expect(client.server.differences).toContainEqual(expect.stringMatching(/^spawn_actor_with_parent takes/));
  });

  test('counts the episodes of its frames otherwise and is watched, with that said', async () => {
    const client = await connected(await standIn({ episodeOffset: 3n }));
    expect((await client.nextFrame()).episodeId).toBe(String(0x1234_5678_9abc_def3n));
    expect(client.server.differences).toEqual([expect.stringContaining('get_episode_info says')]);
    expect(client.reconnects).toBe(0);
  });
});

describe('a server in motion', () => {
  test('is waited for while its map loads', async () => {
    const server = await standIn();
    server.loading = true;
    await expect(connected(server, { timeoutMs: 250 })).rejects.toThrow('episode not ready');
    setTimeout(() => (server.loading = false), 250);
    expect((await (await connected(server)).nextFrame()).actors).toHaveLength(3);
  });

  test('takes a control before the tick after it, although it works on several threads', async () => {
    const client = await connected(await standIn({ castDelayMs: 30 }));
    await client.setSynchronous(0.05);
    const car = await client.spawn(CAR);
    client.control(car.id, { throttle: 0.75, steer: 0, brake: 0 });
    const { actors } = await client.tick();
    expect(actors.find(({ id }) => id === car.id)?.vehicle?.throttle).toBe(0.75);
  });

  test('that ends the stream of its frames is listened to again, on the same connection', async () => {
    const server = await standIn();
    const client = await connected(server, { reconnect: false });
    const car = await client.spawn(CAR);
    for (let i = 0; i < 5; i++) {
      const before = (await client.nextFrame()).frame;
      server.cutStreams();
      const after = await client.nextFrame();
      expect(after.frame).toBeGreaterThan(before);
      expect(after.actors.find(({ id }) => id === car.id)?.info.kind).toBe('vehicle');
    }
    expect(client.status.state).toBe('live');
  });

  test('whose threads take calls in any order, and listeners late, loses no frame of 300', async () => {
    const client = await connected(await standIn({ jitterMs: 6 }));
    await client.setSynchronous(0.05);
    const car = await client.spawn(CAR);
    const sensor = await client.spawn({ blueprint: 'sensor.other.imu', pose: AT, parentId: car.id });
    let heard = 0;
    await client.listen(sensor, { message: () => heard++, end: () => {} });
    const { frame: start } = await client.tick();
    for (let i = 1; i <= 300; i++) {
      const throttle = (i % 10) / 10;
      client.control(car.id, { throttle, steer: 0, brake: 0 });
      const { frame, actors } = await client.tick();
      expect(frame).toBe(start + i);
      expect(actors.find(({ id }) => id === car.id)?.vehicle?.throttle).toBeCloseTo(throttle, 6);
    }
    await expect.poll(() => heard).toBe(301);
    expect(client.server.missedFrames).toBe(0);
  });

  test('keeps nothing that was on its way when the client closed', async () => {
    const server = await standIn();
    const before = { actors: server.actorIds, settings: server.settings };
    const client = await connected(server);
    const [stepping, spawning] = [client.setSynchronous(0.05), client.spawn(CAR)];
    expect(await client.close()).toEqual([]);
    await Promise.allSettled([stepping, spawning]);
    expect({ actors: server.actorIds, settings: server.settings }).toEqual(before);
  });

  test('started anew with the same episode and ids keeps what is not ours, and ends our sensors', async () => {
    const server = await standIn();
    const client = await connected(server);
    const sensor = await client.spawn({ blueprint: 'sensor.other.imu', pose: AT });
    const ended: string[] = [];
    await client.listen(sensor, { message: () => {}, end: (error) => ended.push(error?.message ?? '') });
    const { episodeId } = server;
    await server.kill();
    await status(client, 'reconnecting');
    server.episodeId = episodeId;
    await server.start();
    const car = await (await connected(server)).spawn(CAR);
    await status(client, 'live');
    expect(car.id).toBe(sensor.id);
    await expect.poll(() => ended).toEqual(['The sensor is gone.']);
    expect(await client.close()).toEqual([]);
    expect(server.actorIds).toContain(car.id);
  });

  test('that refuses a sensor after a reconnect is used without it', async () => {
    const server = await standIn();
    const client = await connected(server);
    const sensor = await client.spawn({ blueprint: 'sensor.other.imu', pose: AT });
    const ended: (string | undefined)[] = [];
    await client.listen(sensor, { message: () => {}, end: (error) => ended.push(error?.code) });
    server.refusedStream = 2;
    server.cutConnections();
    await status(client, 'reconnecting');
    await status(client, 'live');
    expect(ended).toEqual(['server']);
    expect((await client.nextFrame()).actors.map(({ id }) => id)).toContain(sensor.id);
  });

  test('gone for good is told to who waits, with the reason', async () => {
    const server = await standIn();
    const client = await connected(server, { reconnect: false });
    await client.setSynchronous(0.05);
    const waiting = client.nextFrame().catch((error: unknown) => error);
    await server.kill();
    const told = (await waiting) as CarlaError;
    expect(told).toMatchObject({
      code: 'closed',
      message: expect.stringMatching(/ended stream 1|closed the connection/),
    });
    await expect(client.tick()).rejects.toBe(told);
  });
});

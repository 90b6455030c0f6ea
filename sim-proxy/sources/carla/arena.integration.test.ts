/** What environments in CARLA are to the server, to the source, and to whoever watches. */
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { readTown } from '../../../core/tasks/driving/roads/map/testing-maps.ts';
import { TICKS_A_STEP } from '../../carla/hero/hero-control.ts';
import { EnvironmentService } from '../../generated/traceway/v1/environment_pb.ts';
import { Delivery, SourceService, SourceState, type WatchResponse } from '../../generated/traceway/v1/source_pb.ts';
import { drive, TownBench } from '../testing/town-environment.ts';

const bench = new TownBench(readTown());
afterEach(() => bench.cleanUp());

const { reset, snapshot } = EnvironmentService.method;

describe('environments of a CARLA server', () => {
  test('leaves the server as it was found when it is closed, and when the proxy ends', async () => {
    const served = await bench.serve();
    const { carla, proxy } = served;
    const found = { settings: carla.settings, actors: [...carla.actorIds], weather: carla.weather };
    const now = () => ({ settings: carla.settings, actors: [...carla.actorIds], weather: carla.weather });
    const first = await drive(served, 'straight_night');
    const second = await drive(served, 'straight_rain');
    expect(carla.settings).toMatchObject({ synchronousMode: true, fixedDeltaSeconds: 0.05 });
    expect(carla.weather.sunAltitudeAngle).toBe(45);
    expect(carla.actorIds.length).toBe(found.actors.length + 2);
    await second.shut();
    expect(carla.settings.synchronousMode).toBe(true);
    await first.shut();
    expect(now()).toEqual(found);
    await drive(served, 'straight_night');
    await proxy.close();
    expect(now()).toEqual(found);
  });

  test('is shown by the source: an episode for each drive, the hero its ego, no frame lost', async () => {
    const served = await bench.serve();
    const stream = served.client.stream(SourceService.method.watch, {
      sourceId: 'carla',
      delivery: Delivery.LOSSLESS,
    });
    const seen: WatchResponse['message'][] = [];
    stream.on('data', ({ message }: WatchResponse) => seen.push(message));
    stream.on('error', () => {});
    bench.later(() => stream.cancel());
    const { watchSourceId, environmentId, go } = await drive(served, 'straight_clear', 3);
    expect(watchSourceId).toBe('carla');
    for (let i = 0; i < 20; i++) await go(1, 0);
    await served.client.unary(reset, { environmentId, seed: 4, options: { scenarioId: 'turn_clear' } });
    const drives = () =>
      seen.flatMap(({ case: kind, value }) => (kind === 'episode' && value.egoId > 0 ? [value] : []));
    await expect
      .poll(() => drives().map(({ name, seed, stepSeconds }) => [name, Number(seed), stepSeconds]))
      .toEqual([
        ['straight_clear', 3, 0.05],
        ['turn_clear', 4, 0.05],
      ]);
    const [, egoOfSecond] = drives().map(({ egoId }) => egoId);
    expect(served.carla.actorIds).toContain(egoOfSecond);
    const steps = seen.flatMap(({ case: kind, value }) =>
      kind === 'frames' ? [...new Uint32Array(new Uint8Array(value.step).buffer)] : [],
    );
    // On cue from the first drive's first frame on: 20 steps of two ticks, and what a start takes.
    const driven = steps.slice(-40);
    expect(driven).toEqual(driven.map((_, i) => driven[0] + i));
    expect(seen.filter((message) => message.case === 'gap')).toEqual([]);
  });

  test('a source that steps CARLA leaves that to the environment, and goes on when it is closed', async () => {
    const served = await bench.serve({ stepSeconds: 0.05 });
    const { carla, client } = served;
    const stream = client.stream(SourceService.method.watch, { sourceId: 'carla' });
    stream.on('error', () => {});
    stream.on('data', () => {});
    bench.later(() => stream.cancel());
    await expect.poll(() => carla.frame).toBeGreaterThan(5);
    const { go, shut } = await drive(served, 'straight_clear');
    const then = carla.frame;
    for (let i = 0; i < 10; i++) {
      await go(1, 0);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(carla.frame).toBe(then + 10 * TICKS_A_STEP);
    const state = async () => (await client.unary(SourceService.method.listSources, {})).sources[0].state;
    expect(await state()).toBe(SourceState.PAUSED);
    await shut();
    const after = carla.frame;
    await expect.poll(() => carla.frame).toBeGreaterThan(after + 10);
    expect(await state()).toBe(SourceState.RUNNING);
  });

  test('when CARLA dies in mid-drive calls are refused, and the drive goes on where it was when it is back', async () => {
    const served = await bench.serve();
    const { carla, client } = served;
    const { environmentId, go } = await drive(served, 'straight_clear');
    for (let i = 0; i < 9; i++) await go(2, 0);
    const { hashes } = await client.unary(snapshot, { environmentId });
    await carla.kill();
    for (const _ of [1, 2]) await expect(go(2, 0)).rejects.toMatchObject({ code: status.UNAVAILABLE });
    await carla.start();
    const back = async () => (await go(2, 0)).infos[0].step;
    await expect.poll(() => back().catch(() => 0), { timeout: 5000 }).toBe(10);
    expect(hashes).toHaveLength(1);
    const again = await client.unary(reset, { environmentId, seed: 1, options: { scenarioId: 'turn_clear' } });
    expect(again.infos[0]).toMatchObject({ step: 0, seed: 1 });
    expect(carla.settings).toMatchObject({ synchronousMode: true, fixedDeltaSeconds: 0.05 });
  });

  test('an environment that is closed while CARLA is away does not stop the clock of the CARLA that comes back', async () => {
    const served = await bench.serve();
    const { carla, client } = served;
    const { shut } = await drive(served, 'straight_clear');
    await carla.kill();
    await shut();
    await carla.start();
    await client.unary(SourceService.method.describeSource, { sourceId: 'carla' });
    expect(carla.settings.synchronousMode).toBe(false);
  });
});

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTown } from '../../../core/tasks/driving/roads/map/testing-maps.ts';
import { toCarlaPose } from '../../../core/io/recordings/carla-frame.ts';
import { imitationHash, parametersHash, readCheckpoint } from '../../../core/models/checkpoint.ts';
import { parameterLayout } from '../../../core/models/config.ts';
import { POLICY_CONFIG } from '../../../core/tasks/driving/policy/config.ts';
import { lanePoseAt } from '../../../core/tasks/driving/roads/map/lane-index.ts';
import { openRoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { CarlaClient } from '../client/client.ts';
import { StandInCarla } from '../testing/stand-in.ts';
import { type CarlaTask, namedTask } from '../stage/tasks.ts';
import { CARLAOnlineRunner } from './online-runner.ts';
import { OnlinePpo } from './online-ppo.ts';

describe('PPO online in a CARLA server that has a town', () => {
  const text = readTown();
  const starts = openRoadMap('Town01', text).graph.lanes.flatMap((lane) =>
    lane.kind === 'driving' && lane.junction === undefined && lane.length > 100
      ? [{ ...lanePoseAt(lane, 10), z: 0, pitchRad: 0, rollRad: 0 }]
      : [],
  );
  const { flat } = readCheckpoint(readFileSync('public/shipped/policy.safetensors'));
  const layout = parameterLayout(POLICY_CONFIG);
  let server: StandInCarla;
  let client: CarlaClient;
  let task: CarlaTask;
  beforeAll(async () => {
    server = await new StandInCarla({ openDrive: text, spawnPoints: starts.map(toCarlaPose), lights: [] }).start();
    client = await CarlaClient.connect({ host: '127.0.0.1', port: server.port });
    task = namedTask('straight_clear', 0, await client.roadMap(), starts);
  });
  afterAll(async () => {
    await client.close();
    await server.kill();
  });

  /** Two drives and an update, twice. */
  async function learn(seed: number) {
    const learner = new OnlinePpo({ parameters: flat, seed, hyperparameters: { minibatch: 8, epochs: 2 } });
    const hashes = [parametersHash(learner.parameters)];
    const counts: number[] = [];
    const { driver, onStep, onEpisode } = learner;
    const runner = new CARLAOnlineRunner({ client, driver, hooks: { onStep, onEpisode } });
    let driven = 0;
    for await (const { end } of runner.drives([0, 1, 2, 3].map((k) => ({ task, seed: k })))) {
      expect(['goal', 'stopped', 'time']).toContain(end);
      if (++driven % 2 !== 0) continue;
      counts.push(learner.decisions);
      const { policyLoss, valueLoss } = await learner.update(0);
      expect([policyLoss, valueLoss].every(Number.isFinite)).toBe(true);
      hashes.push(parametersHash(learner.parameters));
    }
    const { parameters } = learner;
    learner.dispose();
    return { hashes, counts, parameters };
  }

  it('two updates change the heads and nothing of the imitation model, the same way for the same seed', async () => {
    const { hashes, counts, parameters } = await learn(1);
    expect(new Set(hashes).size).toBe(3);
    expect(imitationHash(parameters, layout)).toBe(imitationHash(flat, layout));
    for (const count of counts) expect(count).toBeGreaterThan(10);
    expect((await learn(1)).hashes).toEqual(hashes);
    expect((await learn(2)).hashes[2]).not.toBe(hashes[2]);
  });

  it('a drive that hits something ends there, for the learner and on the server', async () => {
    const { road, startS } = task.route;
    const at = Math.round((startS + 25) / road.ds);
    const pose = { x: road.x[at], y: road.y[at], headingRad: road.headingRad[at], z: 0.3, pitchRad: 0, rollRad: 0 };
    const car = await client.spawn({ blueprint: 'vehicle.tesla.model3', pose });
    const learner = new OnlinePpo({ parameters: flat, seed: 1 });
    const straight = {
      plan: async (observation: Float32Array) => {
        const plan = await learner.driver.plan(observation);
        const { length } = plan.waypoints;
        return { ...plan, waypoints: Float32Array.from({ length }, (_, i) => (i % 2 === 0 ? 0.4 * (i + 2) : 0)) };
      },
    };
    const { onStep, onEpisode } = learner;
    const runner = new CARLAOnlineRunner({ client, driver: straight, hooks: { onStep, onEpisode } });
    const [{ end, track }] = await runner.run([{ task, seed: 0 }]);
    expect(end).toBe('stopped');
    expect(track.route.s[track.rows - 1]).toBeLessThan(25);
    expect(learner.decisions).toBe(Math.ceil((track.rows - 1) / 5));
    await client.destroy(car.id);
    learner.dispose();
  });

  // The example starts and learns.
  it('examples/carla-online.ts makes two updates and saves two policies that can be read', {
    timeout: 300_000,
  }, async () => {
    const out = mkdtempSync(join(tmpdir(), 'carla-online-'));
    const flags = [
      '--port',
      String(server.port),
      '--scenario',
      'straight_clear',
      '--updates',
      '2',
      '--decisions',
      '16',
    ];
    const run = spawn(process.execPath, ['--import', 'tsx', 'examples/carla-online.ts', ...flags, '--out', out]);
    let printed = '';
    for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
    const code = await new Promise((done) => run.once('close', done));
    expect({ code, printed }).toMatchObject({ code: 0 });
    expect(printed).toMatch(/update 1: policy .*; saved update-001\.safetensors\n/);
    expect(readdirSync(out)).toEqual(['update-001.safetensors', 'update-002.safetensors']);
    const [first, second] = readdirSync(out).map((name) => readCheckpoint(readFileSync(join(out, name))).flat);
    expect(parametersHash(first)).not.toBe(parametersHash(second));
    expect(imitationHash(second, layout)).toBe(imitationHash(flat, layout));
    expect(server.settings.synchronousMode).toBe(true);
  });
});

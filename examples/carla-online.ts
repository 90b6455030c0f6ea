/**
 * Online learning in CARLA: PPO on the policy's residual, from drives in a running server, with a checkpoint after every update.
 *
 *   npx tsx examples/carla-online.ts --port 2000 --updates 20 --out runs/carla
 *   npm run -s lab -- carla evaluate --policy runs/carla/update-020.safetensors,expert,random
 *
 * The imitation model is never touched; only the residual and value heads learn (core/learn/ppo.ts), paid by the lab's own reward. Ctrl+C
 * ends after the drive under way and leaves the server as it was found; what was saved is kept.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fromCarlaPose } from 'traceway-core/recordings/carla-frame';
import { readCheckpoint, writeCheckpoint } from 'traceway-core/checkpoint';
import { POLICY_CONFIG } from 'traceway-core/driving/policy-config';
import { CARLAOnlineRunner, type PlannedDrive } from '../sim-proxy/carla/drive/online-runner.ts';
import { OnlinePpo } from '../sim-proxy/carla/drive/online-ppo.ts';
import { TaskBook } from '../sim-proxy/carla/stage/task-book.ts';
import { CarlaClient } from '../sim-proxy/carla/client/client.ts';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '2000' },
    policy: { type: 'string', default: 'public/shipped/policy.safetensors' },
    /** Of TaskBook, or all that fit the loaded map, in turns. */
    scenario: { type: 'string' },
    updates: { type: 'string', default: '20' },
    /** Decisions (0.5 s each) an update. */
    decisions: { type: 'string', default: '512' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'runs/carla' },
  },
});
const [updates, decisions, seed] = [values.updates, values.decisions, values.seed].map(Number);

const { flat } = readCheckpoint(await readFile(values.policy));
const learner = new OnlinePpo({
  parameters: flat,
  seed,
  hyperparameters: { minibatch: Math.max(8, Math.min(512, decisions)) },
});
const client = await CarlaClient.connect({ host: values.host, port: Number(values.port), reconnect: false });
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
try {
  const { spawnPoints } = await client.mapInfo();
  const book = await TaskBook.open(
    await client.roadMap(),
    spawnPoints.map(({ location, rotation }) => fromCarlaPose(location, rotation)),
  );
  const scenarios = values.scenario === undefined ? book.ids : [values.scenario];
  await mkdir(values.out, { recursive: true });

  /** Drives until enough updates are made; the runner asks for the next when the last is done with. */
  function* drives(): Generator<PlannedDrive> {
    for (let k = 0; learner.updates < updates; k++) {
      const id = scenarios[k % scenarios.length];
      yield { task: book.task(id, seed + k), seed: seed + k };
    }
  }
  const { driver, onStep, onEpisode } = learner;
  const runner = new CARLAOnlineRunner({ client, driver, hooks: { onStep, onEpisode }, signal: stop.signal });
  for await (const { task, end, report } of runner.drives(drives())) {
    console.log(`${task.id}: ${end}, driving score ${report.scores.carla_2_1?.toFixed(1)} (2.1)`);
    if (learner.decisions < decisions) continue;
    const { policyLoss, valueLoss, approxKl } = await learner.update(learner.updates / updates);
    const name = `update-${String(learner.updates).padStart(3, '0')}.safetensors`;
    await writeFile(join(values.out, name), writeCheckpoint(POLICY_CONFIG, learner.parameters, name));
    const losses = `policy ${policyLoss.toFixed(4)}, value ${valueLoss.toFixed(4)}, KL ${approxKl.toFixed(5)}`;
    console.log(`update ${learner.updates}: ${losses}; saved ${name}`);
  }
} finally {
  learner.dispose();
  for (const sentence of await client.close()) console.error(sentence);
}

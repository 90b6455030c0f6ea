/**
 * Serves environments of a simulator to a Traceway proxy, from Node over native gRPC:
 *
 *   npx tsx examples/serve-environment.ts --port 8090 --name lab
 *
 * Whoever opens an environment of the source "push-lab" resets and steps it (examples/drive_environment.py). The simulator here is the
 * lab's own world; `advance`, `snapshot` and `restore` are the places for another. serve_environment.py does the same from Python. A
 * token, where the proxy wants one, is read from TRACEWAY_PROXY_TOKEN.
 */
import { PassThrough } from 'node:stream';
import { parseArgs } from 'node:util';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { createRandom } from 'traceway-core/random';
import {
  ACTION_SPACE,
  DrivingEnv,
  ENV_METADATA,
  EnvError,
  type EnvStart,
  type EnvStep,
} from 'traceway-core/driving/env';
import { instantiate } from 'traceway-core/driving/instantiate';
import { OBSERVATION_SLICES } from 'traceway-core/driving/observation';
import type { WorldSpec } from 'traceway-core/driving/world';
import {
  type AdvanceWorlds,
  EnvironmentService,
  ServeEnvironmentsRequestSchema,
  type ServeEnvironmentsResponse,
  type WorldSnapshots,
} from '../sim-proxy/generated/traceway/v1/environment_pb.ts';
import { shippedScenarios } from '../sim-proxy/node/scenarios.ts';
import { stepInfoMessage } from '../sim-proxy/feed/step-info.ts';

type Message = NonNullable<MessageInitShape<typeof ServeEnvironmentsRequestSchema>['message']>;
type Answer = NonNullable<Extract<Message, { case: 'answer' }>['value']['answer']>;
type World = DrivingEnv<string>;

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: 'localhost' },
    port: { type: 'string', default: '8090' },
    name: { type: 'string', default: 'lab' },
  },
});
const scenarios = shippedScenarios();
const ids = [...scenarios.keys()];
/** The world that a seed stands for; without a scenario the seed draws one. */
function specOf(seed: number, id?: string): WorldSpec {
  const scenario = scenarios.get(id || ids[seed % ids.length]);
  if (!scenario) throw new EnvError('bad-seed', `there is no scenario "${id}"`, id);
  return instantiate(scenario, seed);
}
/** Worlds by the number of their environment. */
const environments = new Map<number, readonly World[]>();
const worldsOf = (environment: number) => environments.get(environment) ?? [];

/** Worlds named in `starts` begin an episode, the others take their action. */
function advance(worlds: readonly World[], { starts, action }: AdvanceWorlds): Answer {
  const actions = new Float32Array(new Uint8Array(action).buffer);
  const steps = worlds.map((world, i): EnvStep => {
    const start = starts.find((each) => each.world === i);
    if (!start) return world.step(actions.subarray(2 * i, 2 * i + 2));
    return { ...world.reset(start.seed, start.scenarioId), reward: 0, terminated: false, truncated: false };
  });
  const reward = new Uint8Array(Float64Array.from(steps, (step) => step.reward).buffer);
  const terminated = Uint8Array.from(steps, (step) => Number(step.terminated));
  const truncated = Uint8Array.from(steps, (step) => Number(step.truncated));
  return { case: 'advanced', value: { ...seen(steps), reward, terminated, truncated } };
}

function snapshot(worlds: readonly World[]): Answer {
  return { case: 'snapshot', value: { worlds: worlds.map((world) => ({ state: world.snapshot().worlds[0] })) } };
}

/** Into worlds of their own, so that a snapshot that is none changes nothing. */
function restore(environment: number, { worlds }: WorldSnapshots): Answer {
  const random = createRandom(0).state();
  const restored = worlds.map(({ state, seed, scenarioId }) => {
    const world: World = new DrivingEnv(specOf);
    const specs = [specOf(seed, scenarioId)];
    return { world, start: world.restore({ specs, worlds: [state], random, options: scenarioId }) };
  });
  for (const world of worldsOf(environment)) world.dispose();
  environments.set(
    environment,
    restored.map(({ world }) => world),
  );
  return { case: 'restored', value: seen(restored.map(({ start }) => start)) };
}

const seen = (starts: readonly EnvStart[]) => ({
  observation: new Uint8Array(Float32Array.from(starts.flatMap(({ observation }) => [...observation])).buffer),
  infos: starts.map(({ info }) => stepInfoMessage(info)),
});

function answer({ environment, request }: ServeEnvironmentsResponse): Answer | null {
  switch (request.case) {
    case 'open':
      environments.set(
        environment,
        Array.from({ length: request.value.count }, () => new DrivingEnv(specOf)),
      );
      return { case: 'done', value: {} };
    case 'advance':
      return advance(worldsOf(environment), request.value);
    case 'snapshot':
      return snapshot(worldsOf(environment));
    case 'restore':
      return restore(environment, request.value);
    case 'close':
      for (const world of worldsOf(environment)) world.dispose();
      environments.delete(environment);
      return null;
    case 'accepted':
      console.log(`serving ${request.value.sourceId}`);
  }
  return null;
}

const sent = new PassThrough({ objectMode: true });
const send = (message: Message) => sent.write(create(ServeEnvironmentsRequestSchema, { message }));
send({
  case: 'offer',
  value: {
    name: values.name,
    version: 'serve-environment.ts',
    observationSpace: { shape: [OBSERVATION_SLICES.reduce((sum, { size }) => sum + size, 0)] },
    actionSpace: { shape: [...ACTION_SPACE.shape], low: [...ACTION_SPACE.low], high: [...ACTION_SPACE.high] },
    ...ENV_METADATA,
    observationSlices: OBSERVATION_SLICES.map((slice) => ({ ...slice })),
    scenarioIds: ids,
    maxCount: 64,
    snapshots: true,
  },
});
const token = process.env.TRACEWAY_PROXY_TOKEN;
const transport = createGrpcTransport({ baseUrl: `http://${values.host}:${values.port}` });
const asked = createClient(EnvironmentService, transport).serveEnvironments(sent, {
  headers: token ? { authorization: `Bearer ${token}` } : {},
});
/** Until the proxy ends the call. */
async function serve(): Promise<void> {
  for await (const message of asked) {
    const { requestId } = message;
    try {
      const given = answer(message);
      if (given) send({ case: 'answer', value: { requestId, answer: given } });
    } catch (error) {
      const [kind, sentence] = error instanceof EnvError ? [error.kind, error.message] : ['bad-request', String(error)];
      send({ case: 'answer', value: { requestId, answer: { case: 'refusal', value: { kind, sentence } } } });
    }
  }
}
await serve().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

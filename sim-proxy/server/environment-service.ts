/** traceway.v1.EnvironmentService over sources that open environments. Each is a source to watch; unused ones are closed. */
import { randomUUID } from 'node:crypto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { ACTION_SPACE, ENV_METADATA, EnvError, type EnvInfo, OBSERVATION_SPACE } from '../../core/world/env.ts';
import { OBSERVATION_SLICES } from '../../core/world/observation.ts';
import { type EnvironmentService, Infraction, type StepInfoSchema } from '../generated/traceway/v1/environment_pb.ts';
import { Capability } from '../generated/traceway/v1/source_pb.ts';
import { EnvironmentSource } from '../sources/environment-source.ts';
import type { SourceEnvironment } from '../sources/environment.ts';
import { ProxyError } from './errors.ts';
import { SourceHost } from './host.ts';
import type { ServiceContext } from './source-service.ts';

const MAX_ENVIRONMENTS = 32;
const IDLE_SECONDS = 600;

interface Open {
  readonly env: SourceEnvironment;
  readonly source: EnvironmentSource;
  usedAt: number;
}
const INFRACTIONS = {
  collision: Infraction.COLLISION,
  'off-road': Infraction.OFF_ROAD,
  'red-light': Infraction.RED_LIGHT,
} as const;

export interface EnvironmentServiceHandle {
  readonly service: ServiceImpl<typeof EnvironmentService>;
  dispose(): void;
}

export function environmentService({ registry, hostOptions }: ServiceContext): EnvironmentServiceHandle {
  const open = new Map<string, Open>();
  const close = async (id: string) => {
    open.delete(id);
    await registry.remove(id);
  };
  const sweep = setInterval(() => {
    for (const [id, { usedAt }] of open) if (Date.now() - usedAt > IDLE_SECONDS * 1000) void close(id);
  }, 10_000);
  sweep.unref();

  const use = (id: string): Open => {
    const found = open.get(id);
    if (!found) throw new ProxyError('not-found', 'no-environment', 'There is no such environment.', 'environment_id');
    found.usedAt = Date.now();
    return found;
  };

  const service: ServiceImpl<typeof EnvironmentService> = {
    async openEnvironment({ sourceId, count }) {
      if (open.size >= MAX_ENVIRONMENTS) {
        throw new ProxyError(
          'too-much',
          'too-many-environments',
          `There are ${MAX_ENVIRONMENTS} environments already.`,
        );
      }
      const host = sourceId
        ? registry.get(sourceId)
        : [...registry.hosts].find(({ source }) => source.capabilities.includes(Capability.ENVIRONMENT));
      const env = host?.source.openEnvironment?.(count);
      if (!env) throw new ProxyError('unsupported', 'no-capability', 'No such source opens environments.', 'source_id');
      const id = `env-${randomUUID()}`;
      const source = new EnvironmentSource(id, env, host?.source.status.version ?? '');
      const { feed } = registry.add(new SourceHost(source, hostOptions));
      feed.onReaders = () => source.watched(feed);
      open.set(id, { env, source, usedAt: Date.now() });
      const { low, high, shape } = ACTION_SPACE;
      return {
        environmentId: id,
        count: env.count,
        observationSpace: { shape: [...OBSERVATION_SPACE.shape] },
        actionSpace: { shape: [...shape], low: [...low], high: [...high] },
        stepSeconds: ENV_METADATA.stepSeconds,
        decisionSteps: ENV_METADATA.decisionSteps,
        observationSlices: OBSERVATION_SLICES.map((slice) => ({ ...slice })),
        scenarioIds: [...env.scenarios.keys()],
        idleSeconds: IDLE_SECONDS,
      };
    },

    reset({ environmentId, seed, options }) {
      const { env, source } = use(environmentId);
      const start = env.reset(seed, options?.scenarioId ? { scenario: options.scenarioId } : undefined);
      source.begin(registry.get(environmentId).feed);
      return { observation: bytesOf(start.observation), infos: start.info.map(infoOf) };
    },

    step({ environmentId, action }) {
      const { env, source } = use(environmentId);
      const { observation, reward, terminated, truncated, info } = env.step(numbers(action, 2 * env.count));
      source.stepped(registry.get(environmentId).feed);
      return {
        observation: bytesOf(observation),
        reward: bytesOf(reward),
        terminated: terminated.slice(),
        truncated: truncated.slice(),
        infos: info.map(infoOf),
      };
    },

    snapshot({ environmentId }) {
      const { bytes, hashes } = use(environmentId).env.snapshot();
      return { snapshot: bytes, hashes: [...hashes] };
    },

    restore({ environmentId, snapshot }) {
      const { env, source } = use(environmentId);
      const { observation, info } = env.restore(snapshot);
      source.begin(registry.get(environmentId).feed);
      return { observation: bytesOf(observation), infos: info.map(infoOf) };
    },

    async closeEnvironment({ environmentId }) {
      use(environmentId);
      await close(environmentId);
      return {};
    },
  };
  return { service, dispose: () => clearInterval(sweep) };
}

const bytesOf = (array: Float32Array | Float64Array) =>
  new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);

/** @throws EnvError `bad-action` */
function numbers(bytes: Uint8Array, count: number): Float32Array {
  if (bytes.length !== 4 * count) {
    throw new EnvError('bad-action', `action must be ${count} float32 numbers (${4 * count} bytes)`, bytes.length);
  }
  return new Float32Array(new Uint8Array(bytes).buffer);
}

const infoOf = (info: EnvInfo): MessageInitShape<typeof StepInfoSchema> => ({
  step: info.step,
  progress: info.progress,
  routeCompletion: info.routeCompletion,
  infractions: info.infractions.map((name) => INFRACTIONS[name]),
  collision: info.collision,
  success: info.success,
  timeToCollision: info.ttc,
  seed: info.seed,
  scenarioId: info.scenario,
});

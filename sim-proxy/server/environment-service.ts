/**
 * traceway.v1.EnvironmentService over sources that open environments. Calls of one environment are answered one after the other, unused
 * ones are closed, and one that has a view is a source to watch.
 */
import { randomUUID } from 'node:crypto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { EnvError } from '../../core/tasks/driving/env.ts';
import type { BoxSchema, EnvironmentService } from '../generated/traceway/v1/environment_pb.ts';
import { Capability } from '../generated/traceway/v1/source_pb.ts';
import { type BoxSpace, spaceSize } from '../sources/environment.ts';
import type { EnvironmentView, SourceEnvironment } from '../sources/source.ts';
import { ProxyError } from '../feed/errors.ts';
import type { Feed } from '../feed/feed.ts';
import { SourceHost } from './host.ts';
import { serveEnvironments } from './serve-environments.ts';
import type { ServiceContext } from './service-context.ts';
import { stepInfoMessage } from '../feed/step-info.ts';

const MAX_ENVIRONMENTS = 32;
const IDLE_MS = 600_000;

interface Open {
  readonly env: SourceEnvironment;
  readonly view?: EnvironmentView;
  readonly feed?: Feed;
  usedAt: number;
  /** Settles when the calls so far are answered. */
  busy: Promise<unknown>;
}

export interface EnvironmentServiceHandle {
  readonly service: ServiceImpl<typeof EnvironmentService>;
  /** Environments that are open. */
  readonly size: number;
  /** Closes every environment. */
  close(): Promise<void>;
}

export function environmentService(context: ServiceContext): EnvironmentServiceHandle {
  const { registry, hostOptions, idleMs = IDLE_MS } = context;
  const open = new Map<string, Open>();
  let opening = 0;
  const close = async (id: string) => {
    const found = open.get(id);
    open.delete(id);
    await found?.busy;
    if (found?.view) await registry.remove(id);
    await found?.env.close();
  };
  const sweep = setInterval(() => {
    for (const [id, { usedAt }] of open) if (Date.now() - usedAt > idleMs) void close(id);
  }, idleMs / 60);
  sweep.unref();

  const find = (id: string): Open => {
    const found = open.get(id);
    if (!found) throw new ProxyError('not-found', 'no-environment', 'There is no such environment.', 'environment_id');
    return found;
  };
  /** `act` on an environment once the calls before are answered. */
  const use = <T>(id: string, act: (found: Open) => T | Promise<T>): Promise<T> => {
    const found = find(id);
    const answer = found.busy.then(() => {
      found.usedAt = Date.now();
      return act(find(id));
    });
    found.busy = answer.catch(() => {}).then(() => (found.usedAt = Date.now()));
    return answer;
  };
  const endedOnes = () => [...open].filter(([, { env }]) => env.ended).map(([id]) => id);
  const opener = (sourceId: string) => {
    const host = sourceId
      ? registry.get(sourceId)
      : [...registry.hosts].find(({ source }) => source.capabilities.includes(Capability.ENVIRONMENT));
    if (host?.source.openEnvironment) return host;
    throw new ProxyError('unsupported', 'no-capability', 'No such source opens environments.', 'source_id');
  };

  const service: ServiceImpl<typeof EnvironmentService> = {
    async openEnvironment({ sourceId, count }, { signal }) {
      const host = opener(sourceId);
      if (open.size + opening >= MAX_ENVIRONMENTS) await Promise.all(endedOnes().map(close));
      if (open.size + opening >= MAX_ENVIRONMENTS) {
        const what = `There are ${MAX_ENVIRONMENTS} environments already.`;
        throw new ProxyError('too-much', 'too-many-environments', what);
      }
      opening++;
      const env = await Promise.resolve(host.source.openEnvironment?.(count, signal)).finally(() => opening--);
      if (!env) throw new ProxyError('unsupported', 'no-capability', 'No such source opens environments.', 'source_id');
      const id = `env-${randomUUID()}`;
      const shown = env.view && show(env.view(id));
      open.set(id, { env, ...shown, usedAt: Date.now(), busy: Promise.resolve() });
      const { observationSpace, actionSpace, stepSeconds, decisionSteps, observationSlices, scenarioIds } = env.form;
      return {
        environmentId: id,
        count: env.count,
        observationSpace: boxOf(observationSpace),
        actionSpace: boxOf(actionSpace),
        stepSeconds,
        decisionSteps,
        observationSlices: observationSlices.map((slice) => ({ ...slice })),
        scenarioIds: [...scenarioIds],
        idleSeconds: idleMs / 1000,
        watchSourceId: shown ? id : host.id,
      };
    },

    reset: ({ environmentId, seed, options }) =>
      use(environmentId, async ({ env, view, feed }) => {
        const start = await env.reset(seed, options?.scenarioId ? { scenario: options.scenarioId } : undefined);
        if (feed) view?.begin(feed);
        return { observation: bytesOf(start.observation), infos: start.info.map(stepInfoMessage) };
      }),

    step: ({ environmentId, action }) =>
      use(environmentId, async ({ env, view, feed }) => {
        const actions = numbers(action, spaceSize(env.form.actionSpace) * env.count);
        const { observation, reward, terminated, truncated, info } = await env.step(actions);
        if (feed) view?.stepped(feed);
        return {
          observation: bytesOf(observation),
          reward: bytesOf(reward),
          terminated: terminated.slice(),
          truncated: truncated.slice(),
          infos: info.map(stepInfoMessage),
        };
      }),

    snapshot: ({ environmentId }) =>
      use(environmentId, async ({ env }) => {
        const { bytes, hashes } = await env.snapshot();
        return { snapshot: bytes, hashes: [...hashes] };
      }),

    restore: ({ environmentId, snapshot }) =>
      use(environmentId, async ({ env, view, feed }) => {
        const { observation, info } = await env.restore(snapshot);
        if (feed) view?.begin(feed);
        return { observation: bytesOf(observation), infos: info.map(stepInfoMessage) };
      }),

    async closeEnvironment({ environmentId }) {
      find(environmentId);
      await close(environmentId);
      return {};
    },

    serveEnvironments: (requests, handlerContext) => serveEnvironments(requests, handlerContext, context),
  };

  function show(view: EnvironmentView) {
    const { feed } = registry.add(new SourceHost(view, hostOptions));
    feed.onReaders = () => view.watched(feed);
    return { view, feed };
  }

  return {
    service,
    get size() {
      return open.size;
    },
    async close() {
      clearInterval(sweep);
      await Promise.allSettled([...open.keys()].map(close));
    },
  };
}

const boxOf = ({ shape, low, high }: BoxSpace): MessageInitShape<typeof BoxSchema> => ({
  shape: [...shape],
  low: [...(low ?? [])],
  high: [...(high ?? [])],
});

const bytesOf = (array: Float32Array | Float64Array) =>
  new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);

/** @throws EnvError `bad-action` */
function numbers(bytes: Uint8Array, count: number): Float32Array {
  if (bytes.length !== 4 * count) {
    throw new EnvError('bad-action', `action must be ${count} float32 numbers (${4 * count} bytes)`, bytes.length);
  }
  return new Float32Array(new Uint8Array(bytes).buffer);
}

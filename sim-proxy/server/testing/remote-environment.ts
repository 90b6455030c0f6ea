/** Test only: environments behind the proxy as the conformance suite of core wants them. */
import type { EnvInfoRecord, Environment, VectorEnvironment } from '../../../core/task/conformance.ts';
import type { EnvSpace } from '../../../core/task/env.ts';
import { EnvironmentService, type StepInfo } from '../../generated/traceway/v1/environment_pb.ts';
import { readStepInfo } from '../../feed/step-info.ts';
import type { NativeClient } from './native-client.ts';

const { openEnvironment, reset, step, snapshot, restore, closeEnvironment } = EnvironmentService.method;
/** A refusal of the proxy. */
class RemoteError extends Error {
  override readonly name = 'RemoteError';
}
const named = async <T>(call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    throw new RemoteError((error as { details?: string }).details ?? String(error));
  }
};
const floats = (bytes: Uint8Array) => new Float32Array(new Uint8Array(bytes).buffer);
const doubles = (bytes: Uint8Array) => new Float64Array(new Uint8Array(bytes).buffer);
const bytesOf = (action: ArrayLike<number>) => new Uint8Array(Float32Array.from(action).buffer);
const infoOf = (info: StepInfo): EnvInfoRecord => ({ ...readStepInfo(info) });

/** A single environment that drives `scenarioId`; "": drawn by the seed. `observationBound`: the proxy tells none. */
export async function remoteEnvironment(
  client: NativeClient,
  scenarioId: string,
  observationBound: number,
): Promise<Environment> {
  const opened = await client.unary(openEnvironment, {});
  const { environmentId } = opened;
  const space = (box: typeof opened.actionSpace, bound: number): EnvSpace => ({
    shape: box?.shape ?? [],
    dtype: 'float32',
    low: box?.low.length ? box.low : -bound,
    high: box?.high.length ? box.high : bound,
  });
  return {
    actionSpace: space(opened.actionSpace, Number.POSITIVE_INFINITY),
    observationSpace: space(opened.observationSpace, observationBound),
    async reset(seed) {
      const { observation, infos } = await named(client.unary(reset, { environmentId, seed, options: { scenarioId } }));
      return { observation: floats(observation), info: infoOf(infos[0]) };
    },
    async step(action) {
      const answer = await named(client.unary(step, { environmentId, action: bytesOf(action) }));
      return {
        observation: floats(answer.observation),
        reward: doubles(answer.reward)[0],
        terminated: answer.terminated[0] === 1,
        truncated: answer.truncated[0] === 1,
        info: infoOf(answer.infos[0]),
      };
    },
    snapshot: async () => (await named(client.unary(snapshot, { environmentId }))).snapshot,
    async restore(bytes) {
      const { observation, infos } = await named(
        client.unary(restore, { environmentId, snapshot: bytes as Uint8Array }),
      );
      return { observation: floats(observation), info: infoOf(infos[0]) };
    },
    close: async () => void (await client.unary(closeEnvironment, { environmentId })),
  };
}

export async function remoteVector(
  client: NativeClient,
  scenarioId: string,
  count: number,
): Promise<VectorEnvironment> {
  const { environmentId } = await client.unary(openEnvironment, { count });
  return {
    count,
    async reset(seed) {
      const { observation, infos } = await named(client.unary(reset, { environmentId, seed, options: { scenarioId } }));
      return { observation: floats(observation), info: infos.map(infoOf) };
    },
    async step(actions) {
      const answer = await named(client.unary(step, { environmentId, action: bytesOf(actions) }));
      const { terminated, truncated } = answer;
      return {
        observation: floats(answer.observation),
        reward: doubles(answer.reward),
        terminated,
        truncated,
        info: answer.infos.map(infoOf),
      };
    },
    close: async () => void (await client.unary(closeEnvironment, { environmentId })),
  };
}

/** The lab's own environments behind the interface that the conformance suite checks (env-conformance.ts). */
import { ACTION_SPACE, DrivingEnv, type EnvSnapshot, type MakeSpec, OBSERVATION_SPACE, VectorEnv } from './env.ts';
import type { Environment, VectorEnvironment } from '../../task/conformance.ts';
import type { EnvSpace } from '../../task/env.ts';

/** Every number of the observation is scaled to about [−1, 1]; what lies far away or drives fast reaches further, never this far. */
export const OBSERVATION_BOUND = 20;

const ACTION_BOX: EnvSpace = { ...ACTION_SPACE, dtype: 'float32' };
const OBSERVATION_BOX: EnvSpace = {
  ...OBSERVATION_SPACE,
  dtype: 'float32',
  low: -OBSERVATION_BOUND,
  high: OBSERVATION_BOUND,
};
/** Keys of `EnvInfo` that every lab environment gives. */
export const REQUIRED_INFO: readonly string[] = [
  'step',
  'progress',
  'routeCompletion',
  'infractions',
  'collision',
  'success',
  'ttc',
  'seed',
  'scenario',
];

export function singleEnvironment<Options>(makeSpec: MakeSpec<Options>): Environment {
  const env = new DrivingEnv(makeSpec);
  return {
    actionSpace: ACTION_BOX,
    observationSpace: OBSERVATION_BOX,
    reset: (seed, options) => withInfo(env.reset(seed, options as Options | undefined)),
    step: (action) => withInfo(env.step(action)),
    snapshot: () => env.snapshot(),
    restore: (snapshot) => withInfo(env.restore(snapshot as EnvSnapshot<Options>)),
    close: () => env.dispose(),
  };
}

export function vectorEnvironment<Options>(count: number, makeSpec: MakeSpec<Options>): VectorEnvironment {
  const env = new VectorEnv(count, makeSpec);
  const infos = <T extends { readonly info: readonly object[] }>(step: T) => ({ ...step, info: step.info.map(record) });
  return {
    count,
    reset: (seed) => infos(env.reset(seed)),
    step: (actions) => infos(env.step(actions)),
    close: () => env.dispose(),
  };
}

const record = (info: object) => ({ ...info }) as Readonly<Record<string, unknown>>;
const withInfo = <T extends { readonly info: object }>(step: T) => ({ ...step, info: record(step.info) });

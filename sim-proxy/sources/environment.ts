/**
 * What an environment is to EnvironmentService, whoever simulates it: the embedded world, a CARLA server, a simulator at the other end
 * of a call. Gymnasium's contract (gymnasium.farama.org, API 1.0) for `count` worlds stepped together, plus snapshots that travel.
 *
 * Calls come one at a time: the service waits for one answer before it asks for the next. Every implementation is held to
 * core/task/conformance.ts through the network.
 */
import type { EnvInfo, VectorStep } from '../../core/tasks/driving/env.ts';
import type { Feed } from '../server/feed.ts';
import type { SimulatorSource } from './source.ts';

type Maybe<T> = T | Promise<T>;

export interface ResetChoice {
  /** Drawn by the seed when absent. */
  readonly scenario?: string;
}
export interface EnvironmentStart {
  /** [count × observation size] */
  readonly observation: Float32Array;
  readonly info: readonly EnvInfo[];
}
export type EnvironmentStep = Pick<VectorStep, 'observation' | 'reward' | 'terminated' | 'truncated' | 'info'>;
export interface EnvironmentSnapshot {
  readonly bytes: Uint8Array;
  /** Of each world's state. */
  readonly hashes: readonly string[];
}

/** gymnasium.spaces.Box of float32; without bounds it has none. */
export interface BoxSpace {
  readonly shape: readonly number[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}
export interface EnvironmentForm {
  /** Of one world. */
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  readonly stepSeconds: number;
  readonly decisionSteps: number;
  readonly observationSlices: readonly { readonly name: string; readonly start: number; readonly size: number }[];
  readonly scenarioIds: readonly string[];
}

/** An environment's first world as a source to watch; it is told when something happened. */
export interface EnvironmentView extends SimulatorSource {
  /** The environment was reset, or put elsewhere. */
  begin(feed: Feed): void;
  stepped(feed: Feed): void;
  /** Somebody may have begun to watch, or ceased. */
  watched(feed: Feed): void;
}

export interface SourceEnvironment {
  readonly count: number;
  readonly form: EnvironmentForm;
  /** Whether its simulator is gone for it: every call says so, and it can only be closed. */
  readonly ended?: boolean;
  /** @throws ProxyError `no-scenario`, EnvError `bad-seed` */
  reset(seed?: number, choice?: ResetChoice): Maybe<EnvironmentStart>;
  /** [count × action size]. @throws EnvError before a reset, after the end of a single environment, and on NaN */
  step(actions: Float32Array): Maybe<EnvironmentStep>;
  /** @throws EnvError `not-reset` */
  snapshot(): Maybe<EnvironmentSnapshot>;
  /** @throws ProxyError `bad-snapshot` for bytes that are none of this environment; then nothing has changed */
  restore(bytes: Uint8Array): Maybe<EnvironmentStart>;
  /** Its first world as a source of its own; absent where the source that opened it shows what happens. */
  view?(id: string): EnvironmentView;
  /** Lets go of everything; a view is closed before. */
  close(): Maybe<void>;
}

/** Size of an array of that shape. */
export const sizeOf = ({ shape }: BoxSpace): number => shape.reduce((product, n) => product * n, 1);

/** The forms of an environment that EnvironmentService serves: spaces, starts, steps, snapshots that travel (see `SourceEnvironment`). */
import type { EnvInfo, VectorStep } from '../../core/tasks/driving/env.ts';

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

/** Size of an array of that shape. */
export const spaceSize = ({ shape }: BoxSpace): number => shape.reduce((product, n) => product * n, 1);

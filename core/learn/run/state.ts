/** A run between two of its stages, or within one: everything needed to go on. */
import type { MetricPoint, StageReport } from './progress.ts';

/** Plain data with typed arrays, as it lies in IndexedDB or a run's folder. */
export interface RunState {
  readonly version: 1;
  /** Id of the stage that is under way. */
  readonly stage: string;
  /** Steps or iterations of it that are done. */
  readonly done: number;
  readonly parameters: Float32Array;
  /** Adam's moments and step count of the stage's learner. */
  readonly optimiser: Float32Array;
  /** Hash of the imitation model when SFT ended. */
  readonly imitation: string | null;
  /** Best parameters of the stage so far by mean validation score; those it began with count too. */
  readonly best?: { readonly score: number; readonly parameters: Float32Array };
  /** The imitation model as SFT left it, where a later stage goes on learning it: what the result is compared with. */
  readonly start?: Float32Array;
  readonly stages: readonly StageReport[];
  readonly points: readonly MetricPoint[];
}

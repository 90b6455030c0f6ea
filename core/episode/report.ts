/**
 * The report on a drive behind a recorded log: how the policy's plans compare with what the human then did (open loop), and
 * how its own drive went (closed loop).
 *
 * Open loop puts the policy at the human's state at every decision, so errors do not compound. ADE is the mean, FDE the final
 * displacement of a plan against the human's path over the same 2 s (Argoverse, nuScenes definitions, one mode).
 */
import { DECISION_STEPS, DT, WAYPOINTS } from '../world/layout.ts';
import type { Episode } from './episode.ts';
import { type DriveFrames, FRAME_S, FRAME_STRIDE, FRAME_TTC, FRAME_X } from './frames.ts';

/** Report on a drive behind a recorded log. */
export interface LogReport {
  readonly openLoop: { readonly ade: number; readonly fde: number; readonly decisions: number };
  readonly human: { readonly distanceMetres: number; readonly minGapMetres: number | null };
  readonly closedLoop: {
    readonly minGapMetres: number | null;
    readonly minTtcSeconds: number | null;
    readonly collisions: number;
    readonly comfortShare: number;
    readonly distanceMetres: number;
  };
}

/** One row a step of the recorded drive: x, y, heading, speed. */
export type HumanTrack = readonly (readonly [number, number, number, number])[];

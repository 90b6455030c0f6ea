/**
 * What the viewport shows: things that move on a map, and, when it is a drive of the lab, its thoughts and perhaps the counterfactual
 * beside it. Plain data, so that the three.js viewer and the 2-D fallback draw the same thing and neither knows the stores.
 *
 * Time is counted in steps and may be fractional: poses are interpolated between steps, decisions never are.
 */
import type { Episode } from '../../core/episode/episode.ts';
import type { SceneFrames } from '../../core/episode/scene-frames.ts';
import type { DriveStates } from '../../workers/contracts/protocol.ts';

export interface Drive {
  readonly episode: Episode;
  readonly frames: DriveStates;
}

export interface Ghost extends Drive {
  /** Last step at which the ghost still stands where the drive does. */
  readonly fromStep: number;
}

export interface Scene {
  readonly frames: SceneFrames;
  /** The lab's own drive behind `frames` (drive-scene.ts), null for live frames and recordings of other simulators. */
  readonly drive: Drive | null;
  readonly ghost: Ghost | null;
  /**
   * What there is to see where nobody is followed: least x and y, greatest x and y, m; left out: the map, or where everybody is. With a
   * height, m, it stands up and is looked at from before it (from −y), as from above otherwise.
   */
  readonly bounds?: readonly [number, number, number, number, height?: number];
}

export type CameraMode = 'chase' | 'driver' | 'top' | 'free';

export interface Moment {
  /** Steps, fractional, 0..frames.steps. */
  readonly time: number;
  readonly lookAheadSeconds: number;
  /** Index of the actor the camera follows; -1 or left out: the ego, or the whole map where there is none. */
  readonly follow?: number;
}

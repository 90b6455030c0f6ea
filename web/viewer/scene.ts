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
}

export type CameraMode = 'chase' | 'driver' | 'top' | 'free';

export interface Moment {
  /** Steps, fractional, 0..frames.steps. */
  readonly time: number;
  readonly lookAheadSeconds: number;
  /** Index of the actor the camera follows; -1 or left out: the ego, or the whole map where there is none. */
  readonly follow?: number;
}

export interface Inset {
  /** Index in the scene's actors. */
  readonly actor: number;
  readonly element: HTMLElement;
}

/** A picture of a scene in a container element; `createViewer` (WebGL 2) and `createTop2d` (2-D canvas) make one. */
export interface DriveView {
  readonly kind: 'webgl' | 'canvas2d';
  setScene(scene: Scene | null): void;
  setMoment(moment: Moment): void;
  setCamera(mode: CameraMode): void;
  /** Multiplies the distance of the camera in use; above 1 moves away. */
  zoom(factor: number): void;
  /** Draws what an actor's driver sees into the box of `element`, which lies over the picture; null ends it. Nothing without WebGL. */
  setInset(inset: Inset | null): void;
  /** Turns the free camera, rad; switches to it from any other. */
  orbit(azimuthRad: number, elevationRad: number): void;
  /** Colours changed: read the CSS variables again. */
  refreshTheme(): void;
  /** How many pictures were drawn and what the last one took; null without WebGL. */
  stats(): { readonly pictures: number; readonly drawCalls: number; readonly triangles: number } | null;
  dispose(): void;
}

export interface ViewOptions {
  readonly container: HTMLElement;
  /** No camera flights, falling rain or blinking when true. */
  readonly reducedMotion: boolean;
  /** Height of what covers the picture at its lower edge, px; the followed car is kept above it. */
  readonly coveredBelow?: () => number;
  /** The person turned the camera by hand, which makes it the free one. */
  readonly onCamera?: (mode: CameraMode) => void;
  /** WebGL went away (false) or came back (true). */
  readonly onContext?: (alive: boolean) => void;
}

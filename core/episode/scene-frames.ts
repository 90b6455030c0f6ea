/**
 * What a viewer needs to show moving things on a map, wherever they come from: a replayed drive of the lab, CARLA's live frames, a
 * recording. A drive with thoughts is this and more (web/viewer/scene.ts); everything here can be filled by a source that knows nothing of
 * the lab's world.
 *
 * Time is counted in steps, 0..`steps`. Each actor has rows for the steps in which it exists, one after another. A live source keeps one
 * object and lets it grow: it may append actors, lights and rows and raise `steps`; a viewer reads the fields afresh before every
 * picture and never keeps a view of the arrays. What a viewer has seen must not change. World frame: SI, radians, right-handed, in the
 * plane; coordinates within some 10 km of the origin (pictures are made in 32 bits).
 */
import type { SceneKind } from '../tasks/driving/kinds/kinds.ts';
import type { MapDrawing } from '../tasks/driving/roads/drawing/model.ts';

/** Numbers of one row of an actor: x, y, heading, speed, flags. */
export const SCENE_X = 0;
export const SCENE_Y = 1;
export const SCENE_HEADING = 2;
export const SCENE_SPEED = 3;
export const SCENE_FLAGS = 4;
export const SCENE_STRIDE = 5;

/** Flags of a row. An actor without PRESENT is not drawn; one without SEEN is drawn as what the ego can't see. */
export const SCENE_PRESENT = 1;
export const SCENE_SEEN = 2;
export const SCENE_BRAKE = 4;
export const SCENE_LEFT = 8;
export const SCENE_RIGHT = 16;
/** Blue lights on. */
export const SCENE_SIREN = 32;
export const SCENE_USUAL = SCENE_PRESENT + SCENE_SEEN;

export interface SceneActor {
  /** Unique among the actors. */
  readonly id: string;
  /** Short name beside it: "A1", "lincoln.mkz 87". */
  readonly label: string;
  /** As lists call it, where that is not the label; and what it is there for: "hero", "autopilot", "crosses". */
  readonly name?: string;
  readonly role?: string;
  readonly kind: SceneKind;
  /** Bounding box, m; the pose is its centre. */
  readonly length: number;
  readonly width: number;
  readonly height: number;
  /** Step of its first row, and how many rows there are. */
  readonly firstStep: number;
  readonly rowCount: number;
  /** At least `rowCount` × SCENE_STRIDE numbers. */
  readonly rows: Float32Array | Float64Array;
}

export interface SceneLight {
  readonly id: string;
  /** Foot of the post; travel that it rules heads this way. */
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  /** Reach of an arm that holds the lamps over the lanes, to the left, m; 0 or left out: lamps at the post. */
  readonly arm?: number;
}

/** CARLA's weather parameters: degrees, 0..100 each, m. */
export interface SceneWeather {
  readonly sunAltitudeDeg: number;
  readonly cloudiness: number;
  readonly precipitation: number;
  readonly fogDensity: number;
  /** Where fog begins, m. */
  readonly fogDistance: number;
  readonly wetness: number;
}

/** Something that happened at a place, shown for a moment: a collision. */
export interface SceneMark {
  readonly step: number;
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface SceneFrames {
  /** Steps after the first: there are `steps` + 1 moments. */
  readonly steps: number;
  /** Time between steps, s; the mean where a source's steps are uneven. */
  readonly dt: number;
  /** Roads, drawn by core/tasks/driving/roads/drawing/drawing.ts; without one the ground is empty (a drive then draws its own road). */
  readonly map?: MapDrawing;
  readonly actors: readonly SceneActor[];
  /** Traffic lights. When there are any, the map's own are not drawn. */
  readonly lights: readonly SceneLight[];
  /** LIGHT_* of core/abi/layout.ts, `lights.length` a step, (steps + 1) rows. */
  readonly lightStates: Uint8Array;
  /** Index of the actor that the policy or the recording's hero drives, -1 without one. */
  readonly ego: number;
  readonly weather?: SceneWeather;
  readonly marks?: readonly SceneMark[];
}

/** Row index of `actor` at `step` (a multiple of SCENE_STRIDE into `rows`), or -1 while it is not there. */
export function sceneRow({ firstStep, rowCount, rows }: SceneActor, step: number): number {
  const row = step - firstStep;
  if (row < 0 || row >= rowCount) return -1;
  const at = row * SCENE_STRIDE;
  return (rows[at + SCENE_FLAGS] & SCENE_PRESENT) === 0 ? -1 : at;
}

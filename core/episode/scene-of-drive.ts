/**
 * A replayed drive as a scene: its world's actors and the ego as actors, its lights, its weather, and a map: the drive's own, or one
 * drawn of its route. Made once for each replay.
 */
import { EGO_LENGTH, EGO_WIDTH } from '../abi/layout.ts';
import { kindRow, shapeOf, shapeRow } from '../tasks/driving/kinds/kinds.ts';
import { drawRoute } from '../tasks/driving/roads/drawing/route.ts';
import { ACTOR_STRIDE, type DriveStates, STATE_ACCEL, STATE_SPEED, STATE_STRIDE } from './frames.ts';
import {
  SCENE_BRAKE,
  SCENE_PRESENT,
  SCENE_SEEN,
  SCENE_SIREN,
  SCENE_STRIDE,
  SCENE_USUAL,
  type SceneActor,
  type SceneFrames,
} from './scene-frames.ts';

/** Deceleration above which brake lamps light, m/s², and speed below which one stands on the brake, m/s. */
const BRAKING = 0.4;
const STANDING = 0.05;

const known = new WeakMap<DriveStates, SceneFrames>();

/** The scene of these states; the same object for the same states. */
export function sceneOfDrive(frames: DriveStates): SceneFrames {
  let scene = known.get(frames);
  if (!scene) {
    scene = sceneFrames(frames);
    known.set(frames, scene);
  }
  return scene;
}

function sceneFrames(frames: DriveStates): SceneFrames {
  const { steps, dt, lights, signals, signalStates, weather, map, actorInfo } = frames;
  const lightStates = new Uint8Array((steps + 1) * lights.length);
  for (let step = 0; step <= steps; step++)
    lights.forEach(({ signal }, i) => {
      lightStates[step * lights.length + i] = signalStates[step * signals + signal];
    });
  return {
    steps,
    dt,
    map: map ?? drawRoute(frames.road),
    actors: [...actorInfo.map((_, index) => actorOf(frames, index)), egoOf(frames)],
    ego: actorInfo.length,
    lights,
    lightStates,
    weather,
  };
}

function egoOf({ steps, ego }: DriveStates): SceneActor {
  const rows = new Float64Array((steps + 1) * SCENE_STRIDE);
  for (let step = 0; step <= steps; step++) {
    const at = step * STATE_STRIDE;
    const braking = ego[at + STATE_ACCEL] < -BRAKING || ego[at + STATE_SPEED] < STANDING;
    rows.set(ego.subarray(at, at + 4), step * SCENE_STRIDE);
    rows[step * SCENE_STRIDE + 4] = SCENE_USUAL + (braking ? SCENE_BRAKE : 0);
  }
  const box = { length: EGO_LENGTH, width: EGO_WIDTH, height: 1.45 };
  return { id: 'ego', label: '', name: 'ego', kind: 'car', ...box, firstStep: 0, rowCount: steps + 1, rows };
}

function actorOf({ steps, dt, actors, actorInfo }: DriveStates, index: number): SceneActor {
  const { id, label, kind: code, length, width, behaviour } = actorInfo[index];
  const kind = shapeOf(code, length, width);
  const row = kindRow(code);
  const moves = row?.group !== 'things';
  const rows = new Float64Array((steps + 1) * SCENE_STRIDE);
  const at = (step: number) => (step * actorInfo.length + index) * ACTOR_STRIDE;
  for (let step = 0; step <= steps; step++) {
    const [, , , speed, visible, present] = actors.subarray(at(step), at(step) + ACTOR_STRIDE);
    const next = actors[at(Math.min(steps, step + 1)) + 3];
    const braking = moves && ((next - speed) / dt < -BRAKING || speed < STANDING);
    rows.set(actors.subarray(at(step), at(step) + 4), step * SCENE_STRIDE);
    rows[step * SCENE_STRIDE + 4] =
      (present > 0 ? SCENE_PRESENT : 0) +
      (visible > 0 ? SCENE_SEEN : 0) +
      (braking ? SCENE_BRAKE : 0) +
      (row?.siren ? SCENE_SIREN : 0);
  }
  const [short] = label.split(' ');
  return {
    id,
    label: short,
    role: behaviour,
    kind,
    length,
    width,
    height: shapeRow(kind).usual[2],
    firstStep: 0,
    rowCount: steps + 1,
    rows,
  };
}

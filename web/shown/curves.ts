/** Curves of the lab's own drives and of live scenes, of whoever is followed; recordings bring theirs (core/io/recordings/recording-series.ts). */
import { type Curve, filteredMotion, gapAt, laneDistanceAt, speedAt } from '../../core/io/recordings/scene-curves.ts';
import { sceneOfDrive } from '../../core/episode/scene-of-drive.ts';
import { routeLaneDistance } from '../../core/tasks/driving/roads/drawing/route-lanes.ts';
import {
  type DriveStates,
  STATE_ACCEL,
  STATE_REWARD,
  STATE_SPEED,
  STATE_STRIDE,
  STATE_TTC,
} from '../../workers/contracts/protocol.ts';
import { LIVE_EGO_STRIDE, type LiveScene } from '../stores/live-scene.ts';

/** Points of a live curve at most. */
const POINTS = 600;

const values = (length: number, at: (i: number) => number): Float64Array =>
  Float64Array.from({ length }, (_, i) => at(i));

/** `follow`: index of an actor of the drive's scene, the ego's for the driven car. */
export function driveCurves(frames: DriveStates, follow: number): readonly Curve[] {
  const scene = sceneOfDrive(frames);
  const index = scene.actors[follow] ? follow : scene.ego;
  const actor = scene.actors[index];
  const length = frames.steps + 1;
  const x = values(length, (step) => step * frames.dt);
  const column = (field: number) => values(length, (step) => frames.ego[step * STATE_STRIDE + field]);
  const { accel, jerk } = filteredMotion(
    scene,
    actor,
    index === scene.ego ? (step) => column(STATE_ACCEL)[step] : undefined,
  );
  const lane = values(length, laneDistanceAt(actor, routeLaneDistance(frames.road)));
  const gap = values(length, (step) => gapAt(scene, index, step));
  if (index !== scene.ego)
    return [
      { key: 'speed', x, y: values(length, (step) => speedAt(actor, step)) },
      { key: 'lane', x, y: lane },
      { key: 'gap', x, y: gap },
      { key: 'accel', x, y: accel },
      { key: 'jerk', x, y: jerk },
    ];
  let sum = 0;
  const rewards = column(STATE_REWARD);
  const alone = scene.actors.length === 1;
  return [
    { key: 'speed', x, y: column(STATE_SPEED) },
    { key: 'ttc', x, y: column(STATE_TTC) },
    { key: 'return', x, y: rewards.map((reward) => (sum += reward)) },
    { key: 'lane', x, y: lane },
    alone ? { key: 'gap', x: [], y: [], missing: 'Nobody else is in this drive.' } : { key: 'gap', x, y: gap },
    { key: 'accel', x, y: column(STATE_ACCEL) },
    { key: 'jerk', x, y: jerk },
  ];
}

/**
 * Up to step `steps`, thinned. `lanes`: distances to the lane's centre by step as far as they are known, or why there are none.
 * Time to collision and pedals are the ego's alone.
 */
export function liveCurves(
  scene: LiveScene,
  steps: number,
  follow: number,
  lanes: Float32Array | string,
): readonly Curve[] {
  const index = follow >= 0 ? follow : scene.ego;
  const actor = scene.actors[index];
  if (!actor) return [];
  const every = Math.max(1, Math.ceil(steps / POINTS));
  const count = Math.floor(steps / every) + 1;
  const x = values(count, (i) => scene.times[i * every] - scene.times[0]);
  const curve = (key: Curve['key'], at: (step: number) => number): Curve => ({
    key,
    x,
    y: values(count, (i) => at(i * every)),
  });
  const ego = (column: number) => (step: number) => scene.egoRows[step * LIVE_EGO_STRIDE + column];
  const ofEgo = scene.hasEgo && index === scene.ego;
  const { accel, jerk } = filteredMotion({ dt: scene.dt, steps }, actor, ofEgo ? ego(0) : undefined);
  return [
    curve('speed', (step) => speedAt(actor, step)),
    ...(ofEgo ? [curve('ttc', ego(4))] : []),
    typeof lanes === 'string'
      ? { key: 'lane', x: [], y: [], missing: lanes }
      : curve('lane', (step) => lanes[step] ?? Number.NaN),
    scene.actors.length === 1
      ? { key: 'gap', x: [], y: [], missing: 'Nobody else is there.' }
      : curve('gap', (step) => gapAt(scene, index, step)),
    curve('accel', ofEgo ? ego(0) : (step) => accel[step]),
    curve('jerk', (step) => jerk[step]),
    ...(ofEgo && scene.hasPedals ? [curve('throttle', ego(2)), curve('brake', ego(3))] : []),
    ...(ofEgo ? [curve('wheels', (step) => (ego(1)(step) * 180) / Math.PI)] : []),
  ];
}

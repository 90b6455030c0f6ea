/**
 * A replayed drive of the lab (`DriveFrames`) as a `DriveTrack`.
 *
 * What the frames don't hold is derived and nothing is guessed: the yaw rate is the heading's change over the step that ended
 * at the row; the map's flags come from the corners' offsets from the route, along its tangent at the ego (error below
 * length²/8R). The lab's roads know no oncoming lane, so `oncoming` is 0; a red light's region is the ego's box over the stop line.
 */
import {
  ACTOR_STRIDE,
  type DriveFrames,
  FRAME_ACCEL,
  FRAME_HEADING,
  FRAME_LATERAL,
  FRAME_LIGHT,
  FRAME_S,
  FRAME_SPEED,
  FRAME_STRIDE,
  FRAME_X,
  FRAME_Y,
} from '../../episode/frames.ts';
import { wrapAngle } from '../../world/geometry.ts';
import { EGO_LENGTH, EGO_WIDTH, KIND_PEDESTRIAN, KIND_VEHICLE, LIGHT_RED, WHEELBASE } from '../../world/layout.ts';
import type { ActorTrack, AreaTrack, DriveTrack } from './track.ts';

export function trackOfFrames(frames: DriveFrames): DriveTrack {
  const rows = frames.steps + 1;
  const column = (index: number) => Float64Array.from({ length: rows }, (_, i) => frames.ego[i * FRAME_STRIDE + index]);
  const headingRad = column(FRAME_HEADING);
  const yawRateRadps = headingRad.map((h, i) => (i === 0 ? 0 : wrapAngle(h - headingRad[i - 1]) / frames.dt));
  if (rows > 1) yawRateRadps[0] = yawRateRadps[1];
  const s = column(FRAME_S);
  const lateral = column(FRAME_LATERAL);
  return {
    dtSeconds: frames.dt,
    rows,
    length: EGO_LENGTH,
    width: EGO_WIDTH,
    rearAxleToCentre: WHEELBASE / 2,
    x: column(FRAME_X),
    y: column(FRAME_Y),
    headingRad,
    speedMps: column(FRAME_SPEED),
    accelMps2: column(FRAME_ACCEL),
    yawRateRadps,
    actors: frames.actorInfo.map((_, index) => actorOf(frames, index, rows)),
    route: {
      s,
      lateral,
      startS: s[0],
      goalS: frames.road.goalS,
      speedLimitMps: new Float64Array(rows).fill(frames.road.speedLimitMps),
    },
    area: areaOf(frames, rows, { s, lateral, headingRad, light: column(FRAME_LIGHT) }),
  };
}

function actorOf(frames: DriveFrames, index: number, rows: number): ActorTrack {
  const { actorInfo, actors } = frames;
  const { id, kind, length, width } = actorInfo[index];
  const value = (row: number, offset: number) => actors[(row * actorInfo.length + index) * ACTOR_STRIDE + offset];
  const column = (offset: number) => Float64Array.from({ length: rows }, (_, row) => value(row, offset));
  return {
    id,
    kind: kind === KIND_PEDESTRIAN ? 'pedestrian' : kind === KIND_VEHICLE ? 'vehicle' : 'static',
    length,
    width,
    x: column(0),
    y: column(1),
    headingRad: column(2),
    speedMps: column(3),
    present: Uint8Array.from({ length: rows }, (_, row) => value(row, 5)),
  };
}

interface Along {
  readonly s: Float64Array;
  readonly lateral: Float64Array;
  readonly headingRad: Float64Array;
  readonly light: Float64Array;
}

function areaOf({ road }: DriveFrames, rows: number, ego: Along): AreaTrack {
  const area: AreaTrack = {
    multipleLanes: new Uint8Array(rows),
    nonDrivable: new Uint8Array(rows),
    oncoming: new Uint8Array(rows),
    intersection: new Uint8Array(rows),
    redLight: new Uint8Array(rows),
  };
  for (let row = 0; row < rows; row++) {
    const sample = Math.max(0, Math.min(road.heading.length - 1, Math.round(ego.s[row] / road.ds)));
    const error = ego.headingRad[row] - road.heading[sample];
    const reach = (Math.abs(Math.sin(error)) * EGO_LENGTH + Math.abs(Math.cos(error)) * EGO_WIDTH) / 2;
    const lane = (offset: number) => Math.floor(offset / road.laneWidth + 0.5);
    const [right, left] = [lane(ego.lateral[row] - reach), lane(ego.lateral[row] + reach)];
    area.multipleLanes[row] = +(left !== right);
    area.nonDrivable[row] = +(left > road.lanesLeft || right < -road.lanesRight);
    const { junction, stopLineS } = road;
    area.intersection[row] = +(junction !== undefined && ego.s[row] >= junction.from && ego.s[row] <= junction.to);
    const overLine = stopLineS !== undefined && Math.abs(ego.s[row] - stopLineS) < EGO_LENGTH / 2;
    area.redLight[row] = +(overLine && ego.light[row] === LIGHT_RED);
  }
  return area;
}

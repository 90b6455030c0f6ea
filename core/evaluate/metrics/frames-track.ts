/**
 * A replayed drive of the lab (`DriveFrames`) as a `DriveTrack`.
 *
 * What the frames don't hold is derived by the world's own rules and nothing is guessed: off road is a corner beyond the drivable edges,
 * a red light counts in the step in which the front bumper crosses the stop line while it is red, the yaw rate is the heading's change
 * over the step that ended at the row, oncoming is where the box centre lies beyond the line to oncoming lanes.
 */
import {
  ACTOR_STRIDE,
  type DriveFrames,
  FRAME_ACCEL,
  FRAME_HEADING,
  FRAME_LATERAL,
  FRAME_S,
  FRAME_SPEED,
  FRAME_STRIDE,
  FRAME_X,
  FRAME_Y,
  type RoadFrames,
} from '../../episode/frames.ts';
import { type Box, corners, wrapAngle } from '../../world/geometry.ts';
import { projectToRoute } from '../../world/geometry-route.ts';
import { EGO_LENGTH, EGO_WIDTH, KIND_PEDESTRIAN, KIND_VEHICLE, LIGHT_RED, WHEELBASE } from '../../world/layout.ts';
import type { RoadSpec } from '../../world/spec.ts';
import type { ActorTrack, AreaTrack, DriveTrack } from './track.ts';

export function trackOfFrames(frames: DriveFrames): DriveTrack {
  const rows = frames.steps + 1;
  const column = (index: number) => Float64Array.from({ length: rows }, (_, i) => frames.ego[i * FRAME_STRIDE + index]);
  const [x, y] = [column(FRAME_X), column(FRAME_Y)];
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
    x,
    y,
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
      speedLimitMps: s.map((at) => frames.road.speedLimitMps[sampleAt(frames.road, at)]),
    },
    area: areaOf(frames, rows, {
      s,
      box: (row) => ({ x: x[row], y: y[row], headingRad: headingRad[row], length: EGO_LENGTH, width: EGO_WIDTH }),
    }),
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
  readonly box: (row: number) => Box;
}

/** Row of the route's columns at or before arc length `s`. */
const sampleAt = ({ ds, x }: RoadFrames, s: number) => Math.min(x.length - 1, Math.max(0, Math.floor(s / ds)));

function areaOf({ road, signals, signalStates }: DriveFrames, rows: number, ego: Along): AreaTrack {
  const area: AreaTrack = {
    multipleLanes: new Uint8Array(rows),
    nonDrivable: new Uint8Array(rows),
    oncoming: new Uint8Array(rows),
    intersection: new Uint8Array(rows),
    redLight: new Uint8Array(rows),
  };
  const { junctions, lights, laneWidth } = road;
  const route: RoadSpec = { ...road, headingRad: road.heading, curvature: new Float64Array(road.x.length) };
  const inJunction = (s: number) => junctions.some(({ from, to }) => s >= from && s <= to);
  const isRed = (row: number, signal: number) => signalStates[row * signals + signal] === LIGHT_RED;
  for (let row = 0; row < rows; row++) {
    const near = Math.floor(ego.s[row] / road.ds);
    const box = ego.box(row);
    const places = corners(box).map(({ x, y }) => projectToRoute(route, x, y, near));
    const lanes = places.map(({ lateral }) => Math.floor(lateral / laneWidth + 0.5));
    const outside = places.some(({ s, lateral }) => {
      const at = sampleAt(road, s);
      return lateral > road.edgeLeft[at] || lateral < -road.edgeRight[at];
    });
    const { lateral } = projectToRoute(route, box.x, box.y, near);
    area.multipleLanes[row] = +(new Set(lanes).size > 1);
    area.nonDrivable[row] = +outside;
    area.oncoming[row] = +(lateral > road.oncomingFrom[sampleAt(road, ego.s[row])]);
    area.intersection[row] = +inJunction(ego.s[row]);
    if (row === 0) continue;
    const [before, after] = [row - 1, row].map((at) => ego.s[at] + EGO_LENGTH / 2);
    area.redLight[row] = +lights.some(
      ({ stopLineS, signal }) =>
        before < stopLineS && after >= stopLineS && isRed(row - 1, signal) && isRed(row, signal),
    );
  }
  return area;
}

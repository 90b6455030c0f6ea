/**
 * A replayed drive of the lab (`DriveFrames`) as a `DriveTrack`.
 *
 * What the frames don't hold is derived by the world's own rules and nothing is guessed: off road is a corner beyond the drivable edges
 * (wider inside a junction), a red light counts in the step in which the front bumper crosses the stop line while it is red, the yaw
 * rate is the heading's change over the step that ended at the row. The lab's roads know no oncoming lane, so `oncoming` is 0.
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
import { JUNCTION_WIDENING } from '../../kernels/assembly/world-fields.ts';
import { type Box, corners, wrapAngle } from '../../world/geometry.ts';
import { projectToRoute } from '../../world/geometry-route.ts';
import { EGO_LENGTH, EGO_WIDTH, KIND_PEDESTRIAN, KIND_VEHICLE, LIGHT_RED, WHEELBASE } from '../../world/layout.ts';
import type { RoadSpec } from '../../world/spec.ts';
import { drivableEdges } from '../../world/wasm-pack.ts';
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
      speedLimitMps: new Float64Array(rows).fill(frames.road.speedLimitMps),
    },
    area: areaOf(frames, rows, {
      s,
      light: column(FRAME_LIGHT),
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
  readonly light: Float64Array;
  readonly box: (row: number) => Box;
}

function areaOf({ road }: DriveFrames, rows: number, ego: Along): AreaTrack {
  const area: AreaTrack = {
    multipleLanes: new Uint8Array(rows),
    nonDrivable: new Uint8Array(rows),
    oncoming: new Uint8Array(rows),
    intersection: new Uint8Array(rows),
    redLight: new Uint8Array(rows),
  };
  const { junction, stopLineS, laneWidth } = road;
  const route: RoadSpec = { ...road, headingRad: road.heading, curvature: new Float64Array(road.x.length) };
  const edges = drivableEdges(route);
  const inJunction = (s: number) => junction !== undefined && s >= junction.from && s <= junction.to;
  for (let row = 0; row < rows; row++) {
    const near = Math.floor(ego.s[row] / road.ds);
    const places = corners(ego.box(row)).map(({ x, y }) => projectToRoute(route, x, y, near));
    const lanes = places.map(({ lateral }) => Math.floor(lateral / laneWidth + 0.5));
    const outside = places.some(({ s, lateral }) => {
      const wider = inJunction(s) ? JUNCTION_WIDENING : 0;
      return lateral > edges.left + wider || lateral < -edges.right - wider;
    });
    area.multipleLanes[row] = +(new Set(lanes).size > 1);
    area.nonDrivable[row] = +outside;
    area.intersection[row] = +inJunction(ego.s[row]);
    if (row === 0 || stopLineS === undefined) continue;
    const crossed = ego.s[row - 1] + EGO_LENGTH / 2 < stopLineS && ego.s[row] + EGO_LENGTH / 2 >= stopLineS;
    area.redLight[row] = +(crossed && ego.light[row - 1] === LIGHT_RED && ego.light[row] === LIGHT_RED);
  }
  return area;
}

/**
 * A bird's-eye picture of a world for vision policies: what stands where around the ego, one channel a kind of thing.
 *
 * A pure function of `WorldState` and `WorldSpec`. The ego looks up: row 0 is farthest ahead, column 0 farthest to the left, and the ego's
 * centre lies `behindM` metres above the lower edge, in the middle. A pixel belongs to a shape when its centre lies inside; no smoothing, so
 * hand-made cases come out exactly. Actors are drawn only while the ego sees them (range, weather, occlusion), as in the vector
 * observation; the map is known everywhere. Layout [channels × size × size], 0..255 or 0..1.
 *
 * | channel | what |
 * | --- | --- |
 * | drivable | lanes, and the route between its edges |
 * | lane_line | borders of lanes, at least a pixel wide |
 * | lane_centre | centre lines of lanes, at least a pixel wide |
 * | route | the route's centre line from the ego to the goal, as wide as the ego |
 * | vehicle | cars, trucks, emergency vehicles |
 * | vulnerable | people on foot and on bicycles |
 * | static | fixed things |
 * | stop_line | the next stop line that a light rules: a third while green, two thirds while yellow, full while red |
 * | ego | the ego's own box |
 */
import { type Box, corners, type Pose, toEgo } from '../../../base/geometry.ts';
import { routeColumn, routePose } from '../roads/routes/route-geometry.ts';
import { EGO_LENGTH, EGO_WIDTH, LIGHT_NONE } from '../../../abi/layout.ts';
import { type ActorKind, kindRow } from '../kinds/kinds.ts';
import { convexFiller, type PixelPoint, ribbon, type RasterFrame } from './raster-fill.ts';
import type { WorldSpec } from './spec/spec.ts';
import type { LaneNetwork, LaneSpec } from '../roads/road-spec.ts';
import type { WorldState } from './world.ts';

export const RASTER_CHANNELS = [
  'drivable',
  'lane_line',
  'lane_centre',
  'route',
  'vehicle',
  'vulnerable',
  'static',
  'stop_line',
  'ego',
] as const;
export type RasterChannel = (typeof RASTER_CHANNELS)[number];

const CHANNELS: Readonly<Record<ActorKind, RasterChannel>> = {
  vehicle: 'vehicle',
  pedestrian: 'vulnerable',
  cyclist: 'vulnerable',
  static: 'static',
};

export interface RasterOptions {
  /** Pixels a side. */
  readonly size: number;
  readonly metresPerPixel: number;
  /** Metres of the picture that lie behind the ego's centre. */
  readonly behindM: number;
  readonly dtype: 'uint8' | 'float32';
}
const RASTER: RasterOptions = { size: 64, metresPerPixel: 0.75, behindM: 12, dtype: 'uint8' };

/** The picture of a world. Throws RangeError on a size or scale that is not positive. */
export function rasterise(
  state: WorldState,
  spec: WorldSpec,
  options: Partial<RasterOptions> = {},
): Uint8Array | Float32Array {
  const { size, metresPerPixel, behindM, dtype } = { ...RASTER, ...options };
  if (!(Number.isInteger(size) && size > 0 && metresPerPixel > 0))
    throw new RangeError(`A picture of ${size} pixels at ${metresPerPixel} m has no size`);
  const pixels = size * size;
  const [image, full] =
    dtype === 'uint8'
      ? [new Uint8Array(RASTER_CHANNELS.length * pixels), 255]
      : [new Float32Array(RASTER_CHANNELS.length * pixels), 1];
  const frame: RasterFrame = { size, metresPerPixel, aheadM: size * metresPerPixel - behindM };
  const ego: Pose = state;
  const plane = (channel: RasterChannel) => {
    const from = RASTER_CHANNELS.indexOf(channel) * pixels;
    return image.subarray(from, from + pixels);
  };
  /** Fills a shape given in the world. */
  const fill = (channel: RasterChannel, shape: readonly PixelPoint[], value = full) =>
    convexFiller(frame, plane(channel))(
      shape.map((point) => toEgo(ego, point)),
      value,
    );
  const reach = Math.hypot(Math.max(frame.aheadM, behindM), (size * metresPerPixel) / 2);
  const line = Math.max(0.2, metresPerPixel);

  for (const lane of lanesNear(spec.network, ego, reach)) drawLane(lane, spec.network.ds, ego, reach, line, fill);
  drawRoute(spec, state, reach, fill);
  for (const actor of state.actors) {
    const metric = kindRow(actor.kind)?.metric;
    if (metric && actor.present && actor.visible) fill(CHANNELS[metric], corners(actor));
  }
  if (state.light !== LIGHT_NONE && Number.isFinite(state.stopLineS)) {
    const at = routePose(spec.road, state.stopLineS, 0);
    const bar: Box = { ...at, length: line, width: spec.road.laneWidth };
    fill('stop_line', corners(bar), (full * state.light) / 3);
  }
  fill('ego', corners({ x: state.x, y: state.y, headingRad: state.headingRad, length: EGO_LENGTH, width: EGO_WIDTH }));
  return image;
}

type Fill = (channel: RasterChannel, shape: readonly PixelPoint[], value?: number) => void;

/** Lines are drawn in chords of about this length, m: 1.5 cm off a bend of 20 m radius. */
const CHORD = 1.5;
const strideOf = (ds: number): number => Math.max(1, Math.floor(CHORD / ds));

function drawLane(lane: LaneSpec, ds: number, ego: Pose, reach: number, line: number, fill: Fill): void {
  const at = (i: number, lateral: number): PixelPoint => ({
    x: lane.x[i] - lateral * Math.sin(lane.headingRad[i]),
    y: lane.y[i] + lateral * Math.cos(lane.headingRad[i]),
  });
  const half = lane.width / 2;
  const last = lane.x.length - 1;
  const stride = strideOf(ds);
  for (let i = 0; i < last; i += stride) {
    if (Math.hypot(lane.x[i] - ego.x, lane.y[i] - ego.y) > reach + CHORD + half) continue;
    const j = Math.min(last, i + stride);
    fill('drivable', [at(i, half), at(i, -half), at(j, -half), at(j, half)]);
    for (const side of [half, -half]) fill('lane_line', ribbon(at(i, side), at(j, side), line));
    fill('lane_centre', ribbon(at(i, 0), at(j, 0), line));
  }
}

/** The route between its edges, as far as the picture goes, and its line from the ego to the goal. */
function drawRoute({ road, goalS }: WorldSpec, { s }: WorldState, reach: number, fill: Fill): void {
  const first = Math.max(0, Math.floor((s - reach) / road.ds));
  const last = Math.min(road.x.length - 1, Math.ceil((s + reach) / road.ds));
  const edge = (i: number) => {
    const at = i * road.ds;
    return [
      routePose(road, at, routeColumn(road, road.edgeLeft, at)),
      routePose(road, at, -routeColumn(road, road.edgeRight, at)),
    ];
  };
  const stride = strideOf(road.ds);
  for (let i = first; i < last; i += stride) {
    const [[left, right], [nextLeft, nextRight]] = [edge(i), edge(Math.min(last, i + stride))];
    fill('drivable', [left, right, nextRight, nextLeft]);
  }
  for (let from = s; from < Math.min(goalS, s + reach); from += CHORD) {
    const to = Math.min(goalS, from + CHORD);
    fill('route', ribbon(routePose(road, from, 0), routePose(road, to, 0), EGO_WIDTH));
  }
}

interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}
const circles = new WeakMap<LaneNetwork, readonly Circle[]>();

/** Lanes whose bounding circle comes within `reach` of the ego. */
function lanesNear(network: LaneNetwork, ego: Pose, reach: number): LaneSpec[] {
  const known = circles.get(network) ?? network.lanes.map(circleOf);
  circles.set(network, known);
  return network.lanes.filter((_, i) => Math.hypot(known[i].x - ego.x, known[i].y - ego.y) < reach + known[i].radius);
}

function circleOf({ x, y, width }: LaneSpec): Circle {
  const middle = (values: Float64Array) => {
    let [low, high] = [values[0], values[0]];
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
    return [(low + high) / 2, (high - low) / 2];
  };
  const [[cx, halfX], [cy, halfY]] = [middle(x), middle(y)];
  return { x: cx, y: cy, radius: Math.hypot(halfX, halfY) + width };
}

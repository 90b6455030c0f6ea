/**
 * What a map says of a recorded drive: the lane under a pose, its speed limit, whether a corner is on the road, and which
 * recorded traffic light rules it. A map fits a recording when the hero drives on its lanes; names alone prove nothing.
 */
import { corners, type Box } from '../world/geometry.ts';
import { LIGHT_NONE } from '../world/layout.ts';
import { wrapAngle } from '../world/road.ts';
import { type LaneGraph, laneGraphOf } from '../world/roads/lane-graph.ts';
import { createLaneIndex, type LaneIndex, lanePoseAt, type LanePosition } from '../world/roads/lane-index.ts';
import type { OpenDrive } from '../world/roads/opendrive-model.ts';
import type { Track } from './importers/tracks.ts';
import type { SceneFrames } from './scene-frames.ts';

/** A drive is on the map when this share of its positions lies within reach of a lane's centre, m. */
const FIT_SHARE = 0.5;
const FIT_REACH = 6;
/** A corner this far beyond a lane's edge is still on it, m. */
const EDGE_TOLERANCE = 0.1;
/** A recorded light is the map's signal when they stand this near, m. */
const SAME_POST = 3;
/** No lane is wider than twice this, m. */
const LANE_REACH = 6;
/** How far ahead a light counts as the ego's, m. */
const LIGHT_AHEAD = 60;

export interface RecordingMap {
  readonly name: string;
  readonly graph: LaneGraph;
  /** Driving lanes. */
  readonly lanes: LaneIndex;
  /** Everything a car may stand on: driving, parking and cycling lanes, shoulders. */
  readonly paved: LaneIndex;
  readonly roadLengthMetres: number;
}

export function recordingMap(name: string, map: OpenDrive): RecordingMap {
  const graph = laneGraphOf(map);
  return {
    name,
    graph,
    lanes: createLaneIndex(graph),
    paved: createLaneIndex(graph, ['driving', 'parking', 'cycling', 'shoulder']),
    roadLengthMetres: [...map.roads.values()].reduce((sum, { length }) => sum + length, 0),
  };
}

/** Share of a drive's positions that lie on or beside a driving lane of the map. */
export function shareOnMap({ lanes }: RecordingMap, { x, y, present }: Track): number {
  const stride = Math.max(1, Math.floor(present.length / 500));
  let [all, on] = [0, 0];
  for (let i = 0; i < present.length; i += stride) {
    if (!present[i]) continue;
    all++;
    on += +(lanes.nearest(x[i], y[i], FIT_REACH) !== undefined);
  }
  return all > 0 ? on / all : 0;
}

export const fitsMap = (map: RecordingMap, track: Track): boolean => shareOnMap(map, track) >= FIT_SHARE;

/** What holds along a drive, a row a step; `lateral` and `lane` are NaN and −1 where no lane is near. */
export interface LaneColumns {
  readonly lane: Int32Array;
  readonly lateral: Float64Array;
  readonly speedLimitMps: Float64Array;
  readonly multipleLanes: Uint8Array;
  readonly nonDrivable: Uint8Array;
  readonly oncoming: Uint8Array;
  readonly intersection: Uint8Array;
  readonly redLight: Uint8Array;
  /** LIGHT_* of the next stop line within sight. */
  readonly light: Uint8Array;
}

/** `scene` has the recorded lights. */
export function laneColumns(map: RecordingMap, track: Track, scene: SceneFrames, red: number): LaneColumns {
  const rows = track.present.length;
  const bytes = () => new Uint8Array(rows);
  const out: LaneColumns = {
    lane: new Int32Array(rows).fill(-1),
    lateral: new Float64Array(rows).fill(Number.NaN),
    speedLimitMps: new Float64Array(rows).fill(Number.POSITIVE_INFINITY),
    multipleLanes: bytes(),
    nonDrivable: bytes(),
    oncoming: bytes(),
    intersection: bytes(),
    redLight: bytes(),
    light: bytes().fill(LIGHT_NONE),
  };
  const lightOf = signalLights(map.graph, scene);
  let ahead = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    if (!track.present[row]) continue;
    const [x, y, headingRad] = [track.x[row], track.y[row], track.headingRad[row]];
    const at = map.lanes.nearestAligned(x, y, headingRad, 10);
    if (at) {
      const lane = map.graph.lanes[at.lane];
      out.lane[row] = at.lane;
      out.lateral[row] = at.lateral;
      out.speedLimitMps[row] = lane.speedLimitMps.findLast(({ s }) => s <= at.s)?.value ?? Number.POSITIVE_INFINITY;
      out.intersection[row] = +(lane.junction !== undefined);
    }
    const box = { x, y, headingRad, length: track.length, width: track.width };
    judgeCorners(map, box, row, out);
    const [fx, fy] = [x + (track.length / 2) * Math.cos(headingRad), y + (track.length / 2) * Math.sin(headingRad)];
    const front = map.lanes.nearestAligned(fx, fy, headingRad, 4);
    const { next, passed } = stopLines(map.graph, front);
    const stateAt = (signal: number, step: number) => {
      const light = lightOf.get(signal);
      return light === undefined ? LIGHT_NONE : scene.lightStates[step * scene.lights.length + light];
    };
    for (const signal of passed)
      if (ahead.has(signal) && row > 0 && stateAt(signal, row - 1) === red && stateAt(signal, row) === red)
        out.redLight[row] = 1;
    ahead = next;
    const nearest = [...next].sort((a, b) => a[1] - b[1])[0];
    if (nearest) out.light[row] = stateAt(nearest[0], row);
  }
  return out;
}

/** Which recorded light stands where the map's signal does, by signal. */
function signalLights({ signals }: LaneGraph, { lights }: SceneFrames): Map<number, number> {
  const found = new Map<number, number>();
  signals.forEach(({ kind, x, y }, signal) => {
    if (kind !== 'trafficLight') return;
    let [best, least] = [-1, SAME_POST];
    lights.forEach((light, i) => {
      const away = Math.hypot(light.x - x, light.y - y);
      if (away < least) [best, least] = [i, away];
    });
    if (best >= 0) found.set(signal, best);
  });
  return found;
}

/** Signals whose stop line lies ahead, with the distance to it, and those whose line the front bumper has passed on this lane. */
function stopLines({ lanes }: LaneGraph, at: LanePosition | undefined) {
  const next = new Map<number, number>();
  const passed: number[] = [];
  if (!at) return { next, passed };
  const put = (signal: number, distance: number) => {
    if (distance <= LIGHT_AHEAD && distance < (next.get(signal) ?? Number.POSITIVE_INFINITY))
      next.set(signal, distance);
  };
  const lane = lanes[at.lane];
  for (const { s, kind, signal } of lane.stopLines) {
    if (kind !== 'light') continue;
    if (at.s >= s) passed.push(signal);
    else put(signal, s - at.s);
  }
  for (const successor of lane.successors)
    for (const { s, kind, signal } of lanes[successor].stopLines)
      if (kind === 'light') put(signal, lane.length - at.s + s);
  return { next, passed };
}

/** Lanes under the corners. Inside junctions lanes cross with gaps between them, so nobody is off the road there. */
function judgeCorners({ graph, lanes, paved }: RecordingMap, box: Box, row: number, out: LaneColumns): void {
  const under = (index: LaneIndex, x: number, y: number) =>
    index.within(x, y, LANE_REACH).filter(({ lane, s, lateral, distance }) => {
      const half = lanePoseAt(graph.lanes[lane], s).width / 2 + EDGE_TOLERANCE;
      return Math.abs(lateral) <= half && distance <= half;
    });
  const places = corners(box).map(({ x, y }) => under(lanes, x, y));
  const shared = places[0].some(({ lane }) => places.every((place) => place.some((other) => other.lane === lane)));
  const known = places.every((place) => place.length > 0);
  out.multipleLanes[row] = +(known && !shared && !out.intersection[row]);
  const off = corners(box).some(({ x, y }, i) => places[i].length === 0 && under(paved, x, y).length === 0);
  out.nonDrivable[row] = +(off && !out.intersection[row]);
  const centre = under(lanes, box.x, box.y);
  const along = centre.some(({ lane, s }) => {
    const turn = wrapAngle(lanePoseAt(graph.lanes[lane], s).headingRad - box.headingRad);
    return Math.abs(turn) < Math.PI / 2;
  });
  out.oncoming[row] = +(centre.length > 0 && !along);
}

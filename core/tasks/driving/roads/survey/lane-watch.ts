/**
 * What a map says of one vehicle, frame by frame: its lane and place in it, whether a corner leaves the road, the light ahead and whether
 * the stop line was crossed at red, and the marks it crosses. Recordings and live simulators are judged by this same code.
 */
import { type Box, corners } from '../../../../base/geometry.ts';
import { LIGHT_NONE, LIGHT_RED } from '../../../../abi/layout.ts';
import { wrapAngle } from '../road.ts';
import { LaneInvasionDetector, type MarkCrossing, type OutlineBox } from './lane-invasion.ts';
import type { LaneGraph } from '../map/lane-model.ts';
import { type LaneIndex, lanePoseAt } from '../map/lane-index.ts';
import type { RoadMap, Waypoint } from './road-map.ts';

/** Farther from every centre line than this a vehicle is on no lane; for its front bumper, m. */
const NEAR = 10;
const FRONT_NEAR = 4;
/** A corner this far beyond a lane's edge is still on it, m. */
const EDGE_TOLERANCE = 0.1;
/** No lane is wider than twice this, m. */
const LANE_REACH = 6;
/** How far ahead a light counts as the vehicle's, m. */
const LIGHT_AHEAD = 60;

export interface LaneView {
  /** The lane it drives on; undefined where none is near. */
  readonly place: Waypoint | undefined;
  readonly speedLimitMps: number;
  /** No one lane holds all corners; inside junctions lanes cross, and nobody is between them or off the road. */
  readonly multipleLanes: boolean;
  readonly nonDrivable: boolean;
  /** Its centre is on lanes that all go the other way. */
  readonly oncoming: boolean;
  readonly intersection: boolean;
  /** LIGHT_* of the nearest stop line ahead. */
  readonly light: number;
  /** Its front passed a stop line in this frame, red before and after. */
  readonly ranRedLight: boolean;
  /** Marks whose crossing begins in this frame. */
  readonly crossings: readonly MarkCrossing[];
}

/** Watches one vehicle: `look` at every frame in which it is there. */
export class LaneWatch {
  readonly #map: RoadMap;
  readonly #invasions: LaneInvasionDetector;
  /** What the lights ahead showed in the frame before, by signal. */
  #ahead: ReadonlyMap<number, number> = new Map();

  /** @throws LaneGraphError when the map's marks would not fit in memory */
  constructor(map: RoadMap) {
    this.#map = map;
    this.#invasions = new LaneInvasionDetector(map.marks);
  }

  /** Another vehicle is watched from now on. */
  reset(): void {
    this.#invasions.reset();
    this.#ahead = new Map();
  }

  /** `lightOf`: LIGHT_* that a signal of the graph shows now, by index. */
  look(box: OutlineBox, lightOf: (signal: number) => number): LaneView {
    const place = this.#map.waypoint(box, ['driving'], NEAR);
    const intersection = place?.junction !== undefined;
    const stops = stopLines(this.#map, box);
    const ahead = new Map([...stops.ahead.keys()].map((signal) => [signal, lightOf(signal)]));
    const ranRedLight = stops.passed.some(
      (signal) => this.#ahead.get(signal) === LIGHT_RED && lightOf(signal) === LIGHT_RED,
    );
    this.#ahead = ahead;
    const [next] = [...stops.ahead].sort((a, b) => a[1] - b[1]);
    return {
      place,
      speedLimitMps: place?.speedLimitMps ?? Number.POSITIVE_INFINITY,
      ...judgeCorners(this.#map, box, intersection),
      intersection,
      light: next ? (ahead.get(next[0]) ?? LIGHT_NONE) : LIGHT_NONE,
      ranRedLight,
      crossings: this.#invasions.update(box),
    };
  }
}

/** Signals whose stop line lies ahead of the front bumper, with the distance to it, and those whose line it has passed on its lane. */
function stopLines(map: RoadMap, box: OutlineBox) {
  const { x, y, headingRad, length } = box;
  const front = { ...box, x: x + (length / 2) * Math.cos(headingRad), y: y + (length / 2) * Math.sin(headingRad) };
  const at = map.waypoint(front, ['driving'], FRONT_NEAR);
  const ahead = new Map<number, number>();
  const passed: number[] = [];
  if (!at) return { ahead, passed };
  const put = (signal: number, distance: number) => {
    if (distance <= LIGHT_AHEAD && distance < (ahead.get(signal) ?? Number.POSITIVE_INFINITY))
      ahead.set(signal, distance);
  };
  const { lanes } = map.graph;
  for (const { s, kind, signal } of at.lane.stopLines) {
    if (kind !== 'light') continue;
    if (at.laneS >= s) passed.push(signal);
    else put(signal, s - at.laneS);
  }
  for (const successor of at.lane.successors)
    for (const { s, kind, signal } of lanes[successor].stopLines)
      if (kind === 'light') put(signal, at.lane.length - at.laneS + s);
  return { ahead, passed };
}

function judgeCorners({ graph, index, paved }: RoadMap, box: Box, intersection: boolean) {
  const places = corners(box).map(({ x, y }) => lanesUnder(graph, index, x, y));
  const shared = places[0].some(({ lane }) => places.every((place) => place.some((other) => other.lane === lane)));
  const known = places.every((place) => place.length > 0);
  const off = corners(box).some(({ x, y }, i) => places[i].length === 0 && lanesUnder(graph, paved, x, y).length === 0);
  const centre = lanesUnder(graph, index, box.x, box.y);
  const along = centre.some(({ lane, s }) => {
    const turn = wrapAngle(lanePoseAt(graph.lanes[lane], s).headingRad - box.headingRad);
    return Math.abs(turn) < Math.PI / 2;
  });
  return {
    multipleLanes: known && !shared && !intersection,
    nonDrivable: off && !intersection,
    oncoming: centre.length > 0 && !along,
  };
}

const lanesUnder = (graph: LaneGraph, index: LaneIndex, x: number, y: number) =>
  index.within(x, y, LANE_REACH).filter(({ lane, s, lateral, distance }) => {
    const half = lanePoseAt(graph.lanes[lane], s).width / 2 + EDGE_TOLERANCE;
    return Math.abs(lateral) <= half && distance <= half;
  });

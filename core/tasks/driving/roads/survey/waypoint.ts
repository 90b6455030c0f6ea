/**
 * A place on a lane and the ways on from it: what users of CARLA know as `carla.Waypoint`, for any OpenDRIVE map.
 *
 * Right-handed, metres, radians. `left` and `right` are meant in the direction of the lane's travel, `s` counts along the road as in the
 * file, whichever way the lane goes. Waypoints are made by a `RoadMap` (road-map.ts) and by one another; they do not change.
 */
import { elevationAt } from '../map/geometry.ts';
import { type Lane, type LaneGraph, type LaneKind, laneName } from '../map/lane-model.ts';
import { lanePoseAt } from '../map/lane-index.ts';
import { edgeMarks, heldAt, laneSAt, roadSAt, stepAt } from '../map/lane-steps.ts';
import type { Road, RoadLane, RoadMark } from '../opendrive/model.ts';

/** Ends of branching ways that `next` gives at most, and lanes of one way. */
const MOST = 1000;
/** Lanes narrower than a place's tolerance do not hold it, m. */
const EDGE = 1e-9;

/** A stop line, light or crosswalk on the way. */
export interface Ahead<T> {
  /** From the waypoint along the lanes, m. */
  readonly distance: number;
  readonly what: T;
}
export interface StopAhead {
  readonly kind: 'light' | 'stop' | 'yield';
  /** OpenDRIVE signal. */
  readonly signalId: string;
}
export interface CrosswalkAhead {
  readonly id: string;
  /** World frame, m, in order. */
  readonly corners: readonly (readonly [number, number])[];
}

/** What a waypoint asks of its map. */
export interface WaypointMap {
  readonly graph: LaneGraph;
  roadOf(lane: Lane): Road;
}

export class Waypoint {
  readonly #map: WaypointMap;
  /** The lane that it lies on, and how far along it, m. */
  readonly lane: Lane;
  readonly laneS: number;
  /** On the lane's centre line; heading of travel, not wrapped. */
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly curvature: number;
  /** Of the lane there, m. */
  readonly width: number;
  /** How far left of the centre line the place lay that it was asked for, m; 0 for all others. */
  readonly lateral: number;

  constructor(map: WaypointMap, lane: Lane, laneS: number, lateral = 0) {
    this.#map = map;
    this.lane = lane;
    this.laneS = Math.min(lane.length, Math.max(0, laneS));
    this.lateral = lateral;
    const { x, y, headingRad, curvature, width } = lanePoseAt(lane, this.laneS);
    [this.x, this.y, this.headingRad, this.curvature, this.width] = [x, y, headingRad, curvature, width];
  }

  get road(): string {
    return this.lane.road;
  }
  /** Index of the lane section. */
  get section(): number {
    return this.lane.section;
  }
  get laneId(): number {
    return this.lane.laneId;
  }
  /** Along the road's reference line, m. */
  get s(): number {
    return roadSAt(this.lane, this.laneS);
  }
  get kind(): LaneKind {
    return this.lane.kind;
  }
  /** OpenDRIVE's word: "driving", "shoulder", "sidewalk", … */
  get type(): string {
    return this.#parts.lane.type;
  }
  /** Id of the junction that it lies in. */
  get junction(): string | undefined {
    return this.lane.junction;
  }
  get speedLimitMps(): number {
    return stepAt(this.lane.speedLimitMps, this.laneS);
  }
  /** Height of the road, m. */
  get z(): number {
    return elevationAt(this.#parts.road, this.s);
  }
  /** The marks on its edges; undefined where the file has none. */
  get leftMark(): RoadMark | undefined {
    return this.#mark('left');
  }
  get rightMark(): RoadMark | undefined {
    return this.#mark('right');
  }
  /** Whether there is a lane of the same direction and kind that the marks let one change to. */
  get mayChangeLeft(): boolean {
    return this.lane.left >= 0 && stepAt(this.lane.mayChangeLeft, this.laneS);
  }
  get mayChangeRight(): boolean {
    return this.lane.right >= 0 && stepAt(this.lane.mayChangeRight, this.laneS);
  }
  /** Whether the place that it was asked for lies on its lane, and not beside. */
  get holds(): boolean {
    return Math.abs(this.lateral) <= this.width / 2 + EDGE;
  }

  /** The lane beside it, of whatever type and direction, whether or not one may go there. */
  left(): Waypoint | undefined {
    return this.#beside('left');
  }
  right(): Waypoint | undefined {
    return this.#beside('right');
  }

  /** The places `distance` m ahead: one for each way on, none where all ways end before. @throws RangeError unless distance > 0 */
  next(distance: number): Waypoint[] {
    return this.#along(distance, 'successors');
  }
  /** The same against the direction of travel. */
  previous(distance: number): Waypoint[] {
    return this.#along(distance, 'predecessors');
  }

  /** Stop lines of lights and signs within `distance` m ahead, on any way; nearest first. */
  stopLines(distance: number): Ahead<StopAhead>[] {
    const { signals } = this.#map.graph;
    return this.#things(distance, ({ stopLines }) =>
      stopLines.map(({ s, kind, signal }) => ({ s, what: { kind, signalId: signals[signal].id } })),
    );
  }
  /** Crosswalks that begin within `distance` m ahead, on any way; nearest first. */
  crosswalks(distance: number): Ahead<CrosswalkAhead>[] {
    const { crossings } = this.#map.graph;
    return this.#things(distance, (lane) =>
      lane.crossings.map(({ from, crossing }) => {
        const { id, corners } = crossings[crossing];
        return { s: from, what: { id, corners } };
      }),
    );
  }

  /** Everything there is to know of the place, as plain data. */
  toJSON() {
    const mark = (of: RoadMark | undefined) =>
      of ? { type: of.type, color: of.color ?? 'white', laneChange: of.laneChange } : null;
    const { road, section, laneId, s, x, y, z, headingRad, lateral, width, type, speedLimitMps } = this;
    return {
      road,
      section,
      laneId,
      s,
      lateral,
      x,
      y,
      z,
      headingRad: wrapped(headingRad),
      width,
      type,
      junction: this.junction ?? null,
      speedLimitMps,
      leftMark: mark(this.leftMark),
      rightMark: mark(this.rightMark),
      mayChangeLeft: this.mayChangeLeft,
      mayChangeRight: this.mayChangeRight,
    };
  }

  get #parts() {
    const road = this.#map.roadOf(this.lane);
    const section = road.sections[this.lane.section];
    const side = this.laneId > 0 ? section.left : section.right;
    return { road, section, lane: side[Math.abs(this.laneId) - 1] as RoadLane, forward: goesForward(this.lane) };
  }

  #mark(side: 'left' | 'right'): RoadMark | undefined {
    const parts = this.#parts;
    return heldAt(edgeMarks(parts, side), this.s - parts.section.s);
  }

  #beside(side: 'left' | 'right'): Waypoint | undefined {
    const step = (side === 'left') === goesForward(this.lane) ? 1 : -1;
    const id = this.laneId + step === 0 ? step : this.laneId + step;
    const index = this.#map.graph.byId.get(laneName(this.road, this.section, id));
    if (index === undefined) return undefined;
    const lane = this.#map.graph.lanes[index];
    return new Waypoint(this.#map, lane, laneSAt(lane, this.s));
  }

  #along(distance: number, links: 'successors' | 'predecessors'): Waypoint[] {
    if (!(distance > 0)) throw new RangeError(`distance is ${distance}, expected more than 0`);
    const { lanes } = this.#map.graph;
    const found: Waypoint[] = [];
    const back = links === 'predecessors';
    const walk = (lane: Lane, rest: number, depth: number) => {
      if (found.length >= MOST || depth > MOST) return;
      if (rest <= lane.length) found.push(new Waypoint(this.#map, lane, back ? lane.length - rest : rest));
      else for (const index of lane[links]) walk(lanes[index], rest - lane.length, depth + 1);
    };
    walk(this.lane, (back ? this.lane.length - this.laneS : this.laneS) + distance, 0);
    return found;
  }

  #things<T>(distance: number, of: (lane: Lane) => readonly { readonly s: number; readonly what: T }[]): Ahead<T>[] {
    const { lanes } = this.#map.graph;
    const found = new Map<string, Ahead<T>>();
    const reached = new Map<number, number>();
    const walk = (lane: Lane, start: number) => {
      // What was reached by a shorter way is known from there.
      if (start > distance || (reached.get(lane.index) ?? Number.POSITIVE_INFINITY) <= start) return;
      reached.set(lane.index, start);
      of(lane).forEach(({ s, what }, i) => {
        if (start + s >= 0 && start + s <= distance) found.set(`${lane.index} ${i}`, { distance: start + s, what });
      });
      for (const index of lane.successors) walk(lanes[index], start + lane.length);
    };
    walk(this.lane, -this.laneS);
    return [...found.values()].sort((a, b) => a.distance - b.distance);
  }
}

const goesForward = ({ roadS }: Lane) => roadS[roadS.length - 1] >= roadS[0];
const wrapped = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

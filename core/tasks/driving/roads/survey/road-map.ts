/**
 * A road network to ask questions of, opened once from its OpenDRIVE text: what users of CARLA know as `carla.Map`.
 *
 *   const map = openRoadMap('Town01', text);
 *   const here = map.waypoint({ x, y, z, headingRad });      the nearest driving lane there
 *   here?.next(10), here?.left(), here?.speedLimitMps, here?.rightMark, here?.stopLines(50)
 *   map.topology(), map.waypoints(5), map.crosswalks
 *
 * Everything else that the lab knows of a map hangs here too: the lane graph, its indices, the road marks; each is made when it is first
 * asked for and kept. Right-handed, metres, radians. Some hundred milliseconds for a town.
 */
import { elevationAt, lastAt } from '../map/geometry.ts';
import { laneGraphOf } from '../map/lane-graph.ts';
import { type Crossing, type Lane, type LaneGraph, type LaneKind, laneName } from '../map/lane-model.ts';
import { createLaneIndex, type LaneIndex } from '../map/lane-index.ts';
import { type LaneMarks, laneMarksOf } from './lane-marks.ts';
import { laneSAt } from '../map/lane-steps.ts';
import { type OpenDrive, parseOpenDrive } from '../opendrive/opendrive.ts';
import type { Road } from '../opendrive/model.ts';
import { Waypoint } from './waypoint.ts';

export { Waypoint } from './waypoint.ts';

/** A road this much higher or lower than the place is another one, m. */
const LEVEL = 3;
const NEAR = 50;
/** What a car may stand on. */
const PAVED: readonly LaneKind[] = ['driving', 'parking', 'cycling', 'shoulder'];

export interface MapPlace {
  readonly x: number;
  readonly y: number;
  /** Height, m: tells a bridge from the road below. */
  readonly z?: number;
  /** Lanes that point elsewhere then count as up to 5 m farther: tells lanes apart that cross or oppose. */
  readonly headingRad?: number;
}

export class RoadMap {
  readonly name: string;
  readonly graph: LaneGraph;
  /** Metres of reference lines. */
  readonly roadLengthMetres: number;
  readonly #indices = new Map<string, LaneIndex>();
  #marks: LaneMarks | undefined;

  /** `marks`, where they are made already: graph and marks are plain data and may come from another thread. */
  constructor(name: string, graph: LaneGraph, marks?: LaneMarks) {
    this.name = name;
    this.graph = graph;
    this.#marks = marks;
    this.roadLengthMetres = [...graph.network.roads.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Driving lanes, to find them by place. */
  get index(): LaneIndex {
    return this.indexOf(['driving']);
  }
  /** Everything a car may stand on: driving, parking and cycling lanes, shoulders. */
  get paved(): LaneIndex {
    return this.indexOf(PAVED);
  }
  indexOf(kinds: readonly LaneKind[]): LaneIndex {
    const key = kinds.join();
    const index = this.#indices.get(key) ?? createLaneIndex(this.graph, kinds);
    this.#indices.set(key, index);
    return index;
  }

  /** The painted marks outside junctions. @throws LaneGraphError */
  get marks(): LaneMarks {
    this.#marks ??= laneMarksOf(this.graph.network);
    return this.#marks;
  }
  get crosswalks(): readonly Crossing[] {
    return this.graph.crossings;
  }

  /** The nearest lane of these kinds within `maxDistance` m of its centre line; `lateral` says where the place lies beside it. */
  waypoint(
    { x, y, z, headingRad }: MapPlace,
    kinds: readonly LaneKind[] = ['driving'],
    maxDistance = NEAR,
  ): Waypoint | undefined {
    const index = this.indexOf(kinds);
    const level =
      z === undefined
        ? undefined
        : (lane: Lane, sample: number) => Math.abs(elevationAt(this.roadOf(lane), lane.roadS[sample]) - z) <= LEVEL;
    const at =
      headingRad === undefined
        ? index.nearest(x, y, maxDistance, level)
        : index.nearestAligned(x, y, headingRad, maxDistance, level);
    return at && new Waypoint(this, this.graph.lanes[at.lane], at.s, at.lateral);
  }

  /** Lane `laneId` of a road at `s` along it; undefined when there is none. */
  waypointAt(road: string, s: number, laneId: number): Waypoint | undefined {
    const found = this.graph.network.roads.get(road);
    if (!found || !(s >= 0 && s <= found.length)) return undefined;
    const index = this.graph.byId.get(laneName(road, lastAt(found.sections, s), laneId));
    if (index === undefined) return undefined;
    const lane = this.graph.lanes[index];
    return new Waypoint(this, lane, laneSAt(lane, s));
  }

  /** The start of every driving lane with the start of each lane that it leads into. */
  topology(): (readonly [Waypoint, Waypoint])[] {
    const { lanes } = this.graph;
    return this.#driving().flatMap((lane) =>
      lane.successors.map((next) => [new Waypoint(this, lane, 0), new Waypoint(this, lanes[next], 0)] as const),
    );
  }

  /** Places every `spacing` m along every driving lane, from its start. @throws RangeError unless spacing > 0 */
  waypoints(spacing: number): Waypoint[] {
    if (!(spacing > 0)) throw new RangeError(`spacing is ${spacing}, expected more than 0`);
    return this.#driving().flatMap((lane) =>
      Array.from(
        { length: Math.max(1, Math.ceil(lane.length / spacing)) },
        (_, i) => new Waypoint(this, lane, i * spacing),
      ),
    );
  }

  roadOf(lane: Lane): Road {
    return this.graph.network.roads.get(lane.road) as Road;
  }

  #driving(): Lane[] {
    return this.graph.lanes.filter(({ kind }) => kind === 'driving');
  }
}

/** @throws LaneGraphError for a map that would not fit in memory */
export const roadMapOf = (name: string, network: OpenDrive): RoadMap => new RoadMap(name, laneGraphOf(network));

/** @throws XmlError for text that is no OpenDRIVE map, LaneGraphError for one too large */
export const openRoadMap = (name: string, text: string): RoadMap => roadMapOf(name, parseOpenDrive(text, name));

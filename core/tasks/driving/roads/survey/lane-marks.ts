/**
 * The painted marks of a map as lines in the world: what a vehicle crosses when it leaves its lane (lane-invasion.ts).
 *
 * A mark is one `<roadMark>` on the outer edge of a lane (lane 0: the centre line), from its sOffset to the next one's, sampled along
 * the road with heights of the reference line. Left out: what is not painted (type "none"), and roads through junctions, whose
 * marks cross the paths of those who turn (LibCarla's `Map::CalculateCrossedLanes` answers nothing there either).
 */
import { type ChordHash, hashChords } from '../map/chord-hash.ts';
import { beside, placesAlong, type Stretch, stretchesOf } from '../drawing/sections.ts';
import { elevationAt } from '../map/geometry.ts';
import { LaneGraphError, MAX_SAMPLES } from '../map/lane-model.ts';
import type { OpenDrive, RoadMark } from '../opendrive/model.ts';

/** Ends nearer than this that point at each other are one line going on, m; cosine between the two directions, at most. */
const JOINED = 0.15;
const OPPOSED = -0.7;
/** Shorter pieces are nothing to cross, m. */
const LEAST = 1e-3;

export interface LaneMark {
  /** In `LaneMarks.marks`. */
  readonly index: number;
  readonly road: string;
  readonly section: number;
  /** The lane whose outer edge it lies on; 0: the centre line. */
  readonly laneId: number;
  /** As OpenDRIVE names them: "solid", "broken", "solid broken", "curb", …; colour "white" where the file says "standard". */
  readonly type: string;
  readonly color: string;
  /** Towards which lane ids it may be crossed. */
  readonly laneChange: RoadMark['laneChange'];
  /** Samples along the road's s, m. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}

export interface LaneMarks {
  readonly marks: readonly LaneMark[];
  /** Marks that each goes on as, at either end. */
  readonly joined: readonly (readonly number[])[];
  readonly hash: ChordHash;
}

/**
 * The marks of a map; some ten milliseconds for a town.
 * @throws LaneGraphError when there would be more than MAX_SAMPLES samples
 */
export function laneMarksOf(map: OpenDrive): LaneMarks {
  const marks: LaneMark[] = [];
  let samples = 0;
  for (const road of map.roads.values()) {
    if (road.junction !== undefined) continue;
    for (const stretch of stretchesOf(road)) {
      const { lanes, centre, section } = stretch;
      const add = (laneId: number, border: number, list: readonly RoadMark[]) => {
        for (const mark of linesOf(stretch, list, border)) {
          samples += mark.x.length;
          if (samples > MAX_SAMPLES)
            throw new LaneGraphError('more road marks than fit in memory, expected a smaller map');
          marks.push({ ...mark, index: marks.length, road: road.id, section: road.sections.indexOf(section), laneId });
        }
      };
      add(0, centre, section.centre);
      lanes.forEach((lane, i) => add(lane.id, lane.id > 0 ? i : i + 1, lane.marks));
    }
  }
  return { marks, joined: joinedMarks(marks), hash: hashChords(marks) };
}

/** The painted ones of a border's marks as lines. */
function linesOf(stretch: Stretch, marks: readonly RoadMark[], border: number) {
  const { road, section } = stretch;
  return marks.flatMap(({ s, type, color = 'white', laneChange }, i) => {
    const from = Math.max(stretch.from, section.s + s);
    const to = Math.min(stretch.to, section.s + (marks[i + 1]?.s ?? Number.POSITIVE_INFINITY));
    if (type === 'none' || to - from < LEAST) return [];
    const places = placesAlong(stretch, 0, from, to);
    const points = places.map((place) => beside(place, place.t[border]));
    return [
      {
        type,
        color,
        laneChange,
        x: Float64Array.from(points, ([x]) => x),
        y: Float64Array.from(points, ([, y]) => y),
        z: Float64Array.from(places, (place) => elevationAt(road, place.s)),
      },
    ];
  });
}

interface End {
  readonly mark: number;
  readonly x: number;
  readonly y: number;
  /** Into the line, not of unit length. */
  readonly dx: number;
  readonly dy: number;
}

function joinedMarks(marks: readonly LaneMark[]): number[][] {
  const joined: number[][] = marks.map(() => []);
  const cells = new Map<string, End[]>();
  for (const { index, x, y } of marks) {
    const last = x.length - 1;
    for (const [at, inner] of [
      [0, 1],
      [last, last - 1],
    ]) {
      const end = { mark: index, x: x[at], y: y[at], dx: x[inner] - x[at], dy: y[inner] - y[at] };
      const [ix, iy] = [Math.floor(end.x), Math.floor(end.y)];
      for (let i = ix - 1; i <= ix + 1; i++)
        for (let k = iy - 1; k <= iy + 1; k++)
          for (const other of cells.get(`${i} ${k}`) ?? []) {
            if (!goesOn(end, other)) continue;
            joined[index].push(other.mark);
            joined[other.mark].push(index);
          }
      const key = `${ix} ${iy}`;
      const cell = cells.get(key);
      if (cell) cell.push(end);
      else cells.set(key, [end]);
    }
  }
  return joined;
}

function goesOn(a: End, b: End): boolean {
  if (Math.hypot(a.x - b.x, a.y - b.y) > JOINED) return false;
  const size = Math.hypot(a.dx, a.dy) * Math.hypot(b.dx, b.dy);
  return a.dx * b.dx + a.dy * b.dy <= OPPOSED * size;
}

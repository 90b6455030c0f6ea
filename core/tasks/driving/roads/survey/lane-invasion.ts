/**
 * Which lane marks a vehicle crosses, frame by frame, from its boxes and the map alone.
 *
 * As CARLA's own sensor does it (in its client: `LaneInvasionSensor`, `Map::CalculateCrossedLanes`): the way of each corner of the box
 * from one frame to the next is a segment, and the marks that it cuts are crossed. Where CARLA's answer is not well defined ours
 * differs:
 * - CARLA compares the nearest lanes of both ends, so it sees nothing when they lie on two roads or sections, and takes another mark
 *   when lanes are skipped; here the segments are cut with the marks themselves.
 * - CARLA tells every corner, up to four times a lane change; here a crossing is told once, when the first corner is over the mark, and
 *   not again before the whole box is CLEAR of it and of the marks that it goes on as. Trembling along a line is one crossing.
 * - What is not painted ("none") is no mark. Marks of roads above or below are not crossed.
 * In junctions neither sees marks.
 */
import type { Box } from '../../../../base/geometry.ts';
import { cos, sin } from '../../../../base/trigonometry.ts';
import { bucketOf, CELL } from '../map/chord-hash.ts';
import type { LaneMark, LaneMarks } from './lane-marks.ts';

/** A corner that moves farther between two frames was put there, m: nothing was crossed. */
const TELEPORT = 10;
/** A mark is left behind when the box is this far from it, m. */
const CLEAR = 0.1;
/** A mark this much higher or lower belongs to another road, m. */
const LEVEL = 3;

export interface MarkCrossing {
  readonly mark: LaneMark;
  /** Whether the mark may be crossed in this direction. */
  readonly permitted: boolean;
  /** Where the corner went over it, m. */
  readonly x: number;
  readonly y: number;
}

/** A vehicle's outline in a frame; with its height, m, roads above and below are told apart. */
export interface OutlineBox extends Box {
  readonly z?: number;
}

const NONE: readonly MarkCrossing[] = [];

/** Watches one vehicle: `update` with every frame in which it is there. Some microseconds a frame. */
export class LaneInvasionDetector {
  readonly #map: LaneMarks;
  /** x, y of each corner in the frame before and in this one. */
  #before = new Float64Array(8);
  #now = new Float64Array(8);
  #seen = false;
  /** Marks that are being crossed: told, and not clear of yet. */
  #open: ReadonlySet<number> = new Set();

  constructor(map: LaneMarks) {
    this.#map = map;
  }

  /** The vehicle was away: the next frame begins anew. */
  reset(): void {
    this.#seen = false;
    this.#open = new Set();
  }

  /** The marks whose crossing begins in this frame. A box that is no number resets. */
  update(box: OutlineBox): readonly MarkCrossing[] {
    [this.#before, this.#now] = [this.#now, this.#before];
    putCorners(box, this.#now);
    const step = this.#seen ? longestStep(this.#before, this.#now) : Number.POSITIVE_INFINITY;
    this.#seen = Number.isFinite(this.#now[0] + this.#now[1]);
    if (!(step <= TELEPORT)) {
      if (this.#open.size > 0) this.#open = new Set();
      return NONE;
    }
    return step === 0 ? NONE : this.#cross(box);
  }

  #cross(box: OutlineBox): readonly MarkCrossing[] {
    const { marks, joined, hash } = this.#map;
    const [before, now, open] = [this.#before, this.#now, this.#open];
    const hits = new Map<number, MarkCrossing>();
    const touched = new Set<number>();
    const [x0, x1] = cellsOf(before, now, 0);
    const [y0, y1] = cellsOf(before, now, 1);
    for (let ix = x0; ix <= x1; ix++) {
      for (let iy = y0; iy <= y1; iy++) {
        const bucket = bucketOf(hash, ix, iy);
        for (let at = hash.starts[bucket]; at < hash.starts[bucket + 1]; at++) {
          const [index, chord] = [hash.line[at], hash.chord[at]];
          const mark = marks[index];
          if (box.z !== undefined && Math.abs(mark.z[chord] - box.z) > LEVEL) continue;
          if (open.size > 0 && !touched.has(index) && touches(box, mark, chord)) touched.add(index);
          for (let c = 0; c < 8 && !hits.has(index); c += 2) {
            const hit = crossing(mark, chord, before[c], before[c + 1], now[c], now[c + 1]);
            if (hit) hits.set(index, hit);
          }
        }
      }
    }
    if (hits.size === 0 && open.size === 0) return NONE;
    const known = (index: number) => open.has(index) || joined[index].some((other) => open.has(other));
    this.#open = new Set([...[...touched].filter(known), ...hits.keys()]);
    const fresh: MarkCrossing[] = [];
    for (const [index, hit] of hits)
      if (!known(index) && !fresh.some(({ mark }) => joined[index].includes(mark.index))) fresh.push(hit);
    return fresh;
  }
}

/** Corners counter-clockwise from front left: x, y of each. */
function putCorners({ x, y, headingRad, length, width }: Box, out: Float64Array): void {
  const [c, s] = [cos(headingRad), sin(headingRad)];
  const [lx, ly] = [(c * length) / 2, (s * length) / 2];
  const [wx, wy] = [(-s * width) / 2, (c * width) / 2];
  out[0] = x + lx + wx;
  out[1] = y + ly + wy;
  out[2] = x - lx + wx;
  out[3] = y - ly + wy;
  out[4] = x - lx - wx;
  out[5] = y - ly - wy;
  out[6] = x + lx - wx;
  out[7] = y + ly - wy;
}

function longestStep(a: Float64Array, b: Float64Array): number {
  let most = 0;
  for (let c = 0; c < 8; c += 2) most = Math.max(most, Math.hypot(b[c] - a[c], b[c + 1] - a[c + 1]));
  return most;
}

/** First and last cell along an axis that both outlines reach, with the reach of `touches`. */
function cellsOf(a: Float64Array, b: Float64Array, axis: 0 | 1): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let c = axis; c < 8; c += 2) {
    low = Math.min(low, a[c], b[c]);
    high = Math.max(high, a[c], b[c]);
  }
  return [Math.floor((low - CLEAR) / CELL), Math.floor((high + CLEAR) / CELL)];
}

/** Where the way from p to q cuts a chord of a mark. Lying on the line counts as being to its right. */
function crossing(mark: LaneMark, i: number, px: number, py: number, qx: number, qy: number): MarkCrossing | undefined {
  const [ax, ay] = [mark.x[i], mark.y[i]];
  const [dx, dy] = [mark.x[i + 1] - ax, mark.y[i + 1] - ay];
  const p = dx * (py - ay) - dy * (px - ax);
  const q = dx * (qy - ay) - dy * (qx - ax);
  if (p > 0 === q > 0) return undefined;
  const part = p / (p - q);
  const [x, y] = [px + part * (qx - px), py + part * (qy - py)];
  const along = (x - ax) * dx + (y - ay) * dy;
  if (along < 0 || along > dx * dx + dy * dy) return undefined;
  // Lane ids grow to the left of the road's direction, which the samples follow.
  const towards = q > 0 ? 'increase' : 'decrease';
  return { mark, permitted: mark.laneChange === 'both' || mark.laneChange === towards, x, y };
}

/** Whether a chord comes within CLEAR of a box: its piece inside the widened box, by clipping in the box's frame. */
function touches({ x, y, headingRad, length, width }: Box, mark: LaneMark, i: number): boolean {
  const [c, s] = [cos(headingRad), sin(headingRad)];
  const [ax, ay] = [mark.x[i] - x, mark.y[i] - y];
  const [bx, by] = [mark.x[i + 1] - x, mark.y[i + 1] - y];
  let [enter, leave] = [0, 1];
  const clip = (from: number, to: number, half: number) => {
    const way = to - from;
    if (Math.abs(way) < 1e-12) {
      if (Math.abs(from) > half) leave = -1;
      return;
    }
    const [one, two] = [(-half - from) / way, (half - from) / way];
    enter = Math.max(enter, Math.min(one, two));
    leave = Math.min(leave, Math.max(one, two));
  };
  clip(ax * c + ay * s, bx * c + by * s, length / 2 + CLEAR);
  clip(ay * c - ax * s, by * c - bx * s, width / 2 + CLEAR);
  return enter <= leave;
}

const DOUBLE: Readonly<Record<string, string>> = {
  'solid solid': 'double solid',
  'broken broken': 'double broken',
  'solid broken': 'solid and broken',
  'broken solid': 'broken and solid',
};
const UNPAINTED = ['curb', 'grass', 'edge'];

/** "a broken white line, road 12 lane -1"; "a curb, road 12 lane -2". */
function markText({ type, color, road, laneId }: LaneMark): string {
  const name = UNPAINTED.includes(type) ? type : `${DOUBLE[type] ?? type} ${color} line`;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}, road ${road} lane ${laneId}`;
}

/** One sentence for what begins in a frame: "Crosses a solid white line, road 12 lane -2, not permitted". */
export function invasionText(crossings: readonly MarkCrossing[]): string {
  const all = crossings.map(({ mark, permitted }) => `${markText(mark)}${permitted ? '' : ', not permitted'}`);
  return `Crosses ${all.join(' and ')}`.slice(0, 200);
}

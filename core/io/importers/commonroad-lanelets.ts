/**
 * Lanelets of a CommonRoad file: centre lines between their bounds, who lies beside and who follows, and the route from a
 * point to a goal along successors. A road is a group of lanelets side by side; its length is that of the longest of them.
 */
import type { XmlElement } from '../../base/xml.ts';
import { MAX_LOG_LANES, polylineLength, type Skips } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import { all, child, needChild, locationOf, toNumber } from '../logs/xml-file.ts';
import type { Point } from '../../base/geometry.ts';

export interface Lanelet {
  readonly id: string;
  readonly centre: readonly Point[];
  readonly length: number;
  /** Mean distance between the bounds, m. */
  readonly width: number;
  readonly successors: readonly string[];
  readonly left?: { readonly id: string; readonly same: boolean };
  readonly right?: { readonly id: string; readonly same: boolean };
  /** m/s, of a 2018b file. */
  readonly speedLimit?: number;
}

const USED = new Set([
  'leftBound',
  'rightBound',
  'successor',
  'predecessor',
  'adjacentLeft',
  'adjacentRight',
  'speedLimit',
]);
const MAX_POINTS = 20_000;

/** @throws ImportError */
export function readLanelet(element: XmlElement, skips: Skips): Lanelet {
  const id = element.attributes.get('id');
  if (!id) throw new ImportError(locationOf(element), 'it has no id');
  const of = `lanelet ${id}`;
  const [left, right] = ['leftBound', 'rightBound'].map((side) =>
    points(needChild(element, side, of), `${of} ${side}`),
  );
  if (left.length !== right.length)
    throw new ImportError(
      `line ${element.line}, ${of}`,
      `leftBound has ${left.length} points, rightBound ${right.length}`,
    );
  if (left.length < 2) throw new ImportError(`line ${element.line}, ${of}`, 'fewer than 2 points');
  const centre = left.map(([x, y], i): Point => [(x + right[i][0]) / 2, (y + right[i][1]) / 2]);
  const width = left.reduce((sum, [x, y], i) => sum + Math.hypot(x - right[i][0], y - right[i][1]), 0) / left.length;
  const beside = (name: string) => {
    const found = child(element, name);
    const ref = found?.attributes.get('ref');
    return ref === undefined ? undefined : { id: ref, same: found?.attributes.get('drivingDir') !== 'opposite' };
  };
  const limit = child(element, 'speedLimit');
  for (const { name } of element.children)
    if (!USED.has(name)) skips.add(`lanelet ${name}`, 'not part of a scenario’s road');
  for (const side of ['leftBound', 'rightBound'])
    skips.add(
      'lanelet lineMarking',
      'not part of a scenario’s road',
      all(needChild(element, side), 'lineMarking').length,
    );
  const [toLeft, toRight] = [beside('adjacentLeft'), beside('adjacentRight')];
  return {
    id,
    centre,
    length: polylineLength(centre),
    width,
    successors: all(element, 'successor').flatMap(({ attributes }) => attributes.get('ref') ?? []),
    ...(toLeft && { left: toLeft }),
    ...(toRight && { right: toRight }),
    ...(limit &&
      limit.text !== '' && { speedLimit: toNumber(limit.text, `line ${limit.line}, ${of} speedLimit`, 200) }),
  };
}

function points(bound: XmlElement, of: string): Point[] {
  const list = all(bound, 'point');
  if (list.length > MAX_POINTS) throw new ImportError(`line ${bound.line}, ${of}`, `more than ${MAX_POINTS} points`);
  return list.map((point) => readPoint(point, of));
}

/** `<point><x/><y/></point>` @throws ImportError */
export function readPoint(point: XmlElement, of: string): Point {
  const [x, y] = ['x', 'y'].map((axis) => {
    const at = needChild(point, axis, of);
    return toNumber(at.text, `line ${at.line}, ${of} ${axis}`);
  });
  return [x, y];
}

export class LaneletMap {
  readonly lanelets = new Map<string, Lanelet>();

  add(lanelet: Lanelet, line: number): void {
    if (this.lanelets.has(lanelet.id)) throw new ImportError(`line ${line}`, `lanelet ${lanelet.id} is there twice`);
    if (this.lanelets.size >= MAX_LOG_LANES)
      throw new ImportError(`line ${line}`, `more than ${MAX_LOG_LANES} lanelets`);
    this.lanelets.set(lanelet.id, lanelet);
  }

  /** Sum over groups of adjacent lanelets of the longest, m. */
  roadLength(): number {
    const seen = new Set<string>();
    let sum = 0;
    for (const first of this.lanelets.keys()) {
      if (seen.has(first)) continue;
      const group = [first];
      seen.add(first);
      let longest = 0;
      for (let id = group.pop(); id !== undefined; id = group.pop()) {
        const lanelet = this.lanelets.get(id);
        if (!lanelet) continue;
        longest = Math.max(longest, lanelet.length);
        for (const next of [lanelet.left?.id, lanelet.right?.id]) {
          if (next === undefined || seen.has(next)) continue;
          seen.add(next);
          group.push(next);
        }
      }
      sum += longest;
    }
    return sum;
  }

  /** The lanelet whose centre line passes nearest in about the direction of travel. */
  nearest(x: number, y: number, headingRad: number): Lanelet | undefined {
    let [best, least]: [Lanelet | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
    for (const lanelet of this.lanelets.values()) {
      const { distance, direction } = nearestOnLine(lanelet.centre, x, y);
      const cost = distance + (Math.cos(direction - headingRad) < 0 ? 100 : 0);
      if (cost < least) [best, least] = [lanelet, cost];
    }
    return best;
  }

  /** Lanelets from `start` by successors to one of `goals` (breadth first), or as far as first successors lead within `metres`. */
  route(start: Lanelet, goals: ReadonlySet<string>, metres: number): { route: Lanelet[]; reached: boolean } {
    const from = new Map<string, string | null>([[start.id, null]]);
    const queue = [start.id];
    for (let at = 0; at < queue.length; at++) {
      if (goals.has(queue[at])) {
        const route: Lanelet[] = [];
        for (let id: string | null | undefined = queue[at]; id != null; id = from.get(id))
          route.unshift(this.lanelets.get(id) as Lanelet);
        return { route, reached: true };
      }
      for (const next of this.lanelets.get(queue[at])?.successors ?? []) {
        if (from.has(next) || !this.lanelets.has(next)) continue;
        from.set(next, queue[at]);
        queue.push(next);
      }
    }
    return { route: this.extend([start], metres), reached: false };
  }

  /** The route continued by first successors until it has `metres`, never twice through a lanelet. */
  extend(route: readonly Lanelet[], metres: number): Lanelet[] {
    const longer = [...route];
    const used = new Set(route.map(({ id }) => id));
    for (let length = longer.reduce((sum, each) => sum + each.length, 0); length < metres; ) {
      const id = longer[longer.length - 1].successors.find((next) => this.lanelets.has(next) && !used.has(next));
      const next = id === undefined ? undefined : this.lanelets.get(id);
      if (!next) break;
      used.add(next.id);
      longer.push(next);
      length += next.length;
    }
    return longer;
  }

  /** How many lanes lie to a side of a lanelet, all directions: oncoming lanes are road too. */
  lanesBeside(lanelet: Lanelet, side: 'left' | 'right'): number {
    let count = 0;
    const seen = new Set([lanelet.id]);
    for (let at: Lanelet | undefined = lanelet, way = side; at; ) {
      const next: { id: string; same: boolean } | undefined = at[way];
      if (!next || seen.has(next.id) || !this.lanelets.has(next.id)) return count;
      seen.add(next.id);
      count++;
      at = this.lanelets.get(next.id);
      if (!next.same) way = way === 'left' ? 'right' : 'left';
    }
    return count;
  }
}

/** Nearest place of a polyline to a point: arc length, distance, direction of the line there. */
export function nearestOnLine(
  line: readonly Point[],
  x: number,
  y: number,
): { s: number; distance: number; direction: number } {
  let best = { s: 0, distance: Number.POSITIVE_INFINITY, direction: 0 };
  let start = 0;
  for (let i = 1; i < line.length; i++) {
    const [[ax, ay], [bx, by]] = [line[i - 1], line[i]];
    const length = Math.hypot(bx - ax, by - ay);
    if (length === 0) continue;
    const u = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / (length * length)));
    const distance = Math.hypot(x - ax - u * (bx - ax), y - ay - u * (by - ay));
    if (distance < best.distance) best = { s: start + u * length, distance, direction: Math.atan2(by - ay, bx - ax) };
    start += length;
  }
  return best;
}

/** The part of a polyline from arc length `s` on. */
export function cutFrom(line: readonly Point[], s: number): Point[] {
  let start = 0;
  for (let i = 1; i < line.length; i++) {
    const [[ax, ay], [bx, by]] = [line[i - 1], line[i]];
    const length = Math.hypot(bx - ax, by - ay);
    if (length > 0 && start + length > s) {
      const u = Math.max(0, s - start) / length;
      return [[ax + u * (bx - ax), ay + u * (by - ay)], ...line.slice(i)];
    }
    start += length;
  }
  return line.slice(-1);
}

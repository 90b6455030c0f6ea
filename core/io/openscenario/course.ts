/**
 * Courses: the line that an entity of a storyboard follows, by arc length. A lane course goes on along successors, straight on
 * where it can (against the traffic: along predecessors), and ends where the lanes do; a line course is a polyline that goes on
 * straight for ever.
 */
import { turnOf } from '../../tasks/driving/roads/map/lane-conflicts.ts';
import type { Lane, LaneGraph } from '../../tasks/driving/roads/map/lane-model.ts';
import { lanePoseAt } from '../../tasks/driving/roads/map/lane-index.ts';
import type { Pose } from '../../base/geometry.ts';

export interface OnLane {
  readonly lane: number;
  readonly s: number;
  /** 1 with the lane's direction of travel, −1 against it. */
  readonly along: 1 | -1;
}

/** A pose, and the lane it belongs to. */
export interface Placed extends Pose {
  readonly on: OnLane | undefined;
}
export interface Course {
  /** Pose of the line, heading the way it is driven. */
  poseAt(arc: number): Pose;
  /** The lane that it follows there. */
  laneAt(arc: number): OnLane | undefined;
  /** Where it ends if that is before `arc`, else Infinity. */
  endBefore(arc: number): number;
}

interface Piece extends OnLane {
  readonly from: number;
  readonly length: number;
}
/** A course is followed through at most this many lanes: a road that loops into itself ends. */
const MAX_PIECES = 1000;

export function laneCourse(graph: LaneGraph, start: OnLane): Course {
  const rest = ({ lane, s, along }: OnLane) => (along > 0 ? graph.lanes[lane].length - s : s);
  const pieces: Piece[] = [{ ...start, from: 0, length: rest(start) }];
  let ended = false;
  const reach = (arc: number) => {
    for (let last = pieces[pieces.length - 1]; !ended && last.from + last.length < arc; ) {
      const next = pieces.length < MAX_PIECES ? onwards(graph, graph.lanes[last.lane], last.along) : undefined;
      if (next === undefined) {
        ended = true;
        return;
      }
      const on = { lane: next, s: last.along > 0 ? 0 : graph.lanes[next].length, along: last.along };
      last = { ...on, from: last.from + last.length, length: graph.lanes[next].length };
      pieces.push(last);
    }
  };
  const pieceAt = (arc: number): Piece => {
    reach(arc);
    let i = pieces.length - 1;
    while (i > 0 && pieces[i].from > arc) i--;
    return pieces[i];
  };
  const sOn = ({ from, s, along }: Piece, arc: number) => s + along * (arc - from);
  return {
    poseAt(arc) {
      const piece = pieceAt(arc);
      const lane = graph.lanes[piece.lane];
      const s = sOn(piece, arc);
      const { x, y, headingRad } = lanePoseAt(lane, s);
      const heading = piece.along > 0 ? headingRad : headingRad + Math.PI;
      // Before the start and past the end the line goes on straight.
      const beyond = piece.along * (s - Math.max(0, Math.min(lane.length, s)));
      return { x: x + beyond * Math.cos(heading), y: y + beyond * Math.sin(heading), headingRad: heading };
    },
    laneAt(arc) {
      const piece = pieceAt(arc);
      return {
        lane: piece.lane,
        along: piece.along,
        s: Math.max(0, Math.min(graph.lanes[piece.lane].length, sOn(piece, arc))),
      };
    },
    endBefore(arc) {
      reach(arc);
      const last = pieces[pieces.length - 1];
      return ended && last.from + last.length < arc ? last.from + last.length : Number.POSITIVE_INFINITY;
    },
  };
}

/** The lane after (or, against the traffic, before) `lane`, of the same kind, straight on where that is possible. */
function onwards({ lanes }: LaneGraph, lane: Lane, along: 1 | -1): number | undefined {
  const next = (along > 0 ? lane.successors : lane.predecessors).filter((index) => lanes[index].kind === lane.kind);
  return next.find((index) => turnOf(lanes[index]) === 'straight') ?? next[0];
}

export interface LinePlace extends Pose {
  readonly on?: OnLane;
}

/** Through two points or more, or from one pose straight on. Headings follow the line. */
export function lineCourse(points: readonly LinePlace[]): Course & { readonly length: number } {
  const at = [0];
  for (let i = 1; i < points.length; i++)
    at.push(at[i - 1] + Math.hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y));
  const length = at[at.length - 1];
  const indexAt = (arc: number) => {
    let [low, high] = [0, Math.max(0, at.length - 2)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (at[middle] <= arc) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    length,
    poseAt(arc) {
      const i = indexAt(arc);
      const p = points[i];
      const q = points[i + 1] ?? p;
      const span = (at[i + 1] ?? at[i]) - at[i];
      const headingRad = span > 1e-6 ? Math.atan2(q.y - p.y, q.x - p.x) : p.headingRad;
      const on = arc - at[i];
      return { x: p.x + on * Math.cos(headingRad), y: p.y + on * Math.sin(headingRad), headingRad };
    },
    laneAt: (arc) => (arc <= length ? points[indexAt(arc)].on : undefined),
    endBefore: () => Number.POSITIVE_INFINITY,
  };
}

/** Arc length of the point of a course nearest to (x, y) from `from` on, within `reach` m, and how far left of the course it lies. */
export function projectOnCourse(course: Course, x: number, y: number, from: number, reach: number) {
  const end = Math.min(from + reach, course.endBefore(from + reach));
  const away = (arc: number) => {
    const pose = course.poseAt(arc);
    return (pose.x - x) ** 2 + (pose.y - y) ** 2;
  };
  let [best, least] = [from, away(from)];
  for (let arc = from + 1; arc < end + 1; arc++) {
    const distance = away(Math.min(arc, end));
    if (distance < least) [best, least] = [Math.min(arc, end), distance];
  }
  for (let i = 0; i < 3; i++) {
    const pose = course.poseAt(best);
    const ahead = (x - pose.x) * Math.cos(pose.headingRad) + (y - pose.y) * Math.sin(pose.headingRad);
    best = Math.max(from, Math.min(end, best + Math.max(-1, Math.min(1, ahead))));
  }
  const pose = course.poseAt(best);
  const lateral = (y - pose.y) * Math.cos(pose.headingRad) - (x - pose.x) * Math.sin(pose.headingRad);
  return { arc: best, lateral, distance: Math.hypot(x - pose.x, y - pose.y) };
}

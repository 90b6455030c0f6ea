/**
 * The line a route over the lane graph describes: lane centres joined end to end, lane changes as a smooth sideways move.
 *
 * A change is spread over about CHANGE_S seconds at the limit, at least CHANGE_M, less only where the lane ends sooner, and
 * eases in and out (quintic, so curvature is continuous). The line is taken every STEP metres and resampled by arc length.
 */
import { wrapAngle } from '../road.ts';
import { cos, sin } from '../../../../base/trigonometry.ts';
import { atan } from '../../../../base/arctangent.ts';
import { type Lane, type LaneGraph, laneName } from '../map/lane-model.ts';
import { lanePoseAt } from '../map/lane-index.ts';
import type { RouteStep } from '../map/route.ts';

const CHANGE_S = 5;
const CHANGE_M = 30;
/** A change begins this far into what is left of the lane, where there is room, m. */
const CHANGE_LEAD = 15;
const STEP = 0.25;

/** A point of the line and where it lies on which lane. */
export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Unwrapped along the line. */
  readonly headingRad: number;
  readonly lane: number;
  /** Along that lane, and offset from its centre. */
  readonly laneS: number;
  readonly lateral: number;
  readonly limitMps: number;
}

/** The route's line from the start of its first lane to the end of its last, and on along first successors for `beyond` m. */
export function routeLine(graph: LaneGraph, steps: readonly RouteStep[], fromS: number, beyond: number): LinePoint[] {
  const points: LinePoint[] = [];
  for (const [i, group] of groupsOf(steps).entries()) putGroup(graph, group, i === 0 ? fromS : 0, points);
  let lane = graph.lanes[steps[steps.length - 1].lane];
  for (let rest = beyond; rest > 0; rest -= lane.length) {
    const next = lane.successors.find((index) => graph.lanes[index].kind === 'driving');
    if (next === undefined) break;
    lane = graph.lanes[next];
    putGroup(graph, [{ lane: next, by: 'follow' }], 0, points);
  }
  for (let i = 1; i < points.length; i++) {
    const before = points[i - 1].headingRad;
    points[i] = { ...points[i], headingRad: before + wrapAngle(points[i].headingRad - before) };
  }
  return points;
}

/** Lanes side by side that the route changes between, in order; most have one. */
function groupsOf(steps: readonly RouteStep[]): RouteStep[][] {
  const groups: RouteStep[][] = [];
  for (const step of steps) {
    if (step.by === 'left' || step.by === 'right') groups[groups.length - 1].push(step);
    else groups.push([step]);
  }
  return groups;
}

function putGroup({ lanes }: LaneGraph, group: readonly RouteStep[], fromS: number, points: LinePoint[]): void {
  const first = lanes[group[0].lane];
  const changes = group.length - 1;
  const room = first.length - fromS;
  const wanted = changes * Math.max(CHANGE_M, CHANGE_S * first.speedLimitMps[0].value);
  const span = Math.min(room, wanted);
  const begin = fromS + Math.min(CHANGE_LEAD, (room - span) / 2);
  const n = Math.max(1, Math.ceil(room / STEP));
  for (let i = points.length > 0 ? 1 : 0; i <= n; i++) {
    const s = fromS + (i / n) * room;
    const done = changes === 0 ? 0 : Math.min(changes, Math.max(0, ((s - begin) / span) * changes));
    const k = Math.min(Math.max(0, changes - 1), Math.floor(done));
    const [a, b] = [lanes[group[k].lane], lanes[(group[k + 1] ?? group[k]).lane]];
    points.push(between(a, b, s / first.length, done - k, changes > 0 ? span / changes : 1));
  }
}

/** The point at `share` of the lanes' lengths, having moved `t` (0..1) of the way from `a` to `b`; a move takes `span` metres. */
function between(a: Lane, b: Lane, share: number, t: number, span: number): LinePoint {
  const [p, q] = [lanePoseAt(a, share * a.length), lanePoseAt(b, share * b.length)];
  const blend = t * t * t * (10 + t * (6 * t - 15));
  const rate = (30 * t * t * (1 - t) * (1 - t)) / span;
  const across = (q.y - p.y) * cos(p.headingRad) - (q.x - p.x) * sin(p.headingRad);
  const [on, pose] = t < 0.5 ? [a, p] : [b, q];
  const laneS = share * on.length;
  const limit = on.speedLimitMps.findLast(({ s }) => s <= laneS) ?? on.speedLimitMps[0];
  return {
    x: p.x + blend * (q.x - p.x),
    y: p.y + blend * (q.y - p.y),
    headingRad: pose.headingRad + atan(across * rate),
    lane: on.index,
    laneS,
    lateral: (t < 0.5 ? blend : blend - 1) * across,
    limitMps: limit.value,
  };
}

export interface Edges {
  /** From the lane's centre to the left and right edge of what one may drive on, m. */
  readonly left: number;
  readonly right: number;
  /** From the lane's centre to where oncoming lanes begin, Infinity if they do not. */
  readonly oncomingFrom: number;
}

/** What lies beside the centre of `lane` at `laneS`: driving lanes and shoulders, up to the first strip that is neither. */
export function edgesAt(graph: LaneGraph, lane: Lane, laneS: number): Edges {
  const share = laneS / lane.length;
  const half = lanePoseAt(lane, laneS).width / 2;
  const forward = lane.laneId < 0;
  const reach = (towards: 1 | -1) => {
    let [edge, oncomingFrom] = [half, Number.POSITIVE_INFINITY];
    for (let id = lane.laneId + towards; ; id += towards) {
      if (id === 0) continue;
      const other = graph.lanes[graph.byId.get(laneName(lane.road, lane.section, id)) ?? -1];
      if (!other || (other.kind !== 'driving' && other.kind !== 'shoulder')) break;
      const against = other.laneId < 0 !== forward;
      if (against && other.kind === 'driving') oncomingFrom = Math.min(oncomingFrom, edge);
      edge += lanePoseAt(other, (against ? 1 - share : share) * other.length).width;
    }
    return { edge, oncomingFrom };
  };
  const [left, right] = forward ? [reach(1), reach(-1)] : [reach(-1), reach(1)];
  return { left: left.edge, right: right.edge, oncomingFrom: left.oncomingFrom };
}

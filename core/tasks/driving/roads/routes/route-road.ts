/**
 * A route over the lane graph → the ego's `RoadSpec` with its lanes, junction stretches, crossings and stop lines.
 *
 * Resampled every ROAD_DS by arc length, RUNOFF metres of it past the goal's lane: position and heading linear between points
 * 0.25 m apart, curvature from the heading's central difference. Inside junctions there is no lane beside, so the drivable area
 * is the lane and JUNCTION_WIDENING on both sides, or what lies beside the lane before and after, if that is more. Junctions
 * that follow one another within JUNCTION_JOIN metres are one stretch: a roundabout.
 */
import { JUNCTION_WIDENING } from './chain-road.ts';
import { ROAD_DS, RUNOFF } from '../road.ts';
import { cos, sin } from '../../../../base/trigonometry.ts';
import type { LaneGraph, StopLine } from '../map/lane-model.ts';
import { lanePoseAt } from '../map/lane-index.ts';
import type { RouteStep } from '../map/route.ts';
import { edgesAt, type LinePoint, routeLine } from './route-line.ts';
import type { RoadSpec, RouteLane } from '../road-spec.ts';

const JUNCTION_JOIN = 30;

export interface RouteRoad {
  readonly road: RoadSpec;
  /** `lane` is an index in the graph. */
  readonly routeLanes: readonly RouteLane[];
  /** Stop lines on the way, ascending. */
  readonly stopLines: readonly { readonly s: number; readonly line: StopLine }[];
}

/** The road along `steps`, from `fromS` on the first lane. */
export function routeRoad(graph: LaneGraph, steps: readonly RouteStep[], fromS: number): RouteRoad {
  const points = routeLine(graph, steps, fromS, RUNOFF);
  const at = arcLengths(points);
  const length = at[at.length - 1] + RUNOFF;
  const n = Math.floor(length / ROAD_DS) + 1;
  const column = () => new Float64Array(n);
  const road = {
    ds: ROAD_DS,
    x: column(),
    y: column(),
    headingRad: column(),
    curvature: column(),
    edgeLeft: column(),
    edgeRight: column(),
    oncomingFrom: column(),
    speedLimitMps: column(),
  };
  const inside = new Uint8Array(n);
  const routeLanes: RouteLane[] = [];
  let k = 0;
  for (let i = 0; i < n; i++) {
    const s = i * ROAD_DS;
    while (k < points.length - 2 && at[k + 1] <= s) k++;
    const t = (s - at[k]) / (at[k + 1] - at[k]);
    const [p, q] = [points[k], points[k + 1]];
    const within = Math.min(1, t);
    const beyond = Math.max(0, s - at[k + 1]);
    road.headingRad[i] = p.headingRad + within * (q.headingRad - p.headingRad);
    road.x[i] = p.x + within * (q.x - p.x) + beyond * cos(road.headingRad[i]);
    road.y[i] = p.y + within * (q.y - p.y) + beyond * sin(road.headingRad[i]);
    const here = t < 0.5 ? p : q;
    road.speedLimitMps[i] = here.limitMps;
    const lane = graph.lanes[here.lane];
    const edges = edgesAt(graph, lane, here.laneS);
    road.edgeLeft[i] = edges.left - here.lateral;
    road.edgeRight[i] = edges.right + here.lateral;
    road.oncomingFrom[i] = edges.oncomingFrom - here.lateral;
    inside[i] = lane.junction === undefined ? 0 : 1;
  }
  for (let i = 0; i < n; i++) {
    const [before, after] = [Math.max(0, i - 1), Math.min(n - 1, i + 1)];
    road.curvature[i] = (road.headingRad[after] - road.headingRad[before]) / ((after - before) * ROAD_DS);
  }
  points.forEach(({ lane, laneS }, i) => {
    if (i === 0 || lane !== points[i - 1].lane) routeLanes.push({ fromS: at[i], lane, laneS });
  });
  const junctions = stretches(inside);
  for (const { from, to } of junctions) widen(road, from, to);
  const first = graph.lanes[steps[0].lane];
  const stopLines = stopLinesOf(graph, points, at);
  return {
    road: {
      ...road,
      laneWidth: lanePoseAt(first, 0).width,
      ...lanesBeside(graph, steps[0].lane),
      junctions,
      crossings: crossingsOf(graph, points, at),
      stopSigns: stopLines.flatMap(({ s, line }) =>
        line.kind === 'stop' ? [{ id: graph.signals[line.signal].id, s }] : [],
      ),
    },
    routeLanes,
    stopLines,
  };
}

function arcLengths(points: readonly LinePoint[]): number[] {
  const at = [0];
  for (let i = 1; i < points.length; i++) {
    const [dx, dy] = [points[i].x - points[i - 1].x, points[i].y - points[i - 1].y];
    at.push(at[i - 1] + Math.sqrt(dx * dx + dy * dy));
  }
  return at;
}

/** Runs of samples inside junctions, near ones joined. */
function stretches(inside: Uint8Array): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  inside.forEach((value, i) => {
    if (!value) return;
    const last = found.at(-1);
    if (last && i * ROAD_DS - last.to <= JUNCTION_JOIN) last.to = i * ROAD_DS;
    else found.push({ from: i * ROAD_DS, to: i * ROAD_DS });
  });
  return found;
}

/** Room to turn from `from` to `to`; oncoming lanes have no place of their own there. */
function widen(road: Pick<RoadSpec, 'edgeLeft' | 'edgeRight' | 'oncomingFrom'>, from: number, to: number): void {
  const [first, last] = [from / ROAD_DS, to / ROAD_DS];
  for (const edge of [road.edgeLeft, road.edgeRight]) {
    const beside = Math.min(edge[Math.max(0, first - 1)], edge[Math.min(edge.length - 1, last + 1)]);
    for (let i = first; i <= last; i++) edge[i] = Math.max(edge[i] + JUNCTION_WIDENING, beside);
  }
  road.oncomingFrom.fill(Number.POSITIVE_INFINITY, first, last + 1);
}

/** Lanes of the route's direction beside its first lane, for drawing a road without a map. */
function lanesBeside({ lanes }: LaneGraph, lane: number): { lanesLeft: number; lanesRight: number } {
  const count = (side: 'left' | 'right') => {
    let found = 0;
    for (let i = lanes[lane][side]; i >= 0 && found < 8; i = lanes[i][side]) found++;
    return found;
  };
  return { lanesLeft: count('left'), lanesRight: count('right') };
}

/** Arc lengths of zebra crossings on the way. */
function crossingsOf(graph: LaneGraph, points: readonly LinePoint[], at: readonly number[]): number[] {
  return passed(points, at, (lane) =>
    graph.lanes[lane].crossings.map((crossing) => ({ s: (crossing.from + crossing.to) / 2, what: crossing })),
  ).map(({ s }) => s);
}

function stopLinesOf(graph: LaneGraph, points: readonly LinePoint[], at: readonly number[]) {
  return passed(points, at, (lane) => graph.lanes[lane].stopLines.map((line) => ({ s: line.s, what: line }))).map(
    ({ s, what }) => ({ s, line: what }),
  );
}

/** Things of lanes that the route passes, at their arc lengths on it. */
function passed<T>(
  points: readonly LinePoint[],
  at: readonly number[],
  thingsOf: (lane: number) => readonly { readonly s: number; readonly what: T }[],
): { s: number; what: T }[] {
  const found: { s: number; what: T }[] = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const [p, q] = [points[i], points[i + 1]];
    if (p.lane !== q.lane) continue;
    for (const { s, what } of thingsOf(p.lane)) {
      const last = i + 2 === points.length || points[i + 2].lane !== p.lane;
      if (s >= p.laneS && (s < q.laneS || (last && s <= q.laneS)))
        found.push({ s: at[i] + ((s - p.laneS) / (q.laneS - p.laneS)) * (at[i + 1] - at[i]), what });
    }
  }
  return found;
}

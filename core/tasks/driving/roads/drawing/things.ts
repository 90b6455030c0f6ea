/**
 * What is painted across lanes and stands beside them: stop and yield lines, zebra crossings, traffic lights and signs.
 *
 * Lines and crossings come from the lane graph, which knows which lanes they hold for. A light's or sign's heading is that of the travel it
 * rules, again by its lanes; files disagree about orientation and heading offset, so those only stand in where no lane is known.
 */
import { cos, sin } from '../../../../base/trigonometry.ts';
import { type DrawnSignal, PAINT_BAR } from './model.ts';
import { beside, sectionCutAt, stretchesOf } from './sections.ts';
import type { Sheet } from './tiles.ts';
import type { Crossing, Lane, LaneGraph } from '../map/lane-model.ts';
import { lanePoseAt } from '../map/lane-index.ts';
import type { OpenDrive, Road, RoadObject, RoadSignal } from '../opendrive/model.ts';
import type { Point } from '../../../../base/geometry.ts';

/** Thickness of a stop line, and of the teeth of a yield line with their gaps, m. */
const BAR = 0.4;
const TOOTH = { wide: 0.5, gap: 0.3, deep: 0.6 };
/** Paint keeps this far from a lane's edges, m. */
const ASIDE = 0.15;
/** Bar and gap of a zebra crossing, m. */
const ZEBRA = { bar: 0.5, gap: 0.5 };

/** Paints stop lines, yield lines and crossings. */
export function paintThings(graph: LaneGraph, sheet: Sheet): void {
  for (const { lane, s, kind } of stopLinesOf(graph)) {
    const pose = lanePoseAt(lane, s);
    if (kind === 'yield' && sheet.level === 0) teeth(pose, sheet);
    else box(pose, -BAR, 0, pose.width / 2 - ASIDE, -pose.width / 2 + ASIDE, sheet);
  }
  for (const crossing of graph.crossings) zebra(crossing, graph, sheet);
}

/** One line where a lane divides: of several that one arrives at from the same lane for the same signal, the first to be reached. */
function stopLinesOf({ lanes }: LaneGraph): { lane: Lane; s: number; kind: string }[] {
  const first = new Map<string, { lane: Lane; s: number; kind: string }>();
  for (const lane of lanes) {
    if (lane.kind !== 'driving') continue;
    for (const { s, kind, signal } of lane.stopLines) {
      const key = `${signal} ${lane.junction === undefined ? lane.id : (lane.predecessors[0] ?? lane.id)}`;
      if (s < (first.get(key)?.s ?? Number.POSITIVE_INFINITY)) first.set(key, { lane, s, kind });
    }
  }
  return [...first.values()];
}

interface Frame {
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
}

/** The point `u` ahead and `v` to the left. */
function local({ x, y, headingRad }: Frame, u: number, v: number): Point {
  const [c, s] = [cos(headingRad), sin(headingRad)];
  return [x + u * c - v * s, y + u * s + v * c];
}

function box(frame: Frame, u0: number, u1: number, v0: number, v1: number, sheet: Sheet): void {
  sheet.strip(PAINT_BAR, [local(frame, u0, v0), local(frame, u1, v0)], [local(frame, u0, v1), local(frame, u1, v1)]);
}

/** Triangles that point at whoever has to yield. */
function teeth(pose: Frame & { readonly width: number }, sheet: Sheet): void {
  const half = pose.width / 2 - ASIDE;
  const count = Math.max(1, Math.floor((2 * half + TOOTH.gap) / (TOOTH.wide + TOOTH.gap)));
  const step = (2 * half + TOOTH.gap) / count;
  for (let i = 0; i < count; i++) {
    const v = -half + i * step;
    sheet.triangle(
      PAINT_BAR,
      local(pose, 0, v),
      local(pose, 0, v + TOOTH.wide),
      local(pose, -TOOTH.deep, v + TOOTH.wide / 2),
    );
  }
}

/** Bars along the traffic, side by side over the width of the road. */
function zebra({ corners, lanes }: Crossing, graph: LaneGraph, sheet: Sheet): void {
  if (corners.length < 3) return;
  const [x, y] = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length);
  const frame = { x, y, headingRad: lanes.length > 0 ? headingNear(graph.lanes[lanes[0]], x, y) : longSide(corners) };
  const [c, s] = [cos(frame.headingRad), sin(frame.headingRad)];
  const us = corners.map(([px, py]) => (px - x) * c + (py - y) * s);
  const vs = corners.map(([px, py]) => -(px - x) * s + (py - y) * c);
  const [u0, u1, v0, v1] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
  const period = ZEBRA.bar + ZEBRA.gap;
  const count = Math.max(1, Math.floor((v1 - v0 + ZEBRA.gap - 2 * ASIDE) / period));
  const first = (v0 + v1) / 2 - (count * period - ZEBRA.gap) / 2;
  for (let i = 0; i < count; i++) box(frame, u0, u1, first + i * period + ZEBRA.bar, first + i * period, sheet);
}

function headingNear(lane: Lane, x: number, y: number): number {
  let best = 0;
  const away = (i: number) => (lane.x[i] - x) ** 2 + (lane.y[i] - y) ** 2;
  for (let i = 1; i < lane.x.length; i++) if (away(i) < away(best)) best = i;
  return lane.headingRad[best];
}

/** Traffic crosses the longer extent of a crossing that no lane is known of. */
function longSide(corners: Crossing['corners']): number {
  const [a, b, c] = corners;
  const [p, q] = [Math.hypot(b[0] - a[0], b[1] - a[1]), Math.hypot(c[0] - b[0], c[1] - b[1])];
  return p < q ? Math.atan2(b[1] - a[1], b[0] - a[0]) : Math.atan2(c[1] - b[1], c[0] - b[0]);
}

/** Lights and signs of the map, as posts. */
export function drawnSignals(map: OpenDrive, graph: LaneGraph): DrawnSignal[] {
  const known = new Map(graph.signals.map((signal) => [signal.id, signal]));
  return [...map.roads.values()].flatMap((road) => [
    ...road.signals.flatMap((signal): DrawnSignal[] => {
      if (!signal.sign) return [];
      const own = known.get(signal.id);
      const speed = speedText(signal.sign.name, signal.sign.type === '274' ? signal.sign.value : undefined);
      const kind = own?.kind ?? (speed ? 'speed' : 'other');
      const place = footOf(road, signal.s, signal.t);
      const ruled = own && own.lanes.length > 0 ? graph.lanes[own.lanes[0]] : undefined;
      const headingRad = ruled ? stopHeading(ruled, own?.id, graph) : place.headingRad + turned(signal.orientation);
      const { x, y } = place;
      return [{ id: signal.id, kind, controller: own?.controller, x, y, headingRad, text: speed }];
    }),
    ...road.objects.flatMap((object) => signOf(road, object)),
  ]);
}

/** Tools also write speed signs as objects, named "Speed_30". */
function signOf(road: Road, object: RoadObject): DrawnSignal[] {
  const text = speedText(object.name, undefined);
  if (!text) return [];
  const { x, y, headingRad } = footOf(road, object.s, object.t);
  // Signs stand on the right of whom they concern.
  const right = object.t < 0 !== road.leftHandTraffic;
  return [
    {
      id: `object ${object.id}`,
      kind: 'speed',
      controller: undefined,
      x,
      y,
      headingRad: headingRad + (right ? 0 : Math.PI),
      text,
    },
  ];
}

const speedText = (name: string, value: number | undefined): string =>
  value !== undefined ? String(value) : (/^speed[_ ]?(?:limit[_ ]?)?(\d{1,3})/i.exec(name)?.[1] ?? '');

const turned = (orientation: RoadSignal['orientation']) => (orientation === '-' ? Math.PI : 0);

function footOf(road: Road, s: number, t: number): Frame {
  const at = Math.min(road.length, Math.max(0, s));
  const stretches = stretchesOf(road);
  const stretch = stretches.findLast(({ from }) => from <= at) ?? stretches[0];
  const place = sectionCutAt(stretch, at);
  const [x, y] = beside(place, t);
  return { x, y, headingRad: place.headingRad };
}

/** Heading of the travel that stops at a signal. */
function stopHeading(lane: Lane, id: string | undefined, { signals }: LaneGraph): number {
  const line = lane.stopLines.find(({ signal }) => signals[signal].id === id);
  return lanePoseAt(lane, line?.s ?? 0).headingRad;
}

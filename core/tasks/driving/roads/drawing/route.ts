/**
 * The drawing of a road that has no map: a route with lanes beside it, as chains of simple pieces and imported logs give.
 *
 * The road goes on straight beyond both ends. Its edges are the route's own, sample by sample; inside a junction, where they are wider
 * than the road, the road keeps its width and a cross road of a car's reach is drawn with rounded corners. Lines between lanes are broken
 * and white, between directions yellow: broken with one lane each way, double and solid with more.
 */
import { cos, sin } from '../../../../base/trigonometry.ts';
import {
  type MapDrawing,
  PAINT_BAR,
  PAINT_FAINT_WHITE,
  PAINT_FAINT_YELLOW,
  PAINT_WHITE,
  PAINT_YELLOW,
  SURFACE_KERB,
  SURFACE_ROAD,
  SURFACE_SHOULDER,
  SURFACE_SIDEWALK,
} from './model.ts';
import { createSheets, type Sheet } from './tiles.ts';
import type { Point } from '../../../../base/geometry.ts';

/** What is drawn of a route: columns of one length, a sample every `ds` m; the fields of `RoadFrames`. */
export interface DrawnRoute {
  readonly ds: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly heading: Float64Array;
  readonly edgeLeft: Float64Array;
  readonly edgeRight: Float64Array;
  readonly oncomingFrom: Float64Array;
  readonly laneWidth: number;
  readonly lanesLeft: number;
  readonly lanesRight: number;
  readonly junctions: readonly { readonly from: number; readonly to: number }[];
  readonly crossings: readonly number[];
  readonly lights: readonly { readonly stopLineS: number }[];
}

/** How far the road goes on beyond both ends, and cross roads beside it, m. */
const BEYOND = 260;
const CROSS_REACH = 140;
const SHOULDER = 0.7;
const KERB = 0.2;
const PAVEMENT = 2.6;
const LINE = 0.13;
const CORNER = 5;
/** Dash and gap, m, and steps along the road by level. */
const DASH = 3;
const GAP = 6;
const STEP = [2, 8] as const;
const ZEBRA = { half: 1.6, bar: 0.5, period: 1 };
const BAR = 0.4;

/** Draws a route; some milliseconds for a kilometre. */
export function drawRoute(route: DrawnRoute): MapDrawing {
  const sheets = createSheets();
  for (const sheet of sheets.levels) paintRoute(new Brush(route, sheet));
  return sheets.finish([]);
}

type Side = (s: number) => number;

/** Route coordinates to triangles. */
class Brush {
  readonly route: DrawnRoute;
  readonly sheet: Sheet;
  readonly length: number;
  constructor(route: DrawnRoute, sheet: Sheet) {
    this.route = route;
    this.sheet = sheet;
    this.length = (route.x.length - 1) * route.ds;
  }

  /** A column at `s`, that of the nearest sample outside of junctions. */
  column(values: Float64Array, s: number): number {
    const { ds, junctions } = this.route;
    const inside = junctions.find(({ from, to }) => s > from - ds && s < to + ds);
    const clear = inside ? (s - inside.from < inside.to - s ? inside.from - ds : inside.to + ds) : s;
    return values[Math.min(values.length - 1, Math.max(0, Math.round(clear / ds)))];
  }

  point(s: number, lateral: number): Point {
    const { x, y, heading, ds } = this.route;
    const last = x.length - 1;
    const at = Math.min(Math.max(s / ds, 0), last);
    const row = Math.min(Math.floor(at), Math.max(0, last - 1));
    const next = Math.min(row + 1, last);
    const t = at - row;
    let turn = heading[next] - heading[row];
    turn -= 2 * Math.PI * Math.round(turn / (2 * Math.PI));
    const h = heading[row] + t * turn;
    const beyond = s < 0 ? s : Math.max(0, s - this.length);
    const [c, n] = [cos(h), sin(h)];
    return [
      x[row] + (x[next] - x[row]) * t + beyond * c - lateral * n,
      y[row] + (y[next] - y[row]) * t + beyond * n + lateral * c,
    ];
  }

  band(material: number, from: number, to: number, high: Side, low: Side): void {
    if (to - from < 1e-3) return;
    const count = Math.max(1, Math.ceil((to - from) / STEP[this.sheet.level]));
    const along = Array.from({ length: count + 1 }, (_, i) => from + ((to - from) * i) / count);
    this.sheet.strip(
      material,
      along.map((s) => this.point(s, high(s))),
      along.map((s) => this.point(s, low(s))),
    );
  }

  /** A line of paint around `lateral`. */
  line(material: number, from: number, to: number, lateral: Side, width = LINE): void {
    this.band(
      material,
      from,
      to,
      (s) => lateral(s) + width / 2,
      (s) => lateral(s) - width / 2,
    );
  }
}

function paintRoute(brush: Brush): void {
  const { route, sheet, length } = brush;
  const left: Side = (s) => brush.column(route.edgeLeft, s);
  const right: Side = (s) => -brush.column(route.edgeRight, s);
  const [start, end] = [-BEYOND, length + BEYOND];
  const open = gapsBetween(route.junctions, start, end, 0);
  const clear = gapsBetween(route.junctions, start, end, CORNER);
  const aside =
    (side: Side, by: number): Side =>
    (s) =>
      side(s) + by;
  const shoulder = [aside(left, SHOULDER), aside(right, -SHOULDER)];
  for (const [a, b] of clear) {
    brush.band(SURFACE_SIDEWALK, a, b, aside(left, SHOULDER + KERB + PAVEMENT), shoulder[0]);
    brush.band(SURFACE_SIDEWALK, a, b, shoulder[1], aside(right, -SHOULDER - KERB - PAVEMENT));
    brush.band(SURFACE_KERB, a, b, aside(left, SHOULDER + KERB), shoulder[0]);
    brush.band(SURFACE_KERB, a, b, shoulder[1], aside(right, -SHOULDER - KERB));
    brush.band(SURFACE_SHOULDER, a, b, shoulder[0], left);
    brush.band(SURFACE_SHOULDER, a, b, right, shoulder[1]);
    brush.line(sheet.level === 0 ? PAINT_WHITE : PAINT_FAINT_WHITE, a, b, left, width(sheet));
    brush.line(sheet.level === 0 ? PAINT_WHITE : PAINT_FAINT_WHITE, a, b, right, width(sheet));
  }
  for (const { from, to } of route.junctions) paintCrossRoad(brush, (from + to) / 2, (to - from) / 2, shoulder);
  brush.band(SURFACE_ROAD, start, end, shoulder[0], shoulder[1]);
  for (const [a, b] of open) paintLaneLines(brush, a, b, left, right);
  for (const s of route.crossings) {
    const [high, low] = [left(s) - 0.2, right(s) + 0.2];
    const count = Math.max(1, Math.floor((high - low + ZEBRA.period - ZEBRA.bar) / ZEBRA.period));
    const first = (high + low) / 2 - (count * ZEBRA.period - ZEBRA.bar) / 2;
    for (let i = 0; i < count; i++) {
      const y = first + i * ZEBRA.period;
      brush.band(
        PAINT_BAR,
        s - ZEBRA.half,
        s + ZEBRA.half,
        () => y + ZEBRA.bar,
        () => y,
      );
    }
  }
  for (const { stopLineS } of route.lights) {
    const high = Math.min(brush.column(route.oncomingFrom, stopLineS), left(stopLineS)) - 0.12;
    brush.band(
      PAINT_BAR,
      stopLineS - BAR,
      stopLineS,
      () => high,
      (s) => right(s) + 0.2,
    );
  }
}

const width = ({ level }: Sheet) => (level === 0 ? LINE : 0.3);

/** Stretches from `start` to `end` that keep `margin` from every junction. */
function gapsBetween(junctions: DrawnRoute['junctions'], start: number, end: number, margin: number) {
  const spans: (readonly [number, number])[] = [];
  let at = start;
  for (const { from, to } of [...junctions].sort((a, b) => a.from - b.from)) {
    if (from - margin > at) spans.push([at, from - margin]);
    at = Math.max(at, to + margin);
  }
  if (end > at) spans.push([at, end]);
  return spans;
}

function paintLaneLines(brush: Brush, from: number, to: number, left: Side, right: Side): void {
  const { route, sheet } = brush;
  const { laneWidth, lanesLeft, lanesRight, crossings } = route;
  const far = sheet.level === 1;
  for (let i = -lanesRight; i < lanesLeft; i++) {
    const lateral = (i + 0.5) * laneWidth;
    const between = (s: number) => lateral < left(s) - 0.5 && lateral > right(s) + 0.5;
    const divides = (s: number) => Math.abs(brush.column(route.oncomingFrom, s) - lateral) < 0.5;
    const onward = i + 1 + lanesRight;
    const period = DASH + GAP;
    for (let k = Math.ceil(from / period); k * period + DASH < to; k++) {
      const s = k * period;
      const stretch = [s, Math.min(to, s + (far || (divides(s) && onward > 1) ? period : DASH))] as const;
      if (!between(s) || crossings.some((c) => stretch[1] > c - 2.4 && s < c + 2.4)) continue;
      const [plain, faint] = divides(s) ? [PAINT_YELLOW, PAINT_FAINT_YELLOW] : [PAINT_WHITE, PAINT_FAINT_WHITE];
      if (divides(s) && onward > 1 && !far)
        for (const side of [LINE, -LINE]) brush.line(plain, ...stretch, () => lateral + side);
      else brush.line(far ? faint : plain, ...stretch, () => lateral, width(sheet));
    }
  }
}

/** The road that crosses at `middle`, `half` a road's width each way: straight across, with four rounded corners. */
function paintCrossRoad(brush: Brush, middle: number, half: number, [high, low]: readonly Side[]): void {
  const { sheet } = brush;
  const before = middle - half;
  const axis = brush.point(middle, 1);
  const origin = brush.point(middle, 0);
  const [vx, vy] = [axis[0] - origin[0], axis[1] - origin[1]];
  /** u along the route from the junction's middle, v to the left. */
  const at = (u: number, v: number): Point => [origin[0] + u * vy + v * vx, origin[1] - u * vx + v * vy];
  const box = (material: number, u0: number, u1: number, v0: number, v1: number) =>
    sheet.strip(material, [at(u0, v1), at(u1, v1)], [at(u0, v0), at(u1, v0)]);
  for (const [edge, sign] of [
    [high(before), 1],
    [low(before), -1],
  ] as const) {
    const reach = edge + sign * CROSS_REACH;
    const bent = edge + sign * CORNER;
    const [v0, v1] = [Math.min(bent, reach), Math.max(bent, reach)];
    for (const side of [-1, 1]) {
      const [a, b] = side < 0 ? [-half - KERB - PAVEMENT, -half] : [half, half + KERB + PAVEMENT];
      box(SURFACE_SIDEWALK, a, b, v0, v1);
      box(SURFACE_KERB, side < 0 ? -half - KERB : half, side < 0 ? -half : half + KERB, v0, v1);
      const corner = (radius: number) =>
        Array.from({ length: 9 }, (_, i) => {
          const angle = (i * Math.PI) / 16;
          return at(side * (half + CORNER - radius * sin(angle)), edge + sign * (CORNER - radius * cos(angle)));
        });
      const tip = at(side * half, edge);
      const [kerb, inside, outside] = [CORNER, CORNER - KERB, CORNER - KERB - PAVEMENT].map(corner);
      kerb.slice(1).forEach((point, i) => {
        sheet.triangle(SURFACE_ROAD, tip, kerb[i], point);
      });
      sheet.strip(SURFACE_SIDEWALK, kerb, outside);
      sheet.strip(SURFACE_KERB, kerb, inside);
    }
    box(SURFACE_ROAD, -half, half, Math.min(edge, reach), Math.max(edge, reach));
    const paint = sheet.level === 0 ? PAINT_WHITE : PAINT_FAINT_WHITE;
    for (const u of [-half + 0.7, half - 0.7]) box(paint, u - width(sheet) / 2, u + width(sheet) / 2, v0, v1);
    const middlePaint = sheet.level === 0 ? PAINT_YELLOW : PAINT_FAINT_YELLOW;
    for (let v = 1.5; v + DASH < CROSS_REACH; v += DASH + GAP) {
      const [a, b] = [edge + sign * v, edge + sign * (v + (sheet.level === 0 ? DASH : DASH + GAP))];
      box(middlePaint, -width(sheet) / 2, width(sheet) / 2, Math.min(a, b), Math.max(a, b));
    }
  }
}

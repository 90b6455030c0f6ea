/**
 * The road: shoulder, lanes, lines, zebra crossings, stop line, the cross road of a junction with its rounded corners, and
 * the goal's chequered band. Everything flat, in one mesh, painted back to front.
 */
import { DoubleSide, Group, Mesh, MeshBasicMaterial } from 'three';
import { clearTree, FLAT_ROAD, type Layer } from '../layer.ts';
import { laneLines, type Point, type RoadLine, roadEdges, roadLine, samples } from '../road-line.ts';
import type { Scene } from '../scene.ts';
import { FlatPieces } from '../shapes/flat.ts';
import { mix, type Rgb, type ViewerTheme } from '../theme.ts';

/** How far the road goes on before the first sample and beyond the last, m. */
const BEYOND = 260;
const SHOULDER = 0.7;
const KERB = 0.22;
const PAVEMENT = 2.6;
const LINE = 0.13;
/** Dash and gap of a line between lanes, m. */
const DASH = 3;
const GAP = 4.5;
const CROSS_REACH = 140;
const CORNER = 5;

type Span = readonly [number, number];

export function createRoad(): Layer {
  const root = new Group();
  return {
    root,
    build(scene, theme) {
      clearTree(root);
      const material = new MeshBasicMaterial({
        vertexColors: true,
        side: DoubleSide,
        depthTest: false,
        depthWrite: false,
      });
      const mesh = new Mesh(paintRoad(scene, theme), material);
      mesh.renderOrder = FLAT_ROAD;
      mesh.frustumCulled = false;
      root.add(mesh);
    },
    update() {},
    dispose: () => clearTree(root),
  };
}

function paintRoad({ drive }: Scene, theme: ViewerTheme) {
  const { road } = drive.frames;
  const line = roadLine(road);
  const pieces = new FlatPieces();
  const { left, right } = roadEdges(road);
  const colors = roadColors(theme);
  const [start, end] = [-BEYOND, line.length + BEYOND];
  const band = (from: number, to: number, high: number, low: number, color: Rgb, step = 2) => {
    if (to - from < 1e-3) return;
    const along = samples(from, to, step);
    pieces.strip(
      along.map((s) => line.point(s, high)),
      along.map((s) => line.point(s, low)),
      color,
    );
  };
  const { junction } = road;
  const open: readonly Span[] = junction
    ? [
        [start, junction.from],
        [junction.to, end],
      ]
    : [[start, end]];
  const clear: readonly Span[] = junction
    ? [
        [start, junction.from - CORNER],
        [junction.to + CORNER, end],
      ]
    : open;

  for (const [a, b] of clear) {
    band(a, b, left + SHOULDER + KERB + PAVEMENT, left + SHOULDER, colors.pavement);
    band(a, b, right - SHOULDER, right - SHOULDER - KERB - PAVEMENT, colors.pavement);
    band(a, b, left + SHOULDER + KERB, left + SHOULDER, colors.kerb);
    band(a, b, right - SHOULDER, right - SHOULDER - KERB, colors.kerb);
  }
  if (junction) paintCrossRoad(pieces, line, junction, left + SHOULDER, right - SHOULDER, colors);
  const lane = road.laneWidth / 2;
  band(start, end, left + SHOULDER, lane, colors.road);
  band(start, end, lane, -lane, colors.lane);
  band(start, end, -lane, right - SHOULDER, colors.road);
  for (const [a, b] of clear) {
    band(a, b, left + SHOULDER, left, colors.shoulder);
    band(a, b, right, right - SHOULDER, colors.shoulder);
    band(a, b, left + LINE / 2, left - LINE / 2, colors.mark);
    band(a, b, right + LINE / 2, right - LINE / 2, colors.mark);
  }
  const stop = road.stopLineS;
  for (const [a, b] of open) {
    for (const lateral of laneLines(road))
      for (let s = Math.ceil(a / (DASH + GAP)) * (DASH + GAP); s + DASH < b; s += DASH + GAP)
        if (!road.crossings.some((c) => s + DASH > c - 2.4 && s < c + 2.4))
          band(s, s + DASH, lateral + LINE / 2, lateral - LINE / 2, colors.mark, 1.5);
  }
  for (const s of road.crossings)
    for (let y = right + 0.35; y + 0.5 <= left - 0.2; y += 1) band(s - 1.6, s + 1.6, y + 0.5, y, colors.zebra, 1.6);
  if (stop !== undefined && Number.isFinite(stop))
    band(stop - 0.4, stop, road.laneWidth / 2 - 0.12, right + 0.2, colors.zebra);
  paintGoal(band, road.goalS, road.laneWidth, theme, colors);
  return pieces.geometry();
}

interface RoadColors {
  readonly pavement: Rgb;
  readonly kerb: Rgb;
  readonly shoulder: Rgb;
  readonly road: Rgb;
  readonly lane: Rgb;
  readonly mark: Rgb;
  readonly zebra: Rgb;
}

function roadColors({ dark, road, verge, mark, dim }: ViewerTheme): RoadColors {
  return {
    pavement: dark ? mix(dim, verge, 0.1) : mix(dim, [1, 1, 1], 0.2),
    kerb: dark ? mix(dim, verge, 0.36) : mix(dim, [1, 1, 1], 0.42),
    shoulder: mix(dark ? [0, 0, 0] : dim, road, 0.18),
    road,
    lane: mix(dark ? [1, 1, 1] : [0.2, 0.25, 0.35], road, 0.025),
    mark: mix(mark, road, 0.9),
    zebra: mix(mark, road, dark ? 0.66 : 0.9),
  };
}

/** The road that crosses between `from` and `to`: straight across at the middle, with four rounded corners. */
function paintCrossRoad(
  pieces: FlatPieces,
  line: RoadLine,
  { from, to }: { readonly from: number; readonly to: number },
  left: number,
  right: number,
  colors: RoadColors,
): void {
  const middle = line.at((from + to) / 2);
  const half = (to - from) / 2;
  const [c, s] = [Math.cos(middle.headingRad), Math.sin(middle.headingRad)];
  /** u along the ego's road from the junction's middle, v to the left of its lane centre. */
  const point = (u: number, v: number): Point => [middle.x + c * u - s * v, middle.y + s * u + c * v];
  const box = (u0: number, u1: number, v0: number, v1: number, color: Rgb) =>
    pieces.strip([point(u0, v1), point(u1, v1)], [point(u0, v0), point(u1, v0)], color);
  for (const [v0, v1] of [
    [right - CROSS_REACH, right],
    [left, left + CROSS_REACH],
  ]) {
    box(-half - KERB - PAVEMENT, half + KERB + PAVEMENT, v0, v1, colors.pavement);
    box(-half - KERB, half + KERB, v0, v1, colors.kerb);
    box(-half, half, v0, v1, colors.road);
    for (let v = v0 + 1.5; v + DASH < v1; v += DASH + GAP) box(-LINE / 2, LINE / 2, v, v + DASH, colors.mark);
    const [near, far] = v0 < 0 ? [v1 - CORNER, v0] : [v0 + CORNER, v1];
    for (const u of [-half + 0.7, half - 0.7])
      box(u - LINE / 2, u + LINE / 2, Math.min(near, far), Math.max(near, far), colors.mark);
  }
  for (const du of [-1, 1])
    for (const [edge, dv] of [
      [left, 1],
      [right, -1],
    ]) {
      const corner = point(du * half, edge);
      const arc = (radius: number) =>
        samples(0, Math.PI / 2, 0.14).map((a) =>
          point(du * (half + CORNER - radius * Math.sin(a)), edge + dv * (CORNER - radius * Math.cos(a))),
        );
      const outer = arc(CORNER - KERB - PAVEMENT);
      pieces.strip(arc(CORNER), outer, colors.pavement);
      pieces.strip(arc(CORNER), arc(CORNER - KERB), colors.kerb);
      pieces.fan(corner, arc(CORNER), colors.road);
    }
}

/** A two-row chequered band across the ego's lane where the route ends. */
function paintGoal(
  band: (from: number, to: number, high: number, low: number, color: Rgb) => void,
  goalS: number,
  laneWidth: number,
  theme: ViewerTheme,
  colors: RoadColors,
): void {
  const columns = 8;
  const size = laneWidth / columns;
  for (let row = 0; row < 2; row++)
    for (let column = 0; column < columns; column++)
      band(
        goalS + row * size,
        goalS + (row + 1) * size,
        -laneWidth / 2 + (column + 1) * size,
        -laneWidth / 2 + column * size,
        (row + column) % 2 === 0 ? mix(theme.ego, colors.lane, 0.75) : mix(theme.ego, colors.lane, 0.16),
      );
}

/**
 * Plane geometry of the world: points that know their frame, oriented boxes, and what boxes do to each other.
 *
 * Boxes are tested by separating axes: two convex shapes are apart exactly when their shadows on the normal of some side are
 * (Gottschalk, Lin & Manocha 1996, "OBBTree"). Touching is not overlapping. The kernel does the same in closed form
 * (world-geometry.ts); here corners are projected one by one, so the two check each other.
 */

declare const frame: unique symbol;
/** A point or vector, m; the brand costs nothing and keeps a world point out of an ego-frame formula. */
export interface WorldPoint {
  readonly x: number;
  readonly y: number;
  readonly [frame]?: 'world';
}
/** x forward, y left of the ego. */
export interface EgoPoint {
  readonly x: number;
  readonly y: number;
  readonly [frame]?: 'ego';
}
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
}
/** An oriented box: pose of its centre, and its size along and across its heading. */
export interface Box extends Pose {
  readonly length: number;
  readonly width: number;
}

/** Nearest integer, halves to even (WASM's `nearest`). */
export function roundEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** The same angle in [-π, π]. */
export function wrapAngle(angle: number): number {
  return angle - 2 * Math.PI * roundEven(angle / (2 * Math.PI));
}

export function toEgo(ego: Pose, point: WorldPoint): EgoPoint {
  const dx = point.x - ego.x;
  const dy = point.y - ego.y;
  const cos = Math.cos(ego.headingRad);
  const sin = Math.sin(ego.headingRad);
  return { x: dx * cos + dy * sin, y: dy * cos - dx * sin };
}

export function toWorld(ego: Pose, point: EgoPoint): WorldPoint {
  const cos = Math.cos(ego.headingRad);
  const sin = Math.sin(ego.headingRad);
  return { x: ego.x + point.x * cos - point.y * sin, y: ego.y + point.x * sin + point.y * cos };
}

/** The four corners, counter-clockwise from front left. */
export function corners({ length, width, ...pose }: Box): WorldPoint[] {
  const [l, w] = [length / 2, width / 2];
  return [
    { x: l, y: w },
    { x: -l, y: w },
    { x: -l, y: -w },
    { x: l, y: -w },
  ].map((corner: EgoPoint) => toWorld(pose, corner));
}

/** Unit normals of a box's sides. */
function axes({ headingRad }: Box): WorldPoint[] {
  const [cos, sin] = [Math.cos(headingRad), Math.sin(headingRad)];
  return [
    { x: cos, y: sin },
    { x: -sin, y: cos },
  ];
}

/** Interval that a box covers on an axis. */
function shadow(box: Box, axis: WorldPoint): readonly [number, number] {
  const along = corners(box).map((corner) => corner.x * axis.x + corner.y * axis.y);
  return [Math.min(...along), Math.max(...along)];
}

/** Whether two boxes share inner points. */
export function overlaps(a: Box, b: Box): boolean {
  return [...axes(a), ...axes(b)].every((axis) => {
    const [aLow, aHigh] = shadow(a, axis);
    const [bLow, bHigh] = shadow(b, axis);
    return aLow < bHigh && bLow < aHigh;
  });
}

/**
 * Seconds until box `b`, moving with `velocity` relative to `a`, first touches `a`; 0 when they overlap now, Infinity when
 * they never meet. Exact for boxes that do not turn: on each axis the shadows overlap during one interval of time, and the
 * boxes overlap where all four intervals do.
 */
export function contactTime(a: Box, b: Box, velocity: WorldPoint): number {
  let enter = Number.NEGATIVE_INFINITY;
  let leave = Number.POSITIVE_INFINITY;
  for (const axis of [...axes(a), ...axes(b)]) {
    const [aLow, aHigh] = shadow(a, axis);
    const [bLow, bHigh] = shadow(b, axis);
    const speed = velocity.x * axis.x + velocity.y * axis.y;
    if (Math.abs(speed) < 1e-9) {
      if (aLow >= bHigh || bLow >= aHigh) return Number.POSITIVE_INFINITY;
      continue;
    }
    const times = [(aLow - bHigh) / speed, (aHigh - bLow) / speed];
    enter = Math.max(enter, Math.min(...times));
    leave = Math.min(leave, Math.max(...times));
  }
  return enter > leave || leave < 0 ? Number.POSITIVE_INFINITY : Math.max(0, enter);
}

function pointToSegment(p: WorldPoint, a: WorldPoint, b: WorldPoint): number {
  const [abx, aby] = [b.x - a.x, b.y - a.y];
  const t = ((p.x - a.x) * abx + (p.y - a.y) * aby) / (abx * abx + aby * aby);
  const inside = Math.max(0, Math.min(1, t));
  return Math.hypot(p.x - a.x - inside * abx, p.y - a.y - inside * aby);
}

/** Distance between two boxes, m; 0 when they overlap. Between disjoint convex shapes it is reached at a corner of one. */
export function boxGap(a: Box, b: Box): number {
  if (overlaps(a, b)) return 0;
  let gap = Number.POSITIVE_INFINITY;
  for (const [from, to] of [
    [corners(a), corners(b)],
    [corners(b), corners(a)],
  ])
    for (const corner of from)
      for (let side = 0; side < 4; side++) gap = Math.min(gap, pointToSegment(corner, to[side], to[(side + 1) % 4]));
  return gap;
}

/** Whether the straight line from `eye` to `target` passes through the inside of `box` (slab method in the box's frame). */
export function cutsSight(eye: WorldPoint, target: WorldPoint, box: Box): boolean {
  const from = toEgo(box, eye);
  const to = toEgo(box, target);
  let enter = 0;
  let leave = 1;
  for (const [p, end, half] of [
    [from.x, to.x, box.length / 2],
    [from.y, to.y, box.width / 2],
  ]) {
    const way = end - p;
    if (Math.abs(way) < 1e-12) {
      if (Math.abs(p) >= half) return false;
      continue;
    }
    const cuts = [(-half - p) / way, (half - p) / way];
    enter = Math.max(enter, Math.min(...cuts));
    leave = Math.min(leave, Math.max(...cuts));
  }
  return enter < leave;
}

export type Point = readonly [x: number, y: number];

export interface MovingBox extends Box {
  readonly speedMps: number;
}

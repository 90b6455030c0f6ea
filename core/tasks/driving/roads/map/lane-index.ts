/**
 * Where on which lane: nearest-lane queries through a uniform grid, and walking along lanes.
 *
 * The grid is a spatial hash of the chords between samples (chord-hash.ts). A query visits rings of cells until no nearer chord
 * can follow. Nothing scans all lanes. Answers are exact for the chords, which stray at most CHORD_TOLERANCE from the true
 * centre line.
 */
import { cos, sin } from '../../../../base/trigonometry.ts';
import { bucketOf, CELL, hashChords } from './chord-hash.ts';
import type { Lane, LaneGraph, LaneKind } from './lane-model.ts';

/** Whether a lane counts at one of its samples: tells a bridge from the road below. */
type LaneFilter = (lane: Lane, sample: number) => boolean;

export interface LanePosition {
  /** Index in `LaneGraph.lanes`. */
  readonly lane: number;
  /** Arc length along it, m. */
  readonly s: number;
  /** Offset from its centre, left +, m. */
  readonly lateral: number;
  /** Distance from its centre line, m; more than |lateral| beyond the ends of a lane. */
  readonly distance: number;
}

export interface LanePose {
  readonly x: number;
  readonly y: number;
  /** Unwrapped. */
  readonly headingRad: number;
  readonly curvature: number;
  readonly width: number;
}

export interface LaneIndex {
  readonly graph: LaneGraph;
  /** The lane whose centre line is nearest, within `maxDistance` m; of equally near ones the first. */
  nearest(x: number, y: number, maxDistance?: number, counts?: LaneFilter): LanePosition | undefined;
  /** The same, but a lane that points elsewhere counts as up to 5 m farther: tells lanes apart that cross or oppose. */
  nearestAligned(
    x: number,
    y: number,
    headingRad: number,
    maxDistance?: number,
    counts?: LaneFilter,
  ): LanePosition | undefined;
  /** Every lane with a point of its centre line within `radius` m: its nearest point, nearest lane first. */
  within(x: number, y: number, radius: number): LanePosition[];
}

/** An index of the lanes of these kinds (default: driving lanes). */
export function createLaneIndex(graph: LaneGraph, kinds: readonly LaneKind[] = ['driving']): LaneIndex {
  const chosen = graph.lanes.filter(({ kind }) => kinds.includes(kind));
  const hash = hashChords(chosen);
  const { starts, line: chordLane, chord: chordSample } = hash;
  const { lanes } = graph;

  /** Calls `visit` with chords near (x, y), ring by ring, until `visit`'s reach is inside the rings seen. */
  const search = (x: number, y: number, reach: () => number, visit: (chord: number) => void) => {
    const [cx, cy] = [Math.floor(x / CELL), Math.floor(y / CELL)];
    // Distance from the point to the nearest edge of its own cell: what ring r has surely covered is this + r cells.
    const inside = Math.min(x - cx * CELL, (cx + 1) * CELL - x, y - cy * CELL, (cy + 1) * CELL - y);
    const cell = (ix: number, iy: number) => {
      const bucket = bucketOf(hash, ix, iy);
      for (let i = starts[bucket]; i < starts[bucket + 1]; i++) visit(i);
    };
    for (let ring = 0; ring === 0 || inside + (ring - 1) * CELL < reach(); ring++) {
      for (let i = -ring; i <= ring; i++) {
        cell(cx + i, cy - ring);
        if (ring > 0) cell(cx + i, cy + ring);
      }
      for (let i = 1 - ring; i < ring; i++) {
        cell(cx - ring, cy + i);
        cell(cx + ring, cy + i);
      }
    }
  };

  const nearestBy = (
    x: number,
    y: number,
    maxDistance: number,
    counts: LaneFilter | undefined,
    penalty: (lane: Lane, sample: number) => number,
  ) => {
    if (!Number.isFinite(x + y)) return undefined;
    let best = Math.min(maxDistance, MAX_REACH);
    let [bestLane, bestSample] = [-1, -1];
    search(
      x,
      y,
      () => best,
      (chord) => {
        const [lane, sample] = [chordLane[chord], chordSample[chord]];
        const cost = chordDistance(lanes[lane], sample, x, y) + penalty(lanes[lane], sample);
        if (cost > best || (cost === best && bestLane >= 0 && !isBefore(lane, sample, bestLane, bestSample))) return;
        if (counts && !counts(lanes[lane], sample)) return;
        [best, bestLane, bestSample] = [cost, lane, sample];
      },
    );
    return bestLane < 0 ? undefined : positionOn(lanes[bestLane], bestSample, x, y);
  };

  return {
    graph,
    nearest: (x, y, maxDistance = 50, counts) => nearestBy(x, y, maxDistance, counts, () => 0),
    nearestAligned: (x, y, headingRad, maxDistance = 50, counts) =>
      nearestBy(x, y, maxDistance, counts, (lane, sample) => 2.5 * (1 - cos(lane.headingRad[sample] - headingRad))),
    within(x, y, radius) {
      const found = new Map<number, { sample: number; distance: number }>();
      if (!Number.isFinite(x + y)) return [];
      const reach = Math.min(radius, MAX_REACH);
      search(
        x,
        y,
        () => reach,
        (chord) => {
          const [lane, sample] = [chordLane[chord], chordSample[chord]];
          const distance = chordDistance(lanes[lane], sample, x, y);
          const known = found.get(lane);
          if (distance > reach || (known && known.distance < distance)) return;
          if (known?.distance === distance && known.sample <= sample) return;
          found.set(lane, { sample, distance });
        },
      );
      return [...found]
        .map(([lane, { sample }]) => positionOn(lanes[lane], sample, x, y))
        .sort((a, b) => a.distance - b.distance || a.lane - b.lane);
    },
  };
}

/** Farthest a query looks, m. */
const MAX_REACH = 1000;

const isBefore = (lane: number, sample: number, otherLane: number, otherSample: number) =>
  lane < otherLane || (lane === otherLane && sample < otherSample);

/** Fraction of the chord from sample `i` that lies nearest to (x, y). */
function nearestFraction(lane: Lane, i: number, x: number, y: number): number {
  const [dx, dy] = [lane.x[i + 1] - lane.x[i], lane.y[i + 1] - lane.y[i]];
  const square = dx * dx + dy * dy;
  if (square === 0) return 0;
  return Math.min(1, Math.max(0, ((x - lane.x[i]) * dx + (y - lane.y[i]) * dy) / square));
}

/** Distance of (x, y) from the chord that starts at sample `i` of `lane`, m. */
export function chordDistance(lane: Lane, i: number, x: number, y: number): number {
  const part = nearestFraction(lane, i, x, y);
  const ox = x - lane.x[i] - part * (lane.x[i + 1] - lane.x[i]);
  const oy = y - lane.y[i] - part * (lane.y[i + 1] - lane.y[i]);
  return Math.sqrt(ox * ox + oy * oy);
}

/** Position of (x, y) relative to the chord that starts at sample `i` of `lane`. */
export function positionOn(lane: Lane, i: number, x: number, y: number): LanePosition {
  const [dx, dy] = [lane.x[i + 1] - lane.x[i], lane.y[i + 1] - lane.y[i]];
  const part = nearestFraction(lane, i, x, y);
  const chord = Math.sqrt(dx * dx + dy * dy);
  const lateral = chord > 0 ? (dx * (y - lane.y[i]) - dy * (x - lane.x[i])) / chord : 0;
  const s = lane.s[i] + part * (lane.s[i + 1] - lane.s[i]);
  return { lane: lane.index, s, lateral, distance: chordDistance(lane, i, x, y) };
}

/**
 * Pose at arc length `s` of a lane, clipped to its ends. Position by cubic Hermite over the exact sample headings, the rest
 * linear: continuous, and far closer to the true centre line than the chord.
 */
export function lanePoseAt(lane: Lane, s: number): LanePose {
  const i = Math.min(lane.s.length - 2, lastSample(lane.s, s));
  const span = lane.s[i + 1] - lane.s[i];
  const t = span > 0 ? Math.min(1, Math.max(0, (s - lane.s[i]) / span)) : 0;
  const u = 1 - t;
  const lerp = (values: Float64Array) => values[i] + t * (values[i + 1] - values[i]);
  const hermite = (p: Float64Array, slope: (h: number) => number) =>
    u * u * ((1 + 2 * t) * p[i] + t * span * slope(lane.headingRad[i])) +
    t * t * ((1 + 2 * u) * p[i + 1] - u * span * slope(lane.headingRad[i + 1]));
  return {
    x: hermite(lane.x, cos),
    y: hermite(lane.y, sin),
    headingRad: lerp(lane.headingRad),
    curvature: lerp(lane.curvature),
    width: lerp(lane.width),
  };
}

function lastSample(s: Float64Array, at: number): number {
  let [low, high] = [0, s.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (s[middle] <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * The place `distance` metres ahead along lanes. `choose` picks the successor where a lane ends (default: the first);
 * where there is none, or after 1,000 lanes, the answer is the end of the last lane.
 */
export function ahead(
  graph: LaneGraph,
  lane: number,
  s: number,
  distance: number,
  choose: (lane: Lane) => number | undefined = ({ successors }) => successors[0],
): { readonly lane: number; readonly s: number } {
  let at = graph.lanes[lane];
  let rest = s + distance;
  for (let i = 0; i < 1000 && rest > at.length; i++) {
    const next = choose(at);
    if (next === undefined) break;
    rest -= at.length;
    at = graph.lanes[next];
  }
  return { lane: at.index, s: Math.min(rest, at.length) };
}

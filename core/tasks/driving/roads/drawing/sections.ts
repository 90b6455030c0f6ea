/**
 * A road as lines to paint between: the borders of its lanes, all sampled at the same places along the reference line, so that
 * neighbouring lanes share their points and nothing gapes between them. Places are as dense as the tolerance of the level asks.
 */
import { cos, sin } from '../../../../base/trigonometry.ts';
import { curveAt } from '../opendrive/curve.ts';
import type { Level } from './tiles.ts';
import { laneSpan, lastAt } from '../map/geometry.ts';
import type { LaneSection, Road, RoadLane } from '../opendrive/model.ts';
import type { Point } from '../../../../base/geometry.ts';

/** Farthest a border may stray from its chord, and longest step, m, by level. */
const TOLERANCE = [0.02, 0.2] as const;
const LONGEST = [30, 120] as const;
const SHORTEST = [0.3, 2] as const;

/** A road's section with its lanes from left to right; border i lies left of lane i, the last right of all. */
export interface Stretch {
  readonly road: Road;
  readonly section: LaneSection;
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly RoadLane[];
  /** Which border is lane 0. */
  readonly centre: number;
}

/** A place along a stretch: the reference line there and the offset of every border. */
export interface SectionCut {
  readonly s: number;
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly t: readonly number[];
}

/** The sections of a road that have any length. */
export function stretchesOf(road: Road): Stretch[] {
  return road.sections.flatMap((section, i) => {
    const to = road.sections[i + 1]?.s ?? road.length;
    const lanes = [...section.left].reverse().concat(section.right);
    const from = Math.min(section.s, to);
    return to - from > 1e-6 ? [{ road, section, from, to, lanes, centre: section.left.length }] : [];
  });
}

/** The place at `s`; `within` says which stretch of the reference line holds at a joint. */
export function sectionCutAt({ road, section, lanes, centre }: Stretch, s: number, within = s): SectionCut {
  const geometry = road.planView[lastAt(road.planView, within)];
  const { x, y, headingRad } = curveAt(geometry, s - geometry.s);
  const t: number[] = [];
  for (let i = 0; i < centre; i++) t.push(laneSpan(road, section, lanes[i].id, s).outer[0]);
  t.push(lanes.length > 0 ? laneSpan(road, section, lanes[Math.max(0, centre - 1)].id, s).inner[0] : 0);
  for (let i = centre; i < lanes.length; i++) t.push(laneSpan(road, section, lanes[i].id, s).outer[0]);
  return { s, x, y, headingRad, t };
}

/** The point `t` to the left of the reference line. */
export const beside = ({ x, y, headingRad }: SectionCut, t: number): Point => [
  x - t * sin(headingRad),
  y + t * cos(headingRad),
];

/** Places from `from` to `to` (within the stretch), both included. */
export function placesAlong(stretch: Stretch, level: Level, from = stretch.from, to = stretch.to): SectionCut[] {
  const joints = jointsOf(stretch, from, to);
  const places: SectionCut[] = [];
  for (let i = 0; i + 1 < joints.length; i++) {
    const middle = (joints[i] + joints[i + 1]) / 2;
    const at = (s: number) => sectionCutAt(stretch, s, middle);
    const start = at(joints[i]);
    if (places.length === 0) places.push(start);
    refine(at, start, at(joints[i + 1]), level, places);
  }
  return places;
}

function jointsOf({ road, section, lanes }: Stretch, from: number, to: number): number[] {
  const starts = [...road.planView, ...road.laneOffsets].map(({ s }) => s);
  for (const lane of lanes) for (const { s } of [...lane.widths, ...lane.borders]) starts.push(section.s + s);
  const inside = starts.filter((s) => s > from + 1e-6 && s < to - 1e-6).sort((a, b) => a - b);
  return [from, ...inside.filter((s, i) => i === 0 || s > inside[i - 1] + 1e-6), to];
}

function refine(at: (s: number) => SectionCut, a: SectionCut, b: SectionCut, level: Level, places: SectionCut[]): void {
  const step = b.s - a.s;
  const middle = at((a.s + b.s) / 2);
  const fits = (m: SectionCut, part: number) => a.t.every((_, i) => strays(a, b, m, i, part) <= TOLERANCE[level]);
  const fine =
    step <= LONGEST[level] &&
    fits(middle, 0.5) &&
    fits(at(a.s + step / 4), 0.25) &&
    fits(at(a.s + (3 * step) / 4), 0.75);
  if (fine || step <= SHORTEST[level]) {
    places.push(b);
    return;
  }
  refine(at, a, middle, level, places);
  refine(at, middle, b, level, places);
}

/** How far border `i` at `m` lies from where the chord from `a` to `b` has it. */
function strays(a: SectionCut, b: SectionCut, m: SectionCut, i: number, part: number): number {
  const [[ax, ay], [bx, by], [mx, my]] = [beside(a, a.t[i]), beside(b, b.t[i]), beside(m, m.t[i])];
  const [dx, dy] = [bx - ax, by - ay];
  const chord = Math.sqrt(dx * dx + dy * dy);
  if (chord < 1e-9) return Math.abs(m.t[i] - a.t[i] - part * (b.t[i] - a.t[i]));
  return Math.abs(dx * (my - ay) - dy * (mx - ax)) / chord;
}

/** What holds along a lane in steps: its speed limit, and where its edges may be crossed to change lanes. */
import { lastAt } from './geometry.ts';
import type { Step } from './lane-model.ts';
import type { LaneSection, Road, RoadLane, RoadMark } from '../opendrive/model.ts';

/** Limits assumed where a file gives none, m/s, by OpenDRIVE road type. */
const ASSUMED_MPS: Readonly<Record<string, number>> = {
  motorway: 130 / 3.6,
  rural: 100 / 3.6,
  townExpressway: 70 / 3.6,
  lowSpeed: 30 / 3.6,
  pedestrian: 10 / 3.6,
};
const TOWN_MPS = 50 / 3.6;

export interface SampledLane {
  readonly road: Road;
  readonly section: LaneSection;
  readonly lane: RoadLane;
  readonly forward: boolean;
  readonly s: Float64Array;
  readonly roadS: Float64Array;
}

/** The step that holds at `s`. */
export const stepAt = <T>(steps: readonly Step<T>[], s: number): T => steps[lastAt(steps, s)].value;

type Measured = Pick<SampledLane, 's' | 'roadS'>;
/** Arc length along the lane at `at` metres along its road, and back: linear between samples, clipped to the lane's ends. */
export const laneSAt = ({ s, roadS }: Measured, at: number): number => interpolate(roadS, s, at);
export const roadSAt = ({ s, roadS }: Measured, at: number): number => interpolate(s, roadS, at);

function interpolate(from: Float64Array, to: Float64Array, at: number): number {
  const last = from.length - 1;
  const rising = from[last] >= from[0];
  let [low, high] = [0, last];
  while (low < high - 1) {
    const middle = (low + high) >> 1;
    if (rising ? from[middle] <= at : from[middle] >= at) low = middle;
    else high = middle;
  }
  const span = from[high] - from[low];
  const part = span === 0 ? 0 : (at - from[low]) / span;
  return to[low] + Math.min(1, Math.max(0, part)) * (to[high] - to[low]);
}

/** The last item that starts at or before `s`, if any. */
export function heldAt<T extends { readonly s: number }>(items: readonly T[], s: number): T | undefined {
  const item = items[lastAt(items, s)];
  return item && item.s <= s ? item : undefined;
}

/** Speed limits of a lane, and whether any of them had to be assumed. */
export function speedSteps(place: SampledLane): { speedLimitMps: Step<number>[]; speedAssumed: boolean } {
  const { road, section, lane } = place;
  let speedAssumed = false;
  const limit = (s: number): number => {
    const own = heldAt(lane.speeds, s - section.s);
    if (own) return own.mps;
    const type = heldAt(road.types, s);
    if (type?.mps !== undefined) return type.mps;
    speedAssumed = true;
    return type && Object.hasOwn(ASSUMED_MPS, type.type) ? ASSUMED_MPS[type.type] : TOWN_MPS;
  };
  const breaks = [...lane.speeds.map(({ s }) => section.s + s), ...road.types.map(({ s }) => s)];
  const speedLimitMps = stepsOf(place, breaks, limit);
  return { speedLimitMps, speedAssumed };
}

/** The marks on a lane's left or right edge (in its direction of travel), from the section's start on. */
export function edgeMarks(
  { section, lane, forward }: Pick<SampledLane, 'section' | 'lane' | 'forward'>,
  side: 'left' | 'right',
): readonly RoadMark[] {
  if (((side === 'left') === forward) === lane.id > 0) return lane.marks;
  const inner = Math.abs(lane.id) - 2;
  return inner < 0 ? section.centre : (lane.id > 0 ? section.left : section.right)[inner].marks;
}

/** Where a lane's left or right edge (in its direction of travel) may be crossed. */
export function changeSteps(place: SampledLane, side: 'left' | 'right'): Step<boolean>[] {
  const { section, forward } = place;
  const marks = edgeMarks(place, side);
  const allowed = (side === 'left') === forward ? 'increase' : 'decrease';
  const may = (s: number) => {
    const mark = heldAt(marks, s - section.s);
    return !mark || mark.laneChange === 'both' || mark.laneChange === allowed;
  };
  return stepsOf(
    place,
    marks.map(({ s }) => section.s + s),
    may,
  );
}

/** A function of the road's s that changes at `breaks`, as steps along the lane. */
function stepsOf<T>(place: SampledLane, breaks: readonly number[], value: (roadS: number) => T): Step<T>[] {
  const { roadS, s, forward } = place;
  const [from, to] = [Math.min(roadS[0], roadS[roadS.length - 1]), Math.max(roadS[0], roadS[roadS.length - 1])];
  const inside = [...new Set(breaks)].filter((at) => at > from && at < to).sort((a, b) => a - b);
  const edges = [from, ...inside, to];
  const pieces = edges.slice(0, -1).map((start, i) => ({ start, end: edges[i + 1], value: value(start) }));
  if (!forward) pieces.reverse();
  const steps: Step<T>[] = [];
  for (const piece of pieces) {
    if (steps.length > 0 && steps[steps.length - 1].value === piece.value) continue;
    steps.push({
      s: steps.length === 0 ? 0 : laneSAt({ s, roadS }, forward ? piece.start : piece.end),
      value: piece.value,
    });
  }
  return steps;
}

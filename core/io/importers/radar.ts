/**
 * From radar returns to cars: returns of one step that lie together are one object (a radar reports the same car under several
 * addresses), objects are followed from step to step in the road's frame (nearest neighbour around the predicted position),
 * and the cars that led the recorded car for a while are kept, with short gaps filled and their tracks smoothed.
 *
 * The *lead* of a step is the nearest moving object ahead in the recorded car's path. A car is replayed for as long as the radar
 * held it, so one that changes lane is seen to do so.
 */
import type { RoadPosition } from '../../tasks/driving/roads/routes/path.ts';

/** One radar return of one step, seen from the recorded car. */
export interface RadarReturn {
  /** Distance ahead of the radar and to its left, m; speed relative to the recorded car, m/s. */
  readonly forward: number;
  readonly left: number;
  readonly relativeSpeed: number;
}

/** A car on the road, step by step; null where the radar had lost it. `s` is the point of it nearest to the radar. */
export interface RadarTrack {
  readonly first: number;
  readonly points: readonly { readonly s: number; readonly lateral: number; readonly speed: number }[];
  /** Steps in which it was the lead. */
  readonly leadSteps: number;
}

interface Track {
  first: number;
  last: number;
  points: Map<number, { s: number; lateral: number; speed: number }>;
  leadSteps: number;
  /** Whether it has ever been seen to move: signs and bridges never are. */
  moved: boolean;
}

/** Half the width of the recorded car's path, m: what lies within is in its way. */
const PATH_HALF_WIDTH = 1.8;
/** Returns nearer than this to one another are one object, m along and across. */
const MERGE = { along: 2.5, across: 1.2 };
/** How far an object may lie from where it was expected, m. */
const GATE = { along: 3, across: 1.2 };
/** Steps for which a lost object is still expected to come back. */
const MEMORY = 10;
/** An object that was ever faster over ground is a car, m/s. */
const MOVING = 2;
const MAX_RANGE = 130;
/** A car must have led this long to be kept, and so many are kept at most. */
const MIN_LEAD_STEPS = 10;
const MAX_TRACKS = 4;
/** Half windows of the smoothing, steps, along and across (radar angles are noisier than ranges). */
const SMOOTH = { along: 4, across: 8 };

/**
 * The cars that led the recorded car, in order of appearance. `ego` holds its speed each step, `place(step, forward, left)`
 * gives a return's position on the road.
 */
export function leadTracks(
  radar: readonly (readonly RadarReturn[])[],
  ego: readonly { readonly s: number; readonly speed: number }[],
  place: (step: number, forward: number, left: number) => RoadPosition,
): RadarTrack[] {
  const tracks: Track[] = [];
  radar.forEach((returns, step) => {
    const objects = returns
      .filter(({ forward }) => forward < MAX_RANGE)
      .map(({ forward, left, relativeSpeed }) => {
        const { s, lateral } = place(step, forward, left);
        return { s, lateral, speed: ego[step].speed + relativeSpeed };
      });
    const live = tracks.filter(({ last }) => step - last <= MEMORY);
    const seen = merge(objects).map((object) => follow(tracks, live, step, object));
    const ahead = seen.filter((track) => {
      const point = track.points.get(step);
      return point && track.moved && Math.abs(point.lateral) < PATH_HALF_WIDTH && point.s > ego[step].s;
    });
    ahead.sort((a, b) => (a.points.get(step)?.s ?? 0) - (b.points.get(step)?.s ?? 0));
    if (ahead[0]) ahead[0].leadSteps++;
  });
  return tracks
    .filter(({ leadSteps }) => leadSteps >= MIN_LEAD_STEPS)
    .sort((a, b) => b.leadSteps - a.leadSteps)
    .slice(0, MAX_TRACKS)
    .sort((a, b) => a.first - b.first)
    .map(finishTrack);
}

type Point = { s: number; lateral: number; speed: number };

/** Means of groups of returns that lie together. */
function merge(objects: readonly Point[]): Point[] {
  const groups: Point[][] = [];
  for (const object of objects.toSorted((a, b) => a.s - b.s)) {
    const group = groups.find(([first]) => near(first, object, MERGE));
    if (group) group.push(object);
    else groups.push([object]);
  }
  const mean = (group: readonly Point[], key: keyof Point) => group.reduce((sum, o) => sum + o[key], 0) / group.length;
  return groups.map((group) => ({ s: mean(group, 's'), lateral: mean(group, 'lateral'), speed: mean(group, 'speed') }));
}

function near(a: Point, b: Point, gate: { along: number; across: number }): boolean {
  return Math.abs(a.s - b.s) < gate.along && Math.abs(a.lateral - b.lateral) < gate.across;
}

/** The live track that `object` continues (taken out of `live`), or a new one. */
function follow(tracks: Track[], live: Track[], step: number, object: Point): Track {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  live.forEach((track, i) => {
    const last = track.points.get(track.last);
    if (!last) return;
    const expected = { ...last, s: last.s + last.speed * 0.1 * (step - track.last) };
    const distance = Math.abs(expected.s - object.s) + Math.abs(expected.lateral - object.lateral);
    if (near(expected, object, GATE) && distance < least) {
      least = distance;
      best = i;
    }
  });
  const track =
    best >= 0 ? live.splice(best, 1)[0] : { first: step, last: step, points: new Map(), leadSteps: 0, moved: false };
  if (best < 0) tracks.push(track);
  track.last = step;
  track.moved ||= object.speed > MOVING;
  track.points.set(step, object);
  return track;
}

/** Gaps filled linearly, positions smoothed, speed as their derivative. */
function finishTrack(track: Track): RadarTrack {
  const { first, last, leadSteps } = track;
  const steps = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const column = (key: 's' | 'lateral', half: number) =>
    smooth(fill(steps.map((step) => track.points.get(step)?.[key])), half);
  const s = column('s', SMOOTH.along);
  const lateral = column('lateral', SMOOTH.across);
  const points = steps.map((_, i) => {
    const [a, b] = [Math.max(0, i - 3), Math.min(steps.length - 1, i + 3)];
    return { s: s[i], lateral: lateral[i], speed: b > a ? Math.max(0, (s[b] - s[a]) / ((b - a) * 0.1)) : 0 };
  });
  return { first, points, leadSteps };
}

/** Linear interpolation over undefined entries; the first and last are defined. */
function fill(values: readonly (number | undefined)[]): number[] {
  const out: number[] = [];
  let known = 0;
  values.forEach((value, i) => {
    if (value === undefined) return;
    for (let k = known + 1; k < i; k++) out[k] = out[known] + ((value - out[known]) * (k - known)) / (i - known);
    out[i] = value;
    known = i;
  });
  return out;
}

/** Local line fit over a window of ± `half`, cut short at the ends: no lag, and no bias at constant speed. */
function smooth(values: readonly number[], half: number): number[] {
  return values.map((_, i) => {
    const [from, to] = [Math.max(0, i - half), Math.min(values.length - 1, i + half)];
    const n = to - from + 1;
    const centre = (from + to) / 2;
    let sum = 0;
    let slope = 0;
    let spread = 0;
    for (let k = from; k <= to; k++) {
      sum += values[k];
      slope += (k - centre) * values[k];
      spread += (k - centre) ** 2;
    }
    return sum / n + (spread > 0 ? (slope / spread) * (i - centre) : 0);
  });
}

/**
 * A recorded drive of one actor as everything else in the lab sees a drive: as `DriveStates` (the timeline, the read-outs) and as a
 * `DriveTrack` (every published score), with the lab's own score and what cost points.
 *
 * A recording has no planned route, so its route is the way it drove and progress is complete. What the map would say (limits, lanes,
 * red lights) counts as kept without one; `unknown` says so. Steering is what a bicycle of the lab's wheelbase would need
 * for the recorded turn. The bounds of ttc, speed and comfort are those of the lab's own score (score.ts).
 */
import type { ScoreCost } from '../../evaluate/costs.ts';
import {
  COMFORT_BOUNDS,
  COMFORT_SIGNALS,
  comfortSeries,
  type ComfortSeries,
} from '../../tasks/driving/scores/comfort.ts';
import type { ActorKind } from '../../tasks/driving/kinds/kinds.ts';
import { actorBoxAt, type ActorTrack, type DriveTrack } from '../../tasks/driving/scores/track.ts';
import { boxTtc, RECORDED_TTC_HORIZON } from '../../tasks/driving/scores/ttc.ts';
import { SCORE_WEIGHTS, type ScoreBreakdown } from '../../tasks/driving/scores/lab/score.ts';
import { boxGap } from '../../base/geometry.ts';
import { DT, LIGHT_NONE, WHEELBASE } from '../../abi/layout.ts';
import { wrapAngle } from '../../tasks/driving/roads/road.ts';
import type { LaneColumns } from './recording-map.ts';
import { type DriveStates, STATE_STRIDE, type RoadFrames } from '../../episode/frames.ts';
import type { Track } from '../logs/tracks.ts';

/** Bounds of the lab's own score (world-fields.ts): s, m/s. */
const TTC_KEPT = 1;
const SPEED_TOLERANCE = 0.5;
/** Below this a turn says nothing of the steering, m/s. */
const STEER_SPEED = 1;
/** Comfort needs a window. */
const LEAST_STEPS = 5;

export interface RecordedDrive {
  readonly track: DriveTrack;
  /** Constant-velocity time to collision, s, a row a step; Infinity when nobody is met. */
  readonly ttc: Float64Array;
  /** Filtered signals; null for a drive of fewer than LEAST_STEPS rows. */
  readonly comfort: ComfortSeries | null;
}

/** How near others must come to count, m. */
const NEAR = 150;

/** The others as the ego's scores see them: only while the ego is there, only those that come near. */
export function othersNear(ego: Track, tracks: readonly (Track & { readonly actorKind: ActorKind })[]): ActorTrack[] {
  return tracks.flatMap(({ actorKind: kind, ...track }) => {
    const present = track.present.map(
      (there, i) => there & ego.present[i] & +(Math.hypot(track.x[i] - ego.x[i], track.y[i] - ego.y[i]) < NEAR),
    );
    return present.includes(1) ? [{ ...track, kind, present }] : [];
  });
}

/** Distance to the nearest other box, m, a row a step; NaN when nobody is near. */
export function gaps({ rows, actors, ...ego }: DriveTrack): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let least = Number.POSITIVE_INFINITY;
    const own = { x: ego.x[i], y: ego.y[i], headingRad: ego.headingRad[i], length: ego.length, width: ego.width };
    for (const actor of actors) {
      if (!actor.present[i]) continue;
      const away = Math.hypot(actor.x[i] - own.x, actor.y[i] - own.y);
      const reach = (Math.hypot(actor.length, actor.width) + Math.hypot(own.length, own.width)) / 2;
      if (away - reach < least) least = Math.min(least, boxGap(own, actorBoxAt(actor, i)));
    }
    return Number.isFinite(least) ? least : Number.NaN;
  });
}

/** `ego` stands where it was last seen while it is not there; `others` as `othersNear` gives them. */
export function recordedDrive(ego: Track, others: readonly ActorTrack[], lanes: LaneColumns | null): RecordedDrive {
  const { x, y, headingRad, speedMps } = ego;
  const rows = x.length;
  const central = (at: (i: number) => number) => (i: number) => {
    const [from, to] = [i > 0 && ego.present[i - 1] ? i - 1 : i, ego.present[i + 1] ? i + 1 : i];
    return to > from && ego.present[i] ? (at(to) - at(from) === 0 ? 0 : (at(to) - at(from)) / ((to - from) * DT)) : 0;
  };
  const column = (at: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => at(i));
  const unwrapped = unwrap(headingRad, ego.present);
  const s = new Float64Array(rows);
  for (let i = 1; i < rows; i++)
    s[i] = s[i - 1] + (ego.present[i] && ego.present[i - 1] ? Math.hypot(x[i] - x[i - 1], y[i] - y[i - 1]) : 0);
  const none = () => new Uint8Array(rows);
  const track: DriveTrack = {
    dtSeconds: DT,
    rows,
    length: ego.length,
    width: ego.width,
    rearAxleToCentre: WHEELBASE / 2,
    x,
    y,
    headingRad,
    speedMps,
    accelMps2: column(central((i) => speedMps[i])),
    yawRateRadps: column(central((i) => unwrapped[i])),
    actors: others,
    route: {
      s,
      lateral: lanes ? lanes.lateral.map((lateral) => (Number.isNaN(lateral) ? 0 : lateral)) : new Float64Array(rows),
      startS: 0,
      goalS: Math.max(s[rows - 1], 0.01),
      speedLimitMps: lanes?.speedLimitMps ?? new Float64Array(rows).fill(Number.POSITIVE_INFINITY),
    },
    area: {
      multipleLanes: lanes?.multipleLanes ?? none(),
      nonDrivable: lanes?.nonDrivable ?? none(),
      oncoming: lanes?.oncoming ?? none(),
      intersection: lanes?.intersection ?? none(),
      redLight: lanes?.redLight ?? none(),
    },
  };
  return {
    track,
    ttc: column((i) => (ego.present[i] ? boxTtc(track, i, RECORDED_TTC_HORIZON) : Number.POSITIVE_INFINITY)),
    comfort: rows < LEAST_STEPS ? null : comfortSeries(track),
  };
}

function unwrap(headings: Float64Array, present: Uint8Array): Float64Array {
  const out = headings.slice();
  for (let i = 1; i < out.length; i++)
    if (present[i] && present[i - 1]) out[i] = out[i - 1] + wrapAngle(headings[i] - headings[i - 1]);
  return out;
}

/** The drive as frames. The road is the way driven, for views that know no map; actors are in the scene. */
export function statesOfDrive({ track, ttc }: RecordedDrive, lanes: LaneColumns | null): DriveStates {
  const { rows, route, yawRateRadps, speedMps } = track;
  const ego = new Float64Array(rows * STATE_STRIDE);
  for (let i = 0; i < rows; i++) {
    const v = Math.abs(speedMps[i]);
    const steer = v > STEER_SPEED ? Math.atan((WHEELBASE * yawRateRadps[i]) / v) : 0;
    const light = lanes?.light[i] ?? LIGHT_NONE;
    const row = [track.x[i], track.y[i], track.headingRad[i], speedMps[i], track.accelMps2[i], steer];
    ego.set([...row, route.s[i], route.lateral[i], ttc[i], 0, light], i * STATE_STRIDE);
  }
  return {
    steps: rows - 1,
    dt: DT,
    ego,
    actors: new Float64Array(0),
    actorInfo: [],
    road: roadOfDrive(track),
    lights: [],
    signals: 0,
    signalStates: new Uint8Array(0),
    weather: DRY_DAY,
    verified: true,
  };
}

/** The way driven as a road without lanes: scenes of recordings bring their own map. */
function roadOfDrive({ x, y, headingRad, route }: DriveTrack): RoadFrames {
  const two = (value: number) => new Float64Array(2).fill(value);
  return {
    ds: 1,
    x: x.slice(0, 2),
    y: y.slice(0, 2),
    heading: headingRad.slice(0, 2),
    edgeLeft: two(0),
    edgeRight: two(0),
    oncomingFrom: two(Number.POSITIVE_INFINITY),
    speedLimitMps: two(0),
    laneWidth: 0,
    lanesLeft: 0,
    lanesRight: 0,
    goalS: route.goalS,
    junctions: [],
    crossings: [],
    lights: [],
  };
}

/** The recorder writes no weather. */
const DRY_DAY = {
  sunAltitudeDeg: 60,
  cloudiness: 0,
  precipitation: 0,
  fogDensity: 0,
  fogDistance: 1000,
  wetness: 0,
} as const;

export interface RecordedScore {
  readonly score: ScoreBreakdown;
  /** Dearest first; their points and the score add up to 1. */
  readonly costs: readonly ScoreCost[];
}

/** The lab's score of a recorded drive. `collisions`: steps of the ego's recorded collisions. */
export function scoreRecorded({ track, ttc, comfort }: RecordedDrive, collisions: readonly number[]): RecordedScore {
  const { rows, area, route, speedMps } = track;
  const bad = {
    ttc: (i: number) => ttc[i] < TTC_KEPT,
    speed: (i: number) => speedMps[i] > route.speedLimitMps[i] + SPEED_TOLERANCE,
    comfort: (i: number) => comfort !== null && COMFORT_SIGNALS.some((signal) => !within(comfort[signal][i], signal)),
  };
  const whole = SCORE_WEIGHTS.progress + SCORE_WEIGHTS.ttc + SCORE_WEIGHTS.speed + SCORE_WEIGHTS.comfort;
  const costs: ScoreCost[] = [];
  const kept = { ttc: 1, speed: 1, comfort: 1 };
  for (const part of ['ttc', 'speed', 'comfort'] as const) {
    for (let from = 0; from < rows; from++) {
      if (!bad[part](from)) continue;
      let to = from;
      while (to + 1 < rows && bad[part](to + 1)) to++;
      const share = (to - from + 1) / rows;
      kept[part] -= share;
      costs.push({ part, from, to, points: (share * SCORE_WEIGHTS[part]) / whole });
      from = to;
    }
    kept[part] = Math.max(0, kept[part]);
  }
  const infractions = [
    { part: 'noCollision' as const, step: collisions[0] ?? -1 },
    { part: 'onRoad' as const, step: area.nonDrivable.indexOf(1) },
    { part: 'noRedLight' as const, step: area.redLight.indexOf(1) },
  ].filter(({ step }) => step >= 0);
  const weighted =
    (SCORE_WEIGHTS.progress +
      SCORE_WEIGHTS.ttc * kept.ttc +
      SCORE_WEIGHTS.speed * kept.speed +
      SCORE_WEIGHTS.comfort * kept.comfort) /
    whole;
  const [first] = infractions.toSorted((a, b) => a.step - b.step);
  if (first) costs.push({ part: first.part, from: first.step, to: first.step, points: weighted });
  const has = (part: string) => (infractions.some((infraction) => infraction.part === part) ? 0 : 1);
  const least = ttc.reduce((min, value) => Math.min(min, value), Number.POSITIVE_INFINITY);
  return {
    score: {
      score: first ? 0 : weighted,
      noCollision: has('noCollision'),
      onRoad: has('onRoad'),
      noRedLight: has('noRedLight'),
      progress: 1,
      ...kept,
      return: 0,
      steps: rows - 1,
      success: infractions.length === 0,
      minTtc: Number.isFinite(least) ? least : null,
      minGap: null,
    },
    costs: costs.toSorted((a, b) => b.points - a.points || a.from - b.from),
  };
}

function within(value: number, signal: keyof typeof COMFORT_BOUNDS): boolean {
  const [low, high] = COMFORT_BOUNDS[signal];
  return value > low && value < high;
}

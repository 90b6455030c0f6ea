/**
 * CARLA's criteria over a `DriveTrack`: which infractions a drive has, and where (scenario_runner `atomic_criteria.py`).
 *
 * A collision counts once for the same actor within 5 m and 5 s, and not while the ego is slower than 0.1 m/s (CollisionTest). A red light
 * counts when the ego comes onto it (RunningRedLightTest). Outside lanes is one infraction a drive: the share of the route's metres driven
 * with the centre off the drivable area or against traffic (OutsideRouteLanesTest). Blocked: below 0.1 m/s for 180 s
 * (ActorBlockedTest). Off route: more than 30 m, or more than 30 % of the route driven farther than 15 m from it (InRouteTest). Stop signs
 * are in carla-stop-signs.ts, minimum speed, emergency vehicles and scenario timeouts in carla-traffic.ts. What a drive's record cannot show
 * is named by `unjudged`, with the reason.
 */
import {
  type CarlaRoute,
  type Infraction,
  type InfractionKind,
  type LeaderboardVersion,
  routeCompletionPercent,
  routeTimeout10,
} from './carla.ts';
import { stopSignInfractions } from './stop-signs.ts';
import { minimumSpeedInfractions, scenarioTimeouts, type TimedScenario, yieldInfractions } from './traffic.ts';
import { contacts } from '../collisions.ts';
import { type ActorTrack, cutTrack, type DriveTrack, rises } from '../track.ts';

const SAME_METRES = 5;
const SAME_SECONDS = 5;
/** A sensor's hits less than this apart are one touch, s. */
const ONE_TOUCH = 1;
const STANDS = 0.1;
const BLOCKED_SECONDS = 180;
const OFF_ROUTE = 30;
const UNSAFE_ROUTE = 15;
const UNSAFE_SHARE = 0.3;

/** What whoever recorded the drive knows beyond its track. */
export interface CarlaKnowledge {
  /** Infractions that are no matter of the track: a time limit that ended the drive. */
  readonly more?: readonly Infraction[];
  /** What a collision sensor felt of things that are no actors of the track: walls, poles, by their kind. */
  readonly hits?: readonly { readonly id: string; readonly step: number }[];
  readonly scenarios?: readonly TimedScenario[];
  /** What could not be looked for, and why. */
  readonly unjudged?: readonly Unjudged[];
}

/** A kind of infraction that this drive could not be judged by. */
export interface Unjudged {
  readonly kind: InfractionKind;
  readonly why: string;
}

/**
 * The drive as a route of a leaderboard. 1.0 ends a route by its own clock (0.8 s a metre and 5 s), so what came later is not part of it;
 * the later versions' clock is the one that the drive was under.
 */
export function carlaRoute(
  track: DriveTrack,
  knowledge: CarlaKnowledge = {},
  version: LeaderboardVersion = '2.1',
): CarlaRoute {
  const length = track.route.goalS - track.route.startS;
  const last = version === '1.0' ? Math.floor(routeTimeout10(length) / track.dtSeconds) : track.rows - 1;
  const timedOut = last < track.rows - 1;
  const driven = timedOut ? cutTrack(track, last + 1) : track;
  const { more = [], hits = [] } = knowledge;
  const inTime = ({ step }: { readonly step: number }) => step <= last;
  const infractions = carlaInfractions(driven, {
    ...knowledge,
    more: more.filter(inTime),
    hits: hits.filter(inTime),
  });
  const { route, rows } = driven;
  if (timedOut) infractions.push({ kind: 'route-timeout', step: last });
  return {
    lengthMetres: length,
    completionPercent: routeCompletionPercent(
      Math.max(...route.s) - route.startS,
      length,
      Math.max(0, route.goalS - route.s[rows - 1]),
    ),
    infractions,
  };
}

/** Every infraction of the drive, in order of time. */
export function carlaInfractions(track: DriveTrack, knowledge: CarlaKnowledge = {}): Infraction[] {
  const { more = [], scenarios = [], hits = [] } = knowledge;
  const found: Infraction[] = [
    ...collisions(track, hits),
    ...stopSignInfractions(track),
    ...minimumSpeedInfractions(track),
    ...yieldInfractions(track),
    ...scenarioTimeouts(track, scenarios),
    ...more,
  ];
  for (const step of rises(track.area.redLight)) found.push({ kind: 'red-light', step });
  const { metres, from, step } = outsideLanes(track);
  const length = track.route.goalS - track.route.startS;
  if (metres > 0) found.push({ kind: 'outside-lanes', from, step, percent: Math.min(100, (100 * metres) / length) });
  const blocked = longStand(track);
  if (blocked) found.push({ kind: 'vehicle-blocked', ...blocked });
  const astray = offRoute(track);
  if (astray) found.push({ kind: 'route-deviation', ...astray });
  return found.sort((a, b) => a.step - b.step);
}

/** Kinds that the drive's record has nothing to judge by. */
export function unjudged({ route }: DriveTrack, { scenarios = [], unjudged: told = [] }: CarlaKnowledge): Unjudged[] {
  const found: Unjudged[] = [...told];
  const add = (kind: InfractionKind, why: string) => {
    if (!found.some((each) => each.kind === kind)) found.push({ kind, why });
  };
  if (!route.redStopS) add('red-light', 'nothing is known of traffic lights');
  if (!route.stopSigns) add('stop-sign', 'nothing is known of stop signs');
  if (!route.trafficMps || route.trafficMps.every(Number.isNaN))
    add('min-speed', 'there was no background traffic to compare with');
  if (scenarios.length === 0) add('scenario-timeout', 'no scenario with a time of its own was staged');
  return found;
}

/** Contacts of boxes, and hits that a sensor felt, each counted once. */
function collisions(track: DriveTrack, hits: NonNullable<CarlaKnowledge['hits']>): Infraction[] {
  const touched = contacts(track).map(({ actor, step }) => ({ id: actor.id, step, kind: collisionKind(actor) }));
  const felt = begun(hits, ONE_TOUCH / track.dtSeconds).map((hit) => ({ ...hit, kind: 'collision-layout' as const }));
  const found: Infraction[] = [];
  const last = new Map<string, number>();
  for (const { id, step, kind } of [...touched, ...felt]) {
    if (Math.abs(track.speedMps[step]) < STANDS) continue;
    const before = last.get(id);
    const same =
      before !== undefined &&
      (step - before) * track.dtSeconds < SAME_SECONDS &&
      Math.hypot(track.x[step] - track.x[before], track.y[step] - track.y[before]) < SAME_METRES;
    if (same) continue;
    last.set(id, step);
    found.push({ kind, step, actor: id });
  }
  return found;
}

/** A sensor tells of a touch in every frame that it lasts: the first of each. */
function begun<T extends { readonly id: string; readonly step: number }>(hits: readonly T[], steps: number): T[] {
  const last = new Map<string, number>();
  return hits.filter(({ id, step }) => {
    const before = last.get(id);
    last.set(id, step);
    return before === undefined || step - before > steps;
  });
}

const collisionKind = ({ kind }: ActorTrack): InfractionKind =>
  kind === 'pedestrian' ? 'collision-pedestrian' : kind === 'static' ? 'collision-layout' : 'collision-vehicle';

/** Metres driven outside, the first row at which the ego was, and the last. */
function outsideLanes({ x, y, area, rows }: DriveTrack) {
  let [metres, from, step] = [0, 0, 0];
  for (let i = 1; i < rows; i++) {
    if (!area.nonDrivable[i] && !area.oncoming[i]) continue;
    if (metres === 0) from = i;
    step = i;
    metres += Math.hypot(x[i] - x[i - 1], y[i] - y[i - 1]);
  }
  return { metres, from, step };
}

/** Where the ego had stood for 180 s, and since when; undefined when it never did. */
function longStand({ speedMps, rows, dtSeconds }: DriveTrack) {
  let from = 0;
  for (let step = 0; step < rows; step++) {
    if (Math.abs(speedMps[step]) >= STANDS) from = step + 1;
    else if ((step - from) * dtSeconds > BLOCKED_SECONDS) return { from, step };
  }
  return undefined;
}

/** Where the ego was off the route for good. */
function offRoute({ route, rows }: DriveTrack) {
  const { s, lateral, startS, goalS } = route;
  let unsafe = 0;
  let from: number | undefined;
  for (let step = 0; step < rows; step++) {
    const off = Math.abs(lateral[step]);
    if (off > UNSAFE_ROUTE) {
      from ??= step;
      unsafe += step > 0 ? Math.max(0, s[step] - s[step - 1]) : 0;
    }
    if (off > OFF_ROUTE || unsafe > UNSAFE_SHARE * (goalS - startS)) return { from: from ?? step, step };
  }
  return undefined;
}

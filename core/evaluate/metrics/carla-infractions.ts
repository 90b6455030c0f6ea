/**
 * CARLA's criteria over a `DriveTrack`: which infractions a drive has, and where (scenario_runner `atomic_criteria.py`).
 *
 * A collision counts once for the same actor within 5 m and 5 s, and not while the ego is slower than 0.1 m/s (CollisionTest). A red light
 * counts when the ego comes onto it (RunningRedLightTest). Outside lanes is one infraction a drive: the share of the route's metres driven
 * with the centre off the drivable area or against traffic (OutsideRouteLanesTest). Blocked: below 0.1 m/s for 180 s
 * (ActorBlockedTest); off route: more than 30 m (InRouteTest). Stop signs, scenario timeouts and minimum speed need what a track does not
 * hold and are added by whoever knows of them.
 */
import { type CarlaRoute, type Infraction, routeCompletionPercent } from './carla.ts';
import { contacts } from './collisions.ts';
import { type DriveTrack, rises } from './track.ts';

const SAME_METRES = 5;
const SAME_SECONDS = 5;
const STANDS = 0.1;
const BLOCKED_SECONDS = 180;
const OFF_ROUTE = 30;

/** The drive as a leaderboard route. */
export function carlaRoute(track: DriveTrack, more: readonly Infraction[] = []): CarlaRoute {
  const { route, rows } = track;
  const length = route.goalS - route.startS;
  const driven = Math.max(...route.s) - route.startS;
  return {
    lengthMetres: length,
    completionPercent: routeCompletionPercent(driven, length, Math.max(0, route.goalS - route.s[rows - 1])),
    infractions: [...carlaInfractions(track), ...more].toSorted((a, b) => a.step - b.step),
  };
}

/** Infractions that the track shows, in order of time. */
export function carlaInfractions(track: DriveTrack): Infraction[] {
  const found: Infraction[] = [...collisions(track)];
  for (const step of rises(track.area.redLight)) found.push({ kind: 'red-light', step });
  const { metres, step } = outsideLanes(track);
  const length = track.route.goalS - track.route.startS;
  if (metres > 0) found.push({ kind: 'outside-lanes', step, percent: Math.min(100, (100 * metres) / length) });
  const blocked = longStand(track);
  if (blocked >= 0) found.push({ kind: 'vehicle-blocked', step: blocked });
  const astray = track.route.lateral.findIndex((lateral) => Math.abs(lateral) > OFF_ROUTE);
  if (astray >= 0) found.push({ kind: 'route-deviation', step: astray });
  return found.sort((a, b) => a.step - b.step);
}

function collisions(track: DriveTrack): Infraction[] {
  const found: Infraction[] = [];
  const last = new Map<string, number>();
  for (const { actor, step } of contacts(track)) {
    if (Math.abs(track.speedMps[step]) < STANDS) continue;
    const before = last.get(actor.id);
    const same =
      before !== undefined &&
      (step - before) * track.dtSeconds < SAME_SECONDS &&
      Math.hypot(track.x[step] - track.x[before], track.y[step] - track.y[before]) < SAME_METRES;
    if (same) continue;
    last.set(actor.id, step);
    const kind =
      actor.kind === 'pedestrian'
        ? 'collision-pedestrian'
        : actor.kind === 'static'
          ? 'collision-layout'
          : 'collision-vehicle';
    found.push({ kind, step, actor: actor.id });
  }
  return found;
}

function outsideLanes({ x, y, area, rows }: DriveTrack): { readonly metres: number; readonly step: number } {
  let metres = 0;
  let step = 0;
  for (let i = 1; i < rows; i++) {
    if (!area.nonDrivable[i] && !area.oncoming[i]) continue;
    if (metres === 0) step = i;
    metres += Math.hypot(x[i] - x[i - 1], y[i] - y[i - 1]);
  }
  return { metres, step };
}

/** Row at which the ego had stood for 180 s, −1 when it never did. */
function longStand({ speedMps, rows, dtSeconds }: DriveTrack): number {
  let since = 0;
  for (let i = 0; i < rows; i++) {
    if (Math.abs(speedMps[i]) >= STANDS) since = i + 1;
    else if ((i - since) * dtSeconds > BLOCKED_SECONDS) return i;
  }
  return -1;
}

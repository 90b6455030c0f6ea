/**
 * What the leaderboard asks of the ego among others: to keep up with the traffic, to let emergency vehicles by, and to get through a
 * scenario in its time. Criteria of scenario_runner (`atomic_criteria.py`) over a `DriveTrack`; leaderboard 1.0 knows none of them.
 *
 * Minimum speed (MinimumSpeedRouteTest): the route is cut in 4; over each part, the ego's mean speed over the mean of the background
 * vehicles' mean speed, %, in the steps in which there are any; below 100 it is an infraction. A part that is not driven to its end
 * does not count, except the last beyond 95 % of the route.
 * Emergency vehicles (YieldToEmergencyVehicleTest and its scenario): one that comes up behind within 50 m, moving, has to be past the ego
 * 10 s later, or when the drive ends; one that turned off or left was not kept waiting.
 * Scenario timeout (ScenarioTimeoutTest): a staged scenario that the ego has entered and not left within its own time.
 */
import type { Infraction } from './carla.ts';
import type { ActorTrack, DriveTrack } from '../track.ts';

const SPEED_PARTS = 4;
const LAST_PART = 0.95;
const BEHIND_METRES = 50;
const YIELD_SECONDS = 10;
/** A slower one does not ask for way, m/s. */
const MOVES = 1;

export interface SpeedPart {
  /** First and last row. */
  readonly from: number;
  readonly to: number;
  /** Own mean speed over the traffic's, %; 100 where there was none or it stood. */
  readonly percent: number;
}

/** Each driven part of the route; [] where nothing is known of traffic. */
export function speedParts({ route, speedMps, rows }: DriveTrack, parts: number = SPEED_PARTS): SpeedPart[] {
  const { s, startS, goalS, trafficMps } = route;
  const found: SpeedPart[] = [];
  if (!trafficMps) return found;
  const length = goalS - startS;
  let [from, begun, farthest] = [0, startS, startS];
  let [own, others] = [0, 0];
  const end = (to: number) => {
    const percent = others > 0 ? Math.round((10_000 * own) / others) / 100 : 100;
    found.push({ from, to, percent });
    [from, begun, own, others] = [to, farthest, 0, 0];
  };
  for (let row = 0; row < rows; row++) {
    farthest = Math.min(goalS, Math.max(farthest, s[row]));
    if (farthest - begun > length / parts) end(row);
    if (Number.isNaN(trafficMps[row])) continue;
    own += Math.abs(speedMps[row]);
    others += trafficMps[row];
  }
  if ((farthest - startS) / length > LAST_PART && from < rows - 1) end(rows - 1);
  return found;
}

export function minimumSpeedInfractions(track: DriveTrack): Infraction[] {
  return speedParts(track).flatMap(({ from, to, percent }) =>
    percent < 100 ? [{ kind: 'min-speed' as const, from, step: to, percent }] : [],
  );
}

/** Emergency vehicles that were still behind the ego when they had to be past it. */
export function yieldInfractions(track: DriveTrack): Infraction[] {
  return track.actors.flatMap((actor): Infraction[] => {
    if (!actor.emergency) return [];
    const from = firstRow(track, (row) => actor.speedMps[row] > MOVES && isBehind(track, actor, row));
    if (from < 0) return [];
    const step = Math.min(track.rows - 1, from + Math.round(YIELD_SECONDS / track.dtSeconds));
    return isBehind(track, actor, step) ? [{ kind: 'yield-emergency', from, step, actor: actor.id }] : [];
  });
}

/** Whether the ego is in front of it, within reach, and drives its way. */
function isBehind(track: DriveTrack, actor: ActorTrack, row: number): boolean {
  if (!actor.present[row]) return false;
  const [dx, dy] = [track.x[row] - actor.x[row], track.y[row] - actor.y[row]];
  const heading = actor.headingRad[row];
  return (
    dx * Math.cos(heading) + dy * Math.sin(heading) > 0 &&
    Math.hypot(dx, dy) <= BEHIND_METRES &&
    Math.cos(track.headingRad[row] - heading) > 0
  );
}

function firstRow({ rows }: DriveTrack, holds: (row: number) => boolean): number {
  for (let row = 0; row < rows; row++) if (holds(row)) return row;
  return -1;
}

/** A scenario staged along the route: entered at `fromS`, left at `toS`, m; the time it may take, s. */
export interface TimedScenario {
  readonly id: string;
  readonly fromS: number;
  readonly toS: number;
  readonly timeoutS: number;
}

export function scenarioTimeouts(track: DriveTrack, scenarios: readonly TimedScenario[]): Infraction[] {
  const { s } = track.route;
  return scenarios.flatMap(({ id, fromS, toS, timeoutS }): Infraction[] => {
    const from = firstRow(track, (row) => s[row] >= fromS);
    if (from < 0) return [];
    const step = from + Math.ceil(timeoutS / track.dtSeconds - 1e-9);
    const left = firstRow(track, (row) => s[row] >= toS);
    return step < track.rows && !(left >= 0 && left <= step)
      ? [{ kind: 'scenario-timeout', from, step, actor: id }]
      : [];
  });
}

/**
 * Giving way where lanes cross or join.
 *
 * A conflict is a stretch of the own lane and one of another lane. For each one ahead, a vehicle knows when it will arrive
 * and when it will have cleared the stretch, and for everybody on the other lane when they will enter and leave it.
 *
 * - Crossing: it stops before a stretch that somebody occupies and will not have left when it arrives, and before one that it
 *   could not clear because its leader stands just behind it.
 * - Joining: whoever is on the joining stretch nearer to its end is followed like a leader on the own lane; one whose tail is
 *   not beyond the beginning yet is waited for there.
 * - Either, where it does not go first: it stops for whoever approaches and would enter before it has cleared, with the accepted
 *   gap to spare. Somebody waiting, held at red, or through before it arrives does not count; where both yield, or neither
 *   does, the nearer goes, unless the other cannot stop any more. The accepted gap shrinks with the time spent waiting, so
 *   nobody waits for ever.
 *
 * Stopping is only as hard as it must be: the line is approached at the speed that reaches it when the stretch is free. Once
 * its front bumper is CONFLICT_ROOM past the beginning, a vehicle is on the stretch and stops for a crossing no more; nor does
 * one give way where that would take hard braking.
 */
import * as F from '../../../../abi/world-fields.ts';
import { laneTables } from '../lane-tables.ts';
import { DT, LIGHT_RED } from '../../../../abi/layout.ts';
import type { TrafficSpec, WorldSpec } from '../spec/spec.ts';
import type { LaneConflict } from '../../roads/road-spec.ts';
import { EGO, firstAhead, type Member } from './lanes.ts';
import { followingLane, type Neighbour, type PathLane, type LaneState } from './path.ts';
import type { TwinActor } from './state.ts';

/** What every vehicle sees at the start of the actor phase. */
export interface TrafficView {
  readonly spec: WorldSpec;
  readonly actors: readonly TwinActor[];
  readonly members: readonly Member[];
  /** LIGHT_* of every signal. */
  readonly signals: readonly number[];
  /** Hardest braking, m/s². */
  readonly hardest: number;
}

/** One vehicle looking ahead. */
export interface Driver {
  readonly spec: TrafficSpec;
  readonly place: LaneState;
  readonly path: readonly PathLane[];
  readonly speed: number;
  /** Steps spent giving way. */
  readonly timer: number;
}

/** One conflict as the driver meets it; distances from its front bumper, times from now. */
interface Meeting {
  readonly conflict: LaneConflict;
  readonly mutual: boolean;
  /** Distance to the beginning, and to where the rear bumper has left it. */
  readonly distance: number;
  readonly end: number;
  readonly arrive: number;
  readonly clear: number;
}

/** Whether a member that means to drive on over the end of its lane at the red line ahead of it is held there. */
function heldAtRed({ spec, signals }: TrafficView, m: Member, lane: number, from: number, to: number): boolean {
  const actor = m.who === EGO ? undefined : spec.actors[m.who];
  if (actor && !(actor.behaviour === 'traffic' && actor.obeysSignals)) return false;
  const { stopLineS, signal } = spec.network.lanes[lane];
  return signal >= 0 && stopLineS >= from && stopLineS <= to && signals[signal] === LIGHT_RED;
}

/** Whether braking that can be asked of anybody stops a vehicle within `distance`, m. */
function canStop(speed: number, distance: number): boolean {
  return speed * speed <= 2 * F.YIELD_BRAKE * Math.max(0.1, distance);
}

/** Seconds until `m`, `distance` metres before the conflict on its own way, is through; 0 where it need not be let first. */
function letThrough(driver: Driver, meeting: Meeting, m: Member, distance: number): number {
  const { conflict, mutual } = meeting;
  const speed = Math.max(0, m.speed);
  const patience = 1 - (driver.timer * DT) / F.PATIENCE;
  if (speed < F.WAITING_SPEED && (distance > F.WAITING_ROOM || patience <= 0)) return 0;
  const nearer = meeting.distance < distance || (meeting.distance === distance && driver.place.who < m.who);
  if (mutual && nearer && canStop(speed, distance)) return 0;
  const pace = Math.max(F.CONFLICT_SPEED, speed);
  const through = distance + (conflict.otherTo - conflict.otherFrom) + F.CONFLICT_ROOM + 2 * m.halfLength;
  const free = through / pace + F.CONFLICT_TIME;
  if (free < meeting.arrive) return 0;
  return distance / pace < meeting.clear + driver.spec.acceptedGapS * Math.max(0, patience) ? free : 0;
}

/** Seconds until all are through who go first, on the other lane or up to two lanes before it; 0 = nobody does. */
function yieldsFor(scene: TrafficView, driver: Driver, meeting: Meeting): number {
  const { members, spec, actors } = scene;
  const { lanes } = spec.network;
  const { conflict } = meeting;
  let until = 0;
  const own = (m: Member) => m.who === driver.place.who || driver.path.some(({ lane }) => lane === m.home);
  /** Looks along `lane`, whose beginning is `reach` metres before the conflict; `after` are the lanes between. */
  const along = (lane: number, reach: number, after: readonly number[]): void => {
    const farthest = reach - F.CONFLICT_UPSTREAM;
    for (let k = firstAhead(members, lane, farthest); k < members.length && members[k].lane === lane; k++) {
      const m = members[k];
      const front = m.s + m.halfLength;
      const distance = reach - front;
      if (m.s > reach) break;
      if (distance <= -F.CONFLICT_ROOM || m.home !== lane || own(m)) continue;
      if (after.length > 0 && m.who !== EGO) {
        const actor = spec.actors[m.who];
        if (
          actor.behaviour === 'traffic' &&
          followingLane(spec.network, actor.lanes, lane, actors[m.who].routeAt).lane !== after[0]
        )
          continue;
      }
      if (heldAtRed(scene, m, lane, front, reach)) continue;
      let held = false;
      let begin = reach;
      for (let i = 0, at = lane; i < after.length; i++) {
        begin -= lanes[at].length;
        at = after[i];
        held ||= heldAtRed(scene, m, at, 0, begin);
      }
      if (!held) until = Math.max(until, letThrough(driver, meeting, m, Math.max(0, distance)));
    }
  };
  const reach = conflict.otherFrom;
  along(conflict.lane, reach, []);
  if (reach > F.CONFLICT_UPSTREAM) return until;
  for (const before of lanes[conflict.lane].previous) {
    const farther = reach + lanes[before].length;
    along(before, farther, [conflict.lane]);
    if (farther > F.CONFLICT_UPSTREAM) continue;
    for (const earlier of lanes[before].previous)
      along(earlier, farther + lanes[earlier].length, [before, conflict.lane]);
  }
  return until;
}

/** Everybody whose own lane is the other one and who is on its stretch; those on the driver's path are its leaders instead. */
function occupants(
  { members }: TrafficView,
  { place, path }: Driver,
  { lane, otherFrom, otherTo }: LaneConflict,
): Member[] {
  const found: Member[] = [];
  if (path.some((ahead) => ahead.lane === lane)) return found;
  for (let k = firstAhead(members, lane, otherFrom - F.CONFLICT_UPSTREAM); k < members.length; k++) {
    const m = members[k];
    if (m.lane !== lane) break;
    if (m.home !== lane || m.who === place.who) continue;
    if (m.s + m.halfLength >= otherFrom + F.CONFLICT_ROOM && m.s - m.halfLength < otherTo + F.CONFLICT_ROOM)
      found.push(m);
  }
  return found;
}

/** What conflicts ask of a driver: obstacles to keep behind, and whether one of them is there to let somebody through. */
export function conflictsAhead(
  scene: TrafficView,
  driver: Driver,
  leader: Neighbour | undefined,
): { readonly obstacles: readonly Neighbour[]; readonly waits: boolean } {
  const { network } = scene.spec;
  const tables = laneTables(network);
  const { spec, place, path, speed } = driver;
  const front = place.s + place.halfLength;
  const obstacles: Neighbour[] = [];
  let waits = false;
  for (const { lane, offset } of path) {
    if (offset - front > F.CONFLICT_AHEAD) break;
    network.lanes[lane].conflicts.forEach((conflict, k) => {
      const distance = offset + conflict.from - front;
      const end = offset + conflict.to - front + 2 * place.halfLength;
      if (distance > F.CONFLICT_AHEAD || end < 0) return;
      const inside = distance <= -F.CONFLICT_ROOM;
      const arrive = Math.max(0, distance) / Math.max(F.CONFLICT_SPEED, speed);
      const clear = end / Math.max(F.CONFLICT_START, speed);
      const joins = tables.joins[lane][k];
      if (!joins && inside) return;
      let until = 0;
      for (const m of occupants(scene, driver, conflict)) {
        const pace = Math.max(0, m.speed);
        const leaves = conflict.otherTo + F.CONFLICT_ROOM - (m.s - m.halfLength);
        const free = leaves / Math.max(F.CONFLICT_SPEED, pace) + F.CONFLICT_TIME;
        const gap = offset + conflict.to - (conflict.otherTo - m.s) - m.halfLength - front;
        if (!joins) until = free > arrive ? Math.max(until, free) : until;
        else if (gap + m.halfLength + place.halfLength <= 0) continue;
        else if (!inside && gap < distance + spec.gapM) until = Math.max(until, free);
        else obstacles.push({ gap, speed: pace });
      }
      if (inside) return;
      if (!joins && leader && leader.speed < F.CLEAR_SPEED && leader.gap > distance && leader.gap < end + spec.gapM)
        until = Number.POSITIVE_INFINITY;
      const mutual = tables.mutual[lane][k];
      if (until === 0 && (conflict.yields || mutual) && spec.givesWay && canStop(speed, distance)) {
        const meeting = { conflict, mutual, distance, end, arrive, clear };
        until = yieldsFor(scene, driver, meeting);
      }
      if (until === 0) return;
      waits = true;
      obstacles.push({
        gap: distance + spec.gapM - F.STOP_SHORT,
        speed: Math.max(0, distance - F.STOP_SHORT) / until,
        line: true,
      });
    });
  }
  return { obstacles, waits };
}

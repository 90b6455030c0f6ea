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
 * - Either, where it yields: it stops for whoever approaches and would enter before it has cleared, with the accepted gap to
 *   spare. Somebody waiting, held at red, or through before it arrives does not count; where both yield, the nearer goes, unless the
 *   other cannot stop any more.
 *   The accepted gap shrinks with the time spent waiting, so nobody waits for ever.
 *
 * Once its front bumper is past the beginning, a vehicle stops for a crossing no more; nor where that would take hard braking.
 */
import * as F from '../kernels/assembly/world-fields.ts';
import { laneTables } from './lane-tables.ts';
import { DT, LIGHT_RED } from './layout.ts';
import type { LaneConflict, TrafficSpec, WorldSpec } from './spec.ts';
import { EGO, firstAhead, type Member } from './twin-lanes.ts';
import { follow, type Neighbour, type PathLane, type Place } from './twin-path.ts';
import type { TwinActor } from './twin-state.ts';

/** What every vehicle sees at the start of the actor phase. */
export interface Scene {
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
  readonly place: Place;
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
function heldAtRed({ spec, signals }: Scene, m: Member, lane: number, from: number, to: number): boolean {
  const actor = m.who === EGO ? undefined : spec.actors[m.who];
  if (actor && !(actor.behaviour === 'traffic' && actor.obeysSignals)) return false;
  const { stopLineS, signal } = spec.network.lanes[lane];
  return signal >= 0 && stopLineS >= from && stopLineS <= to && signals[signal] === LIGHT_RED;
}

/** Whether braking that can be asked of anybody stops a vehicle within `distance`, m. */
function canStop(speed: number, distance: number): boolean {
  return speed * speed <= 2 * F.YIELD_BRAKE * Math.max(0.1, distance);
}

/** Whether `m`, `distance` metres before the conflict on its own way, is to be let through first. */
function goesFirst(driver: Driver, meeting: Meeting, m: Member, distance: number): boolean {
  const { conflict, mutual } = meeting;
  const speed = Math.max(0, m.speed);
  const patience = 1 - (driver.timer * DT) / F.PATIENCE;
  if (speed < F.WAITING_SPEED && (distance > F.WAITING_ROOM || patience <= 0)) return false;
  const nearer = meeting.distance < distance || (meeting.distance === distance && driver.place.who < m.who);
  if (mutual && nearer && canStop(speed, distance)) return false;
  const pace = Math.max(F.CONFLICT_SPEED, speed);
  const through = distance + (conflict.otherTo - conflict.otherFrom) + F.CONFLICT_ROOM + 2 * m.halfLength;
  if (through / pace + F.CONFLICT_TIME < meeting.arrive) return false;
  return distance / pace < meeting.clear + driver.spec.acceptedGapS * Math.max(0, patience);
}

/** Whether somebody on its way to the conflict, on the other lane or up to two lanes before it, goes first. */
function mustYield(scene: Scene, driver: Driver, meeting: Meeting): boolean {
  const { members, spec, actors } = scene;
  const { lanes } = spec.network;
  const { conflict } = meeting;
  const own = (m: Member) => m.who === driver.place.who || driver.path.some(({ lane }) => lane === m.home);
  /** Looks along `lane`, whose beginning is `reach` metres before the conflict; `after` are the lanes between. */
  const along = (lane: number, reach: number, after: readonly number[]): boolean => {
    const farthest = reach - F.CONFLICT_UPSTREAM;
    for (let k = firstAhead(members, lane, farthest); k < members.length && members[k].lane === lane; k++) {
      const m = members[k];
      const front = m.s + m.halfLength;
      const distance = reach - front;
      if (m.s > reach) break;
      if (distance <= 0 || m.home !== lane || own(m)) continue;
      if (after.length > 0 && m.who !== EGO) {
        const actor = spec.actors[m.who];
        if (
          actor.behaviour === 'traffic' &&
          follow(spec.network, actor.lanes, lane, actors[m.who].routeAt).lane !== after[0]
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
      if (!held && goesFirst(driver, meeting, m, distance)) return true;
    }
    return false;
  };
  const reach = conflict.otherFrom;
  if (along(conflict.lane, reach, [])) return true;
  if (reach > F.CONFLICT_UPSTREAM) return false;
  for (const before of lanes[conflict.lane].previous) {
    const farther = reach + lanes[before].length;
    if (along(before, farther, [conflict.lane])) return true;
    if (farther > F.CONFLICT_UPSTREAM) continue;
    for (const earlier of lanes[before].previous)
      if (along(earlier, farther + lanes[earlier].length, [before, conflict.lane])) return true;
  }
  return false;
}

/** Everybody whose own lane is the other one and who is on its stretch; those on the driver's path are its leaders instead. */
function occupants({ members }: Scene, { place, path }: Driver, { lane, otherFrom, otherTo }: LaneConflict): Member[] {
  const found: Member[] = [];
  if (path.some((ahead) => ahead.lane === lane)) return found;
  for (let k = firstAhead(members, lane, otherFrom - F.CONFLICT_UPSTREAM); k < members.length; k++) {
    const m = members[k];
    if (m.lane !== lane) break;
    if (m.home !== lane || m.who === place.who) continue;
    if (m.s + m.halfLength > otherFrom && m.s - m.halfLength < otherTo + F.CONFLICT_ROOM) found.push(m);
  }
  return found;
}

/** What conflicts ask of a driver: obstacles to keep behind, and whether one of them is there to let somebody through. */
export function conflictsAhead(
  scene: Scene,
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
      const arrive = Math.max(0, distance) / Math.max(F.CONFLICT_SPEED, speed);
      const clear = end / Math.max(F.CONFLICT_START, speed);
      const joins = tables.joins[lane][k];
      if (!joins && distance < 0) return;
      let stop = false;
      for (const m of occupants(scene, driver, conflict)) {
        const pace = Math.max(0, m.speed);
        const leaves = conflict.otherTo + F.CONFLICT_ROOM - (m.s - m.halfLength);
        if (joins) {
          const level = offset + conflict.to - (conflict.otherTo - m.s);
          const gap = level - m.halfLength - front;
          if (level <= place.s) continue;
          if (distance >= 0 && gap < distance) stop = true;
          else obstacles.push({ gap, speed: pace });
        } else if (leaves / Math.max(F.CONFLICT_SPEED, pace) + F.CONFLICT_TIME > arrive) stop = true;
      }
      if (distance < 0) return;
      if (!joins && leader && leader.speed < F.CLEAR_SPEED && leader.gap > distance && leader.gap < end + spec.gapM)
        stop = true;
      if (!stop && conflict.yields && spec.givesWay && canStop(speed, distance)) {
        const meeting = { conflict, mutual: tables.mutual[lane][k], distance, end, arrive, clear };
        stop = mustYield(scene, driver, meeting);
      }
      if (!stop) return;
      waits = true;
      obstacles.push({ gap: distance + spec.gapM - F.STOP_SHORT, speed: 0, line: true });
    });
  }
  return { obstacles, waits };
}

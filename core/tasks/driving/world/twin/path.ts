/**
 * The lanes ahead of a vehicle, and who is next on them: what all of traffic's rules look along.
 */
import * as F from '../../../../abi/world-fields.ts';
import type { LaneNetwork } from '../../roads/road-spec.ts';
import { firstAhead, type Member } from './lanes.ts';

/** A vehicle's place on its lane and the lanes it means to follow. */
export interface LaneState {
  /** Actor index. */
  readonly who: number;
  readonly lane: number;
  readonly s: number;
  readonly lateral: number;
  readonly halfLength: number;
  readonly halfWidth: number;
  readonly lanes: readonly number[];
  /** Index of `lane` in `lanes`, -1 = not there, `lanes.length` = past the last. */
  readonly routeAt: number;
}

/** A lane ahead; it begins `offset` metres from the beginning of the vehicle's own lane. */
export interface PathLane {
  readonly lane: number;
  readonly offset: number;
}

/** The lane after `lane`: the next of `lanes`, else a successor among them, else the first successor; lane -1 at a dead end. */
export function followingLane(
  network: LaneNetwork,
  lanes: readonly number[],
  lane: number,
  routeAt: number,
): { readonly lane: number; readonly routeAt: number } {
  const { next } = network.lanes[lane];
  if (next.length === 0) return { lane: -1, routeAt: -1 };
  const wanted = routeAt >= 0 && routeAt + 1 < lanes.length ? lanes[routeAt + 1] : -1;
  if (next.includes(wanted)) return { lane: wanted, routeAt: routeAt + 1 };
  for (const candidate of next) {
    const at = lanes.indexOf(candidate, routeAt + 1);
    if (at >= 0) return { lane: candidate, routeAt: at };
  }
  return { lane: next[0], routeAt: routeAt + 1 < lanes.length ? -1 : lanes.length };
}

/** The own lane and those after it that begin within LOOKAHEAD, at most PATH_LANES. */
export function lanePathOf(network: LaneNetwork, place: LaneState): PathLane[] {
  const path: PathLane[] = [{ lane: place.lane, offset: 0 }];
  let here = { lane: place.lane, routeAt: place.routeAt };
  let offset = network.lanes[here.lane].length;
  while (path.length < F.PATH_LANES && offset - place.s <= F.LOOKAHEAD) {
    here = followingLane(network, place.lanes, here.lane, here.routeAt);
    if (here.lane < 0) break;
    path.push({ lane: here.lane, offset });
    offset += network.lanes[here.lane].length;
  }
  return path;
}

/** Somebody ahead or behind: distance bumper to bumper (negative when they are side by side), and speed along the lane. */
export interface Neighbour {
  readonly gap: number;
  readonly speed: number;
  /** A line to stop at rather than somebody: LINE_HEADWAY is kept from it. */
  readonly line?: boolean;
}

const inTheWay = (m: Member, place: LaneState) =>
  m.who !== place.who && Math.abs(m.lateral - place.lateral) < m.halfWidth + place.halfWidth + F.SIDE_MARGIN;

/** Who is next ahead on the path, within LOOKAHEAD. */
export function leaderOn(
  members: readonly Member[],
  path: readonly PathLane[],
  place: LaneState,
): Neighbour | undefined {
  for (const { lane, offset } of path) {
    const from = offset === 0 ? place.s : Number.NEGATIVE_INFINITY;
    for (let k = firstAhead(members, lane, from); k < members.length && members[k].lane === lane; k++) {
      const m = members[k];
      if (offset + m.s - place.s > F.LOOKAHEAD) return undefined;
      if (inTheWay(m, place))
        return { gap: offset + m.s - m.halfLength - (place.s + place.halfLength), speed: Math.max(0, m.speed) };
    }
  }
  return undefined;
}

/** Who is next behind on the own lane or the first lane before it, within MOBIL_BEHIND. */
export function followerOn(network: LaneNetwork, members: readonly Member[], place: LaneState): Neighbour | undefined {
  const { previous } = network.lanes[place.lane];
  for (let level = 0; level < 2; level++) {
    if (level === 1 && previous.length === 0) break;
    const lane = level === 0 ? place.lane : previous[0];
    const s = level === 0 ? place.s : place.s + network.lanes[lane].length;
    for (let k = firstAhead(members, lane, s) - 1; k >= 0 && members[k].lane === lane; k--) {
      const m = members[k];
      if (s - m.s > F.MOBIL_BEHIND) return undefined;
      if (inTheWay(m, place)) return { gap: s - place.halfLength - (m.s + m.halfLength), speed: Math.max(0, m.speed) };
    }
  }
  return undefined;
}

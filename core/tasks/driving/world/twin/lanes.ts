/**
 * Who stands on which lane: the list that traffic looks others up in, made anew each step and sorted by lane and arc length.
 *
 * Everybody is a member of one lane, and casts shadows: on neighbouring lanes that the box reaches over the line of, and, soon
 * after a fork, on the other branches that it still covers. A shadow stands level with its owner and moves like it (against
 * the lane where the lane is oncoming). A walker or recorded actor covers what it will cross within LOOK_ASIDE; traffic that
 * changes lanes covers everything up to its new place. Actors far from any lane are on none.
 */
import * as F from '../../../../abi/world-fields.ts';
import type { Pose } from '../../../../base/geometry.ts';
import { lineFrame } from '../../roads/routes/route-geometry.ts';
import { EGO_LENGTH, EGO_WIDTH } from '../../../../abi/layout.ts';
import type { WorldSpec } from '../spec/spec.ts';
import type { LaneNetwork } from '../../roads/road-spec.ts';
import type { TwinState } from './state.ts';

/** `who` of the ego. */
export const EGO = -1;

export interface Member {
  /** Actor index, or EGO. */
  readonly who: number;
  /** Lane it is found on, and the lane it is on itself: they differ for shadows. */
  readonly lane: number;
  readonly home: number;
  readonly s: number;
  readonly lateral: number;
  readonly halfLength: number;
  readonly halfWidth: number;
  /** Along the lane; negative against it. */
  readonly speed: number;
}

/** The lane to the left (+1) or right (-1) of `lane`, the oncoming one included; -1 = none. */
function beside(network: LaneNetwork, lane: number, side: number): { lane: number; oncoming: boolean } {
  const { left, right, oncoming } = network.lanes[lane];
  if (side < 0) return { lane: right, oncoming: false };
  return left >= 0 ? { lane: left, oncoming: false } : { lane: oncoming, oncoming: true };
}

/** The same member seen from the lane to its left or right, or undefined where there is none. */
function hop(network: LaneNetwork, m: Member, side: number): { member: Member; side: number } | undefined {
  const to = beside(network, m.lane, side);
  if (to.lane < 0) return undefined;
  const [here, there] = [network.lanes[m.lane], network.lanes[to.lane]];
  const level = (m.s * there.length) / here.length;
  const offset = m.lateral - (side * (here.width + there.width)) / 2;
  const member = to.oncoming
    ? { ...m, lane: to.lane, s: there.length - level, lateral: -offset, speed: -m.speed }
    : { ...m, lane: to.lane, s: level, lateral: offset };
  return { member, side: to.oncoming ? -side : side };
}

/** Adds `member` and its shadows; (x, y) is its centre. */
function add(network: LaneNetwork, members: Member[], member: Member, x: number, y: number): void {
  members.push(member);
  for (const first of [1, -1]) {
    let here = member;
    let side = first;
    for (let k = 0; k < F.LANE_HOPS; k++) {
      if (side * here.lateral + here.halfWidth <= network.lanes[here.lane].width / 2 + F.LANE_OVER) break;
      const next = hop(network, here, side);
      if (!next) break;
      here = next.member;
      side = next.side;
      members.push(here);
    }
  }
  if (member.s - member.halfLength >= F.FORK_RANGE) return;
  for (const before of network.lanes[member.lane].previous)
    for (const branch of network.lanes[before].next) {
      const lane = network.lanes[branch];
      if (branch === member.lane || member.s > lane.length) continue;
      const { tx, ty, ...at } = lineFrame(lane, network.ds, member.s);
      const lateral = tx * (y - at.y) - ty * (x - at.x);
      if (Math.abs(lateral) < lane.width / 2 + member.halfWidth) members.push({ ...member, lane: branch, lateral });
    }
}

interface Body extends Pose {
  readonly speedMps: number;
  readonly length: number;
  readonly width: number;
}

/** Adds somebody who follows no lane: found on the route's lane at `routeS`, then on the lane it is really on. */
function addBody(spec: WorldSpec, members: Member[], who: number, body: Body, routeS: number, ahead: number): void {
  const { network, routeLanes } = spec;
  let k = 0;
  while (k + 1 < routeLanes.length && routeLanes[k + 1].fromS <= routeS) k++;
  const { fromS, lane, laneS } = routeLanes[k];
  const { length } = network.lanes[lane];
  const near = Math.max(0, Math.min(length, laneS + (routeS - fromS)));
  const frame = lineFrame(network.lanes[lane], network.ds, near);
  const [dx, dy] = [body.x - frame.x, body.y - frame.y];
  const cos = Math.cos(body.headingRad - frame.headingRad);
  const sin = Math.sin(body.headingRad - frame.headingRad);
  const sweep = (body.speedMps * sin * ahead) / 2;
  let member: Member = {
    who,
    lane,
    home: lane,
    s: Math.max(0, Math.min(length, near + frame.tx * dx + frame.ty * dy)),
    lateral: frame.tx * dy - frame.ty * dx + sweep,
    halfLength: (body.length * Math.abs(cos) + body.width * Math.abs(sin)) / 2,
    halfWidth: (body.length * Math.abs(sin) + body.width * Math.abs(cos)) / 2 + Math.abs(sweep),
    speed: body.speedMps * cos,
  };
  for (let k = 0; k < F.LANE_HOPS; k++) {
    if (Math.abs(member.lateral) <= network.lanes[member.lane].width / 2) break;
    const next = hop(network, member, member.lateral > 0 ? 1 : -1);
    if (!next) break;
    member = { ...next.member, home: next.member.lane };
  }
  if (Math.abs(member.lateral) <= network.lanes[member.lane].width / 2 + member.halfWidth)
    add(network, members, member, body.x, body.y);
}

/** Everybody on a lane now, sorted by lane, then arc length, then order of entry (ego first, then actors). */
export function laneMembers(spec: WorldSpec, state: TwinState): Member[] {
  const members: Member[] = [];
  const { ego } = state;
  addBody(spec, members, EGO, { ...ego, length: EGO_LENGTH, width: EGO_WIDTH }, ego.s, 0);
  spec.actors.forEach((actor, i) => {
    const { present, x, y, headingRad, speedMps, s, lateral, lane } = state.actors[i];
    if (!present) return;
    const { length, width } = actor;
    if (actor.behaviour === 'traffic') {
      const rest = lateral - actor.lateral;
      const band = Math.abs(rest) > F.MOBIL_SETTLED ? rest / 2 : 0;
      const member = {
        who: i,
        lane,
        home: lane,
        s,
        lateral: lateral - band,
        halfLength: length / 2,
        halfWidth: width / 2 + Math.abs(band),
        speed: speedMps,
      };
      add(spec.network, members, member, x, y);
    } else {
      const ahead = actor.behaviour === 'parked' ? 0 : F.LOOK_ASIDE;
      addBody(spec, members, i, { x, y, headingRad, speedMps, length, width }, s, ahead);
    }
  });
  return members.sort((a, b) => a.lane - b.lane || a.s - b.s);
}

/** First index of `members` on `lane` with arc length above `s`. */
export function firstAhead(members: readonly Member[], lane: number, s: number): number {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const m = members[middle];
    if (m.lane < lane || (m.lane === lane && m.s <= s)) low = middle + 1;
    else high = middle;
  }
  return low;
}

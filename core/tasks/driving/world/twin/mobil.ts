/**
 * Changing lanes: MOBIL (Kesting, Treiber & Helbing 2007) as in highway-env's `behavior.py`, and cutting in.
 *
 * A change to a side is worth (a' − a) + politeness · [(a'_new − a_new) + (a'_old − a_old)], accelerations by the IDM of the
 * driver, of the new follower and of the old one, the followers reckoned with the driver's own parameters. It happens when
 * that reaches the threshold and neither the new follower nor the driver would have to brake harder than is safe. A lane that
 * ends is left for one that goes on, whatever the gain; nobody changes to a lane that ends.
 */
import * as F from '../../../../abi/world-fields.ts';
import { EGO_LENGTH } from '../../../../abi/layout.ts';
import type { LaneNetwork } from '../../roads/road-spec.ts';
import type { Driver, TrafficView } from './conflicts.ts';
import { idm } from './idm.ts';
import { EGO } from './lanes.ts';
import { followerOn, leaderOn, type Neighbour, type LaneState, lanePathOf } from './path.ts';

/** A place on a lane that somebody takes in this very step: nobody else changes to it. */
export interface LaneClaim {
  readonly lane: number;
  readonly s: number;
  readonly halfLength: number;
}

/** The driver's place on the lane beside it, at its own place within that lane; undefined where there is no lane. */
export function placeBeside(network: LaneNetwork, { spec, place }: Driver, side: number): LaneState | undefined {
  const here = network.lanes[place.lane];
  const lane = side > 0 ? here.left : here.right;
  if (lane < 0) return undefined;
  const s = (place.s * network.lanes[lane].length) / here.length;
  const routeAt = spec.lanes.indexOf(lane);
  return { ...place, lane, s, lateral: spec.lateral, halfWidth: spec.width / 2, routeAt };
}

const claimed = (claims: readonly LaneClaim[], { lane, s, halfLength }: LaneState) =>
  claims.some((c) => c.lane === lane && Math.abs(c.s - s) < c.halfLength + halfLength + F.MOBIL_GAP);

/** What a follower gains when what it follows changes from `before` to `after`. */
function gain(
  scene: TrafficView,
  { spec }: Driver,
  desired: number,
  speed: number,
  before: Neighbour | undefined,
  after: Neighbour | undefined,
): number {
  const wish = Math.max(desired, speed);
  return idm(spec, speed, wish, after, scene.hardest) - idm(spec, speed, wish, before, scene.hardest);
}

/** Advantage of changing to `there`, m/s²; -Infinity when it is not safe. */
function advantage(
  scene: TrafficView,
  driver: Driver,
  desired: number,
  leader: Neighbour | undefined,
  there: LaneState,
): number {
  const { network } = scene.spec;
  const { spec, place, speed } = driver;
  const newLeader = leaderOn(scene.members, lanePathOf(network, there), there);
  const newFollower = followerOn(network, scene.members, there);
  if (newLeader && newLeader.gap < F.MOBIL_GAP) return Number.NEGATIVE_INFINITY;
  const after = idm(spec, speed, desired, newLeader, scene.hardest);
  if (after < -spec.safeBrakeMps2) return Number.NEGATIVE_INFINITY;
  let worth = after - idm(spec, speed, desired, leader, scene.hardest);
  const behindMe = (gap: number): Neighbour => ({ gap, speed });
  const beyondMe = (gap: number, ahead: Neighbour | undefined): Neighbour | undefined =>
    ahead && { gap: gap + spec.length + ahead.gap, speed: ahead.speed };
  if (newFollower) {
    const { gap, speed: pace } = newFollower;
    if (gap < F.MOBIL_GAP) return Number.NEGATIVE_INFINITY;
    if (idm(spec, pace, Math.max(desired, pace), behindMe(gap), scene.hardest) < -spec.safeBrakeMps2)
      return Number.NEGATIVE_INFINITY;
    worth += spec.politeness * gain(scene, driver, desired, pace, beyondMe(gap, newLeader), behindMe(gap));
  }
  const oldFollower = followerOn(network, scene.members, place);
  if (oldFollower) {
    const { gap, speed: pace } = oldFollower;
    worth += spec.politeness * gain(scene, driver, desired, pace, behindMe(gap), beyondMe(gap, leader));
  }
  return worth;
}

/** The side to change to now (+1 left, -1 right), or 0; `leader` is the present one, `desired` the present desired speed. */
export function mobil(
  scene: TrafficView,
  driver: Driver,
  desired: number,
  leader: Neighbour | undefined,
  claims: readonly LaneClaim[],
): number {
  const { network } = scene.spec;
  const ends = (lane: number) => network.lanes[lane].next.length === 0;
  let best = driver.spec.advantageMps2;
  let chosen = 0;
  for (const side of [1, -1]) {
    const there = placeBeside(network, driver, side);
    if (!there || claimed(claims, there)) continue;
    if (ends(there.lane) && !ends(driver.place.lane)) continue;
    const must = ends(driver.place.lane) && !ends(there.lane) ? F.MOBIL_MUST : 0;
    const worth = advantage(scene, driver, desired, leader, there) + must;
    if (worth >= best && (chosen === 0 || worth > best)) {
      best = worth;
      chosen = side;
    }
  }
  return chosen;
}

/** Whether the ego is behind the driver's place on its cut-in lane, near enough for cutting in. */
export function cutsIn({ spec: { network }, members }: TrafficView, driver: Driver): boolean {
  const { spec } = driver;
  const there = spec.cutInSide === 0 ? undefined : placeBeside(network, driver, spec.cutInSide);
  const ego = members.find(({ who, lane, home }) => who === EGO && lane === home);
  if (!there || !ego) return false;
  let ahead = Number.NEGATIVE_INFINITY;
  if (ego.lane === there.lane) ahead = there.s - ego.s;
  else if (network.lanes[there.lane].previous.includes(ego.lane))
    ahead = there.s + network.lanes[ego.lane].length - ego.s;
  const gap = ahead - there.halfLength - EGO_LENGTH / 2;
  return gap >= 0 && gap < spec.cutInGapM;
}

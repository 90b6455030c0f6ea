/**
 * Traffic: vehicles that follow lanes. Each decides from where everybody stood at the start of the actor phase, then all move.
 *
 * Acceleration is the least that IDM gives for: the free road (own desired speed scaled by the lane's limit, bends ahead), the
 * leader, whoever is on a lane it leans over to, a red or yellow light, and conflicts (twin-conflicts.ts). A vehicle may brake
 * hard once, whatever else. Lane changes (twin-mobil.ts) put it on the new lane at once; its offset there shrinks smoothly.
 * Where its lane ends without a successor it leaves the world.
 */
import * as F from '../../../../abi/world-fields.ts';
import { wrapAngle } from '../../../../base/geometry.ts';
import { lanePose } from '../../roads/routes/route-geometry.ts';
import { laneTables } from '../lane-tables.ts';
import { DT, LIGHT_RED, LIGHT_YELLOW } from '../../../../abi/layout.ts';
import type { TrafficSpec, WorldSpec } from '../spec/spec.ts';
import { conflictsAhead, type Driver, type TrafficView } from './conflicts.ts';
import { hardestBraking, idm } from './idm.ts';
import { laneMembers } from './lanes.ts';
import { type LaneClaim, cutsIn, mobil, placeBeside } from './mobil.ts';
import { followingLane, leaderOn, type Neighbour, lanePathOf, type LaneState } from './path.ts';
import { signalAt } from './signals.ts';
import { ABSENT, type TwinActor, type TwinState } from './state.ts';

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** A vehicle at the start of its drive. */
export function initialTraffic(spec: WorldSpec, actor: TrafficSpec): TwinActor {
  const { lane, s, lateral, speedMps } = actor;
  const pose = lanePose(spec.network, lane, s, lateral);
  return { ...ABSENT, ...pose, speedMps, s, lateral, lane, routeAt: actor.lanes.indexOf(lane), present: true };
}

/** What everybody sees in the step now in `state.step`, the ego having moved. */
export function trafficViewOf(spec: WorldSpec, state: TwinState): TrafficView {
  return {
    spec,
    actors: state.actors,
    members: laneMembers(spec, state),
    signals: spec.signals.map((signal) => signalAt(signal, state.step)),
    hardest: hardestBraking(spec.weather.friction),
  };
}

function driverOf({ spec: { network } }: TrafficView, i: number, spec: TrafficSpec, me: TwinActor): Driver {
  const rest = me.lateral - spec.lateral;
  const band = Math.abs(rest) > F.MOBIL_SETTLED ? rest / 2 : 0;
  const place: LaneState = {
    who: i,
    lane: me.lane,
    s: me.s,
    lateral: me.lateral - band,
    halfLength: spec.length / 2,
    halfWidth: spec.width / 2 + Math.abs(band),
    lanes: spec.lanes,
    routeAt: me.routeAt,
  };
  return { spec, place, path: lanePathOf(network, place), speed: me.speedMps, timer: me.timer };
}

/** Speed it would drive at alone: limits and bends here, and those ahead that braking gently will meet. */
function desiredSpeed({ spec: { network } }: TrafficView, { spec, place, path }: Driver): number {
  const { bendMps } = laneTables(network);
  const usual = network.lanes[spec.lane].speedLimitMps;
  let desired = spec.desiredSpeedMps;
  for (const { lane, offset } of path) {
    const bends = bendMps[lane];
    const at = offset === 0 ? Math.min(bends.length - 1, Math.floor(place.s / network.ds)) : 0;
    const here = Math.min((spec.desiredSpeedMps * network.lanes[lane].speedLimitMps) / usual, bends[at]);
    const way = Math.max(0, offset - place.s);
    desired = Math.min(desired, Math.sqrt(here * here + 2 * F.BEND_BRAKE * way));
  }
  return desired;
}

/** Stop lines ahead that say stop. */
function stopLines({ spec: { network }, signals }: TrafficView, { spec, place, path, speed }: Driver): Neighbour[] {
  if (!spec.obeysSignals) return [];
  const found: Neighbour[] = [];
  for (const { lane, offset } of path) {
    const { stopLineS, signal } = network.lanes[lane];
    const toLine = offset + stopLineS - (place.s + place.halfLength);
    if (signal < 0 || !(toLine > 0)) continue;
    const stops =
      signals[signal] === LIGHT_RED ||
      (signals[signal] === LIGHT_YELLOW && speed * speed < 2 * F.YELLOW_BRAKE * toLine);
    if (stops) found.push({ gap: toLine + spec.gapM - F.STOP_SHORT, speed: 0, line: true });
  }
  return found;
}

/** Leaders on the neighbouring lanes that the body reaches over to: those of the lane it is leaving, above all. */
function besideLeaders(
  { spec: { network }, members }: TrafficView,
  { spec, place }: Driver,
  lateral: number,
): Neighbour[] {
  const found: Neighbour[] = [];
  const here = network.lanes[place.lane];
  for (const side of [1, -1]) {
    const lane = side > 0 ? here.left : here.right;
    if (lane < 0 || side * lateral + spec.width / 2 <= here.width / 2 + F.LANE_OVER) continue;
    const there = network.lanes[lane];
    const beside: LaneState = {
      ...place,
      lane,
      s: (place.s * there.length) / here.length,
      lateral: lateral - (side * (here.width + there.width)) / 2,
      halfWidth: spec.width / 2,
    };
    const leader = leaderOn(members, [{ lane, offset: 0 }], beside);
    if (leader) found.push(leader);
  }
  return found;
}

/** Moves a vehicle by one step at `accel`; (lane, s, lateral) may already be those of a new lane. */
function move(spec: WorldSpec, actor: TrafficSpec, me: TwinActor, accel: number): TwinActor {
  const { network } = spec;
  const speedMps = Math.max(0, me.speedMps + accel * DT);
  const cap = Math.min(F.DRIFT_SPEED, F.DRIFT_SLOPE * speedMps);
  const wanted = clamp(F.DRIFT_GAIN * (actor.lateral - me.lateral), -cap, cap);
  const change = F.DRIFT_ACCEL * DT;
  const drift = clamp(me.drift + clamp(wanted - me.drift, -change, change), -cap, cap);
  const lateral = me.lateral + drift * DT;
  let { lane, routeAt } = me;
  let s = me.s + ((me.speedMps + speedMps) / 2) * DT;
  while (s > network.lanes[lane].length) {
    s -= network.lanes[lane].length;
    ({ lane, routeAt } = followingLane(network, actor.lanes, lane, routeAt));
    if (lane < 0) return ABSENT;
  }
  const pose = lanePose(network, lane, s, lateral);
  const headingRad = pose.headingRad + (speedMps > 0 ? Math.atan(drift / speedMps) : 0);
  const yawRateRadps = wrapAngle(headingRad - me.headingRad) / DT;
  return { ...me, x: pose.x, y: pose.y, headingRad, speedMps, s, lateral, yawRateRadps, lane, routeAt, drift };
}

/** Vehicle `i` after the step; what it claims by changing lanes is added to `claims`. */
export function stepTraffic(
  scene: TrafficView,
  step: number,
  i: number,
  actor: TrafficSpec,
  claims: LaneClaim[],
): TwinActor {
  const me = scene.actors[i];
  if (!me.present) return me;
  const { spec } = scene;
  const driver = driverOf(scene, i, actor, me);
  const desired = desiredSpeed(scene, driver);
  const leader = leaderOn(scene.members, driver.path, driver.place);
  const conflicts = conflictsAhead(scene, driver, leader);
  const obstacles = [...stopLines(scene, driver), ...conflicts.obstacles, ...besideLeaders(scene, driver, me.lateral)];
  let accel = idm(actor, me.speedMps, desired, leader, scene.hardest);
  for (const obstacle of obstacles) accel = Math.min(accel, idm(actor, me.speedMps, desired, obstacle, scene.hardest));
  const time = step * DT - actor.brakeAt;
  const brakes = time >= 0 && time < actor.brakeFor;
  if (brakes) accel = -Math.min(actor.hardBrakeMps2, spec.weather.friction * F.GRAVITY);

  const waits = conflicts.waits && me.speedMps < F.CLEAR_SPEED;
  let next: TwinActor = { ...me, timer: waits ? me.timer + 1 : Math.max(0, me.timer - 1) };
  let side = 0;
  if (next.phase === 0 && cutsIn(scene, driver)) {
    side = actor.cutInSide;
    next.phase = 1;
  } else if (
    actor.changesLanes &&
    !brakes &&
    (step + i) % F.MOBIL_STEPS === 0 &&
    me.speedMps >= F.MOBIL_SPEED &&
    Math.abs(me.lateral - actor.lateral) < F.MOBIL_SETTLED
  )
    side = mobil(scene, driver, desired, leader, claims);
  const there = side === 0 ? undefined : placeBeside(spec.network, driver, side);
  if (there) {
    const widths = spec.network.lanes[me.lane].width + spec.network.lanes[there.lane].width;
    next = { ...next, lane: there.lane, routeAt: there.routeAt, s: there.s, lateral: me.lateral - (side * widths) / 2 };
    claims.push({ lane: there.lane, s: there.s, halfLength: there.halfLength });
  }
  return move(spec, actor, next, accel);
}

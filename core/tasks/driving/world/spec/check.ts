/**
 * What both worlds refuse, and how they say it: a spec that does not fit, a plan or control that is no number, a snapshot of
 * the wrong size. Everything else is arithmetic that cannot fail.
 */
import { MAX_ACTORS, MAX_LATENCY, MAX_LIGHTS, MAX_SIGNALS, WAYPOINTS } from '../../../../abi/layout.ts';
import { kindRow } from '../../kinds/kinds.ts';
import type { ActorSpec, WorldSpec } from './spec.ts';
import type { LaneNetwork, RoadSpec } from '../../roads/road-spec.ts';

/** Bad input to a world; `value` is what was wrong. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
  readonly value: unknown;
  constructor(message: string, value: unknown) {
    super(message);
    this.value = value;
  }
}

/** Throws WorldError when a world cannot run `spec`. */
export function checkSpec(spec: WorldSpec): void {
  const { road, ego, goalS, maxSteps, actors, signals, lights, weather, sensors } = spec;
  checkRoad(road);
  if (actors.length > MAX_ACTORS) throw new WorldError(`a world holds ${MAX_ACTORS} actors`, actors.length);
  if (!(goalS > ego.s)) throw new WorldError('the goal must lie ahead of the start', goalS);
  if (!(maxSteps >= 1)) throw new WorldError('the time limit must be at least one step', maxSteps);
  if (signals.length > MAX_SIGNALS) throw new WorldError(`a world holds ${MAX_SIGNALS} signals`, signals.length);
  if (lights.length > MAX_LIGHTS) throw new WorldError(`a route holds ${MAX_LIGHTS} lights`, lights.length);
  lights.forEach(({ stopLineS, signal }, k) => {
    if (!signals[signal]) throw new WorldError(`light ${k} names a signal that does not exist`, signal);
    if (k > 0 && stopLineS < lights[k - 1].stopLineS) throw new WorldError('lights ascend by stop line', stopLineS);
  });
  for (const { green, yellow, red } of signals)
    if (!(green + yellow + red > 0)) throw new WorldError('a signal needs a cycle', green + yellow + red);
  if (!(weather.friction > 0)) throw new WorldError('friction must be positive', weather.friction);
  if (!Number.isInteger(sensors.latencySteps) || sensors.latencySteps < 0 || sensors.latencySteps > MAX_LATENCY)
    throw new WorldError(`latency is 0 to ${MAX_LATENCY} steps`, sensors.latencySteps);
  const stranger = actors.find(({ kind }) => !kindRow(kind));
  if (stranger) throw new WorldError(`actor ${stranger.id} is of no known kind`, stranger.kind);
  if (actors.some(({ behaviour }) => behaviour === 'traffic')) checkTraffic(spec);
}

function checkRoad(road: RoadSpec): void {
  const points = road.x.length;
  const { x, y, headingRad, curvature, edgeLeft, edgeRight, oncomingFrom, speedLimitMps } = road;
  if (points < 2) throw new WorldError('a road needs at least two samples', points);
  if ([x, y, headingRad, curvature, edgeLeft, edgeRight, oncomingFrom, speedLimitMps].some((c) => c.length !== points))
    throw new WorldError('the columns of a road differ in length', points);
  if (!(road.ds > 0)) throw new WorldError('road spacing must be positive', road.ds);
}

function checkTraffic({ network, routeLanes, signals, actors }: WorldSpec): void {
  checkNetwork(network, signals.length);
  if (routeLanes.length === 0) throw new WorldError('traffic needs the lanes of the route', routeLanes.length);
  routeLanes.forEach(({ lane, fromS }, k) => {
    if (!network.lanes[lane]) throw new WorldError('the route follows a lane that does not exist', lane);
    if (k > 0 && fromS < routeLanes[k - 1].fromS) throw new WorldError('lanes of the route ascend', fromS);
  });
  const check = (actor: ActorSpec) => {
    if (actor.behaviour !== 'traffic') return;
    const missing = [actor.lane, ...actor.lanes].find((lane) => !network.lanes[lane]);
    if (missing !== undefined) throw new WorldError(`actor ${actor.id} drives on a lane that does not exist`, missing);
    if (!(actor.accelMps2 > 0 && actor.brakeMps2 > 0))
      throw new WorldError(`actor ${actor.id} needs positive acceleration and braking`, actor.accelMps2);
  };
  actors.forEach(check);
}

/** Networks that were found sound, and for how many signals: they are shared and large. */
const sound = new WeakMap<LaneNetwork, number>();

function checkNetwork(network: LaneNetwork, signals: number): void {
  if ((sound.get(network) ?? Number.POSITIVE_INFINITY) <= signals) return;
  const { ds, lanes } = network;
  if (!(ds > 0)) throw new WorldError('lane spacing must be positive', ds);
  for (const lane of lanes) {
    const { id, x, y, headingRad, length, left, right, oncoming, next, previous, conflicts, signal } = lane;
    if (x.length < 2 || y.length !== x.length || headingRad.length !== x.length)
      throw new WorldError(`lane ${id} needs columns of two samples or more`, x.length);
    if (!(length > 0 && (x.length - 1) * ds >= length - 1e-6))
      throw new WorldError(`lane ${id} is longer than its samples reach`, length);
    if (!(lane.width > 0 && lane.speedLimitMps > 0))
      throw new WorldError(`lane ${id} needs a positive width and speed limit`, lane.speedLimitMps);
    const beside = [left, right, oncoming].filter((other) => other !== -1);
    const named = [...beside, ...next, ...previous, ...conflicts.map((conflict) => conflict.lane)];
    const missing = named.find((other) => !lanes[other]);
    if (missing !== undefined) throw new WorldError(`lane ${id} names a lane that does not exist`, missing);
    if (signal >= signals) throw new WorldError(`lane ${id} names a signal that does not exist`, signal);
  }
  sound.set(network, signals);
}

/** Throws WorldError when `index` is no world of this batch. */
export function checkIndex(index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) throw new WorldError(`no such world of ${count}`, index);
}

/** Copies WAYPOINTS × (x, y) out of `waypoints` into `target`; throws WorldError on a number that is not finite. */
export function copyPlan(target: Float64Array, waypoints: ArrayLike<number>, offset: number, stride: number): void {
  for (let k = 0; k < WAYPOINTS; k++) {
    const x = waypoints[offset + k * stride];
    const y = waypoints[offset + k * stride + 1];
    if (!Number.isFinite(x) || !Number.isFinite(y)) throw new WorldError(`waypoint ${k} is not finite`, [x, y]);
    target[2 * k] = x;
    target[2 * k + 1] = y;
  }
}

/** `count` clipped to [low, high]; throws WorldError when it is not an integer. */
export function clipCount(count: number, low: number, high: number): number {
  if (!Number.isInteger(count)) throw new WorldError('controls are integer counts', count);
  return Math.min(high, Math.max(low, count));
}

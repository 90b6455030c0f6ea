/**
 * Traffic and people that a seed spreads: cars along the lanes with safe gaps, pedestrians on both sides of the route.
 *
 * A lane of length L gets L · density vehicles on average: gaps are drawn between half and one and a half of 1/density. Nobody
 * starts within EGO_CLEAR metres of the ego, within CLEAR metres of anybody else, on a lane inside a junction, or so fast that
 * gentle braking would not do before the junction ahead.
 */
import { driver } from './sample-actor.ts';
import type { Sampler } from '../format/sample.ts';
import type { BuiltRoad } from '../../roads/routes/built-road.ts';
import { STYLE_SPECS } from '../format/driver-styles.ts';
import { KIND_BICYCLE, KIND_PEDESTRIAN, SIZES } from '../../kinds/kinds.ts';
import type { RoadNetwork } from './network-road.ts';
import { poseAt } from '../../roads/road.ts';
import type { ScenarioPedestrians, ScenarioTraffic } from '../format/actor-schema.ts';
import type { ActorSpec, PedestrianSpec, TrafficSpec } from '../../world/spec/spec.ts';
import type { LaneSpec } from '../../roads/road-spec.ts';

export interface SpawnScene {
  readonly drawn: BuiltRoad;
  readonly ego: { readonly s: number; readonly lateral: number; readonly speedMps: number };
  readonly goalS: number;
  readonly graphWay: RoadNetwork | undefined;
}

/** Bounds on what is spread, so that explicit actors always have room. */
export const MAX_SPAWNED = 96;
const MAX_WALKERS = 24;
const EGO_CLEAR = 22;
const CLEAR = 9;
/** Lanes shorter than this stay empty, m. */
const MIN_LANE = 12;
/** People stand this far beyond the drivable edge, m, and first this far beyond the ego's start. */
const KERB = 0.9;
const WALKERS_FROM = 35;
const BICYCLE_MPS = 4.5;
const GENTLE_MPS2 = 1.5;

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly clear: number;
}

export function spawnTraffic(
  traffic: ScenarioTraffic,
  scene: SpawnScene,
  others: readonly ActorSpec[],
  draws: Sampler,
): TrafficSpec[] {
  const { number, chance, pick } = draws;
  const { network, road } = scene.drawn;
  const perMetre = number(traffic.densityPerKm) / 1000;
  const factor = number(traffic.speedFactor ?? 1);
  const styles = traffic.styles ?? ['normal'];
  const egoPose = poseAt(road, scene.ego.s, scene.ego.lateral);
  const spots: Spot[] = [{ ...egoPose, clear: EGO_CLEAR }, ...others.flatMap((actor) => spotsOf(scene.drawn, actor))];
  const spawned: TrafficSpec[] = [];
  if (perMetre <= 0) return spawned;
  for (const lane of lanesFor(traffic.lanes ?? 'all', scene)) {
    const spec = network.lanes[lane];
    for (let s = (0.2 + number([0, 1])) / perMetre; s < spec.length - 5; s += (0.5 + number([0, 1])) / perMetre) {
      const style = pick(styles);
      const kind = chance(traffic.bicycles ?? 0) ? 'bicycle' : chance(traffic.trucks ?? 0) ? 'truck' : 'car';
      const share = number([0.9, 1.1]);
      const pose = poseOnLane(spec, network.ds, s);
      const near = spots.some(({ x, y, clear }) => (x - pose.x) ** 2 + (y - pose.y) ** 2 < clear * clear);
      if (near || spawned.length >= MAX_SPAWNED) continue;
      const desired = spec.speedLimitMps * STYLE_SPECS[style].limitShare * factor * share;
      const bicycle = kind === 'bicycle';
      const room = junctionAt(network.lanes, spec) - s - SIZES[kind].length / 2 - 1;
      if (room <= 0) continue;
      const desiredSpeedMps = bicycle ? Math.min(BICYCLE_MPS * share, desired) : desired;
      const gap = 1 / perMetre / 2 - SIZES[kind].length;
      spawned.push({
        id: `t${spawned.length + 1}`,
        ...SIZES[kind],
        ...driver(style),
        ...(bicycle && { kind: KIND_BICYCLE }),
        lane,
        s,
        lateral: bicycle ? -(spec.width / 2 - 0.7) : 0,
        lanes: wayFrom(scene.graphWay, lane, (list) => pick(list)),
        speedMps: Math.min(desiredSpeedMps, Math.max(2, gap / 1.5), Math.sqrt(2 * GENTLE_MPS2 * room)),
        desiredSpeedMps,
        changesLanes: !bicycle && (spec.left >= 0 || spec.right >= 0),
        background: true,
      });
      spots.push({ x: pose.x, y: pose.y, clear: CLEAR + SIZES[kind].length / 2 });
    }
  }
  return spawned;
}

/** Lanes (of the network) that traffic of this kind starts on. */
function lanesFor(which: NonNullable<ScenarioTraffic['lanes']>, { drawn, graphWay }: SpawnScene): number[] {
  const { lanes } = drawn.network;
  const same = new Set<number>();
  const oncoming = new Set<number>();
  const spread = (into: Set<number>, lane: number) => {
    for (const list of [[lane], lanes[lane].next, lanes[lane].previous])
      for (const index of list) {
        if (into.has(index)) continue;
        into.add(index);
        for (const beside of [lanes[index].left, lanes[index].right]) if (beside >= 0) into.add(beside);
      }
  };
  for (const { lane } of drawn.routeLanes) spread(same, lane);
  for (const lane of same) if (lanes[lane].oncoming >= 0) spread(oncoming, lanes[lane].oncoming);
  const inJunction = (lane: number) =>
    graphWay !== undefined && graphWay.graph.lanes[graphWay.networkIndex.indexOf(lane)].junction !== undefined;
  return lanes.flatMap(({ length }, lane) => {
    const group = same.has(lane) ? 'same' : oncoming.has(lane) ? 'oncoming' : 'cross';
    return length >= MIN_LANE && !inJunction(lane) && (which === 'all' || which === group) ? [lane] : [];
  });
}

/** Lanes a spawned driver follows: at every junction one of the ways on. */
function wayFrom(built: RoadNetwork | undefined, lane: number, pick: (list: readonly number[]) => number): number[] {
  if (!built) return [lane];
  const { lanes } = built.network;
  const way = [lane];
  while (way.length < 12) {
    const { next } = lanes[way[way.length - 1]];
    if (next.length === 0) break;
    way.push(next.length > 1 ? pick(next) : next[0]);
  }
  return way;
}

/** Where on its lane a driver may have to stop for a junction, m; Infinity where the lane leads to none. */
function junctionAt(lanes: readonly LaneSpec[], lane: LaneSpec): number {
  const conflicts = lane.next.some((next) => lanes[next].conflicts.length > 0);
  return Number.isNaN(lane.stopLineS) ? (conflicts ? lane.length : Number.POSITIVE_INFINITY) : lane.stopLineS;
}

function poseOnLane(lane: LaneSpec, ds: number, s: number): { x: number; y: number } {
  const i = Math.min(lane.x.length - 2, Math.floor(s / ds));
  const t = s / ds - i;
  return { x: lane.x[i] + t * (lane.x[i + 1] - lane.x[i]), y: lane.y[i] + t * (lane.y[i + 1] - lane.y[i]) };
}

/** Circles to keep clear of an actor that is already there. */
function spotsOf({ road, network }: BuiltRoad, actor: ActorSpec): Spot[] {
  const clear = CLEAR + actor.length / 2;
  switch (actor.behaviour) {
    case 'traffic': {
      const lane = network.lanes[actor.lane];
      return [{ ...poseOnLane(lane, network.ds, actor.s), clear: actor.cutInSide !== 0 ? 2 * clear : clear }];
    }
    case 'parked':
      return [{ ...poseAt(road, actor.s, actor.lateral), clear }];
    case 'replay':
      return [{ x: actor.x[0], y: actor.y[0], clear }];
    case 'cross':
      return [];
  }
}

export function spawnPedestrians(
  pedestrians: ScenarioPedestrians,
  { drawn, ego, goalS }: SpawnScene,
  others: readonly ActorSpec[],
  { number, chance }: Sampler,
): PedestrianSpec[] {
  const { road } = drawn;
  const perMetre = number(pedestrians.densityPer100m) / 100;
  const spawned: PedestrianSpec[] = [];
  if (perMetre <= 0) return spawned;
  const parked = others.filter((actor) => actor.behaviour === 'parked');
  for (let s = ego.s + WALKERS_FROM; s < goalS - 5; s += (0.5 + number([0, 1])) / perMetre) {
    const fromRight = chance(0.6);
    const speedMps = number([0.9, 1.7]);
    const triggerDistance = number([24, 45]);
    const crosses = chance(pedestrians.crosses ?? 0);
    const depth = number([0, 1.5]);
    const k = Math.min(road.x.length - 1, Math.round(s / road.ds));
    const inside = road.junctions.some(({ from, to }) => s > from - 6 && s < to + 6);
    const blocked = parked.some((other) => Math.abs(other.s - s) < other.length / 2 + 0.5);
    if (inside || blocked || spawned.length >= MAX_WALKERS) continue;
    const [right, left] = [-road.edgeRight[k] - KERB - depth, road.edgeLeft[k] + KERB + depth];
    spawned.push({
      behaviour: 'cross',
      id: `p${spawned.length + 1}`,
      ...SIZES.pedestrian,
      kind: KIND_PEDESTRIAN,
      s,
      fromLateral: fromRight ? right : left,
      toLateral: fromRight ? left : right,
      speedMps,
      triggerDistance: crosses ? triggerDistance : -1e6,
      hesitateAt: 0,
      hesitateFor: 0,
    });
  }
  return spawned;
}

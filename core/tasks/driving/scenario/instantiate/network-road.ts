/**
 * A network of named pieces with the ego's route through it: built once per scenario and route, shared by all its worlds.
 *
 * The geometry has no ranges, so nothing here depends on a seed but which of several goals it drew.
 */
import * as v from 'valibot';
import type { BuiltRoad } from '../../roads/routes/built-road.ts';
import type { LanePlace } from './lane-places.ts';
import { turnOf } from '../../roads/map/lane-conflicts.ts';
import { laneGraphOf } from '../../roads/map/lane-graph.ts';
import type { LaneGraph } from '../../roads/map/lane-model.ts';
import { type BuiltNetwork, laneNetworkOf } from '../../roads/map/lane-network.ts';
import { type BuiltRoads, buildRoads } from '../../roads/pieces/pieces.ts';
import { RoadNetworkSchema } from '../../roads/pieces/schema.ts';
import { findRoute, type Route } from '../../roads/map/route.ts';
import { routeRoad } from '../../roads/routes/route-road.ts';
import type { RoadPlace } from '../format/road-schema.ts';
import type { ScenarioRoad } from '../format/schema.ts';
import type { SignalSpec } from '../../roads/road-spec.ts';

/** A place or route of a scenario that its network does not have. */
export class NetworkError extends Error {
  override name = 'NetworkError';
  readonly path: readonly (string | number)[];
  readonly problem: string;
  readonly expected: string;
  constructor(path: readonly (string | number)[], problem: string, expected: string) {
    super(`${path.join('.')}: ${problem}, expected ${expected}`);
    this.path = path;
    this.problem = problem;
    this.expected = expected;
  }
}

export interface RoadNetwork extends BuiltNetwork {
  readonly graph: LaneGraph;
  readonly roads: BuiltRoads;
  readonly signals: readonly SignalSpec[];
  readonly routes: Map<string, BuiltRoad>;
}

/** Longest way of one vehicle, lanes. */
const MAX_WAY = 12;

const networks = new WeakMap<object, RoadNetwork>();

/** The network of a road, built on first use. @throws PieceError for pieces that do not fit one another. */
export function networkOf(road: ScenarioRoad): RoadNetwork {
  if (!road.network) throw new Error('the road has no network');
  const known = networks.get(road.network);
  if (known) return known;
  const roads = buildRoads(v.parse(RoadNetworkSchema, road.network));
  const graph = laneGraphOf(roads.map);
  const signalOf = (controller: string | undefined) =>
    roads.signalPlans.findIndex((plan) => plan.controller === controller);
  const signals = roads.signalPlans.map(({ green, yellow, red, offset }) => ({ green, yellow, red, offset }));
  const network = { graph, roads, signals, routes: new Map(), ...laneNetworkOf(graph, signalOf) };
  networks.set(road.network, network);
  return network;
}

/**
 * The ego's road from `from` to `to`, with the lights standing `signalOffset` seconds into their cycles.
 * @throws NetworkError when a place does not exist or no route leads there.
 */
export function networkRoad(road: ScenarioRoad, to: RoadPlace | undefined, signalOffset: number): BuiltRoad {
  const built = networkOf(road);
  const key = JSON.stringify(to ?? null);
  let route = built.routes.get(key);
  if (!route) {
    route = buildRoute(built, road.from, to);
    built.routes.set(key, route);
  }
  const signals = built.signals.map((signal) => ({ ...signal, offset: signal.offset + signalOffset }));
  return { ...route, signals };
}

function buildRoute(built: RoadNetwork, from: RoadPlace | undefined, to: RoadPlace | undefined): BuiltRoad {
  const { graph, network, networkIndex, roads } = built;
  const starts = lanesAt(built, from, 'in', ['road', 'from'], roads.pieceRoads[0]).slice(0, 1);
  const goals = lanesAt(built, to, 'out', ['road', 'to'], roads.lastRoad);
  let best: Route | undefined;
  for (const goal of goals) {
    const route = findRoute(graph, { lane: starts[0], s: 0 }, { lane: goal, s: graph.lanes[goal].length });
    if (route && (!best || route.steps.length < best.steps.length)) best = route;
  }
  if (!best) throw new NetworkError(['road', 'to'], 'no route leads there', 'a road that the start leads to');
  const { road, routeLanes, stopLines } = routeRoad(graph, best.steps, 0);
  const lights = stopLines.flatMap(({ s, line }) => {
    const signal = roads.signalPlans.findIndex(
      ({ controller }) => controller === graph.signals[line.signal].controller,
    );
    return line.kind === 'light' && signal >= 0 ? [{ stopLineS: s, signal }] : [];
  });
  const lanes = routeLanes.map((part) => ({ ...part, lane: networkIndex[part.lane] }));
  return { road, network, routeLanes: lanes, map: graph, signals: built.signals, lights };
}

/** Lanes (in the graph) at a named place, rightmost first: towards the junction (`in`) or away from it (`out`). */
function lanesAt(
  { graph, roads }: RoadNetwork,
  place: RoadPlace | undefined,
  way: 'in' | 'out',
  path: readonly (string | number)[],
  fallback: string | undefined,
): number[] {
  const arm = place?.arm;
  const piece =
    place?.piece ?? (arm === undefined ? undefined : roads.pieceArms.findIndex((arms) => arms.has(arm)) + 1);
  const road =
    arm !== undefined
      ? roads.pieceArms[(piece ?? 0) - 1]?.get(arm)
      : piece === undefined
        ? fallback
        : roads.pieceRoads[piece - 1];
  if (road === undefined)
    throw new NetworkError(
      path,
      `there is no ${arm === undefined ? `piece ${piece}` : `arm ${arm}`}`,
      'a piece or arm of the network',
    );
  // Arms run outwards from their junction, the entry runs into it; ramps and plain pieces are driven along the chain.
  const outwards = arm === 'left' || arm === 'right' || arm === 'straight';
  const forward = outwards ? way === 'out' : arm !== 'entry' || way === 'in';
  const lanes = graph.lanes
    .filter((lane) => lane.road === road && lane.kind === 'driving' && lane.laneId < 0 === forward)
    .sort((a, b) => Math.abs(b.laneId) - Math.abs(a.laneId))
    .map(({ index }) => index);
  const chosen = place?.lane === undefined ? lanes : lanes.slice(place.lane - 1, place.lane);
  if (chosen.length === 0) throw new NetworkError(path, 'has no such lane', `lane 1 to ${lanes.length}`);
  return chosen;
}

/** The lanes (in the graph) from `lane` to one of `goals` without changing lanes, or undefined. */
function lanesTo({ graph }: RoadNetwork, lane: number, goals: readonly number[]): number[] | undefined {
  for (const goal of goals) {
    const route = findRoute(graph, { lane, s: 0 }, { lane: goal, s: graph.lanes[goal].length });
    if (route?.steps.every(({ by }) => by === 'start' || by === 'follow')) return route.steps.map((step) => step.lane);
  }
  return undefined;
}

/** Lanes from `lane` on, straight through junctions where that is possible. */
function lanesStraight({ lanes }: LaneGraph, lane: number): number[] {
  const found = [lane];
  while (found.length < MAX_WAY) {
    const successors = lanes[found[found.length - 1]].successors.filter((index) => lanes[index].kind === 'driving');
    if (successors.length === 0) break;
    found.push(successors.find((index) => turnOf(lanes[index]) === 'straight') ?? successors[0]);
  }
  return found;
}

/**
 * The place `before` metres from the junction end of an arm, heading for `to` (straight on without it).
 * @throws NetworkError when there is no such road, or no way there without changing lanes.
 */
function onArm(
  built: RoadNetwork,
  on: RoadPlace,
  to: RoadPlace | undefined,
  before: number,
  path: readonly (string | number)[],
): LanePlace | undefined {
  const { graph, network, networkIndex } = built;
  const goals = to && lanesAt(built, to, 'out', [...path, 'to'], undefined);
  for (const lane of lanesAt(built, on, 'in', [...path, 'on'], undefined)) {
    const way = goals ? lanesTo(built, lane, goals) : lanesStraight(graph, lane);
    if (!way) continue;
    const index = networkIndex[lane];
    return {
      lane: index,
      s: Math.max(0, network.lanes[index].length - before),
      lanes: way.map((i) => networkIndex[i]),
    };
  }
  return undefined;
}

/** What draw-world.ts needs of networks. */
export interface Networks {
  readonly networkOf: typeof networkOf;
  readonly networkRoad: typeof networkRoad;
  readonly onArm: typeof onArm;
}
export const NETWORKS: Networks = { networkOf, networkRoad, onArm };

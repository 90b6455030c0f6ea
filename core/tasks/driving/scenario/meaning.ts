/**
 * What the shape of a scenario can't say: every place lies on the road for every draw, names are unique and known, time is whole
 * steps, the pieces of a network fit and a route leads through it.
 */
import { endsOf } from './format/sample.ts';
import { anchorsOf } from '../roads/routes/built-road.ts';
import { instantiate } from './instantiate/instantiate.ts';
import { DT, MAX_LIGHTS, MAX_SIGNALS } from '../../../abi/layout.ts';
import { NetworkError, networkOf, networkRoad } from './instantiate/network-road.ts';
import { RUNOFF } from '../roads/road.ts';
import { LaneGraphError } from '../roads/map/lane-model.ts';
import { PieceError } from '../roads/pieces/pieces.ts';
import type { RouteOffset, Scenario, ScenarioRoad } from './format/schema.ts';

export type YamlPath = readonly (string | number)[];
export type Fail = (path: YamlPath, problem: string, expected: string) => never;
type Span = readonly [number, number];

/** Longest route, m. */
const MAX_ROUTE = 5000;
const CHAIN_KEYS = [
  'laneWidth',
  'lanesLeft',
  'lanesRight',
  'oncomingLeft',
  'shoulder',
  'speedLimitMps',
  'junction',
] as const;
const NETWORK_KEYS = ['from', 'to', 'signalOffset'] as const;

export function checkMeaning(scenario: Scenario, fail: Fail): void {
  const { road, ego, light, actors = [] } = scenario;
  const written = (['pieces', 'points', 'network'] as const).filter((key) => road[key] !== undefined);
  if (written.length !== 1)
    fail(
      ['road'],
      written.length === 0 ? 'no pieces, points or network' : written.join(' and '),
      'one of pieces, points, network',
    );
  const anchors = new Map<string, Span>();
  const length = road.network ? networkLength(scenario, anchors, fail) : chainLength(road, fail);
  const locate = (id: string, place: RouteOffset, path: YamlPath): Span => {
    const anchor = place.from === undefined ? [0, 0] : anchors.get(place.from);
    if (!anchor)
      return fail(
        [...path, 'from'],
        `unknown place "${place.from}"`,
        `one of ${[...anchors.keys()].join(', ') || 'none yet'}`,
      );
    if (anchors.has(id)) return fail(path, `"${id}" is named twice`, 'a name of its own');
    const [low, high] = endsOf(place.s);
    const span = [anchor[0] + low, anchor[1] + high] as const;
    if (span[0] < 0 || span[1] > length)
      fail([...path, 's'], `reaches ${span[0]} to ${span[1]} m`, `a place on the road, 0 to ${length} m`);
    anchors.set(id, span);
    return span;
  };
  if (road.junction) locate('junction', road.junction, ['road', 'junction']);
  scenario.crossings?.forEach((crossing, i) => {
    locate(crossing.id, crossing, ['crossings', i]);
  });
  if (light) locate('light', light, ['light']);
  const start = locate('ego', ego, ['ego']);
  const goal = locate('goal', scenario.goal, ['goal']);
  if (goal[0] < start[1] + 1) fail(['goal', 's'], `can lie at ${goal[0]} m`, `beyond the ego's start at ${start[1]} m`);
  const steps = scenario.timeLimit / DT;
  if (Math.abs(steps - Math.round(steps)) > 1e-6)
    fail(['timeLimit'], `got ${scenario.timeLimit}`, `whole steps of ${DT} s`);
  actors.forEach((actor, i) => {
    const path = ['actors', i];
    if (actor.behaviour !== 'replay' && !('on' in actor && actor.on)) {
      locate(actor.id, actor, path);
      return;
    }
    if (anchors.has(actor.id) || actors.findIndex((other) => other.id === actor.id) < i)
      fail([...path, 'id'], `"${actor.id}" is named twice`, 'a name of its own');
    if (actor.behaviour === 'replay') return;
    if (!road.network) fail([...path, 'on'], 'the road has no arms', 'a road network');
    if (endsOf(actor.s)[0] < 0) fail([...path, 's'], `got ${endsOf(actor.s)[0]}`, 'metres before the junction, from 0');
    if (actor.from !== undefined) fail([...path, 'from'], 'counts from another place', '`on` alone');
  });
  tryOne(scenario, fail);
}

/** One world of it: whoever is certain to be there has a lane to be on. */
function tryOne(scenario: Scenario, fail: Fail): void {
  const spec = networked(() => instantiate(scenario, 0), [], fail);
  const there = new Set(spec.actors.map(({ id }) => id));
  scenario.actors?.forEach(({ id, probability = 1 }, i) => {
    if (probability === 1 && !there.has(id))
      fail(['actors', i], `"${id}" has no such lane at its place`, 'a lane that exists');
  });
}

/** Runs `build` and tells what the network does not have as an error of the file. */
function networked<T>(build: () => T, path: YamlPath, fail: Fail): T {
  try {
    return build();
  } catch (error) {
    if (error instanceof PieceError) return fail([...path, 'pieces', error.index], error.problem, error.expected);
    if (error instanceof NetworkError) return fail(error.path, error.problem, error.expected);
    if (error instanceof LaneGraphError) return fail(path, error.message, 'a smaller network');
    throw error;
  }
}

/** Length of the shortest route the scenario may take; its places become anchors. */
function networkLength({ road, light }: Scenario, anchors: Map<string, Span>, fail: Fail): number {
  const path = ['road', 'network'];
  for (const key of CHAIN_KEYS)
    if (road[key] !== undefined) fail(['road', key], 'does not go with a network', 'no such key');
  if (light) fail(['light'], 'does not go with a network', 'lights in the network');
  const { signals } = networked(() => networkOf(road), path, fail);
  if (signals.length > MAX_SIGNALS) fail(path, `${signals.length} groups of lights`, `at most ${MAX_SIGNALS}`);
  const goals = road.to && 'choice' in road.to ? road.to.choice : [road.to];
  let length = Number.POSITIVE_INFINITY;
  for (const goal of goals) {
    const drawn = networked(() => networkRoad(road, goal, 0), path, fail);
    if (drawn.lights.length > MAX_LIGHTS)
      fail(path, `${drawn.lights.length} lights on the way`, `at most ${MAX_LIGHTS}`);
    length = Math.min(length, (drawn.road.x.length - 1) * drawn.road.ds - RUNOFF);
    for (const [name, s] of Object.entries(anchorsOf(drawn))) {
      const [low, high] = anchors.get(name) ?? [s, s];
      anchors.set(name, [Math.min(low, s), Math.max(high, s)]);
    }
  }
  return length > MAX_ROUTE ? fail(path, `a route of ${Math.round(length)} m`, `at most ${MAX_ROUTE} m`) : length;
}

function chainLength(road: ScenarioRoad, fail: Fail): number {
  for (const key of NETWORK_KEYS)
    if (road[key] !== undefined) fail(['road', key], 'there is no network', 'no such key');
  if (road.speedLimitMps === undefined) fail(['road', 'speedLimitMps'], 'missing', 'key speedLimitMps');
  if ((road.oncomingLeft ?? 0) > (road.lanesLeft ?? 0))
    fail(['road', 'oncomingLeft'], `got ${road.oncomingLeft}`, `at most lanesLeft, ${road.lanesLeft ?? 0}`);
  const pieces = road.pieces ?? [];
  const most = pieces.reduce((sum, piece) => sum + endsOf(piece.length)[1], 0);
  if (most > MAX_ROUTE) fail(['road', 'pieces'], `up to ${Math.round(most)} m long`, `at most ${MAX_ROUTE} m`);
  return road.pieces
    ? pieces.reduce((sum, piece) => sum + endsOf(piece.length)[0], 0)
    : polylineLength(road.points ?? [], fail);
}

function polylineLength(points: readonly (readonly [number, number, number])[], fail: Fail): number {
  let length = 0;
  for (let i = 1; i < points.length; i++) {
    const [dx, dy] = [points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]];
    const step = Math.sqrt(dx * dx + dy * dy);
    if (step < 0.05 || step > 50)
      fail(['road', 'points', i], `${step.toFixed(3)} m after the one before`, '0.05 to 50 m');
    length += step;
  }
  return length > MAX_ROUTE
    ? fail(['road', 'points'], `${Math.round(length)} m long`, `at most ${MAX_ROUTE} m`)
    : length;
}

import { describe, expect, test } from 'vitest';
import { instantiate } from './instantiate/instantiate.ts';
import { MAX_SPAWNED } from './instantiate/spawn.ts';
import { parseScenario, ScenarioError } from './scenario.ts';
import type { WorldSpec } from '../world/spec/spec.ts';

const BASE = `format: traceway-scenario/2
id: t
title: T
description: D
stage: intersection
road:
  network:
    speedLimitMps: 10
    pieces:
      - { kind: straight, length: 80 }
      - { kind: fourWay, exit: straight, control: { green: 12, yellow: 3, allRed: 1 } }
  to: { choice: [{ arm: left }, { arm: right }] }
  signalOffset: [0, 30]
weather: rain
ego: { s: [5, 15], speedMps: [4, 8] }
goal: { from: exit, s: 30 }
timeLimit: 20
actors:
  - { id: other, behaviour: vehicle, on: { arm: straight }, to: { arm: entry }, s: 30, style: timid }
  - { id: bike, behaviour: cyclist, from: ego, s: 20, speedMps: 4 }
traffic: { densityPerKm: 20, trucks: 0.2, bicycles: 0.2 }
pedestrians: { densityPer100m: 4, crosses: 0.5 }
`;
const edited = (from: string, to: string) => {
  expect(BASE).toContain(from);
  return BASE.replace(from, to);
};

function errorOf(text: string): ScenarioError {
  try {
    parseScenario(text, 't.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError);
    return error as ScenarioError;
  }
  throw new Error('accepted');
}

describe('what a network cannot be is said with file, line, problem and expectation', () => {
  test.each([
    ['exit: straight', 'exit: around', 11, 'road.network.pieces.1.exit', /around/, /straight/],
    ['kind: fourWay', 'kind: fiveWay', 11, 'road.network.pieces.1.kind', /fiveWay/, /fourWay/],
    ['length: 80', 'length: [80, 90]', 10, 'road.network.pieces.0.length', /80,90/, /number/],
    [
      'kind: straight, length: 80',
      'kind: laneChange, length: 80, lanes: 1, side: left',
      10,
      'road.network.pieces.0',
      /1 lanes already/,
      /another/,
    ],
    ['{ arm: right }]', '{ arm: ramp }]', 12, 'road.to', /no arm ramp/, /arm of the network/],
    ['{ arm: right }]', '{ arm: right, lane: 3 }]', 12, 'road.to', /no such lane/, /lane 1 to 1/],
    ['signalOffset', 'lanesLeft: 1\n  signalOffset', 13, 'road.lanesLeft', /does not go with a network/, /no such key/],
    ['from: exit', 'from: crossing', 16, 'goal.from', /unknown place/, /junction, exit, light, ego/],
    ['s: 30 }', 's: 900 }', 16, 'goal.s', /reaches/, /on the road/],
    ['on: { arm: straight }, to: { arm: entry }', 'lane: left', 19, 'actors.0', /no such lane/, /exists/],
    ['weather: rain', 'weather: hail', 14, 'weather', /hail/, /clear/],
    ['densityPerKm: 20', 'densityPerKm: 200', 21, 'traffic.densityPerKm', /200/, /0 to 60/],
    ['ego: { s: [5, 15]', 'ego: { s: { normal: [5, 4] }', 15, 'ego.s', /normal/, /4 deviations/],
    ['ego: { s: [5, 15]', 'ego: { s: { choice: [] }', 15, 'ego.s', /choice/, /at least one|number from/],
    ['style: timid', 'style: furious', 19, 'actors.0.style', /furious/, /calm/],
  ])('%s → %s', (from, to, line, path, problem, expected) => {
    const error = errorOf(edited(from, to));
    expect(error.path).toBe(path);
    expect(error.problem).toMatch(problem);
    expect(error.expected).toMatch(expected);
    expect(error.line).toBe(line);
  });

  test('a road needs exactly one shape, and a chain its limit', () => {
    expect(
      errorOf(edited('weather: rain', 'weather: rain').replace(/ {2}network:[\s\S]* {2}to:/, '  to:')).problem,
    ).toMatch(/no pieces/);
    const chain = BASE.replace(/road:[\s\S]*weather/, 'road: { pieces: [{ kind: straight, length: 200 }] }\nweather');
    expect(errorOf(chain).path).toBe('road.speedLimitMps');
  });

  test('a hundred thousand actors, or a network of a hundred thousand junctions, are one error', () => {
    const many = Array.from({ length: 100_000 }, () => '  - {}').join('\n');
    expect(errorOf(`${BASE}${many}`).expected).toMatch(/characters/);
    const pieces = Array.from({ length: 61 }, () => '      - { kind: straight, length: 5 }').join('\n');
    expect(errorOf(edited('      - { kind: straight, length: 80 }', pieces)).expected).toMatch(/60 pieces/);
  });
});

test('a road that loops into itself is a road: it neither hangs nor breaks', () => {
  const loop = `format: traceway-scenario/2
id: loop
title: Loop
description: Round and round.
road:
  pieces: [{ kind: arc, length: 400, radius: 20, turn: left }]
  lanesLeft: 1
  oncomingLeft: 1
  speedLimitMps: 8
ego: { s: 5, speedMps: 5 }
goal: { s: 300 }
timeLimit: 60
traffic: { densityPerKm: 30 }
`;
  const spec = instantiate(parseScenario(loop), 3);
  expect(spec.road.x.length).toBeGreaterThan(400);
  expect(spec.actors.length).toBeGreaterThan(0);
});

describe('a network scenario', () => {
  const scenario = parseScenario(BASE);
  const specs = Array.from({ length: 200 }, (_, seed) => instantiate(scenario, seed));

  test('shares its lanes and map among all its worlds, and draws its goal by seed', () => {
    expect(new Set(specs.map(({ network }) => network)).size).toBe(1);
    expect(new Set(specs.map(({ map }) => map)).size).toBe(1);
    const end = ({ road, goalS }: WorldSpec) => Math.sign(road.y[Math.round(goalS)]);
    expect(new Set(specs.map(end))).toEqual(new Set([-1, 1]));
  });

  test('has its lights on the route and in the lanes', () => {
    for (const { lights, signals, network, routeLanes, road } of specs.slice(0, 20)) {
      expect(lights).toHaveLength(1);
      const { stopLineS, signal } = lights[0];
      expect(signals[signal]).toMatchObject({ green: 12, yellow: 3, red: 17 });
      const own = routeLanes.findLast(({ fromS }) => fromS <= stopLineS) ?? routeLanes[0];
      expect(network.lanes[own.lane].signal).toBe(signal);
      expect(network.lanes[own.lane].stopLineS - own.laneS + own.fromS).toBeCloseTo(stopLineS, 1);
      expect(stopLineS).toBeLessThan(road.junctions[0].from);
      expect(road.junctions[0].to - road.junctions[0].from).toBeGreaterThan(12);
    }
  });

  test('spreads traffic of the density asked for, none near the ego, none of it too fast for its lane', () => {
    let [count, metres] = [0, 0];
    for (const { actors, network, road, ego } of specs) {
      const spread = actors.flatMap((actor) => (actor.behaviour === 'traffic' && /^t\d/.test(actor.id) ? [actor] : []));
      count += spread.length;
      metres += network.lanes.reduce((sum, { length }) => sum + (length > 30 ? length : 0), 0);
      expect(spread.length).toBeLessThanOrEqual(MAX_SPAWNED);
      const k = Math.round(ego.s);
      for (const { lane, s, speedMps, lanes } of spread) {
        const { x, y, speedLimitMps, next } = network.lanes[lane];
        const i = Math.round(s);
        expect(Math.hypot(x[i] - road.x[k], y[i] - road.y[k])).toBeGreaterThan(15);
        expect(speedMps).toBeLessThanOrEqual(1.3 * speedLimitMps);
        expect(lanes[0]).toBe(lane);
        if (lanes.length > 1) expect(next).toContain(lanes[1]);
      }
    }
    const perKm = (1000 * count) / metres;
    expect(perKm).toBeGreaterThan(8);
    expect(perKm).toBeLessThan(22);
  });

  test('puts people beside the road, outside junctions, some of whom cross', () => {
    const walkers = specs.flatMap(({ actors, road }) =>
      actors.flatMap((actor) => (actor.behaviour === 'cross' ? [{ actor, road }] : [])),
    );
    expect(walkers.length).toBeGreaterThan(100);
    for (const { actor, road } of walkers) {
      const k = Math.round(actor.s);
      expect(actor.fromLateral > road.edgeLeft[k] || actor.fromLateral < -road.edgeRight[k]).toBe(true);
      expect(road.junctions.some(({ from, to }) => actor.s > from && actor.s < to)).toBe(false);
    }
    const crossing = walkers.filter(({ actor }) => actor.triggerDistance > 0).length / walkers.length;
    expect(crossing).toBeGreaterThan(0.35);
    expect(crossing).toBeLessThan(0.65);
  });

  test('changing what is spread leaves everything else as it was', () => {
    const without = parseScenario(BASE.replace(/traffic:.*\n/, ''));
    for (const spec of specs.slice(0, 20)) {
      const other = instantiate(without, spec.seed);
      expect(other.ego).toEqual(spec.ego);
      expect(other.weather).toEqual(spec.weather);
      expect(other.actors[0]).toEqual(spec.actors[0]);
    }
  });
});

import * as v from 'valibot';
import { expect, test } from 'vitest';
import { wrapAngle } from '../road.ts';
import { curveAt } from '../opendrive/curve.ts';
import { laneAt, roadPoseAt } from '../map/geometry.ts';
import { laneGraphOf } from '../map/lane-graph.ts';
import type { Lane, LaneGraph } from '../map/lane-model.ts';
import { stepAt } from '../map/lane-steps.ts';
import { buildRoads, PieceError } from './pieces.ts';
import { type RoadNetworkInput, RoadNetworkSchema } from './schema.ts';
import { findRoute } from '../map/route.ts';

const build = (input: Omit<RoadNetworkInput, 'speedLimitMps'>) => {
  const built = buildRoads(v.parse(RoadNetworkSchema, { speedLimitMps: 13, ...input }));
  return { ...built, graph: laneGraphOf(built.map) };
};
const TWO_WAY = { forward: 2, backward: 2 };
const S = { kind: 'straight', length: 50 } as const;
const NETWORKS: Record<string, Omit<RoadNetworkInput, 'speedLimitMps'>> = {
  plain: {
    pieces: [
      S,
      { kind: 'clothoid', length: 40, toRadius: 60, turn: 'left' },
      { kind: 'arc', length: 50, radius: 60, turn: 'left' },
      { kind: 'clothoid', length: 40, fromRadius: 60, turn: 'left' },
      { kind: 'clothoid', length: 30, toRadius: 80, turn: 'right' },
      { kind: 'clothoid', length: 30, fromRadius: 80, toRadius: 40, turn: 'right' },
      { kind: 'arc', length: 20, radius: 40, turn: 'right' },
      { kind: 'clothoid', length: 30, fromRadius: 40, turn: 'right' },
      S,
    ],
  },
  laneChange: {
    lanes: { forward: 3, backward: 1, sidewalk: 2 },
    pieces: [
      S,
      { kind: 'laneChange', length: 60, lanes: 1, side: 'right' },
      S,
      { kind: 'laneChange', length: 60, lanes: 3, side: 'left' },
      S,
      { kind: 'laneChange', length: 60, lanes: 2, side: 'left' },
      S,
    ],
  },
  merge: {
    pieces: [
      { kind: 'highway', length: 200, lanes: 2 },
      { kind: 'merge', length: 150 },
      { kind: 'highway', length: 200, lanes: 2 },
    ],
  },
  tLeft: { pieces: [S, { kind: 'tJunction', missing: 'right', control: 'yield', exit: 'left' }, S] },
  tEnd: {
    lanes: TWO_WAY,
    pieces: [{ kind: 'tJunction', missing: 'straight', control: 'allStop', exit: 'right', crossings: true }, S],
  },
  fourWay: {
    lanes: { ...TWO_WAY, median: 2, sidewalk: 2 },
    pieces: [S, { kind: 'fourWay', control: { green: 12, yellow: 3, allRed: 1 }, crossings: true }, S],
  },
  fourWayWide: { pieces: [S, { kind: 'fourWay', arms: { forward: 2, backward: 3, width: 3 }, exit: 'left' }, S] },
  roundabout: { pieces: [S, { kind: 'roundabout' }, S] },
  roundaboutThree: { pieces: [{ kind: 'roundabout', arms: 3, exit: 'left', radius: 12 }, S] },
  oneWay: { lanes: { forward: 2, backward: 0 }, pieces: [S, { kind: 'fourWay', control: 'stop' }, S] },
};
const networks = Object.entries(NETWORKS).map(([name, input]) => ({ name, ...build(input) }));
const networkOf = (name: string) => networks.find((each) => each.name === name) as (typeof networks)[number];
const drivingOf = ({ lanes }: LaneGraph) => lanes.filter(({ kind }) => kind === 'driving');

test('within a road every stretch starts where the one before ends, to 1e-9 in position and heading', () => {
  for (const { name, map } of networks)
    for (const { id, planView } of map.roads.values())
      planView.slice(1).forEach((next, i) => {
        const end = curveAt(planView[i], planView[i].length);
        expect(Math.hypot(end.x - next.x, end.y - next.y), `${name} ${id}`).toBeLessThan(1e-9);
        expect(Math.abs(wrapAngle(end.headingRad - next.headingRad))).toBeLessThan(1e-9);
      });
});

test('where one lane leads into another, centre, heading and width go on to 1e-9', () => {
  for (const { name, graph } of networks) {
    for (const lane of drivingOf(graph)) {
      const last = lane.x.length - 1;
      for (const next of lane.successors.map((index) => graph.lanes[index])) {
        const where = `${name} ${lane.id} to ${next.id}`;
        expect(Math.hypot(next.x[0] - lane.x[last], next.y[0] - lane.y[last]), where).toBeLessThan(1e-9);
        expect(Math.abs(wrapAngle(next.headingRad[0] - lane.headingRad[last])), where).toBeLessThan(1e-9);
        expect(Math.abs(next.width[0] - lane.width[last]), where).toBeLessThan(1e-9);
      }
    }
  }
});

test('curvature is continuous through clothoids and through every turn of a junction', () => {
  const jump = (lane: Lane, next: Lane) => Math.abs(next.curvature[0] - lane.curvature[lane.x.length - 1]);
  for (const name of ['plain', 'tLeft', 'tEnd', 'fourWay', 'fourWayWide']) {
    const { graph } = networkOf(name);
    for (const lane of drivingOf(graph))
      for (const index of lane.successors) {
        const next = graph.lanes[index];
        const where = `${name} ${lane.id} to ${next.id}`;
        // An S between offset lanes turns at once; it is no clothoid and claims no continuous curvature.
        const s = [lane, next].some(
          ({ headingRad, curvature }) =>
            Math.abs(headingRad[0] - headingRad[headingRad.length - 1]) < 1e-9 && Math.abs(curvature[0]) > 1e-9,
        );
        if (!s) expect(jump(lane, next), where).toBeLessThan(1e-9);
      }
  }
  for (const { map } of networks)
    for (const { planView, junction } of map.roads.values())
      if (junction !== undefined && planView.some(({ shape }) => shape.kind === 'spiral'))
        planView.slice(1).forEach((next, i) => {
          expect(
            Math.abs(curveAt(next, 0).curvature - curveAt(planView[i], planView[i].length).curvature),
          ).toBeLessThan(1e-9);
        });
});

test('lanes are linked as the pieces say: nothing ends but at the ends of arms, closed lanes and new ones', () => {
  const ends = (name: string) => {
    const driving = drivingOf(networkOf(name).graph);
    return [
      driving.filter((lane) => lane.successors.length === 0).length,
      driving.filter((lane) => lane.predecessors.length === 0).length,
    ];
  };
  expect(ends('plain')).toEqual([2, 2]);
  // Two lanes close, two open, one closes; and both ends of the road.
  expect(ends('laneChange')).toEqual([2 + 1 + 2 + 1, 3 + 2 + 1]);
  expect(ends('merge')).toEqual([1 + 2 + 2, 1 + 2 + 2]);
  expect(ends('roundabout')).toEqual([4, 4]);
  expect(ends('tLeft')).toEqual([3, 3]);
});

test('a four-way junction with one lane a way has twelve movements, a T six', () => {
  const { map } = build({ pieces: [S, { kind: 'fourWay' }] });
  expect([...map.junctions.values()].map(({ connections }) => connections.length)).toEqual([12]);
  expect([...networkOf('tLeft').map.junctions.values()].map(({ connections }) => connections.length)).toEqual([6]);
});

test('routes lead from the first piece to the last through every network', () => {
  for (const { name, graph, pieceRoads } of networks) {
    const driving = drivingOf(graph);
    const from = driving.find((lane) => lane.road === pieceRoads[0] && lane.laneId === -1);
    const last = driving.filter((lane) => lane.road === pieceRoads.at(-1) && lane.laneId < 0).at(0);
    if (!from || !last) throw new Error(name);
    const route = findRoute(graph, { lane: from.index, s: 1 }, { lane: last.index, s: last.length - 1 });
    expect(route, name).toBeDefined();
  }
});

test('lights stand at every approach, half a cycle apart, with a stop line before the crossing', () => {
  const { graph, signalPlans, map } = networkOf('fourWay');
  expect(signalPlans).toEqual([
    { controller: 'c1', green: 12, yellow: 3, red: 17, offset: 0 },
    { controller: 'c2', green: 12, yellow: 3, red: 17, offset: 16 },
  ]);
  expect(graph.signals.map(({ kind, lanes }) => [kind, lanes.length])).toEqual([
    ['trafficLight', 2],
    ['trafficLight', 1],
    ['trafficLight', 2],
    ['trafficLight', 1],
  ]);
  for (const lane of drivingOf(graph)) {
    const approaches = lane.successors.some((index) => graph.lanes[index].junction === 'j1');
    expect(lane.stopLines.map(({ kind, s }) => [kind, Math.round((lane.length - s) * 1e6) / 1e6])).toEqual(
      approaches ? [['light', 4.5]] : [],
    );
    if (approaches) expect(lane.crossings[0].from).toBeGreaterThan(lane.stopLines[0].s);
  }
  expect(graph.crossings.map(({ lanes }) => lanes.length)).toEqual([4, 2, 4, 2]);
  expect([...map.junctions.values()][0].controllers).toEqual(['c1', 'c2']);
});

test('signs: side arms yield at a T, everybody stops at an all-way stop, entries yield at a roundabout', () => {
  const signed = (name: string) =>
    drivingOf(networkOf(name).graph).flatMap((lane) => lane.stopLines.map(({ kind }) => kind));
  expect(signed('tLeft')).toEqual(['yield']);
  expect(signed('tEnd')).toEqual(['stop', 'stop', 'stop', 'stop']);
  expect(signed('roundabout')).toEqual(['yield', 'yield', 'yield', 'yield']);
});

test('the ring of a roundabout is driven anticlockwise and closes', () => {
  const { graph } = networkOf('roundabout');
  const start = drivingOf(graph).find(
    (lane) => lane.predecessors.length === 2 && lane.successors.length === 2 && lane.curvature[0] > 0.05,
  );
  if (!start) throw new Error('no ring');
  let [lane, turned, length] = [start, 0, 0];
  do {
    turned += lane.headingRad[lane.headingRad.length - 1] - lane.headingRad[0];
    length += lane.length;
    const next = lane.successors.map((index) => graph.lanes[index]).find(({ curvature }) => curvature[0] > 0);
    if (!next) throw new Error('the ring breaks');
    lane = next;
  } while (lane !== start);
  expect(turned).toBeCloseTo(2 * Math.PI, 9);
  expect(length).toBeCloseTo(2 * Math.PI * 18, 6);
});

test('a lane closes smoothly and one may leave it while it does', () => {
  const { graph } = networkOf('laneChange');
  const closing = drivingOf(graph).find(
    (lane) => lane.laneId === -3 && lane.width[lane.width.length - 1] < 1e-9 && lane.width[0] === 3.5,
  );
  if (!closing) throw new Error('no closing lane');
  expect(closing.successors).toEqual([]);
  expect(stepAt(closing.mayChangeLeft, 10)).toBe(true);
  expect(graph.lanes[closing.left].laneId).toBe(-2);
  const solid = build({ lanes: TWO_WAY, pieces: [{ ...S, mayChange: false }] }).graph;
  expect(drivingOf(solid).every((lane) => !stepAt(lane.mayChangeLeft, 0) && !stepAt(lane.mayChangeRight, 0))).toBe(
    true,
  );
});

test('a highway has a median: lanes of the two directions are no neighbours', () => {
  const { graph, map } = build({ pieces: [{ kind: 'highway', length: 300, lanes: 3 }] });
  const driving = drivingOf(graph);
  expect(driving).toHaveLength(6);
  expect(driving.every(({ oncoming }) => oncoming === -1)).toBe(true);
  const road = map.roads.get('r1');
  if (!road) throw new Error('no road');
  expect(laneAt(road, 10, -1)?.lane.id).toBe(-1);
  expect(laneAt(road, 10, 1)?.lane.type).toBe('median');
  expect(roadPoseAt(road, 10, 4 + 1.75)).toMatchObject({ laneId: 2, laneWidthMetres: 3.5 });
});

test('pieces that do not fit are refused by number', () => {
  const cases: [Omit<RoadNetworkInput, 'speedLimitMps'>, RegExp][] = [
    [{ pieces: [S, { kind: 'tJunction', missing: 'left', exit: 'left' }] }, /pieces.1: exit left is the missing arm/],
    [{ lanes: TWO_WAY, pieces: [{ kind: 'roundabout' }] }, /pieces.0: 2 lanes arrive, expected one lane each way/],
    [{ pieces: [{ kind: 'laneChange', length: 50, lanes: 1, side: 'left' }] }, /pieces.0: there are 1 lanes already/],
    [{ pieces: [S, { kind: 'highway', length: 100, lanes: 2 }] }, /pieces.1: a highway of another cross-section/],
  ];
  for (const [input, message] of cases) {
    expect(() => build(input)).toThrow(PieceError);
    expect(() => build(input)).toThrow(message);
  }
  expect(
    v.safeParse(RoadNetworkSchema, { speedLimitMps: 13, pieces: [{ kind: 'arc', length: 5, radius: 1, turn: 'up' }] })
      .success,
  ).toBe(false);
  expect(v.safeParse(RoadNetworkSchema, { speedLimitMps: Number.NaN, pieces: [S] }).success).toBe(false);
});

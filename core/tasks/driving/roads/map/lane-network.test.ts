import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import type { LaneConflict } from '../road-spec.ts';
import { turnOf } from './lane-conflicts.ts';
import { laneGraphOf } from './lane-graph.ts';
import type { Lane, LaneGraph } from './lane-model.ts';
import { laneNetworkOf } from './lane-network.ts';
import { lanePoseAt } from './lane-index.ts';
import { buildRoads } from '../pieces/pieces.ts';
import { type RoadNetworkInput, RoadNetworkSchema } from '../pieces/schema.ts';

function build(pieces: RoadNetworkInput['pieces'], more: Partial<RoadNetworkInput> = {}) {
  const roads = buildRoads(v.parse(RoadNetworkSchema, { speedLimitMps: 10, ...more, pieces }));
  const graph = laneGraphOf(roads.map);
  const plans = roads.signalPlans.map(({ controller }) => controller);
  return { graph, roads, ...laneNetworkOf(graph, (controller) => plans.indexOf(controller ?? '')) };
}

const lights = { green: 12, yellow: 3, allRed: 1 };
const networks = {
  lights: () =>
    build([
      { kind: 'straight', length: 60 },
      { kind: 'fourWay', control: lights },
    ]),
  wide: () =>
    build(
      [
        { kind: 'straight', length: 60 },
        { kind: 'fourWay', control: lights, arms: { forward: 2, backward: 2 } },
      ],
      {
        lanes: { forward: 2, backward: 2 },
      },
    ),
  allStop: () => build([{ kind: 'fourWay', control: 'allStop' }]),
  none: () => build([{ kind: 'tJunction', missing: 'left' }]),
  yield: () => build([{ kind: 'fourWay', control: 'yield' }]),
  roundabout: () => build([{ kind: 'straight', length: 60 }, { kind: 'roundabout' }]),
  merge: () =>
    build([
      { kind: 'highway', length: 100, lanes: 2 },
      { kind: 'merge', length: 150 },
    ]),
};

/** Where a lane of a junction comes from, by the arm's name. */
function armOf({ graph, roads }: ReturnType<typeof build>, lane: Lane): string {
  const from = graph.lanes[lane.predecessors[0]].road;
  for (const arms of roads.pieceArms) for (const [name, road] of arms) if (road === from) return name;
  return from;
}

/** The lane of the first junction from one arm that turns so. */
function way(built: ReturnType<typeof build>, arm: string, turn: string): Lane {
  const found = built.graph.lanes.find(
    (lane) => lane.junction !== undefined && armOf(built, lane) === arm && turnOf(lane) === turn,
  );
  return found ?? expect.fail(`no ${turn} from ${arm}`);
}

const yieldsTo = ({ network, networkIndex }: ReturnType<typeof build>, a: Lane, b: Lane) =>
  network.lanes[networkIndex[a.index]].conflicts.find(({ lane }) => lane === networkIndex[b.index])?.yields;

describe.each(Object.entries(networks))('the lanes of %s', (_, make) => {
  const built = make();
  const { graph, network, networkIndex } = built;

  test('lie on the lane centres, equally spaced, to the end and joined to the next', () => {
    for (const lane of graph.lanes) {
      if (lane.kind !== 'driving') continue;
      const spec = network.lanes[networkIndex[lane.index]];
      expect(spec.id).toBe(lane.id);
      expect((spec.x.length - 1) * network.ds).toBeGreaterThanOrEqual(spec.length - 1e-6);
      for (let i = 0; i * network.ds <= spec.length; i++) {
        const pose = lanePoseAt(lane, i * network.ds);
        expect(Math.hypot(spec.x[i] - pose.x, spec.y[i] - pose.y)).toBeLessThan(1e-9);
      }
      for (const next of spec.next) {
        expect(network.lanes[next].previous).toContain(networkIndex[lane.index]);
        const end = lanePoseAt(lane, lane.length);
        expect(Math.hypot(network.lanes[next].x[0] - end.x, network.lanes[next].y[0] - end.y)).toBeLessThan(0.5);
      }
    }
  });

  test('conflict both ways, with each other’s stretches, and overlap there', () => {
    const alone = (lane: number, { yields, lane: other }: LaneConflict) =>
      yields && !network.lanes[other].conflicts.some((c) => c.lane === lane && c.yields);
    network.lanes.forEach((lane, a) => {
      for (const conflict of lane.conflicts) {
        const back = network.lanes[conflict.lane].conflicts.find((c) => c.lane === a);
        expect(back).toMatchObject({ to: conflict.otherTo, otherTo: conflict.to });
        // Who alone gives way waits before the first place where that is due.
        const stretch = back?.otherFrom ?? Number.NaN;
        if (alone(a, conflict))
          for (const other of lane.conflicts) if (alone(a, other)) expect(conflict.from).toBe(other.from);
        if (conflict.yields === back?.yields) expect(conflict.from).toBe(stretch);
        expect(conflict.from).toBeLessThanOrEqual(stretch);
        expect(conflict.from).toBeGreaterThanOrEqual(0);
        expect(conflict.to).toBeLessThanOrEqual(lane.length + 1e-6);
      }
    });
  });
});

test('lanes of a junction that cross are in conflict, those that do not are not', () => {
  const built = networks.lights();
  const crossing = yieldsTo(built, way(built, 'entry', 'straight'), way(built, 'right', 'straight'));
  expect(crossing).toBe(false);
  expect(yieldsTo(built, way(built, 'entry', 'straight'), way(built, 'straight', 'straight'))).toBeUndefined();
  expect(yieldsTo(built, way(built, 'entry', 'right'), way(built, 'straight', 'straight'))).toBeUndefined();
});

describe('right of way', () => {
  test('lights: a left turn gives way to oncoming straight and right', () => {
    const built = networks.lights();
    const left = way(built, 'entry', 'left');
    for (const turn of ['straight', 'right']) {
      expect(yieldsTo(built, left, way(built, 'straight', turn))).toBe(true);
      expect(yieldsTo(built, way(built, 'straight', turn), left)).toBe(false);
    }
  });

  test('signs: side arms give way to the main road, whatever they do', () => {
    const built = networks.yield();
    for (const turn of ['left', 'straight', 'right']) {
      const side = way(built, 'right', turn);
      for (const other of ['left', 'straight', 'right']) {
        const main = way(built, 'entry', other);
        const yields = yieldsTo(built, side, main);
        if (yields === undefined) continue;
        expect(yields).toBe(true);
        expect(yieldsTo(built, main, side)).toBe(false);
      }
    }
    expect(yieldsTo(built, way(built, 'right', 'left'), way(built, 'left', 'straight'))).toBe(true);
    expect(yieldsTo(built, way(built, 'left', 'straight'), way(built, 'right', 'left'))).toBe(false);
  });

  test('all-way stop: across, each gives way to the other', () => {
    const built = networks.allStop();
    const [a, b] = [way(built, 'entry', 'straight'), way(built, 'right', 'straight')];
    expect([yieldsTo(built, a, b), yieldsTo(built, b, a)]).toEqual([true, true]);
  });

  test('no signs: turning gives way to straight, and of equals who has the other on the right', () => {
    const built = networks.none();
    const main = way(built, 'entry', 'straight');
    const side = way(built, 'right', 'left');
    expect(yieldsTo(built, side, main)).toBe(true);
    expect(yieldsTo(built, main, side)).toBe(false);
  });

  test('roundabout: who enters gives way to the ring', () => {
    const { network, graph, networkIndex } = networks.roundabout();
    const byGraph = (index: number) => network.lanes[networkIndex[index]];
    const entries = graph.lanes.filter(
      (lane) =>
        lane.junction && lane.predecessors.some((i) => graph.lanes[i].stopLines.some(({ kind }) => kind === 'yield')),
    );
    expect(entries.length).toBe(4);
    for (const lane of entries) {
      const joins = byGraph(lane.index).conflicts.filter(({ yields }) => yields);
      expect(joins.length).toBeGreaterThan(0);
      for (const { lane: ring } of joins)
        expect(network.lanes[ring].conflicts.find((c) => c.lane === networkIndex[lane.index])?.yields).toBe(false);
    }
  });
});

test('lights rule the lanes of their arms: two groups, chain and cross', () => {
  const { network, roads } = networks.lights();
  const ruled = network.lanes.filter(({ signal }) => signal >= 0);
  expect(ruled.map(({ signal }) => signal).sort()).toEqual([0, 0, 1, 1]);
  for (const { stopLineS, length } of ruled) expect(length - stopLineS).toBeCloseTo(1, 6);
  expect(roads.pieceArms[1].get('entry')).toBe(roads.pieceRoads[0]);
});

test('a merge’s extra lane may be left to the left, and ends', () => {
  const built: {
    network: { lanes: readonly { left: number; right: number; next: readonly number[] }[] };
    graph: LaneGraph;
  } = networks.merge();
  const ending = built.network.lanes.filter(({ next, left }) => next.length === 0 && left >= 0);
  expect(ending.length).toBeGreaterThan(0);
});

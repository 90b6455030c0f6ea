import { expect, test } from 'vitest';
import { createRandom } from '../../../../base/random.ts';
import { wrapAngle } from '../road.ts';
import { cubicAt, referenceAt } from './geometry.ts';
import { laneGraphOf } from './lane-graph.ts';
import { CHORD_TOLERANCE, type LaneGraph, LaneGraphError } from './lane-model.ts';
import { ahead, chordDistance, createLaneIndex, lanePoseAt, positionOn } from './lane-index.ts';
import { stepAt } from './lane-steps.ts';
import { type OpenDrive, parseOpenDrive } from '../opendrive/opendrive.ts';
import { findRoute } from './route.ts';
import { OUR_TOWN, readMaps } from './testing-maps.ts';
import { independentRoads } from './testing-independent.ts';

const texts = readMaps('../shared/data/opendrive');
const maps = new Map<string, OpenDrive>([...texts].map(([name, text]) => [name, parseOpenDrive(text, name)]));
const graphs = new Map<string, LaneGraph>([...maps].map(([name, map]) => [name, laneGraphOf(map)]));
const graphOf = (name: string): LaneGraph => {
  const graph = graphs.get(name);
  if (!graph) throw new Error(`no ${name}`);
  return graph;
};
const hasTown = texts.has('Town01.xodr');
/** Towns, and a road of each. */
const TOWNS: readonly (readonly [town: string, road: string])[] = [
  [OUR_TOWN, '4'],
  ...(hasTown ? ([['Town01.xodr', '0']] as const) : []),
];

test('the true centre line, evaluated independently, strays from the samples at most by the chord tolerance', () => {
  for (const [name, graph] of graphs) {
    const independent = new Map(independentRoads(texts.get(name) ?? '').map((road) => [road.id, road]));
    const random = createRandom(11);
    for (let i = 0; i < 200; i++) {
      const lane = graph.lanes[random.below(graph.lanes.length)];
      const road = independent.get(lane.road);
      const [a, b] = [lane.roadS[0], lane.roadS[lane.roadS.length - 1]];
      const at = a + random.next() * (b - a);
      const across = road?.lanes(at).find(({ id }) => id === lane.laneId);
      const centre = road?.at(at);
      if (!across || !centre) throw new Error(`${name}: no ${lane.id} at ${at}`);
      const [x, y] = [centre.x - across.t * Math.sin(centre.heading), centre.y + across.t * Math.cos(centre.heading)];
      let k = 0;
      while (k + 2 < lane.roadS.length && Math.abs(lane.roadS[k + 1] - a) <= Math.abs(at - a)) k++;
      expect(chordDistance(lane, k, x, y), `${name} ${lane.id} at ${at}`).toBeLessThan(CHORD_TOLERANCE);
      const { s, lateral } = positionOn(lane, k, x, y);
      const pose = lanePoseAt(lane, s);
      expect(Math.hypot(pose.x - x, pose.y - y)).toBeLessThan(CHORD_TOLERANCE);
      expect(Math.abs(lateral)).toBeLessThan(CHORD_TOLERANCE);
    }
  }
});

test('arc length, heading and curvature of a lane agree with its own points', () => {
  for (const graph of graphs.values()) {
    for (const lane of graph.lanes.filter(({ kind }) => kind === 'driving')) {
      let chords = 0;
      for (let i = 0; i + 1 < lane.x.length; i++) {
        const [dx, dy] = [lane.x[i + 1] - lane.x[i], lane.y[i + 1] - lane.y[i]];
        const chord = Math.hypot(dx, dy);
        chords += chord;
        const turn = lane.headingRad[i + 1] - lane.headingRad[i];
        if (chord < 0.05) continue;
        const mean = (lane.headingRad[i] + lane.headingRad[i + 1]) / 2;
        expect(Math.abs(wrapAngle(Math.atan2(dy, dx) - mean))).toBeLessThan(2e-3 + Math.abs(turn) * 0.1);
        const bend = (lane.curvature[i] + lane.curvature[i + 1]) / 2;
        const [low, high] = [
          Math.min(lane.curvature[i], lane.curvature[i + 1]),
          Math.max(lane.curvature[i], lane.curvature[i + 1]),
        ];
        const slack = 0.3 * Math.abs(bend) + 2e-3;
        expect(turn / chord).toBeGreaterThan(low - slack);
        expect(turn / chord).toBeLessThan(high + slack);
      }
      expect(lane.length).toBeGreaterThanOrEqual(chords - 1e-9);
      expect(lane.length).toBeLessThan(chords * 1.001 + 1e-6);
    }
  }
});

test.skipIf(!hasTown)(
  'Town01: every driving lane leads on, links are mutual, join end to end and never reverse',
  () => {
    const { lanes, signals, junctions } = graphOf('Town01.xodr');
    const driving = lanes.filter(({ kind }) => kind === 'driving');
    expect(driving).toHaveLength(124);
    for (const lane of driving) {
      expect(lane.successors.length * lane.predecessors.length, lane.id).toBeGreaterThan(0);
      for (const index of lane.successors) {
        const next = lanes[index];
        const last = lane.x.length - 1;
        expect(next.predecessors).toContain(lane.index);
        expect(Math.hypot(next.x[0] - lane.x[last], next.y[0] - lane.y[last])).toBeLessThan(1e-3);
        expect(Math.abs(wrapAngle(next.headingRad[0] - lane.headingRad[last]))).toBeLessThan(1e-6);
      }
    }
    expect(junctions.map(({ lanes: through }) => through.length).every((n) => n > 0)).toBe(true);
    // Three approaches a junction, each light holding for both turns just inside the junction.
    expect(signals).toHaveLength(36);
    for (const { kind, lanes: held, controller } of signals) {
      expect([kind, held.length, typeof controller]).toEqual(['trafficLight', 2, 'string']);
      for (const index of held) {
        expect(lanes[index].junction).toBeDefined();
        for (const stop of lanes[index].stopLines) expect(stop.s).toBeLessThan(5);
      }
    }
    const lane = lanes.find(({ id }) => id === '0.0.-1');
    expect(stepAt(lane?.speedLimitMps ?? [], 10)).toBeCloseTo(25 * 0.44704, 12);
    const oncoming = lanes[lane?.oncoming ?? -1];
    expect([oncoming.id, oncoming.oncoming]).toEqual(['0.0.1', lane?.index]);
  },
);

test.skipIf(!texts.has('e6mini.xodr'))(
  'a motorway has neighbours in the direction of travel, mirrored on the other side',
  () => {
    const { lanes, byId } = graphOf('e6mini.xodr');
    const ids = (id: string) => {
      const { left, right } = lanes[byId.get(id) ?? -1];
      return [left, right].map((index) => lanes[index]?.id);
    };
    expect(ids('0.0.-2')).toEqual([undefined, '0.0.-3']);
    expect(ids('0.0.-3')).toEqual(['0.0.-2', '0.0.-4']);
    expect(ids('0.0.3')).toEqual(['0.0.2', '0.0.4']);
  },
);

test('nearest-lane queries are the brute-force answers', () => {
  for (const graph of graphs.values()) {
    const index = createLaneIndex(graph);
    const driving = graph.lanes.filter(({ kind }) => kind === 'driving');
    const random = createRandom(5);
    for (let k = 0; k < 150; k++) {
      const lane = driving[random.below(driving.length)];
      const sample = random.below(lane.x.length);
      const spread = k % 3 === 0 ? 60 : 5;
      const [x, y] = [lane.x[sample] + spread * random.normal(), lane.y[sample] + spread * random.normal()];
      const all = driving.map((each) => {
        let best = { distance: Number.POSITIVE_INFINITY, i: 0 };
        for (let i = 0; i + 1 < each.x.length; i++) {
          const distance = chordDistance(each, i, x, y);
          if (distance < best.distance) best = { distance, i };
        }
        return positionOn(each, best.i, x, y);
      });
      const nearest = all.reduce((a, b) => (b.distance < a.distance ? b : a));
      expect(index.nearest(x, y)).toEqual(nearest.distance <= 50 ? nearest : undefined);
      const near = all.filter(({ distance }) => distance <= 20);
      expect(index.within(x, y, 20)).toEqual(near.sort((a, b) => a.distance - b.distance || a.lane - b.lane));
    }
    expect(index.nearest(1e7, 1e7)).toBeUndefined();
    expect(index.nearest(Number.NaN, 0)).toBeUndefined();
  }
});

test.each(TOWNS)('%s: heading tells the two sides of a road apart even from the wrong one', (town, road) => {
  const graph = graphOf(town);
  const index = createLaneIndex(graph);
  const lane = graph.lanes[graph.byId.get(`${road}.0.-1`) ?? -1];
  const { x, y, headingRad } = lanePoseAt(lane, 10);
  // 2.5 m to the left of the centre: nearer to the oncoming lane.
  const [px, py] = [x - 2.5 * Math.sin(headingRad), y + 2.5 * Math.cos(headingRad)];
  expect(graph.lanes[index.nearest(px, py)?.lane ?? -1].id).toBe(`${road}.0.1`);
  const aligned = index.nearestAligned(px, py, headingRad);
  expect(graph.lanes[aligned?.lane ?? -1].id).toBe(`${road}.0.-1`);
  expect(aligned?.lateral).toBeCloseTo(2.5, 6);
  expect(aligned?.s).toBeCloseTo(10, 6);
});

test.each(TOWNS)('%s: walking ahead crosses lanes without losing a metre', (town, road) => {
  const graph = graphOf(town);
  let place = { lane: graph.byId.get(`${road}.0.-1`) ?? -1, s: 3 };
  const far = ahead(graph, place.lane, place.s, 400);
  for (let i = 0; i < 400; i++) place = ahead(graph, place.lane, place.s, 1);
  expect(place.lane).toBe(far.lane);
  expect(place.s).toBeCloseTo(far.s, 9);
  expect(ahead(graph, place.lane, 0, 10, () => undefined).lane).toBe(place.lane);
});

test.each(TOWNS)('%s: routes are as short as an exhaustive search says', (town) => {
  const graph = graphOf(town);
  const driving = graph.lanes.filter(({ kind }) => kind === 'driving');
  const random = createRandom(9);
  for (let k = 0; k < 30; k++) {
    const [a, b] = [driving[random.below(driving.length)], driving[random.below(driving.length)]];
    const [from, to] = [random.next() * a.length, random.next() * b.length];
    // Bellman–Ford over lane starts; these towns have no lane changes.
    const best = new Map<number, number>(a.successors.map((next) => [next, a.length - from]));
    for (let changed = true; changed; ) {
      changed = false;
      for (const [index, cost] of best)
        for (const next of graph.lanes[index].successors)
          if (cost + graph.lanes[index].length < (best.get(next) ?? Number.POSITIVE_INFINITY) - 1e-9) {
            best.set(next, cost + graph.lanes[index].length);
            changed = true;
          }
    }
    const around = (best.get(b.index) ?? Number.POSITIVE_INFINITY) + to;
    const shortest = a === b && to >= from ? Math.min(around, to - from) : around;
    const route = findRoute(graph, { lane: a.index, s: from }, { lane: b.index, s: to });
    expect(route?.length).toBeCloseTo(shortest, 6);
    expect([route?.steps[0].lane, route?.steps.at(-1)?.lane]).toEqual([a.index, b.index]);
  }
});

test.skipIf(!texts.has('e6mini.xodr'))(
  'a route changes lanes where it must, and there is none against the traffic',
  () => {
    const graph = graphOf('e6mini.xodr');
    const at = (id: string, s: number) => ({ lane: graph.byId.get(id) ?? -1, s });
    const route = findRoute(graph, at('0.0.-4', 100), at('0.0.-2', 900));
    expect(route?.steps.map(({ by }) => by)).toEqual(['start', 'left', 'left']);
    expect(Math.abs((route?.length ?? 0) - 800)).toBeLessThan(20);
    expect(findRoute(graph, at('0.0.-4', 900), at('0.0.-2', 100))).toBeUndefined();
    expect(findRoute(graph, at('0.0.-4', 0), at('0.0.4', 100))).toBeUndefined();
  },
);

test.each(TOWNS)('%s: width and offset of the samples are those of the road', (town) => {
  const map = maps.get(town);
  const { lanes } = graphOf(town);
  for (const lane of lanes.slice(0, 40)) {
    const road = map?.roads.get(lane.road);
    if (!road) throw new Error(lane.road);
    const at = lane.roadS[0];
    const r = referenceAt(road, at);
    const t = -(lane.x[0] - r.x) * Math.sin(r.headingRad) + (lane.y[0] - r.y) * Math.cos(r.headingRad);
    const inside = Math.abs(t - cubicAt(road.laneOffsets, at)[0]);
    expect(inside).toBeGreaterThan(lane.width[0] / 2 - 1e-6);
  }
});

test('a map with more road, or more bends, than memory should hold is refused', () => {
  const lane = (id: number) => `<lane id="${id}" type="driving"><width sOffset="0" a="3" b="0" c="0" d="0"/></lane>`;
  const map = (lanes: number, length: number, shape: string) =>
    parseOpenDrive(`<OpenDRIVE><header revMajor="1" revMinor="4"/><road id="1" length="${length}">
      <planView><geometry s="0" x="0" y="0" hdg="0" length="${length}">${shape}</geometry></planView><lanes><laneSection s="0">
      <right>${Array.from({ length: lanes }, (_, i) => lane(-1 - i)).join('')}</right></laneSection></lanes></road></OpenDRIVE>`);
  expect(() => laneGraphOf(map(60, 1e6, '<line/>'))).toThrow(LaneGraphError);
  expect(() => laneGraphOf(map(1, 4e4, '<arc curvature="2.5"/>'), 20_000)).toThrow(/more samples than fit/);
});

import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../base/random.ts';
import { wrapAngle } from '../road.ts';
import { openRoadMap, type RoadMap, type Waypoint } from './road-map.ts';
import { independentRoads } from '../map/testing-independent.ts';
import { readMaps } from '../map/testing-maps.ts';

const texts = readMaps('../shared/data/opendrive');
const maps = new Map<string, RoadMap>([...texts].map(([name, text]) => [name, openRoadMap(name, text)]));
const mapOf = (name: string) => maps.get(name) as RoadMap;
const idOf = ({ road, section, laneId }: Waypoint) => `${road}.${section}.${laneId}`;
const hasTown = texts.has('Town01.xodr');
const hasMotorway = texts.has('e6mini.xodr');

test('1,000 places on lanes of every map are where an independent reading of the file has them, and are found there', () => {
  for (const [name, map] of maps) {
    const independent = new Map(independentRoads(texts.get(name) ?? '').map((road) => [road.id, road]));
    const random = createRandom(17);
    const lanes = map.graph.lanes.filter(({ kind, junction }) => kind === 'driving' && junction === undefined);
    for (let i = 0; i < 1000; i++) {
      const lane = lanes[random.below(lanes.length)];
      const [a, b] = [lane.roadS[0], lane.roadS[lane.roadS.length - 1]];
      const s = a + (0.02 + 0.96 * random.next()) * (b - a);
      const road = independent.get(lane.road);
      const across = road?.lanes(s).find(({ id }) => id === lane.laneId);
      const centre = road?.at(s);
      if (!across || !centre) throw new Error(`${name}: no ${lane.id} at ${s}`);
      if (across.width < 1) continue;
      const offset = (random.next() - 0.5) * 0.9 * across.width;
      const left = b > a ? offset : -offset;
      const t = across.t + offset;
      const [x, y] = [centre.x - t * Math.sin(centre.heading), centre.y + t * Math.cos(centre.heading)];
      const place = map.waypoint({ x, y, headingRad: centre.heading + (b > a ? 0 : Math.PI) });
      if (!place) throw new Error(`${name}: nothing at ${x}, ${y}`);
      const what = `${name} ${lane.id} at ${s}`;
      expect(idOf(place), what).toBe(lane.id);
      // Beside a bend the foot on a chord (of at most 0.2 rad) is not quite that on the arc.
      expect(Math.abs(place.s - s), what).toBeLessThan(0.02 + 0.11 * Math.abs(offset));
      expect(Math.abs(place.lateral - left), what).toBeLessThan(0.01);
      expect(Math.abs(place.width - across.width), what).toBeLessThan(0.02);
      expect(place.holds).toBe(true);
      const again = map.waypointAt(lane.road, s, lane.laneId);
      const on = {
        x: centre.x - across.t * Math.sin(centre.heading),
        y: centre.y + across.t * Math.cos(centre.heading),
      };
      expect(Math.hypot((again?.x ?? 0) - on.x, (again?.y ?? 0) - on.y), what).toBeLessThan(0.01);
    }
  }
});

describe.skipIf(!hasTown)('Town01', () => {
  test('a place has what the file says of its lane', () => {
    const place = mapOf('Town01.xodr').waypointAt('0', 10, -1);
    expect(JSON.parse(JSON.stringify(place))).toMatchObject({
      road: '0',
      section: 0,
      laneId: -1,
      lateral: 0,
      width: 4,
      type: 'driving',
      junction: null,
      leftMark: { type: 'broken', color: 'yellow', laneChange: 'both' },
      rightMark: { type: 'none' },
      mayChangeLeft: false,
    });
    expect(place?.s).toBeCloseTo(10, 9);
    expect(place?.speedLimitMps).toBeCloseTo(25 * 0.44704, 9);
    // The road heads west; its right is north, 2 m from the reference line.
    expect([place?.x, place?.y]).toEqual([expect.closeTo(374.59, 2), expect.closeTo(1.99, 1)]);
  });

  test('beside a lane lies what the file has there, of whatever type and direction', () => {
    const place = mapOf('Town01.xodr').waypointAt('0', 10, -1);
    expect([place?.right()?.type, place?.right()?.right()?.type]).toEqual(['shoulder', 'sidewalk']);
    expect(place?.right()?.right()?.right()).toBeUndefined();
    const oncoming = place?.left();
    expect([oncoming?.laneId, oncoming?.s]).toEqual([1, expect.closeTo(10, 9)]);
    expect(Math.abs(wrapAngle((oncoming?.headingRad ?? 0) - (place?.headingRad ?? 0)))).toBeCloseTo(Math.PI, 9);
    expect(oncoming?.left()?.laneId).toBe(-1);
  });

  test('places ahead are that far along every way, and back again is where one was', () => {
    const map = mapOf('Town01.xodr');
    const random = createRandom(4);
    const starts = map.waypoints(10);
    for (let k = 0; k < 200; k++) {
      const start = starts[random.below(starts.length)];
      const distance = 1 + 60 * random.next();
      const ends = start.next(distance);
      expect(ends.length).toBeGreaterThan(0);
      for (const end of ends) {
        expect(Math.hypot(end.x - start.x, end.y - start.y)).toBeLessThan(distance + 0.01);
        const back = end.previous(distance);
        expect(Math.min(...back.map(({ x, y }) => Math.hypot(x - start.x, y - start.y)))).toBeLessThan(2e-3);
      }
    }
    expect(() => starts[0].next(0)).toThrow(RangeError);
  });

  test('the topology is every link between driving lanes, end to end', () => {
    const map = mapOf('Town01.xodr');
    const pairs = map.topology();
    const driving = map.graph.lanes.filter(({ kind }) => kind === 'driving');
    expect(pairs).toHaveLength(driving.reduce((sum, { successors }) => sum + successors.length, 0));
    for (const [from, to] of pairs) {
      expect([from.laneS, to.laneS]).toEqual([0, 0]);
      expect(from.next(from.lane.length + 1e-6).map(idOf)).toContain(idOf(to));
    }
  });

  test('lights are as far ahead as one has to drive to their stop line', () => {
    const map = mapOf('Town01.xodr');
    const light = map.graph.lanes.find(
      ({ stopLines, predecessors }) => stopLines.length > 0 && predecessors.length > 0,
    );
    const before = map.graph.lanes[light?.predecessors[0] ?? -1];
    const start = map.waypoints(1).find(({ lane }) => lane === before);
    const ahead = start?.stopLines(before.length + 5) ?? [];
    const [stop] = light?.stopLines ?? [];
    expect(ahead).toContainEqual({
      distance: expect.closeTo(before.length + stop.s, 6),
      what: { kind: 'light', signalId: map.graph.signals[stop.signal].id },
    });
    expect(start?.stopLines(before.length - 1)).toEqual([]);
  });
});

test.skipIf(!hasMotorway)('on a motorway one changes to lanes of one’s own direction, not to shoulders', () => {
  const place = mapOf('e6mini.xodr').waypointAt('0', 200, -2);
  expect([place?.mayChangeLeft, place?.mayChangeRight, place?.right()?.laneId]).toEqual([false, true, -3]);
  expect(place?.rightMark).toMatchObject({ type: 'broken' });
});

test('crosswalks ahead, bridges and the roads below, and places that are nowhere', () => {
  const lanes = `<lanes><laneSection s="0"><center><lane id="0" type="none"/></center><right>
    <lane id="-1" type="driving"><width sOffset="0" a="4" b="0" c="0" d="0"/></lane></right></laneSection></lanes>`;
  const road = (id: string, x: number, y: number, hdg: number, z: number, more = '') =>
    `<road id="${id}" length="100"><planView><geometry s="0" x="${x}" y="${y}" hdg="${hdg}" length="100"><line/></geometry>
    </planView><elevationProfile><elevation s="0" a="${z}" b="0" c="0" d="0"/></elevationProfile>${lanes}${more}</road>`;
  const zebra = `<objects><object id="z" type="crosswalk" s="40" t="-2" length="4" width="3" hdg="1.5707963267948966"/></objects>`;
  const map = openRoadMap(
    'bridge',
    `<OpenDRIVE><header revMajor="1" revMinor="4"/>${road('low', 0, 0, 0, 0, zebra)}${road('high', 50, -50, Math.PI / 2, 6)}</OpenDRIVE>`,
  );
  const at = { x: 51.5, y: -1.5 };
  expect(map.waypoint({ ...at, z: 0.1 })?.road).toBe('low');
  expect(map.waypoint({ ...at, z: 6.1 })?.road).toBe('high');
  expect(map.waypoint({ ...at, z: 6.1 })?.z).toBe(6);
  expect(map.waypoint({ ...at, z: 30 })).toBeUndefined();
  expect(map.waypoint({ x: 0, y: 900 })).toBeUndefined();
  expect(map.waypointAt('low', 101, -1)).toBeUndefined();
  expect(map.waypointAt('low', 5, 1)).toBeUndefined();
  expect(map.crosswalks.map(({ id }) => id)).toEqual(['z']);
  expect(map.waypointAt('low', 10, -1)?.crosswalks(50)).toMatchObject([
    { distance: expect.closeTo(28.5, 6), what: { id: 'z' } },
  ]);
  expect(map.waypointAt('low', 10, -1)?.crosswalks(20)).toEqual([]);
  expect(map.waypointAt('low', 10, -1)?.next(91)).toEqual([]);
});

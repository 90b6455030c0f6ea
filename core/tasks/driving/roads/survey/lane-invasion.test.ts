import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../base/random.ts';
import type { Lane } from '../map/lane-model.ts';
import { lanePoseAt } from '../map/lane-index.ts';
import { invasionText, LaneInvasionDetector, type MarkCrossing, type OutlineBox } from './lane-invasion.ts';
import { openRoadMap, type RoadMap } from './road-map.ts';
import { readMaps } from '../map/testing-maps.ts';

const CAR = { length: 4.7, width: 1.9 };
const lane = (id: number, marks: string, width = 3.5) =>
  `<lane id="${id}" type="driving"><link/><width sOffset="0" a="${width}" b="0" c="0" d="0"/>${marks}</lane>`;
const mark = (type: string, more = '') => `<roadMark sOffset="0" type="${type}" ${more}/>`;
const road = (id: number, x: number, length: number, lanes: string, link = '', z = 0, hdg = 0, y = 0) =>
  `<road id="${id}" length="${length}" junction="-1"><link>${link}</link><planView>
  <geometry s="0" x="${x}" y="${y}" hdg="${hdg}" length="${length}"><line/></geometry></planView>
  <elevationProfile><elevation s="0" a="${z}" b="0" c="0" d="0"/></elevationProfile><lanes>${lanes}</lanes></road>`;
const file = (roads: string) =>
  openRoadMap('test', `<OpenDRIVE><header revMajor="1" revMinor="4"/>${roads}</OpenDRIVE>`);
/** Two lanes each way: centre double solid yellow, broken white between lanes, solid white outside. */
const SECTION = (s = 0, inner = mark('broken', 'laneChange="both"')) => `<laneSection s="${s}">
  <left>${lane(2, mark('solid'))}${lane(1, mark('broken'))}</left>
  <center><lane id="0" type="none">${mark('solid solid', 'color="yellow"')}</lane></center>
  <right>${lane(-1, inner)}${lane(-2, mark('solid', 'color="standard"'))}</right></laneSection>`;
const STRAIGHT = file(road(7, 0, 400, SECTION()));

/** Events by frame of a car that drives along +x at 15 m/s, 20 frames a second, with its centre at y(x). */
function drive(map: RoadMap, y: (x: number) => number, from = 20, to = 300, z?: number) {
  const detector = new LaneInvasionDetector(map.marks);
  const told: { readonly x: number; readonly crossings: readonly MarkCrossing[] }[] = [];
  for (let x = from; x < to; x += 0.75) {
    const headingRad = Math.atan2(y(x + 0.01) - y(x - 0.01), 0.02);
    const crossings = detector.update({ x, y: y(x), headingRad, ...CAR, ...(z !== undefined && { z }) });
    if (crossings.length > 0) told.push({ x, crossings });
  }
  return told;
}
const names = (told: ReturnType<typeof drive>) =>
  told.flatMap(({ crossings }) => crossings.map(({ mark: { type, color, laneId } }) => `${type} ${color} ${laneId}`));
/** From y = a to y = b between x = 100 and 160, as a cosine. */
const change = (a: number, b: number) => (x: number) =>
  a + (b - a) * (x < 100 ? 0 : x > 160 ? 1 : (1 - Math.cos((Math.PI * (x - 100)) / 60)) / 2);

describe('lane invasion', () => {
  test('a lane change over a broken line is one event of that type, when the first corner is over it', () => {
    const told = drive(STRAIGHT, change(-1.75, -5.25));
    expect(names(told)).toEqual(['broken white -1']);
    const [{ x, crossings }] = told;
    expect(crossings[0]).toMatchObject({ permitted: true, mark: { road: '7', section: 0, laneChange: 'both' } });
    expect(crossings[0].y).toBeCloseTo(-3.5, 9);
    // The front right corner of a car this wide, not its centre.
    expect(change(-1.75, -5.25)(x)).toBeGreaterThan(-2.9);
    expect(invasionText(crossings)).toBe('Crosses a broken white line, road 7 lane -1');
  });

  test('along the lane, however it sways within it, there is none', () => {
    expect(drive(STRAIGHT, () => -1.75)).toEqual([]);
    expect(drive(STRAIGHT, (x) => -1.75 + 0.6 * Math.sin(x / 15))).toEqual([]);
  });

  test('each line across the road is told once, in order, and whether it may be crossed that way', () => {
    const told = drive(STRAIGHT, change(5.25, -10));
    expect(names(told)).toEqual(['broken white 1', 'solid solid yellow 0', 'broken white -1', 'solid white -2']);
    expect(told.flatMap(({ crossings }) => crossings.map(({ permitted }) => permitted))).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(invasionText(told[1].crossings)).toBe('Crosses a double solid yellow line, road 7 lane 0, not permitted');
  });

  test('a mark that may be crossed towards one side only says which crossing was permitted', () => {
    const map = file(road(7, 0, 400, SECTION(0, mark('solid broken', 'laneChange="increase"'))));
    const permitted = (a: number, b: number) => drive(map, change(a, b))[0].crossings[0].permitted;
    expect([permitted(-1.75, -5.25), permitted(-5.25, -1.75)]).toEqual([false, true]);
  });

  test('trembling on a line, and driving on astride over sections and roads, is the same crossing', () => {
    expect(names(drive(STRAIGHT, (x) => (x < 50 ? -1.75 : -2.6 + 0.03 * Math.sin(x * 2))))).toEqual([
      'broken white -1',
    ]);
    const sections = SECTION() + SECTION(150, mark('solid', 'laneChange="none"'));
    const [a, b] = ['<successor elementType="road" elementId="8" contactPoint="start"/>', ''];
    const map = file(road(7, 0, 200, sections, a) + road(8, 200, 200, SECTION(), b));
    expect(names(drive(map, (x) => change(-1.75, -3.5)(x)))).toEqual(['broken white -1']);
    // The way back over the line that is solid by then completes the crossing; it is not another.
    expect(names(drive(map, (x) => (x < 170 ? change(-1.75, -3.5)(x) : -3.5 + (x - 170) / 20), 20, 215))).toEqual([
      'broken white -1',
    ]);
  });

  test('who crosses, is clear of the line and comes back has crossed twice', () => {
    const there = (x: number) => (x < 200 ? change(-1.75, -5.25)(x) : change(-5.25, -1.75)(x - 100));
    expect(names(drive(STRAIGHT, there))).toEqual(['broken white -1', 'broken white -1']);
  });

  test('who is put elsewhere, or comes into being astride, crosses nothing until a corner does', () => {
    const detector = new LaneInvasionDetector(STRAIGHT.marks);
    const at = (x: number, y: number): OutlineBox => ({ x, y, headingRad: 0, ...CAR });
    expect(detector.update(at(100, -1.75))).toEqual([]);
    expect(detector.update(at(115, -5.25))).toEqual([]);
    expect(detector.update(at(115.5, -5.25))).toEqual([]);
    expect(detector.update(at(200, -3.5))).toEqual([]);
    expect(detector.update(at(200.5, -3.5))).toEqual([]);
    expect(detector.update(at(201, -2.4)).map(({ mark: { laneId } }) => laneId)).toEqual([-1]);
    detector.reset();
    expect(detector.update(at(201, -5))).toEqual([]);
    expect(detector.update({ ...at(201, -1), x: Number.NaN })).toEqual([]);
    expect(detector.update(at(201, -1))).toEqual([]);
  });

  test('a road below or above has no part in it, and what is not painted is no mark', () => {
    const cross = road(9, 150, 100, SECTION(), '', 6, Math.PI / 2, -50);
    const map = file(road(7, 0, 400, SECTION()) + cross);
    expect(names(drive(map, () => -1.75, 20, 300, 0))).toEqual([]);
    expect(names(drive(map, () => -1.75, 20, 300)).length).toBeGreaterThan(0);
    const bare = file(road(7, 0, 400, SECTION(0, mark('none'))));
    expect(drive(bare, change(-1.75, -5.25))).toEqual([]);
  });
});

const maps = readMaps('../shared/data/opendrive');

describe('on real maps', () => {
  /** A box along the lane's centre, from 5 m before its end through each way on to 5 m into the lane after that. */
  const through = (map: RoadMap, path: readonly Lane[]) => {
    const detector = new LaneInvasionDetector(map.marks);
    return path.flatMap((each, i) => {
      const from = i === 0 ? Math.max(0, each.length - 10) : 0;
      const to = i === path.length - 1 ? Math.min(10, each.length) : each.length;
      return Array.from({ length: Math.ceil((to - from) / 0.5) }, (_, k) => {
        const { x, y, headingRad } = lanePoseAt(each, from + k * 0.5);
        return detector.update({ x, y, headingRad, length: 3.9, width: 1.8 });
      }).flat();
    });
  };

  test('no lane’s centre, followed through whatever junction, crosses a mark', () => {
    for (const [name, text] of maps) {
      const map = openRoadMap(name, text);
      const { lanes } = map.graph;
      let ways = 0;
      for (const lane of lanes) {
        if (lane.kind !== 'driving' || lane.length < 10) continue;
        expect(through(map, [lane]).length, `${name} ${lane.id}`).toBe(0);
        for (const next of lane.successors)
          for (const after of lanes[next].successors) {
            ways++;
            const told = through(map, [lane, lanes[next], lanes[after]]);
            expect(told, `${name} ${lane.id} ${lanes[next].id} ${told[0] && invasionText(told)}`).toEqual([]);
          }
      }
      if (name === 'Town01.xodr') expect(ways).toBe(228);
    }
  });

  test.skipIf(!maps.has('e6mini.xodr'))('a change on a motorway crosses the broken line, once, wherever it is', () => {
    const map = openRoadMap('e6mini', maps.get('e6mini.xodr') as string);
    const random = createRandom(3);
    for (let k = 0; k < 40; k++) {
      const start = map.waypointAt('0', 100 + 700 * random.next(), -3);
      if (!start) throw new Error('no lane -3');
      const detector = new LaneInvasionDetector(map.marks);
      const told: MarkCrossing[] = [];
      for (let d = 0.5; d < 60; d += 0.5) {
        const [{ x, y, headingRad, width }] = start.next(d);
        const aside = (width * (1 - Math.cos((Math.PI * d) / 60))) / 2;
        const turn = Math.atan(((width * Math.PI) / 120) * Math.sin((Math.PI * d) / 60));
        told.push(
          ...detector.update({
            x: x - aside * Math.sin(headingRad),
            y: y + aside * Math.cos(headingRad),
            headingRad: headingRad + turn,
            ...CAR,
          }),
        );
      }
      expect(told.map(({ mark: { type, laneId } }) => [type, laneId])).toEqual([['broken', -2]]);
    }
  });
});

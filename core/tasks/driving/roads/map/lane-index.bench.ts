/** Lane queries on Town01: the indexed answers against a scan of all lanes, and along-lane and route queries (1,000 a run; routes 10). */
import { bench, describe } from 'vitest';
import { createRandom } from '../../../../base/random.ts';
import { laneGraphOf } from './lane-graph.ts';
import { ahead, chordDistance, createLaneIndex, lanePoseAt } from './lane-index.ts';
import { parseOpenDrive } from '../opendrive/opendrive.ts';
import { findRoute } from './route.ts';
import { readMaps } from './testing-maps.ts';

const text = readMaps('../shared/data/opendrive', ['Town01.xodr']).get('Town01.xodr');
if (text) {
  const graph = laneGraphOf(parseOpenDrive(text));
  const driving = graph.lanes.filter(({ kind }) => kind === 'driving');
  const index = createLaneIndex(graph);
  const random = createRandom(1);
  const places = Array.from({ length: 1000 }, () => {
    const lane = driving[random.below(driving.length)];
    const s = random.next() * lane.length;
    const { x, y, headingRad } = lanePoseAt(lane, s);
    return { lane: lane.index, s, x: x + random.normal(), y: y + random.normal(), headingRad };
  });
  describe('Town01', () => {
    bench('nearest × 1,000', () => {
      for (const { x, y } of places) index.nearest(x, y);
    });
    bench('nearestAligned × 1,000', () => {
      for (const { x, y, headingRad } of places) index.nearestAligned(x, y, headingRad);
    });
    bench('scan of all lanes × 10', () => {
      for (const { x, y } of places.slice(0, 10))
        for (const lane of driving) for (let i = 0; i + 1 < lane.x.length; i++) chordDistance(lane, i, x, y);
    });
    bench('30 m ahead and its pose × 1,000', () => {
      for (const { lane, s } of places) {
        const place = ahead(graph, lane, s, 30);
        lanePoseAt(graph.lanes[place.lane], place.s);
      }
    });
    bench('route × 10', () => {
      for (let i = 0; i < 10; i++) findRoute(graph, places[i], places[i + 10]);
    });
    bench('file to graph', () => {
      laneGraphOf(parseOpenDrive(text));
    });
  });
}

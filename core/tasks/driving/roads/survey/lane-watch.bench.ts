/** All that a map says of a vehicle, frame by frame, on Town01 (1,000 frames a run). */
import { bench, describe } from 'vitest';
import { LIGHT_RED } from '../../../../abi/layout.ts';
import { LaneWatch } from './lane-watch.ts';
import { openRoadMap } from './road-map.ts';
import { readMaps } from '../map/testing-maps.ts';

const text = readMaps('../shared/data/opendrive', ['Town01.xodr']).get('Town01.xodr');
if (text) {
  const map = openRoadMap('Town01', text);
  const boxes = map
    .waypoints(0.5)
    .slice(0, 1000)
    .map(({ x, y, z, headingRad }) => ({ x, y, z, headingRad, length: 4.7, width: 1.9 }));
  describe('Town01', () => {
    bench('1,000 frames of one vehicle', () => {
      const watch = new LaneWatch(map);
      for (const box of boxes) watch.look(box, () => LIGHT_RED);
    });
  });
}

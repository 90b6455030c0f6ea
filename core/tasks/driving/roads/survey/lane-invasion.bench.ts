/** Lane marks on Town01: making them, and a vehicle's frames (10,000 a run) along its lane, changing lanes, and astride a line. */
import { bench, describe } from 'vitest';
import { lanePoseAt } from '../map/lane-index.ts';
import { LaneInvasionDetector } from './lane-invasion.ts';
import { laneMarksOf } from './lane-marks.ts';
import { openRoadMap } from './road-map.ts';
import { readMaps } from '../map/testing-maps.ts';

const text = readMaps('../shared/data/opendrive', ['Town01.xodr']).get('Town01.xodr');
if (text) {
  const map = openRoadMap('Town01', text);
  const { marks } = map;
  const way = map.graph.lanes.filter(({ kind, junction }) => kind === 'driving' && junction === undefined);
  const frames = (aside: (s: number) => number) =>
    way
      .flatMap((lane) =>
        Array.from({ length: Math.floor(lane.length / 0.5) }, (_, i) => {
          const { x, y, headingRad } = lanePoseAt(lane, i / 2);
          const t = aside(i / 2);
          const place = { x: x - t * Math.sin(headingRad), y: y + t * Math.cos(headingRad) };
          return { ...place, headingRad, length: 4.7, width: 1.9 };
        }),
      )
      .slice(0, 10_000);
  const kinds = {
    'along the lane': frames(() => 0),
    'to and fro over the centre line': frames((s) => 1 + Math.sin(s / 10)),
    'astride the centre line': frames(() => 2),
  };
  describe('Town01', () => {
    for (const [name, boxes] of Object.entries(kinds))
      bench(`${boxes.length} frames ${name}`, () => {
        const detector = new LaneInvasionDetector(marks);
        for (const box of boxes) detector.update(box);
      });
    bench('marks of the map', () => {
      laneMarksOf(map.graph.network);
    });
  });
}

import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../base/random.ts';
import { wrapAngle } from '../road.ts';
import { atan2 } from '../../../../base/arctangent.ts';
import { curveAt } from '../opendrive/curve.ts';
import { RoadRangeError, referenceAt, roadPoseAt } from './geometry.ts';
import { parseOpenDrive } from '../opendrive/opendrive.ts';
import type { CurveShape, Geometry } from '../opendrive/model.ts';
import { independentRoads } from './testing-independent.ts';
import { MAPS, OUR_TOWN, readMaps } from './testing-maps.ts';

const maps = readMaps('../shared/data/opendrive');

describe('1,000 points a map agree with an independent evaluation to 1 mm and 1e-6 rad', () => {
  for (const name of [OUR_TOWN, ...MAPS]) {
    test.skipIf(!maps.has(name))(name, () => {
      const text = maps.get(name) ?? '';
      const { roads } = parseOpenDrive(text, name);
      const independent = independentRoads(text);
      expect(independent.length).toBe(roads.size);
      const random = createRandom(7);
      const worst = { position: 0, heading: 0, width: 0, checked: 0 };
      for (let i = 0; i < 1000; i++) {
        const other = independent[random.below(independent.length)];
        const road = roads.get(other.id);
        if (!road) throw new Error(`no road ${other.id}`);
        const s = random.next() * road.length;
        const lanes = other.lanes(s).filter(({ width }) => width > 1e-6);
        const lane = lanes[random.below(lanes.length)] ?? { id: undefined, t: 0, width: 0 };
        const { x, y, heading } = other.at(s);
        const pose = roadPoseAt(road, s, lane.t);
        worst.position = Math.max(
          worst.position,
          Math.hypot(pose.x - (x - lane.t * Math.sin(heading)), pose.y - (y + lane.t * Math.cos(heading))),
        );
        worst.heading = Math.max(worst.heading, Math.abs(wrapAngle(pose.headingRad - heading)));
        if (lane.id === undefined) continue;
        expect(pose.laneId, `road ${other.id} s ${s} t ${lane.t}`).toBe(lane.id);
        worst.width = Math.max(worst.width, Math.abs((pose.laneWidthMetres ?? 0) - lane.width));
        worst.checked++;
      }
      expect(worst.checked).toBeGreaterThan(900);
      expect(worst.position).toBeLessThan(1e-8);
      expect(worst.heading).toBeLessThan(1e-9);
      expect(worst.width).toBeLessThan(1e-9);
    });
  }
});

const stretch = (shape: CurveShape, length = 80): Geometry => ({ s: 0, x: 3, y: -2, headingRad: 0.7, length, shape });
const SHAPES: CurveShape[] = [
  { kind: 'line' },
  { kind: 'arc', curvature: 0.05 },
  { kind: 'arc', curvature: -1e-12 },
  { kind: 'spiral', curvStart: -0.02, curvEnd: 0.06 },
  { kind: 'spiral', curvStart: 0.3, curvEnd: -0.4 },
  { kind: 'poly3', v: [0, 0, 0.01, -8e-5] },
  { kind: 'poly3', v: [0.5, 0.1, 0.01, -8e-5] },
  { kind: 'paramPoly3', u: [0, 1, -3e-4, 1e-6], v: [0, 0, 4e-3, -2e-5], normalized: false },
  { kind: 'paramPoly3', u: [0, 70, 15, -10], v: [0, 0, 40, -15], normalized: true },
];

test('poly3 and normalized paramPoly3, which no map has, agree with the independent evaluation', () => {
  for (const shape of SHAPES) {
    if (shape.kind !== 'poly3' && shape.kind !== 'paramPoly3') continue;
    const names = ['a', 'b', 'c', 'd'];
    const list = (values: readonly number[], suffix = '') =>
      names.map((n, i) => `${n}${suffix}="${values[i]}"`).join(' ');
    const body =
      shape.kind === 'poly3'
        ? `<poly3 ${list(shape.v)}/>`
        : `<paramPoly3 pRange="${shape.normalized ? 'normalized' : 'arcLength'}" ${list(shape.u, 'U')} ${list(shape.v, 'V')}/>`;
    const [other] = independentRoads(
      `<road id="1" length="80"><geometry s="0" x="3" y="-2" hdg="0.7" length="80">${body}</geometry></road>`,
    );
    for (let s = 0; s <= 80; s += 4) {
      const [mine, theirs] = [curveAt(stretch(shape), s), other.at(s)];
      expect(Math.hypot(mine.x - theirs.x, mine.y - theirs.y)).toBeLessThan(1e-8);
      expect(Math.abs(wrapAngle(mine.headingRad - theirs.heading))).toBeLessThan(1e-9);
    }
  }
});

test('heading, curvature, its rate and speed are the derivatives of position and of each other', () => {
  const h = 1e-4;
  for (const shape of SHAPES) {
    for (const s of [0.5, 17, 41, 79]) {
      const [before, now, after] = [s - h, s, s + h].map((at) => curveAt(stretch(shape), at));
      const slope = (f: (p: typeof now) => number) => (f(after) - f(before)) / (2 * h);
      const [dx, dy] = [slope((p) => p.x), slope((p) => p.y)];
      expect(Math.hypot(dx, dy)).toBeCloseTo(now.speed, 6);
      expect(wrapAngle(Math.atan2(dy, dx) - now.headingRad)).toBeCloseTo(0, 6);
      expect(slope((p) => p.headingRad)).toBeCloseTo(now.curvature * now.speed, 6);
      expect(slope((p) => p.curvature)).toBeCloseTo(now.curvatureRate, 6);
      expect(slope((p) => p.speed)).toBeCloseTo(now.speedRate, 6);
    }
  }
});

test('a spiral ends where the Fresnel integrals say, to 1e-12 of its length', () => {
  // C(1) and S(1) of ∫cos(πt²/2), ∫sin(πt²/2): Abramowitz & Stegun, table 7.7.
  const spiral: Geometry = {
    s: 0,
    x: 0,
    y: 0,
    headingRad: 0,
    length: 100,
    shape: { kind: 'spiral', curvStart: 0, curvEnd: Math.PI / 100 },
  };
  const end = curveAt(spiral, 100);
  expect(end.x / 100).toBeCloseTo(0.779893400376823, 13);
  expect(end.y / 100).toBeCloseTo(0.438259147390355, 13);
});

test('the arctangent is Math.atan2 to an ulp', () => {
  const random = createRandom(3);
  for (let i = 0; i < 20000; i++) {
    const [y, x] = [random.normal() * 10 ** random.between(-4, 4), random.normal()];
    expect(Math.abs(atan2(y, x) - Math.atan2(y, x))).toBeLessThanOrEqual(5e-16);
  }
  expect([atan2(0, 0), atan2(1, 0), atan2(-1, 0), atan2(0, -1)]).toEqual([0, Math.PI / 2, -Math.PI / 2, Math.PI]);
});

test.skipIf(!maps.has('straight_500m.xodr'))(
  'off the road: no lane beside it, a typed error before and after it',
  () => {
    const road = parseOpenDrive(maps.get('straight_500m.xodr') ?? '').roads.get('1');
    if (!road) throw new Error('no road');
    expect(roadPoseAt(road, 10, 0).laneId).toBe(-1);
    expect(roadPoseAt(road, 500, 1e-9).laneId).toBe(1);
    expect(roadPoseAt(road, 10, 40)).toMatchObject({ laneId: undefined, laneWidthMetres: undefined });
    for (const s of [-1e-9, 500.1, Number.NaN]) expect(() => referenceAt(road, s)).toThrow(RoadRangeError);
  },
);

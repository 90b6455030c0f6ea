import { expect, test } from 'vitest';
import { invertStep, stepInvertible } from './invertible-bicycle.ts';
import {
  BMW_320I,
  limitAcceleration,
  limitSteerRate,
  singleTrackCogDerivative,
  singleTrackDerivative,
  type SingleTrackState,
} from './single-track.ts';
import { worstDifference } from './testing.ts';

/** The point of CommonRoad's own unit test of the kinematic single-track model. */
const STATE: SingleTrackState = [
  3.9579422297936526, 0.0391650102771405, 0.0378491427211811, 16.3546957860883566, 0.0294717351052816,
];

test('CommonRoad’s unit point of the kinematic single-track model, within 1e-12', () => {
  const expected = [16.3475935934250209, 0.4819314886013121, 0.15, 5.1464424102339752, 0.2401426578627629];
  expect(worstDifference(singleTrackDerivative(STATE, [0.15, 0.63 * 9.81]), expected)).toBeLessThanOrEqual(1e-12);
});

test('the power limit is what holds that point’s acceleration', () => {
  expect(limitAcceleration(BMW_320I, 16.3546957860883566, 0.63 * 9.81)).toBeCloseTo(
    (11.5 * 7.319) / 16.3546957860883566,
    12,
  );
  expect(limitAcceleration(BMW_320I, 5, 20)).toBe(11.5);
  expect(limitAcceleration(BMW_320I, 50.8, 1)).toBe(0);
});

test('steering stops at its end and not before', () => {
  expect(limitSteerRate(BMW_320I, 1.066, 0.1)).toBe(0);
  expect(limitSteerRate(BMW_320I, 1.066, -0.1)).toBe(-0.1);
  expect(limitSteerRate(BMW_320I, 0, 3)).toBe(0.4);
});

test('about the centre of gravity the car turns as fast and moves along heading plus slip', () => {
  const rear = singleTrackDerivative(STATE, [0, 0]);
  const cog = singleTrackCogDerivative(STATE, [0, 0]);
  const slip = Math.atan2(cog[1], cog[0]) - STATE[4];
  expect(Math.tan(slip)).toBeCloseTo(
    (Math.tan(STATE[2]) * BMW_320I.rearAxle) / (BMW_320I.frontAxle + BMW_320I.rearAxle),
    12,
  );
  expect(cog[4]).toBeCloseTo(rear[4] * Math.cos(slip), 12);
});

test('Waymax’s bicycle is undone by its inverse', () => {
  const from = { x: 1, y: 2, headingRad: 0.4, vx: 8 * Math.cos(0.4), vy: 8 * Math.sin(0.4) };
  const control = { accelMps2: -2.5, curvature: 0.07 };
  const found = invertStep(from, stepInvertible(from, control));
  expect(worstDifference([found.accelMps2, found.curvature], [-2.5, 0.07])).toBeLessThanOrEqual(1e-12);
  const crawl = { ...from, vx: 0.3, vy: 0.2 };
  expect(invertStep(crawl, stepInvertible(crawl, control)).curvature).toBe(0);
});

import { expect, test } from 'vitest';
import { overlaps } from '../../../base/geometry.ts';
import { stepCentreBicycle } from './centre-bicycle.ts';
import { GPUDRIVE_STEER_BINS, stepClassic } from './classic-bicycle.ts';
import { desiredGap, IDM_PRESETS } from './idm.ts';

const start = { x: 0, y: 0, headingRad: 0.3, speedMps: 8 };

test('without acceleration the classic bicycle steps as highway-env’s does', () => {
  const control = { accelMps2: 0, steerRad: 0.4 };
  const [classic, centre] = [stepClassic(start, control, 5), stepCentreBicycle(start, control, 0.1, 5)];
  expect(classic.x).toBeCloseTo(centre.x, 12);
  expect(classic.y).toBeCloseTo(centre.y, 12);
  expect(classic.headingRad - 0.3).toBeCloseTo(centre.headingRad - 0.3, 12);
});

test('GPUDrive’s bins +90°, +120° and +150° steer right', () => {
  const turn = (bin: number) =>
    Math.sign(stepClassic(start, { accelMps2: 0, steerRad: GPUDRIVE_STEER_BINS[bin] }, 5).headingRad - 0.3);
  expect([7, 8].map(turn)).toEqual([1, 1]);
  expect([9, 10, 11].map(turn)).toEqual([-1, -1, -1]);
  expect(GPUDRIVE_STEER_BINS[9]).toBeGreaterThan(Math.PI / 2);
});

test('PufferDrive’s tanh slips less than the textbook’s atan', () => {
  const control = { accelMps2: 0, steerRad: 1 };
  const [textbook, puffer] = [stepClassic(start, control, 5), stepClassic(start, control, 5, 0.1, 'tanh')];
  const slip = ({ x, y }: { x: number; y: number }) => Math.atan2(y, x) - 0.3;
  expect(slip(textbook)).toBeCloseTo(Math.atan(0.5 * Math.tan(1)), 12);
  expect(slip(puffer)).toBeCloseTo(Math.tanh(0.5 * Math.tan(1)), 12);
  expect(slip(puffer)).toBeLessThan(slip(textbook) - 0.003);
});

test('MetaDrive feeds km/h into a gap in metres: it wants several times the distance', () => {
  const metadrive = {
    maxAccel: 1,
    comfortBrake: 5,
    minGap: 10,
    headwaySeconds: 1.5,
    exponent: 10,
    desiredSpeedMps: 30 / 3.6,
  };
  expect(desiredGap(metadrive, 8, 8)).toBeCloseTo(22, 12);
  expect(desiredGap(metadrive, 8 * 3.6, 8 * 3.6)).toBeCloseTo(53.2, 12);
  expect(IDM_PRESETS).not.toHaveProperty('metaDrive');
});

test('GPUDrive’s boxes, shrunk to 0.7 of their length, do not see cars that overlap by a metre', () => {
  const car = (x: number, scale: number) => ({ x, y: 0, headingRad: 0, length: 4.5 * scale, width: 2 });
  expect(overlaps(car(0, 1), car(3.5, 1))).toBe(true);
  expect(overlaps(car(0, 0.7), car(3.5, 0.7))).toBe(false);
});

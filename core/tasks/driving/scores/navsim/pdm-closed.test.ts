import { describe, expect, test } from 'vitest';
import { sceneStarts } from './scenes.ts';
import { pdmClosed } from './pdm-closed.ts';
import { testActor, testDrive, withPath } from '../testing.ts';

describe('PDM-Closed as the reference', () => {
  test('on a free road it drives at the limit on the centreline', () => {
    const free = pdmClosed(withPath(testDrive({ speed: 15, speedLimit: 15 })));
    expect(free).toMatchObject({ multiplier: 1, speedShare: 1, offset: 0 });
    expect(free?.metres).toBeCloseTo(60, 6);
    // From 5 m/s at 1.5 m/s²: 5·4 + ½·1.5·16 = 32 m, a little less by the free-road term.
    const slow = pdmClosed(withPath(testDrive({ speed: 5, speedLimit: 15 })));
    expect(slow?.metres).toBeGreaterThan(31);
    expect(slow?.metres).toBeLessThan(32);
  });

  test('behind a standing car in all three lanes of offset it stops short of it', () => {
    const wall = testActor({ x: 40 });
    const found = pdmClosed(withPath(testDrive({ speed: 8, speedLimit: 10, actors: [wall] })));
    expect(found?.multiplier).toBe(1);
    // Bumper to bumper 40 − 2 − 2.5 m.
    expect(found?.metres).toBeLessThan(35.5);
    expect(found?.metres).toBeGreaterThan(10);
  });

  test('it passes what only an offset clears', () => {
    const beside = testActor({ x: 40, y: 2.3 });
    const wide = pdmClosed(withPath(testDrive({ speed: 10, speedLimit: 10, actors: [beside] })));
    expect(wide?.metres).toBeCloseTo(40, 0);
    const half = testActor({ x: 40, y: 1.9 });
    const found = pdmClosed(withPath(testDrive({ speed: 10, speedLimit: 10, actors: [half] })));
    expect(found).toMatchObject({ multiplier: 1, offset: -1 });
    expect(found?.metres).toBeGreaterThan(38);
  });

  test('a red light is a standing leader', () => {
    const drive = withPath(testDrive({ speed: 8, speedLimit: 10 }));
    const red = { ...drive, route: { ...drive.route, redStopS: new Float64Array(41).fill(25) } };
    expect(pdmClosed(red)?.metres).toBeLessThan(25 - 2.5);
    expect(pdmClosed(drive)?.metres).toBeGreaterThan(33);
  });

  test('its faults count among where the others really went, not where it forecast them', () => {
    const leader = testActor({ x: 20, speed: 10 });
    const stopping = { ...leader, x: leader.x.map((x) => Math.min(x, 22)), speedMps: leader.speedMps.map(() => 0) };
    const swerve = { ...stopping, speedMps: leader.speedMps };
    const found = pdmClosed(withPath(testDrive({ speed: 10, speedLimit: 10, actors: [swerve] })));
    expect(found?.multiplier).toBe(0);
  });

  test('without a route there is none', () => {
    expect(pdmClosed(testDrive())).toBeUndefined();
  });
});

test('scenes leave no step out and end with the drive', () => {
  expect(sceneStarts(1)).toEqual([0]);
  expect(sceneStarts(41)).toEqual([0]);
  expect(sceneStarts(42)).toEqual([0, 1]);
  expect(sceneStarts(121)).toEqual([0, 40, 80]);
  expect(sceneStarts(130)).toEqual([0, 40, 80, 89]);
});

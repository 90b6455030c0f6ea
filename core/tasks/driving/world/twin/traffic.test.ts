import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../base/random.ts';
import { type Box, overlaps } from '../../../../base/geometry.ts';
import {
  box,
  CLEAR,
  crossingSpec,
  mergeSpec,
  testBuiltRoad,
  testLane,
  testParked,
  testSpec,
  testTrack,
  testTraffic,
  testWalker,
} from '../testing.ts';
import { createTwinWorlds } from './twin.ts';
import type { TrafficSpec, WorldSpec } from '../spec/spec.ts';
import type { ActorState, Worlds } from '../world.ts';

const far = { s: 1, lateral: 0, headingErrorRad: 0, speedMps: 0 };
const long = (more: Parameters<typeof testBuiltRoad>[1] = {}) => testBuiltRoad([{ length: 1000, curvature: 0 }], more);

function start(spec: WorldSpec): Worlds {
  const worlds = createTwinWorlds(1);
  worlds.reset(0, spec);
  return worlds;
}

/** Steps with the ego at rest; the actors after every step. */
function watch(spec: WorldSpec, steps: number, counts: readonly number[] = [0, 0]): ActorState[][] {
  const worlds = start(spec);
  return Array.from({ length: steps }, () => {
    worlds.stepControls(counts);
    return worlds.state(0).actors;
  });
}

/** Pairs of actors whose boxes ever overlap. */
function contacts(frames: readonly ActorState[][]): Set<string> {
  const found = new Set<string>();
  for (const actors of frames)
    actors.forEach((a, i) => {
      actors.forEach((b, j) => {
        if (j > i && a.present && b.present && overlaps(a as Box, b as Box)) found.add(`${i}-${j}`);
      });
    });
  return found;
}

describe('following', () => {
  it('a follower never hits its leader, whatever the drivers, speeds and hard braking', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { between } = createRandom(seed);
      const headwayS = between(0.8, 2);
      const actors = Array.from({ length: 8 }, (_, i) => {
        const speedMps = between(5, 12);
        return testTraffic({
          id: `${i}`,
          s: 30 + i * 32,
          speedMps,
          desiredSpeedMps: between(6, 16),
          headwayS,
          brakeAt: between(0, 20),
          brakeFor: between(0, 3),
          hardBrakeMps2: between(2, 7),
        });
      });
      const frames = watch(testSpec({ ...long(), ego: far, goalS: 900, maxSteps: 1000, actors }), 300);
      expect(contacts(frames), `seed ${seed}`).toEqual(new Set());
    }
  });

  it('drives at its desired speed, scaled by the limit of its lane', () => {
    const lanes = [
      testLane('fast', { x: 0, y: 0, headingRad: 0 }, 300, { speedLimitMps: 15, next: [1] }),
      testLane('slow', { x: 300, y: 0, headingRad: 0 }, 300, { speedLimitMps: 7.5, previous: [0] }),
    ];
    const routeLanes = [{ fromS: 0, lane: 0, laneS: 0 }];
    const actor = testTraffic({ lanes: [0, 1], s: 20, speedMps: 12, desiredSpeedMps: 12 });
    const spec = testSpec({
      ...long(),
      network: { ds: 1, lanes },
      routeLanes,
      ego: far,
      actors: [actor],
      maxSteps: 999,
    });
    const frames = watch(spec, 450);
    expect(frames[150][0].speedMps).toBeCloseTo(12, 2);
    expect(frames[449][0].x).toBeGreaterThan(350);
    expect(frames[449][0].speedMps).toBeCloseTo(6, 1);
    const braking = frames.slice(1).map((actors, i) => (actors[0].speedMps - frames[i][0].speedMps) / 0.1);
    expect(Math.min(...braking)).toBeGreaterThan(-2.6);
  });

  it('slows down before a bend and takes it with about 2 m/s² to the side', () => {
    const drawn = testBuiltRoad([
      { length: 150, curvature: 0 },
      { length: 40, curvature: 0.05 },
      { length: 100, curvature: 0 },
    ]);
    const actor = testTraffic({ s: 20, speedMps: 12, desiredSpeedMps: 12 });
    const frames = watch(testSpec({ ...drawn, ego: far, goalS: 280, maxSteps: 999, actors: [actor] }), 350);
    const sideways = frames.map(([{ speedMps, yawRateRadps }]) => Math.abs(speedMps * yawRateRadps));
    expect(Math.max(...sideways)).toBeLessThan(3.2);
    expect(Math.max(...sideways)).toBeGreaterThan(1.5);
    expect(Math.max(...frames.map(([{ speedMps }]) => speedMps))).toBeGreaterThan(11);
  });

  it('keeps its distance from the ego, parked things, recorded cars and people who step out', () => {
    const standsBehind = (more: Partial<WorldSpec>, steps = 200) =>
      watch(testSpec({ ...long(), ego: far, goalS: 900, maxSteps: 999, ...more }), steps).at(-1)?.[0].x ?? 0;
    const actor = testTraffic({ s: 20 });
    expect(100 - standsBehind({ ego: { ...far, s: 100 }, actors: [actor] }) - 4.6).toBeCloseTo(2, 0);
    expect(100 - standsBehind({ actors: [actor, testParked({ s: 100 })] }) - 4.6).toBeCloseTo(2, 0);
    const track = { ...testTrack('t', 100, 999), y: new Float64Array(999), speedMps: new Float64Array(999) };
    const standing = { ...track, present: new Uint8Array(999).fill(1) };
    expect(100 - standsBehind({ actors: [actor, standing] }) - 2.3 - 0.95).toBeCloseTo(2, 0);
    const walker = testWalker({ s: 100, toLateral: 0.5, triggerDistance: 200 });
    expect(100 - standsBehind({ actors: [actor, walker] }) - 2.3 - 0.3).toBeCloseTo(2, 0);
  });

  it('does not mind what stands beside its lane', () => {
    const actors = [
      testTraffic({ s: 20 }),
      testParked({ s: 100, lateral: -3 }),
      testWalker({ s: 80, triggerDistance: -999 }),
    ];
    expect(
      watch(testSpec({ ...long(), ego: far, goalS: 900, maxSteps: 999, actors }), 150)[149][0].speedMps,
    ).toBeCloseTo(10, 1);
  });

  it('leaves the world where its lane ends', () => {
    const frames = watch(testSpec({ ego: far, actors: [testTraffic({ s: 240, speedMps: 10 })] }), 40);
    expect(frames[5][0].present).toBe(true);
    expect(frames[39][0]).toMatchObject({ present: false, x: 0, y: 0, speedMps: 0, visible: false });
  });

  it('brakes no harder than the road allows', () => {
    const actor = testTraffic({ s: 20, speedMps: 12, brakeAt: 0, brakeFor: 9, hardBrakeMps2: 7 });
    const spec = testSpec({ ...long(), ego: far, actors: [actor], weather: { ...CLEAR, friction: 0.3 } });
    expect(watch(spec, 10)[9][0].speedMps).toBeCloseTo(12 - 0.3 * 9.81, 9);
  });
});

describe('lights and giving way', () => {
  const light = { stopLineS: 100, green: 1, yellow: 1, red: 20, offset: 2 };

  it('a red light stops traffic just before its line, green lets it go, and an emergency vehicle drives through', () => {
    const drive = (more: Partial<TrafficSpec>) =>
      watch(testSpec({ ...long({ light }), ego: far, goalS: 900, maxSteps: 999, actors: [testTraffic(more)] }), 260);
    const frames = drive({});
    const gap = 100 - frames[190][0].x - 2.3;
    expect(frames[190][0].speedMps).toBeLessThan(0.1);
    expect(gap).toBeGreaterThan(0.3);
    expect(gap).toBeLessThan(1.6);
    expect(frames[259][0].x).toBeGreaterThan(101);
    expect(drive({ obeysSignals: false })[130][0].x).toBeGreaterThan(110);
  });

  it('a car that yields waits for one that does not, and then goes', () => {
    const main = testTraffic({ id: 'main', lane: 0, s: 40, speedMps: 10, desiredSpeedMps: 10 });
    const side = testTraffic({ id: 'side', lane: 1, s: 50, speedMps: 8, desiredSpeedMps: 8 });
    const frames = watch({ ...crossingSpec([main, side]), ego: far }, 200);
    const mainThrough = frames.findIndex(([a]) => a.x > 102 + 2.3);
    const sideEnters = frames.findIndex(([, b]) => b.y > -2 - 2.3);
    expect(mainThrough).toBeGreaterThan(0);
    expect(sideEnters).toBeGreaterThan(mainThrough - 10);
    expect(frames[199][1].y).toBeGreaterThan(5);
    expect(contacts(frames)).toEqual(new Set());
    const lowest = Math.min(...frames.slice(0, sideEnters).map(([, b]) => b.speedMps));
    expect(lowest).toBeLessThan(5);
  });

  it('one that does not give way drives on; one with priority does not even slow down', () => {
    const main = testTraffic({ id: 'main', lane: 0, s: 20, speedMps: 10, desiredSpeedMps: 10 });
    const side = testTraffic({ id: 'side', lane: 1, s: 60, speedMps: 8, desiredSpeedMps: 8, givesWay: false });
    const careless = watch(crossingSpec([main, side]), 60).map(([, b]) => b.speedMps);
    expect(Math.min(...careless)).toBeGreaterThan(7.5);
    const polite = { ...side, s: 20, givesWay: true };
    const speeds = watch(crossingSpec([{ ...main, s: 40 }, polite]), 60).map(([a]) => a.speedMps);
    expect(Math.min(...speeds)).toBeGreaterThan(9.9);
  });

  it('gives way to the ego, but not to one that waits', () => {
    const side = testTraffic({ id: 'side', lane: 1, s: 60, speedMps: 8, desiredSpeedMps: 8 });
    const ego = { s: 60, lateral: 0, headingErrorRad: 0, speedMps: 10 };
    const coming = watch({ ...crossingSpec([side]), ego, goalS: 250 }, 45);
    expect(coming[44][0].y).toBeLessThan(-4.3);
    const waiting = watch({ ...crossingSpec([side]), ego: { ...ego, speedMps: 0 } }, 100);
    expect(waiting[99][0].y).toBeGreaterThan(5);
  });

  it('stops for somebody who stands in the crossing', () => {
    const main = testTraffic({ id: 'main', lane: 0, s: 40 });
    const frames = watch({ ...crossingSpec([main]), ego: { ...far, s: 100 } }, 200);
    expect(98 - frames[199][0].x - 2.3).toBeGreaterThan(0.5);
    const side = testTraffic({ id: 'side', lane: 1, s: 40, givesWay: false });
    const across = watch({ ...crossingSpec([side]), ego: { ...far, s: 100 } }, 200);
    expect(98 - (across[199][0].y + 100) - 2.3).toBeGreaterThan(0.5);
  });

  it('streams cross and merge without contact and without standing still for ever', () => {
    for (let seed = 0; seed < 6; seed++) {
      const { between } = createRandom(seed);
      const stream = (lane: number, lanes: readonly number[]) =>
        Array.from({ length: 6 }, (_, i) =>
          testTraffic({
            id: `${lane}.${i}`,
            lane,
            lanes,
            s: 15 + 11 * i + between(-1, 1),
            speedMps: 5,
            desiredSpeedMps: between(6, 12),
          }),
        );
      const crossing = crossingSpec([...stream(0, [0]), ...stream(1, [1])], seed % 2 ? [1] : [0, 1]);
      const merging = mergeSpec([...stream(0, [0, 2]).slice(0, 4), ...stream(1, [1, 2]).slice(0, 4)]);
      for (const [kind, spec] of Object.entries({ crossing, merging })) {
        const frames = watch({ ...spec, ego: far }, 700);
        expect(contacts(frames), `${kind} ${seed}`).toEqual(new Set());
        expect(frames[699].filter(({ present, speedMps }) => present && speedMps < 1).length).toBe(0);
      }
    }
  });
});

describe('changing lanes', () => {
  const two = long({ lanesLeft: 1, speedLimitMps: 20 });
  const [right, left] = ['0.0', '0.1'].map((id) => two.network.lanes.findIndex((lane) => lane.id === id));
  const spec = (actors: readonly TrafficSpec[], more: Partial<WorldSpec> = {}) =>
    testSpec({ ...two, ego: far, goalS: 900, maxSteps: 999, actors, ...more });
  const slow = testTraffic({ id: 'slow', lane: right, s: 70, speedMps: 5, desiredSpeedMps: 5 });
  const fast = testTraffic({
    id: 'fast',
    lane: right,
    s: 30,
    speedMps: 12,
    desiredSpeedMps: 14,
    changesLanes: true,
  });

  it('a faster car overtakes a slow one, and stays behind when it changes no lanes', () => {
    const frames = watch(spec([slow, fast]), 200);
    expect(frames[199][1].x).toBeGreaterThan(frames[199][0].x + 20);
    expect(contacts(frames)).toEqual(new Set());
    const patient = watch(spec([slow, { ...fast, changesLanes: false }]), 200);
    expect(patient[199][1].x).toBeLessThan(patient[199][0].x);
  });

  it('does not overtake when the car behind on the other lane would have to brake too hard', () => {
    const behind = testTraffic({ id: 'behind', lane: left, s: 22, speedMps: 18, desiredSpeedMps: 18 });
    const sideOf = (frames: ActorState[][], step: number) => frames[step][1].y;
    expect(sideOf(watch(spec([slow, fast]), 30), 29)).toBeGreaterThan(1);
    expect(sideOf(watch(spec([slow, fast, behind]), 12), 11)).toBeLessThan(0.1);
  });

  it('moves sideways smoothly: at most 1.2 m/s, turning at most 0.5 rad/s', () => {
    const frames = watch(spec([slow, fast]), 150);
    const sideways = frames.slice(1).map((actors, i) => Math.abs(actors[1].y - frames[i][1].y) / 0.1);
    expect(Math.max(...sideways)).toBeLessThan(1.21);
    expect(Math.max(...frames.map((actors) => Math.abs(actors[1].yawRateRadps)))).toBeLessThan(0.5);
    expect(frames[149][1].y).toBeCloseTo(3.5, 1);
  });

  it('a cut-in happens once the ego is near behind, at once and only once', () => {
    const cutter = testTraffic({
      id: 'cutter',
      lane: left,
      s: 60,
      speedMps: 6,
      desiredSpeedMps: 6,
      cutInSide: -1,
      cutInGapM: 10,
    });
    const drive = (more: Partial<TrafficSpec>) => {
      const worlds = start(
        spec([{ ...cutter, ...more }], { ego: { s: 20, lateral: 0, headingErrorRad: 0, speedMps: 10 } }),
      );
      return Array.from({ length: 140 }, () => {
        const before = worlds.state(0);
        worlds.stepControls([before.actors[0].y < 3.4 ? -30 : 0, 0]);
        const { s, actors } = worlds.state(0);
        return { gap: actors[0].x - s - 4.6, y: actors[0].y };
      });
    };
    const frames = drive({});
    const begins = frames.findIndex(({ y }) => y < 3.49);
    expect(frames[begins - 1].gap).toBeLessThan(11);
    expect(frames[begins - 3].gap).toBeGreaterThan(9.5);
    expect(frames[139].y).toBeLessThan(0.2);
    expect(drive({ cutInSide: 0 })[79].y).toBeCloseTo(3.5, 9);
  });

  it('many cars on three lanes never touch', () => {
    for (let seed = 0; seed < 2; seed++) {
      const { between } = createRandom(seed);
      const drawn = long({ lanesLeft: 2, speedLimitMps: 20 });
      const actors = Array.from({ length: 30 }, (_, i) => {
        const lane = i % 3;
        return testTraffic({
          ...box,
          id: `${i}`,
          lane,
          s: 20 + Math.floor(i / 3) * 25 + between(-5, 5),
          speedMps: between(8, 11),
          desiredSpeedMps: between(7, 19),
          politeness: between(0, 0.5),
          changesLanes: true,
        });
      });
      const frames = watch(testSpec({ ...drawn, ego: far, goalS: 990, maxSteps: 999, actors }), 300);
      expect(contacts(frames), `seed ${seed}`).toEqual(new Set());
    }
  });
});

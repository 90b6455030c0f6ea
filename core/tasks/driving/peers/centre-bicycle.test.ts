import { expect, test } from 'vitest';
import {
  type CentreBicycleState,
  idmCommand,
  laneSteering,
  lanePreview,
  speedControl,
  stepCentreBicycle,
} from './centre-bicycle.ts';
import { desiredGap, IDM_PRESETS, idmAcceleration, mobilChanges } from './idm.ts';
import { describeWith, peerNumbers, worstDifference } from './testing.ts';

type Row = readonly number[];
interface HighwayEnv {
  readonly kinematic_bicycle: { dt: number; init: Row; length: number; rows: Row[] };
  readonly idm_follow: { dt: number; init: { lead: Row; ego: Row; target_speed: number }; rows: Row[] };
  readonly idm_points: { rows: Row[] };
  readonly lane_keeping: { dt: number; init: Row; target_speed: number; lane_y: number; rows: Row[] };
}

const start = ([x, y, headingRad, speedMps]: Row): CentreBicycleState => ({ x, y, headingRad, speedMps });
const columns = ({ x, y, headingRad, speedMps }: CentreBicycleState) => [x, y, headingRad, speedMps];

describeWith('highway-env', peerNumbers<HighwayEnv>('../shared/data/driving/highwayenv.json'), (peer) => {
  test('the bicycle follows 60 steps of the peer within 1e-9', () => {
    const { dt, init, length, rows } = peer.kinematic_bicycle;
    let state = start(init);
    for (const [accelMps2, steerRad, ...expected] of rows) {
      state = stepCentreBicycle(state, { accelMps2, steerRad }, dt, length);
      expect(worstDifference(columns(state), expected)).toBeLessThanOrEqual(1e-9);
    }
    expect(rows.length).toBe(60);
  });

  test('IDM gives the peer’s desired gap and acceleration at every point', () => {
    for (const [gap, v, lead, wanted, accel] of peer.idm_points.rows) {
      expect(Math.abs(desiredGap(IDM_PRESETS.highwayEnv, v, lead) - wanted)).toBeLessThanOrEqual(1e-12);
      expect(Math.abs(idmAcceleration(IDM_PRESETS.highwayEnv, v, gap, lead) - accel)).toBeLessThanOrEqual(1e-12);
    }
    expect(peer.idm_points.rows.length).toBe(6);
  });

  test('20 s behind a slower lead stay within 1e-9 of the peer', () => {
    const { dt, init, rows } = peer.idm_follow;
    const straight = ([x, y, v]: Row) => start([x, y, 0, v]);
    let [lead, ego] = [straight(init.lead), straight(init.ego)];
    const expected = new Map(rows.map((row) => [row[0], row]));
    let checked = 0;
    for (let step = 1; step <= rows[rows.length - 1][0]; step++) {
      const parameters = { ...IDM_PRESETS.highwayEnv, desiredSpeedMps: init.target_speed };
      const accelMps2 = idmCommand(ego.speedMps, lead.x - ego.x, lead.speedMps, parameters);
      ego = stepCentreBicycle(ego, { accelMps2, steerRad: 0 }, dt);
      lead = stepCentreBicycle(lead, { accelMps2: 0, steerRad: 0 }, dt);
      const row = expected.get(step);
      if (!row) continue;
      checked++;
      expect(worstDifference([accelMps2, ego.x, ego.speedMps, lead.x], row.slice(1))).toBeLessThanOrEqual(1e-9);
    }
    expect(checked).toBe(rows.length);
    expect(rows[rows.length - 1][0] * dt).toBeCloseTo(20, 9);
  });

  test('lane keeping steers, accelerates and moves as the peer does, within 1e-9', () => {
    const { dt, init, target_speed, lane_y, rows } = peer.lane_keeping;
    let state = start(init);
    for (const [steer, accel, ...expected] of rows) {
      const steerRad = laneSteering(state, { lateral: state.y - lane_y, headingAheadRad: 0 });
      const accelMps2 = speedControl(state.speedMps, target_speed);
      expect(worstDifference([steerRad, accelMps2], [steer, accel])).toBeLessThanOrEqual(1e-9);
      state = stepCentreBicycle(state, { accelMps2, steerRad }, dt);
      expect(worstDifference(columns(state), expected)).toBeLessThanOrEqual(1e-9);
    }
    expect(rows.length).toBe(60);
  });
});

test('above 40 m/s the car is pulled back', () => {
  const fast = { x: 0, y: 0, headingRad: 0, speedMps: 41 };
  expect(stepCentreBicycle(fast, { accelMps2: 5, steerRad: 0 }, 0.1).speedMps).toBeCloseTo(40.9, 12);
  expect(stepCentreBicycle({ ...fast, speedMps: -41 }, { accelMps2: -5, steerRad: 0 }, 0.1).speedMps).toBeCloseTo(
    -40.9,
    12,
  );
  expect(lanePreview(20)).toBe(2);
});

test('only Waymax cuts the speed part of the desired gap at 0', () => {
  const opening = [5, 60] as const;
  expect(desiredGap(IDM_PRESETS.waymax, ...opening)).toBe(2);
  expect(desiredGap({ ...IDM_PRESETS.waymax, clipDynamicGap: false }, ...opening)).toBeLessThan(0);
});

test('without a lead IDM is its free-road term: 0 at the desired speed, maxAccel at rest', () => {
  expect(idmAcceleration(IDM_PRESETS.nuplanAgents, 10)).toBe(0);
  expect(idmAcceleration(IDM_PRESETS.nuplanAgents, 0)).toBe(1);
});

test('MOBIL vetoes a change that makes the new follower brake hard, however good it is', () => {
  const gains = { self: [0, 3], newFollower: [0, -2.1], oldFollower: [0, 0] } as const;
  expect(mobilChanges(gains)).toBe(false);
  expect(mobilChanges({ ...gains, newFollower: [0, -2] })).toBe(true);
  expect(mobilChanges({ ...gains, newFollower: [0, -2] }, { politeness: 2, minGain: 0.2, maxImposedBraking: 2 })).toBe(
    false,
  );
  expect(mobilChanges({ ...gains, self: [0, 0.19], newFollower: [0, 0] })).toBe(false);
});

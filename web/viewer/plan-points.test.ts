import { describe, expect, test } from 'vitest';
import { addResidual } from '../../core/tasks/driving/policy/residual.ts';
import type { DecisionRecord, Episode } from '../../core/episode/episode.ts';
import { STATE_STRIDE, type DriveStates } from '../../workers/contracts/protocol.ts';
import { decisionIndexAt, planPoints } from './plan-points.ts';
import type { Drive } from './scene.ts';

const STRAIGHT = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? i / 2 + 1 : 0));

function driveOf(decision: Partial<DecisionRecord>): Drive {
  const ego = new Float64Array(11 * STATE_STRIDE);
  for (let step = 0; step <= 10; step++) ego.set([100, step, Math.PI / 2], step * STATE_STRIDE);
  const decisions = [{ step: 5, tokens: [], waypoints: STRAIGHT, ...decision }];
  return {
    episode: { decisions } as unknown as Episode,
    frames: { steps: 10, dt: 0.1, ego } as unknown as DriveStates,
  };
}

describe('the plan in force', () => {
  test('lies ahead of where the ego was when it decided', () => {
    const plan = planPoints(driveOf({}), 0);
    expect(plan?.points[2][0]).toBeCloseTo(100, 9);
    expect(plan?.points[2][1]).toBeCloseTo(8, 9);
    expect(plan?.steps.slice(0, 2)).toEqual([6, 7]);
    expect(plan?.confidence[19]).toBe(1);
    expect(plan?.frozen).toBeNull();
  });

  test('minus its residual is the frozen plan', () => {
    const residual = [0.5, -0.2, 1, 0.3];
    const final = new Float64Array(40);
    addResidual(STRAIGHT, residual, final, 2);
    const frozen = planPoints(driveOf({ residual, waypoints: Array.from(final) }), 0)?.frozen;
    expect(frozen?.[19][0]).toBeCloseTo(100, 9);
    expect(frozen?.[19][1]).toBeCloseTo(25, 9);
  });

  test('a decision holds from its step to the next one', () => {
    const { episode } = driveOf({});
    const three = { ...episode, decisions: [0, 5, 12].map((step) => ({ ...episode.decisions[0], step })) };
    expect([0, 4, 5, 11, 12, 40].map((step) => decisionIndexAt(three, step))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(decisionIndexAt(episode, 4)).toBe(-1);
    expect(decisionIndexAt({ ...episode, decisions: [] }, 4)).toBe(-1);
  });
});

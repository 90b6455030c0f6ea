import { describe, expect, test } from 'vitest';
import { shippedScenarios } from '../../../../sim-proxy/node/scenarios.ts';
import { overlaps } from '../../../base/geometry.ts';
import { instantiate } from './instantiate/instantiate.ts';
import { EGO_LENGTH, EGO_WIDTH, MAX_ACTORS, MAX_LIGHTS, MAX_SIGNALS } from '../../../abi/layout.ts';
import { poseAt, wrapAngle } from '../roads/road.ts';
import { CURRICULUM_STAGES } from './format/schema.ts';
import type { ActorSpec, WorldSpec } from '../world/spec/spec.ts';
import { checkSpec } from '../world/spec/check.ts';

const scenarios = [...shippedScenarios().values()];
const SEEDS = 100;

/** Where an actor's box stands at step 0. */
function boxOf(spec: WorldSpec, actor: ActorSpec) {
  const { length, width } = actor;
  switch (actor.behaviour) {
    case 'traffic': {
      const lane = spec.network.lanes[actor.lane];
      const i = Math.min(lane.x.length - 2, Math.floor(actor.s / spec.network.ds));
      const t = actor.s / spec.network.ds - i;
      const headingRad = lane.headingRad[i];
      return {
        x: lane.x[i] + t * (lane.x[i + 1] - lane.x[i]) - actor.lateral * Math.sin(headingRad),
        y: lane.y[i] + t * (lane.y[i + 1] - lane.y[i]) + actor.lateral * Math.cos(headingRad),
        headingRad,
        length,
        width,
      };
    }
    case 'parked': {
      const pose = poseAt(spec.road, actor.s, actor.lateral);
      return { ...pose, headingRad: pose.headingRad + actor.headingOffsetRad, length, width };
    }
    case 'cross':
      return { ...poseAt(spec.road, actor.s, actor.fromLateral), length: width, width: length };
    case 'replay':
      return { x: actor.x[0], y: actor.y[0], headingRad: actor.headingRad[0], length, width };
  }
}

test('at least 30 scenarios come with the lab, in curriculum order, each with a stage and tags', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(30);
  const stages = scenarios.map(({ stage }) => CURRICULUM_STAGES.indexOf(stage ?? 'dense'));
  expect(stages).toEqual([...stages].sort((a, b) => a - b));
  for (const { id, stage, tags } of scenarios) {
    expect(stage, id).toBeDefined();
    expect(tags?.length, id).toBeGreaterThan(0);
  }
  for (const stage of CURRICULUM_STAGES)
    expect(scenarios.filter((s) => s.stage === stage).length, stage).toBeGreaterThanOrEqual(5);
});

describe('the scenarios that carry over to CARLA', () => {
  const named = (id: string) => shippedScenarios().get(id) ?? expect.fail(`no ${id}`);
  test.each([
    ['straight_clear', 70, 0, 0, 0, 0, 0],
    ['straight_cloudy', 30, 80, 0, 10, 50, 20],
    ['straight_night', -90, 20, 0, 5, 30, 0],
    ['straight_rain', 45, 60, 80, 20, 40, 80],
    ['turn_clear', 70, 0, 0, 0, 0, 0],
  ])('%s has its weather, and is long enough', (id, ...numbers) => {
    const { weather, goalS, ego } = instantiate(named(id), 1);
    const { sunAltitudeDeg, cloudiness, precipitation, fogDensity, fogDistance, wetness } = weather;
    expect([sunAltitudeDeg, cloudiness, precipitation, fogDensity, fogDistance, wetness]).toEqual(numbers);
    expect(goalS - ego.s).toBeGreaterThan(id === 'turn_clear' ? 40 : 50);
  });

  test('turn_clear ends 30 m ahead of the start and 20 m to the left or right', () => {
    const sides = new Set<number>();
    for (let seed = 0; seed < 30; seed++) {
      const { road, ego, goalS } = instantiate(named('turn_clear'), seed);
      const [start, goal] = [poseAt(road, ego.s), poseAt(road, goalS)];
      expect(goal.x - start.x).toBeCloseTo(30, 1);
      expect(Math.abs(goal.y - start.y)).toBeCloseTo(20, 1);
      sides.add(Math.sign(goal.y - start.y));
    }
    expect([...sides].sort()).toEqual([-1, 1]);
  });
});

describe.each(scenarios.map((scenario) => [scenario.id, scenario] as const))('%s', (_, scenario) => {
  const specs = Array.from({ length: SEEDS }, (__, seed) => instantiate(scenario, seed));

  test('is a world that can run, with nobody on top of anybody else at the start', () => {
    for (const spec of specs) {
      checkSpec(spec);
      expect(spec.actors.length).toBeLessThanOrEqual(MAX_ACTORS);
      expect(spec.lights.length).toBeLessThanOrEqual(MAX_LIGHTS);
      expect(spec.signals.length).toBeLessThanOrEqual(MAX_SIGNALS);
      expect(new Set(spec.actors.map(({ id }) => id)).size).toBe(spec.actors.length);
      const ego = { ...poseAt(spec.road, spec.ego.s, spec.ego.lateral), length: EGO_LENGTH, width: EGO_WIDTH };
      const boxes = [ego, ...spec.actors.map((actor) => boxOf(spec, actor))];
      boxes.forEach((a, i) => {
        for (let j = 0; j < i; j++)
          if (overlaps(a, boxes[j]))
            expect.fail(
              `seed ${spec.seed}: ${spec.actors[i - 1].id} stands on ${j === 0 ? 'the ego' : spec.actors[j - 1].id}`,
            );
      });
    }
  });

  test('has a route without jumps in position or heading, on the lanes it names', () => {
    for (const { road, routeLanes, network, goalS, ego } of specs.slice(0, 10)) {
      for (let i = 1; i < road.x.length; i++) {
        const [dx, dy] = [road.x[i] - road.x[i - 1], road.y[i] - road.y[i - 1]];
        expect(Math.abs(Math.sqrt(dx * dx + dy * dy) - road.ds)).toBeLessThan(0.01);
        expect(Math.abs(wrapAngle(road.headingRad[i] - road.headingRad[i - 1]))).toBeLessThan(0.15);
      }
      expect((road.x.length - 1) * road.ds).toBeGreaterThan(goalS + 44);
      expect(routeLanes[0].fromS).toBe(0);
      routeLanes.forEach(({ fromS, lane, laneS }, k) => {
        if (fromS > goalS || fromS < ego.s) return;
        if (k > 0) expect(fromS).toBeGreaterThan(routeLanes[k - 1].fromS);
        const { x, y } = network.lanes[lane];
        const i = Math.min(x.length - 1, Math.round(laneS / network.ds));
        const pose = poseAt(road, fromS);
        // Between two lanes at most, where the route changes lanes.
        expect(Math.hypot(x[i] - pose.x, y[i] - pose.y)).toBeLessThan(2.5);
      });
    }
  });
});

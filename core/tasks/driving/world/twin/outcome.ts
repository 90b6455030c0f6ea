/**
 * What a step of the twin came to: infractions, time to collision, comfort, reward, flags and totals. The formulas are
 * step-verdict.ts; here the twin's state is asked and written.
 */
import { boxGap, overlaps } from '../../../../base/geometry.ts';
import { EGO_LENGTH, EGO_WIDTH, LIGHT_RED } from '../../../../abi/layout.ts';
import type { WorldSpec } from '../spec/spec.ts';
import { isOffRoad, rewardStep, timeToContact } from './reward.ts';
import { signalAt } from './signals.ts';
import { actorBox, egoBox, presentActors, type TwinState } from './state.ts';
import { routeCompletion } from '../wasm/state.ts';

/** State of each light of the route at a step. */
export function lightsNow({ lights, signals }: WorldSpec, step: number): number[] {
  return lights.map(({ signal }) => signalAt(signals[signal], step));
}

/** Whether the front bumper, coming from `before.s`, has crossed a stop line that was and is red. */
function ranRedLight(spec: WorldSpec, state: TwinState, before: Before): boolean {
  const now = lightsNow(spec, state.step);
  const [from, to] = [before.s + EGO_LENGTH / 2, state.ego.s + EGO_LENGTH / 2];
  return spec.lights.some(
    ({ stopLineS }, k) => from < stopLineS && to >= stopLineS && before.lights[k] === LIGHT_RED && now[k] === LIGHT_RED,
  );
}

/** Seconds until the ego touches an actor at present velocities (step-verdict.ts). */
export function timeToCollision(spec: WorldSpec, state: TwinState): number {
  const { speedMps, steerRad } = state.ego;
  const actors = presentActors(state).map((i) => ({
    ...actorBox(spec, state, i),
    speedMps: state.actors[i].speedMps,
  }));
  return timeToContact({ ...egoBox(state.ego), speedMps, steerRad }, actors);
}

/** A lower bound of the gap to actor `i`: the distance of the centres less half the sides of both boxes. */
function centreGap(spec: WorldSpec, { ego, actors }: TwinState, i: number): number {
  const [dx, dy] = [actors[i].x - ego.x, actors[i].y - ego.y];
  const sides = EGO_LENGTH + EGO_WIDTH + spec.actors[i].length + spec.actors[i].width;
  return Math.sqrt(dx * dx + dy * dy) - sides / 2;
}

/** What was true before the step. */
export interface Before {
  readonly s: number;
  readonly lights: readonly number[];
  readonly accelMps2: number;
}

/** Judges the step that led from `before` to `state` and writes the verdict into it. */
export function judge(spec: WorldSpec, state: TwinState, before: Before): void {
  const { ego } = state;
  const present = presentActors(state);
  const box = egoBox(ego);
  const apart = (i: number) => centreGap(spec, state, i);
  const hit = present.find((i) => apart(i) <= 0 && overlaps(box, actorBox(spec, state, i))) ?? -1;
  const offRoad = isOffRoad(spec.road, box, ego.index);
  const ranRed = ranRedLight(spec, state, before);
  const ttc = timeToCollision(spec, state);

  const maxS = Math.max(state.maxS, ego.s);
  const failed = hit >= 0 || offRoad;
  const success = !failed && ego.s >= spec.goalS;
  const { reward, tooClose, speeding, comfortable } = rewardStep({
    gain: routeCompletion(spec, maxS) - routeCompletion(spec, state.maxS),
    maxSteps: spec.maxSteps,
    failed,
    ranRed,
    ttc,
    speedMps: ego.speedMps,
    limitMps: spec.road.speedLimitMps[ego.index],
    accelMps2: ego.accelMps2,
    accelBeforeMps2: before.accelMps2,
    yawRateRadps: ego.yawRateRadps,
  });

  state.maxS = maxS;
  state.ttc = ttc;
  state.reward = reward;
  state.returnSum += reward;
  state.collisionActor = hit;
  state.offRoad = offRoad;
  state.ranRed = ranRed;
  state.success = success;
  state.terminated = failed || success;
  state.truncated = !state.terminated && state.step >= spec.maxSteps;
  state.minTtc = Math.min(state.minTtc, ttc);
  for (const i of present)
    if (apart(i) < state.minGap) state.minGap = Math.min(state.minGap, boxGap(box, actorBox(spec, state, i)));
  state.redLights += +ranRed;
  state.ttcSteps += +tooClose;
  state.speedingSteps += +speeding;
  state.uncomfortableSteps += +!comfortable;
}

/** What the ego sees: the observation that observation.ts documents slice by slice, written plainly. */
import * as F from '../kernels/assembly/world-fields.ts';
import { corners, cutsSight, toEgo, wrapAngle } from './geometry.ts';
import { routePose } from './geometry-route.ts';
import {
  EGO_LENGTH,
  KIND_PEDESTRIAN,
  KIND_STATIC,
  KIND_VEHICLE,
  LIGHT_GREEN,
  LIGHT_NONE,
  LIGHT_RED,
  LIGHT_YELLOW,
  OBS_ACTOR_STRIDE,
  OBS_ACTORS,
  SCALE_ACCEL,
  SCALE_LATERAL,
  SCALE_SPEED,
  SCALE_STEER,
  SCALE_X,
  SCALE_Y,
} from './layout.ts';
import { ROUTE_AHEAD, VIEW_RANGE } from './observation.ts';
import type { WorldSpec } from './spec.ts';
import { widening } from './twin-outcome.ts';
import { actorBox, presentActors, type TwinState } from './twin-state.ts';
import { actorKind, drivableEdges } from './wasm-pack.ts';

const clip = (value: number) => Math.max(0, Math.min(2, value));

/** Present, within VIEW_RANGE, and its centre or one of its corners in free sight of the ego's centre. */
export function isVisible(spec: WorldSpec, state: TwinState, i: number): boolean {
  const { ego } = state;
  const actor = state.actors[i];
  if (!actor.present || Math.hypot(actor.x - ego.x, actor.y - ego.y) > VIEW_RANGE) return false;
  const others = presentActors(state).filter((j) => j !== i);
  return [actor, ...corners(actorBox(spec, state, i))].some(
    (point) => !others.some((j) => cutsSight(ego, point, actorBox(spec, state, j))),
  );
}

/** Actor indices of the observation's slots: the nearest present ones (absent ones last), in the scenario's order. */
export function observedActors(state: TwinState): number[] {
  const { ego } = state;
  const ranked = state.actors.map((actor, i) => {
    const distance = actor.present ? (actor.x - ego.x) ** 2 + (actor.y - ego.y) ** 2 : Number.POSITIVE_INFINITY;
    return { i, distance };
  });
  ranked.sort((a, b) => (a.distance === b.distance ? a.i - b.i : a.distance - b.distance));
  return ranked
    .slice(0, OBS_ACTORS)
    .map(({ i }) => i)
    .sort((a, b) => a - b);
}

function actorSlice(spec: WorldSpec, state: TwinState, i: number): number[] {
  const { ego } = state;
  const actor = state.actors[i];
  const kind = actorKind(spec.actors[i]);
  const { x, y } = toEgo(ego, actor);
  const relative = actor.headingRad - ego.headingRad;
  return [
    1,
    +(kind === KIND_VEHICLE),
    +(kind === KIND_PEDESTRIAN),
    +(kind === KIND_STATIC),
    x / SCALE_X,
    y / SCALE_Y,
    (actor.speedMps * Math.cos(relative)) / 10,
    (actor.speedMps * Math.sin(relative)) / 5,
    Math.cos(relative),
    Math.sin(relative),
    spec.actors[i].length / 5,
    spec.actors[i].width / 2,
  ];
}

function lightSlice(spec: WorldSpec, state: TwinState): number[] {
  const distance = (spec.light?.stopLineS ?? Number.NaN) - state.ego.s - EGO_LENGTH / 2;
  if (state.light === LIGHT_NONE || distance < -F.LIGHT_BEHIND || distance > VIEW_RANGE) return [0, 0, 0, 0, 0];
  const { light } = state;
  return [1, distance / 50, +(light === LIGHT_GREEN), +(light === LIGHT_YELLOW), +(light === LIGHT_RED)];
}

/** OBS_DIM numbers. */
export function observe(spec: WorldSpec, state: TwinState): number[] {
  const { ego } = state;
  const { road } = spec;
  const route = ROUTE_AHEAD.flatMap((ahead) => {
    const pose = routePose(road, ego.s + ahead, 0);
    const { x, y } = toEgo(ego, pose);
    return [x / SCALE_X, y / SCALE_Y, wrapAngle(pose.headingRad - ego.headingRad)];
  });
  const edges = drivableEdges(road);
  const extra = widening(spec, ego.s);
  const slots = observedActors(state);
  const actors = Array.from({ length: OBS_ACTORS }, (_, slot) =>
    slot < slots.length && isVisible(spec, state, slots[slot])
      ? actorSlice(spec, state, slots[slot])
      : Array.from({ length: OBS_ACTOR_STRIDE }, () => 0),
  );
  return [
    ego.speedMps / SCALE_SPEED,
    ego.accelMps2 / SCALE_ACCEL,
    ego.steerRad / SCALE_STEER,
    ego.lateral / SCALE_LATERAL,
    Math.sin(ego.headingError),
    Math.cos(ego.headingError),
    road.speedLimitMps / SCALE_SPEED,
    ego.yawRateRadps,
    ...route,
    clip((edges.left + extra - ego.lateral) / 5),
    clip((edges.right + extra + ego.lateral) / 5),
    clip((spec.goalS - ego.s) / 100),
    ...lightSlice(spec, state),
    ...actors.flat(),
  ];
}

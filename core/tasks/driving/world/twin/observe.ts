/** What the ego sees: the observation that observation.ts documents slice by slice, written plainly. */
import { corners, cutsSight, toEgo, wrapAngle } from '../../../../base/geometry.ts';
import { routeColumn, routePose } from '../../roads/routes/route-geometry.ts';
import {
  EGO_LENGTH,
  LIGHT_GREEN,
  LIGHT_NONE,
  LIGHT_RED,
  LIGHT_YELLOW,
  MAX_ACTORS,
  OBS_ACTOR_STRIDE,
  OBS_ACTORS,
  SCALE_ACCEL,
  SCALE_LATERAL,
  SCALE_SPEED,
  SCALE_STEER,
  SCALE_X,
  SCALE_Y,
} from '../../../../abi/layout.ts';
import { kindRow, OBSERVED_KINDS, observedAs } from '../../kinds/kinds.ts';
import { ROUTE_AHEAD, VIEW_RANGE } from '../../observe/observation.ts';
import type { ActorSpec, WorldSpec } from '../spec/spec.ts';
import { measured, NOISE_VX, NOISE_VY, NOISE_X, NOISE_Y } from './noise.ts';
import { actorBox, presentActors, type TwinActor, type TwinState } from './state.ts';

/** What an observation depends on: of a world, and of a moment in it. Other simulators fill these too (external.ts). */
export interface ObservedWorld extends Pick<WorldSpec, 'road' | 'goalS' | 'weather' | 'sensors' | 'seed'> {
  readonly lights: readonly { readonly stopLineS: number }[];
  readonly actors: readonly Pick<ActorSpec, 'kind' | 'length' | 'width'>[];
}
export interface ObservedStep extends Pick<TwinState, 'step' | 'ego' | 'light' | 'lightIndex'> {
  readonly actors: readonly Pick<TwinActor, 'x' | 'y' | 'headingRad' | 'speedMps' | 'yawRateRadps' | 'present'>[];
}

const clip = (value: number) => Math.max(0, Math.min(2, value));

/** Present, near enough for the weather, and its centre or one of its corners in free sight of the ego's centre. */
export function isVisible(spec: ObservedWorld, state: ObservedStep, i: number): boolean {
  const { ego } = state;
  const actor = state.actors[i];
  const { kind } = spec.actors[i];
  const sight = kindRow(kind)?.lit ? spec.weather.sightM : spec.weather.sightUnlitM;
  if (!actor.present || distanceTo(state, i) > sight) return false;
  const farthest = distanceTo(state, i) + reach(spec, i);
  const others = presentActors(state).filter((j) => j !== i && distanceTo(state, j) - reach(spec, j) < farthest);
  return [actor, ...corners(actorBox(spec, state, i))].some(
    (point) => !others.some((j) => cutsSight(ego, point, actorBox(spec, state, j))),
  );
}

function distanceTo({ ego, actors }: ObservedStep, i: number): number {
  const [dx, dy] = [actors[i].x - ego.x, actors[i].y - ego.y];
  return Math.sqrt(dx * dx + dy * dy);
}

/** No corner is farther than this from the centre. */
const reach = (spec: ObservedWorld, i: number) => (spec.actors[i].length + spec.actors[i].width) / 2;

/** Actor indices of the observation's slots: the nearest ones, absent ones last, in the scenario's order. */
export function observedActors(state: ObservedStep): number[] {
  const { ego } = state;
  const ranked = state.actors.map((actor, i) => {
    if (!actor.present) return { i, distance: Number.POSITIVE_INFINITY };
    const behind = toEgo(ego, actor).x < -EGO_LENGTH / 2;
    return { i, distance: distanceTo(state, i) * (behind ? 2 : 1) };
  });
  ranked.sort((a, b) => (a.distance === b.distance ? a.i - b.i : a.distance - b.distance));
  return ranked
    .slice(0, OBS_ACTORS)
    .map(({ i }) => i)
    .sort((a, b) => a - b);
}

function actorSlice(spec: ObservedWorld, state: ObservedStep, i: number): number[] {
  const { ego } = state;
  const actor = state.actors[i];
  const { kind, length, width } = spec.actors[i];
  const { positionM, velocityMps } = spec.sensors;
  const { x, y } = toEgo(ego, actor);
  const relative = actor.headingRad - ego.headingRad;
  const sense = (value: number, sigma: number, channel: number) =>
    measured(value, sigma, spec.seed, state.step, i, channel);
  return [
    1,
    ...OBSERVED_KINDS.toSorted((a, b) => a.code - b.code).map(({ code }) => +(code === observedAs(kind))),
    sense(x, positionM, NOISE_X) / SCALE_X,
    sense(y, positionM, NOISE_Y) / SCALE_Y,
    sense(actor.speedMps * Math.cos(relative), velocityMps, NOISE_VX) / 10,
    sense(actor.speedMps * Math.sin(relative), velocityMps, NOISE_VY) / 5,
    Math.cos(relative),
    Math.sin(relative),
    length / 5,
    width / 2,
    actor.yawRateRadps,
  ];
}

function lightSlice(spec: ObservedWorld, state: ObservedStep): number[] {
  const { light, lightIndex } = state;
  if (light === LIGHT_NONE) return [0, 0, 0, 0, 0];
  const distance = spec.lights[lightIndex].stopLineS - state.ego.s - EGO_LENGTH / 2;
  if (distance > spec.weather.sightM) return [0, 0, 0, 0, 0];
  return [1, distance / 50, +(light === LIGHT_GREEN), +(light === LIGHT_YELLOW), +(light === LIGHT_RED)];
}

/** The left and right edge, what remains of the route, oncoming lanes, and the narrowest place ahead on the left. */
function edgeSlice({ road, goalS }: ObservedWorld, { ego }: ObservedStep, lateral: number): number[] {
  const left = routeColumn(road, road.edgeLeft, ego.s);
  let narrowest = left;
  for (const ahead of ROUTE_AHEAD) narrowest = Math.min(narrowest, routeColumn(road, road.edgeLeft, ego.s + ahead));
  return [
    clip((left - lateral) / 5),
    clip((routeColumn(road, road.edgeRight, ego.s) + lateral) / 5),
    clip((goalS - ego.s) / 100),
    clip((road.oncomingFrom[ego.index] - lateral) / 5),
    clip(narrowest / 5),
  ];
}

/** OBS_DIM numbers. */
export function observe(spec: ObservedWorld, state: ObservedStep): number[] {
  const { ego } = state;
  const { road, weather } = spec;
  const route = ROUTE_AHEAD.flatMap((ahead) => {
    const pose = routePose(road, ego.s + ahead, 0);
    const { x, y } = toEgo(ego, pose);
    return [x / SCALE_X, y / SCALE_Y, wrapAngle(pose.headingRad - ego.headingRad)];
  });
  const lateral = measured(ego.lateral, spec.sensors.lateralM, spec.seed, state.step, MAX_ACTORS, NOISE_Y);
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
    lateral / SCALE_LATERAL,
    Math.sin(ego.headingError),
    Math.cos(ego.headingError),
    road.speedLimitMps[ego.index] / SCALE_SPEED,
    ego.yawRateRadps,
    ...route,
    ...edgeSlice(spec, state, lateral),
    ...lightSlice(spec, state),
    weather.friction,
    weather.sightM / VIEW_RANGE,
    weather.light,
    ...actors.flat(),
  ];
}

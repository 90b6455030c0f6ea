/** What the ego sees: the observation that docs/observation.md lists number by number, written plainly. */
import { corners, cutsSight, toEgo, wrapAngle } from '../../../../base/geometry.ts';
import { routeColumn, routePose } from '../../roads/routes/route-geometry.ts';
import * as O from '../../../../abi/layout.ts';
import { kindRow, observedAs } from '../../kinds/kinds.ts';
import { ROUTE_AHEAD } from '../../observe/observation.ts';
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
function observedActors(state: ObservedStep): number[] {
  const { ego } = state;
  const ranked = state.actors.map((actor, i) => {
    if (!actor.present) return { i, distance: Number.POSITIVE_INFINITY };
    const behind = toEgo(ego, actor).x < -O.EGO_LENGTH / 2;
    return { i, distance: distanceTo(state, i) * (behind ? 2 : 1) };
  });
  ranked.sort((a, b) => (a.distance === b.distance ? a.i - b.i : a.distance - b.distance));
  return ranked
    .slice(0, O.OBS_ACTORS)
    .map(({ i }) => i)
    .sort((a, b) => a - b);
}

/** Writes the slot of actor `i`, which begins at `at`. */
function writeActor(out: number[], at: number, spec: ObservedWorld, state: ObservedStep, i: number): void {
  const { ego } = state;
  const actor = state.actors[i];
  const { kind, length, width } = spec.actors[i];
  const { positionM, velocityMps } = spec.sensors;
  const { x, y } = toEgo(ego, actor);
  const relative = actor.headingRad - ego.headingRad;
  const sense = (value: number, sigma: number, channel: number) =>
    measured(value, sigma, spec.seed, state.step, i, channel);
  out[at + O.OBS_ACTOR_PRESENT] = 1;
  out[at + observedAs(kind)] = 1;
  out[at + O.OBS_ACTOR_X] = sense(x, positionM, NOISE_X) / O.SCALE_X;
  out[at + O.OBS_ACTOR_Y] = sense(y, positionM, NOISE_Y) / O.SCALE_Y;
  out[at + O.OBS_ACTOR_VX] = sense(actor.speedMps * Math.cos(relative), velocityMps, NOISE_VX) / O.SCALE_VX;
  out[at + O.OBS_ACTOR_VY] = sense(actor.speedMps * Math.sin(relative), velocityMps, NOISE_VY) / O.SCALE_VY;
  out[at + O.OBS_ACTOR_COS] = Math.cos(relative);
  out[at + O.OBS_ACTOR_SIN] = Math.sin(relative);
  out[at + O.OBS_ACTOR_LENGTH] = length / O.SCALE_LENGTH;
  out[at + O.OBS_ACTOR_WIDTH] = width / O.SCALE_WIDTH;
  out[at + O.OBS_ACTOR_YAW_RATE] = actor.yawRateRadps;
}

function writeLight(out: number[], spec: ObservedWorld, state: ObservedStep): void {
  const { light, lightIndex } = state;
  if (light === O.LIGHT_NONE) return;
  const distance = spec.lights[lightIndex].stopLineS - state.ego.s - O.EGO_LENGTH / 2;
  if (distance > spec.weather.sightM) return;
  out[O.OBS_LIGHT_PRESENT] = 1;
  out[O.OBS_LIGHT_STOP] = distance / O.SCALE_STOP;
  out[O.OBS_LIGHT_GREEN] = +(light === O.LIGHT_GREEN);
  out[O.OBS_LIGHT_YELLOW] = +(light === O.LIGHT_YELLOW);
  out[O.OBS_LIGHT_RED] = +(light === O.LIGHT_RED);
}

function writeEdges(out: number[], { road, goalS }: ObservedWorld, { ego }: ObservedStep, lateral: number): void {
  const left = routeColumn(road, road.edgeLeft, ego.s);
  let narrowest = left;
  for (const ahead of ROUTE_AHEAD) narrowest = Math.min(narrowest, routeColumn(road, road.edgeLeft, ego.s + ahead));
  out[O.OBS_EDGE_LEFT] = clip((left - lateral) / O.SCALE_EDGE);
  out[O.OBS_EDGE_RIGHT] = clip((routeColumn(road, road.edgeRight, ego.s) + lateral) / O.SCALE_EDGE);
  out[O.OBS_EDGE_REMAINING] = clip((goalS - ego.s) / O.SCALE_REMAINING);
  out[O.OBS_EDGE_ONCOMING] = clip((road.oncomingFrom[ego.index] - lateral) / O.SCALE_EDGE);
  out[O.OBS_EDGE_NARROWEST] = clip(narrowest / O.SCALE_EDGE);
}

/** OBS_DIM numbers. */
export function observe(spec: ObservedWorld, state: ObservedStep): number[] {
  const { ego } = state;
  const { road, weather } = spec;
  const lateral = measured(ego.lateral, spec.sensors.lateralM, spec.seed, state.step, O.MAX_ACTORS, NOISE_Y);
  const out = Array.from({ length: O.OBS_DIM }, () => 0);
  out[O.OBS_EGO_SPEED] = ego.speedMps / O.SCALE_SPEED;
  out[O.OBS_EGO_ACCEL] = ego.accelMps2 / O.SCALE_ACCEL;
  out[O.OBS_EGO_STEER] = ego.steerRad / O.SCALE_STEER;
  out[O.OBS_EGO_LATERAL] = lateral / O.SCALE_LATERAL;
  out[O.OBS_EGO_SIN] = Math.sin(ego.headingError);
  out[O.OBS_EGO_COS] = Math.cos(ego.headingError);
  out[O.OBS_EGO_LIMIT] = road.speedLimitMps[ego.index] / O.SCALE_SPEED;
  out[O.OBS_EGO_YAW_RATE] = ego.yawRateRadps;
  ROUTE_AHEAD.forEach((ahead, k) => {
    const at = O.OBS_ROUTE + k * O.OBS_ROUTE_STRIDE;
    const pose = routePose(road, ego.s + ahead, 0);
    const { x, y } = toEgo(ego, pose);
    out[at + O.OBS_ROUTE_X] = x / O.SCALE_X;
    out[at + O.OBS_ROUTE_Y] = y / O.SCALE_Y;
    out[at + O.OBS_ROUTE_HEADING] = wrapAngle(pose.headingRad - ego.headingRad);
  });
  writeEdges(out, spec, state, lateral);
  writeLight(out, spec, state);
  out[O.OBS_WEATHER_FRICTION] = weather.friction;
  out[O.OBS_WEATHER_SIGHT] = weather.sightM / O.SCALE_SIGHT;
  out[O.OBS_WEATHER_DAYLIGHT] = weather.light;
  observedActors(state).forEach((i, slot) => {
    if (isVisible(spec, state, i)) writeActor(out, O.OBS_ACTOR + slot * O.OBS_ACTOR_STRIDE, spec, state, i);
  });
  return out;
}

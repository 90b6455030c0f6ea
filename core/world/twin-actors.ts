/**
 * Everyone but the ego, and the light.
 *
 * Vehicles follow the route by the Intelligent Driver Model (Treiber, Hennecke & Helbing 2000):
 * a = a_max [1 − (v/v0)⁴ − (s* / gap)²], s* = s0 + max(0, vT + vΔv / 2√(a_max b)), against the nearest of everything ahead in
 * their lane: ego, other actors on the route, a stop line that shows red (or yellow, where stopping is easy). A vehicle may
 * brake hard once, then drives on by IDM. Pedestrians wait for the ego and then walk across without looking. Actors move one
 * after the other in the scenario's order; each sees the newest state of the others.
 */
import * as F from '../kernels/assembly/world-fields.ts';
import { routePose } from './geometry-route.ts';
import { DT, EGO_LENGTH, EGO_WIDTH, LIGHT_GREEN, LIGHT_NONE, LIGHT_RED, LIGHT_YELLOW } from './layout.ts';
import type { LeadSpec, PedestrianSpec, ReplaySpec, WorldSpec } from './spec.ts';
import type { TwinActor, TwinState } from './twin-state.ts';

/** State of the light at a step: green → yellow → red, again and again. */
export function lightAt({ light }: WorldSpec, step: number): number {
  if (!light) return LIGHT_NONE;
  const cycle = light.green + light.yellow + light.red;
  const time = step * DT + light.offset;
  const phase = time - Math.floor(time / cycle) * cycle;
  return phase < light.green ? LIGHT_GREEN : phase < light.green + light.yellow ? LIGHT_YELLOW : LIGHT_RED;
}

/** An actor standing at route coordinates. */
function onRoute(spec: WorldSpec, s: number, lateral: number, headingOffset: number, speedMps: number): TwinActor {
  const pose = routePose(spec.road, s, lateral);
  return { ...pose, headingRad: pose.headingRad + headingOffset, speedMps, s, lateral, phase: 0, present: true };
}

function replayed(track: ReplaySpec, step: number): TwinActor {
  const present = step < track.x.length && track.present[step] !== 0;
  const at = (column: Float64Array) => (present ? column[step] : 0);
  const pose = { x: at(track.x), y: at(track.y), headingRad: at(track.headingRad), speedMps: at(track.speedMps) };
  return { ...pose, s: 0, lateral: 0, phase: 0, present };
}

/** Direction a pedestrian walks in, relative to the road. */
function crossingAngle(walker: PedestrianSpec): number {
  return walker.toLateral >= walker.fromLateral ? Math.PI / 2 : -Math.PI / 2;
}

export function initialActors(spec: WorldSpec): TwinActor[] {
  return spec.actors.map((actor) => {
    switch (actor.behaviour) {
      case 'idm':
        return onRoute(spec, actor.s, actor.lateral, 0, actor.speedMps);
      case 'cross':
        return onRoute(spec, actor.s, actor.fromLateral, crossingAngle(actor), 0);
      case 'parked':
        return onRoute(spec, actor.s, actor.lateral, actor.headingOffsetRad, 0);
      case 'replay':
        return replayed(actor, 0);
    }
  });
}

function idm(speed: number, desired: number, gap: number, leadSpeed: number): number {
  const approach = (speed * (speed - leadSpeed)) / (2 * Math.sqrt(F.IDM_ACCEL * F.IDM_BRAKE));
  const wantedGap = F.IDM_GAP + Math.max(0, speed * F.IDM_HEADWAY + approach);
  const free = (speed / Math.max(0.1, desired)) ** 4;
  const near = (wantedGap / Math.max(0.1, gap)) ** 2;
  return Math.max(-F.IDM_CLIP, F.IDM_ACCEL * (1 - free - near));
}

/** What stands or drives ahead of actor `i` in its lane: bumper-to-bumper gap and speed along the road. */
function obstacles(spec: WorldSpec, state: TwinState, i: number): { gap: number; speed: number }[] {
  const me = state.actors[i];
  const front = me.s + spec.actors[i].length / 2;
  const found: { gap: number; speed: number }[] = [];
  const consider = (s: number, lateral: number, length: number, width: number, speed: number) => {
    if (s > me.s && Math.abs(lateral - me.lateral) < (width + spec.actors[i].width) / 2)
      found.push({ gap: s - length / 2 - front, speed });
  };
  consider(state.ego.s, state.ego.lateral, EGO_LENGTH, EGO_WIDTH, state.ego.speedMps);
  spec.actors.forEach((other, j) => {
    const { s, lateral, speedMps } = state.actors[j];
    if (j === i || other.behaviour === 'replay') return;
    if (other.behaviour === 'cross') consider(s, lateral, other.width, other.length, 0);
    else consider(s, lateral, other.length, other.width, speedMps);
  });
  const toLine = (spec.light?.stopLineS ?? Number.NEGATIVE_INFINITY) - front;
  const canStop = me.speedMps ** 2 < 2 * F.YELLOW_BRAKE * toLine;
  if (toLine > 0 && (state.light === LIGHT_RED || (state.light === LIGHT_YELLOW && canStop)))
    found.push({ gap: toLine + F.IDM_GAP / 2, speed: 0 });
  return found;
}

function stepVehicle(spec: WorldSpec, state: TwinState, i: number, lead: LeadSpec): TwinActor {
  const me = state.actors[i];
  const time = state.step * DT - lead.brakeAt;
  const free = idm(me.speedMps, lead.desiredSpeedMps, Number.POSITIVE_INFINITY, me.speedMps);
  const accel =
    time >= 0 && time < lead.brakeFor
      ? -lead.brakeMps2
      : obstacles(spec, state, i).reduce(
          (least, { gap, speed }) => Math.min(least, idm(me.speedMps, lead.desiredSpeedMps, gap, speed)),
          free,
        );
  const speed = Math.max(0, me.speedMps + accel * DT);
  return onRoute(spec, me.s + ((me.speedMps + speed) / 2) * DT, me.lateral, 0, speed);
}

function stepPedestrian(spec: WorldSpec, state: TwinState, i: number, walker: PedestrianSpec): TwinActor {
  let { phase, lateral } = state.actors[i];
  if (phase === 0 && walker.s - state.ego.s <= walker.triggerDistance) phase = 1;
  if (phase === 1) {
    const stride = walker.speedMps * DT;
    const rest = walker.toLateral - lateral;
    if (Math.abs(rest) <= stride) {
      lateral = walker.toLateral;
      phase = 2;
    } else lateral += Math.sign(rest) * stride;
  }
  const speed = phase === 1 ? walker.speedMps : 0;
  return { ...onRoute(spec, walker.s, lateral, crossingAngle(walker), speed), phase };
}

/** Moves every actor to the step now in `state.step`. */
export function stepActors(spec: WorldSpec, state: TwinState): void {
  spec.actors.forEach((actor, i) => {
    if (actor.behaviour === 'idm') state.actors[i] = stepVehicle(spec, state, i, actor);
    else if (actor.behaviour === 'cross') state.actors[i] = stepPedestrian(spec, state, i, actor);
    else if (actor.behaviour === 'replay') state.actors[i] = replayed(actor, state.step);
  });
}

/**
 * Everyone but the ego. Traffic follows lanes (twin-traffic.ts). Pedestrians wait for the ego and then walk across without
 * looking; some stop half-way for a while. Parked things stand. Recorded actors replay their tracks.
 *
 * All decide from where everybody stood at the start of the phase, then all move.
 */
import { type Pose, wrapAngle } from '../../../../base/geometry.ts';
import { projectToRoute, routePose } from '../../roads/routes/route-geometry.ts';
import { DT } from '../../../../abi/layout.ts';
import type { PedestrianSpec, ReplaySpec, WorldSpec } from '../spec/spec.ts';
import type { LaneClaim } from './mobil.ts';
import { ABSENT, type TwinActor, type TwinState } from './state.ts';
import { initialTraffic, trafficViewOf, stepTraffic } from './traffic.ts';
import { hasTraffic } from '../spec/spec.ts';

/** A pedestrian's phases. */
const WAITS = 0;
const CROSSES = 1;
const ARRIVED = 2;
const HESITATES = 3;

/** An actor standing at route coordinates. */
function onRoute(spec: WorldSpec, s: number, lateral: number, headingOffset: number): TwinActor {
  const pose: Pose = routePose(spec.road, s, lateral);
  return { ...ABSENT, ...pose, headingRad: pose.headingRad + headingOffset, s, lateral, present: true };
}

/** The recorded row of `step`; where there is traffic, also its place on the route, looked for from where it last was. */
function replayed(spec: WorldSpec, track: ReplaySpec, step: number, before: TwinActor): TwinActor {
  if (step >= track.x.length || track.present[step] === 0) return { ...ABSENT, index: before.index };
  const [x, y, headingRad] = [track.x[step], track.y[step], track.headingRad[step]];
  const place = hasTraffic(spec) ? projectToRoute(spec.road, x, y, before.index) : ABSENT;
  return {
    ...ABSENT,
    x,
    y,
    headingRad,
    speedMps: track.speedMps[step],
    s: place.s,
    lateral: place.lateral,
    index: place.index,
    yawRateRadps: before.present ? wrapAngle(headingRad - before.headingRad) / DT : 0,
    present: true,
  };
}

/** Direction a pedestrian walks in, relative to the road. */
function crossingAngle(walker: PedestrianSpec): number {
  return walker.toLateral >= walker.fromLateral ? Math.PI / 2 : -Math.PI / 2;
}

export function initialActors(spec: WorldSpec): TwinActor[] {
  return spec.actors.map((actor) => {
    switch (actor.behaviour) {
      case 'traffic':
        return initialTraffic(spec, actor);
      case 'cross':
        return onRoute(spec, actor.s, actor.fromLateral, crossingAngle(actor));
      case 'parked':
        return onRoute(spec, actor.s, actor.lateral, actor.headingOffsetRad);
      case 'replay':
        return replayed(spec, actor, 0, ABSENT);
    }
  });
}

function stepPedestrian(spec: WorldSpec, state: TwinState, me: TwinActor, walker: PedestrianSpec): TwinActor {
  let { phase, lateral, timer } = me;
  if (phase === WAITS && walker.s - state.ego.s <= walker.triggerDistance) phase = CROSSES;
  if (phase === HESITATES) {
    timer -= 1;
    if (timer <= 0) phase = CROSSES;
    return { ...me, phase, timer };
  }
  let speedMps = 0;
  if (phase === CROSSES) {
    const stride = walker.speedMps * DT;
    const rest = walker.toLateral - lateral;
    const before = lateral;
    if (Math.abs(rest) <= stride) {
      lateral = walker.toLateral;
      phase = ARRIVED;
    } else {
      const way = rest > 0 ? stride : -stride;
      lateral += way;
      speedMps = walker.speedMps;
      const [from, to] = way > 0 ? [before, lateral] : [-before, -lateral];
      const stop = way > 0 ? walker.hesitateAt : -walker.hesitateAt;
      if (walker.hesitateFor > 0 && from < stop && to >= stop) {
        phase = HESITATES;
        timer = Math.floor(walker.hesitateFor / DT + 0.5);
        speedMps = 0;
      }
    }
  }
  return { ...onRoute(spec, walker.s, lateral, crossingAngle(walker)), speedMps, phase, timer };
}

/** Moves every actor to the step now in `state.step`. */
export function stepActors(spec: WorldSpec, state: TwinState): void {
  const scene = hasTraffic(spec) ? trafficViewOf(spec, state) : undefined;
  const claims: LaneClaim[] = [];
  state.actors = spec.actors.map((actor, i) => {
    const me = state.actors[i];
    if (actor.behaviour === 'cross') return stepPedestrian(spec, state, me, actor);
    if (actor.behaviour === 'replay') return replayed(spec, actor, state.step, me);
    return actor.behaviour === 'traffic' && scene ? stepTraffic(scene, state.step, i, actor, claims) : me;
  });
}

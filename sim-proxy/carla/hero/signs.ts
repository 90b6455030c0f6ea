/**
 * Signs and lights along a route in CARLA, as scores need them. A stop sign is the box in which it holds: the trigger volume of a
 * `traffic.stop` actor (its bounding box on the wire); for a stop line of the map without such an actor, a box before the line.
 */
import { signAtLine } from '../../../core/tasks/driving/scores/carla/stop-signs.ts';
import type { Unjudged } from '../../../core/tasks/driving/scores/carla/infractions.ts';
import type { StopSign } from '../../../core/tasks/driving/scores/track.ts';
import { routePose } from '../../../core/tasks/driving/roads/routes/route-geometry.ts';
import type { CarlaFrame } from '../client/frames.ts';
import { boxCentre } from './scene.ts';
import type { TownRoute } from './town-route.ts';

/** An actor this near to a stop line of the map is the same sign, m. */
const SAME_SIGN = 12;

export function stopSignsOf(frame: CarlaFrame, { road }: Pick<TownRoute, 'road'>): StopSign[] {
  const actors = frame.actors.flatMap((actor): StopSign[] => {
    const { blueprint, box } = actor.info;
    if (!blueprint.startsWith('traffic.stop') || box.halfSize.x <= 0 || box.halfSize.y <= 0) return [];
    return [
      {
        id: String(actor.id),
        ...boxCentre(actor),
        headingRad: actor.headingRad + (box.headingRad ?? 0),
        length: 2 * box.halfSize.x,
        width: 2 * box.halfSize.y,
      },
    ];
  });
  const named = new Set(frame.actors.map(({ signId }) => signId));
  const lines = (road.stopSigns ?? []).flatMap(({ id, s }) => {
    const line = routePose(road, s, 0);
    const there = named.has(id) || actors.some(({ x, y }) => Math.hypot(x - line.x, y - line.y) < SAME_SIGN);
    return there ? [] : [signAtLine(id, line, road.laneWidth)];
  });
  return [...actors, ...lines];
}

/** Lights of the route that the server has no actor for: nobody can be judged by them. */
export function missingLights({ actors }: CarlaFrame, { lights }: Pick<TownRoute, 'lights'>): Unjudged[] {
  const there = new Set(actors.map(({ light }) => light?.signId));
  const missing = lights.filter(({ signalId }) => !there.has(signalId)).map(({ signalId }) => signalId);
  if (missing.length === 0) return [];
  const which = missing.length === 1 ? `signal ${missing[0]}` : `signals ${missing.join(', ')}`;
  return [{ kind: 'red-light', why: `the server has no traffic light for ${which} of the map` }];
}

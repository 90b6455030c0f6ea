/**
 * The stop signs along a route in CARLA, by the boxes in which they hold: the trigger volumes of the server's `traffic.stop` actors
 * (their bounding boxes on the wire), and for stop lines of the map at which the server has no such actor, a box before the line.
 */
import { signAtLine } from '../../core/evaluate/metrics/carla-stop-signs.ts';
import type { StopSign } from '../../core/evaluate/metrics/track.ts';
import { routePose } from '../../core/world/geometry-route.ts';
import type { CarlaFrame } from '../sources/carla/frames.ts';
import { boxCentre } from './carla-scene.ts';
import type { TownRoute } from './town.ts';

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

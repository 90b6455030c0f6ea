/**
 * What the world's map says along the ego's route, at an arc length: edges of the drivable area, junctions, oncoming lanes.
 * The world's own rules (`WorldSpec`), so that a score and the world cannot disagree on whether a corner left the road.
 */
import type { RoadSpec } from '../roads/road-spec.ts';
import type { RoutePath } from './track.ts';

export { isBeyondEdge } from '../world/twin/reward.ts';

export const inJunction = ({ junctions }: RoadSpec, s: number): boolean =>
  junctions.some(({ from, to }) => s >= from && s <= to);

/** Whether that place lies among oncoming lanes: value of the sample at or before it. */
export function isOncoming({ ds, oncomingFrom }: RoadSpec, s: number, lateral: number): boolean {
  const at = Math.max(0, Math.min(oncomingFrom.length - 1, Math.floor(s / ds)));
  return lateral > oncomingFrom[at];
}

export function routePathOf({ ds, x, y, headingRad, edgeLeft, edgeRight }: RoadSpec): RoutePath {
  return { ds, x, y, headingRad, edgeLeft, edgeRight };
}

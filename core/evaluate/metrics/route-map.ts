/**
 * What the world's map says along the ego's route, at an arc length: edges of the drivable area, junctions, oncoming lanes, speed limit.
 * The world's own rules (`WorldSpec`), so that a score and the world cannot disagree on whether a corner left the road.
 */
import { JUNCTION_WIDENING } from '../../kernels/assembly/world-fields.ts';
import type { RoadSpec } from '../../world/spec.ts';
import { drivableEdges } from '../../world/wasm-pack.ts';
import type { RoutePath } from './track.ts';

export const inJunction = ({ junction }: RoadSpec, s: number): boolean =>
  junction !== undefined && s >= junction.from && s <= junction.to;

/** Distance from the route to the left and right edge of the drivable area, m. */
export function edgesAt(road: RoadSpec, s: number): { readonly left: number; readonly right: number } {
  const { left, right } = drivableEdges(road);
  const wider = inJunction(road, s) ? JUNCTION_WIDENING : 0;
  return { left: left + wider, right: right + wider };
}

/** Whether that offset (left +, m) lies among oncoming lanes. */
export const isOncoming = (_road: RoadSpec, _s: number, _lateral: number): boolean => false;

/** m/s */
export const limitAt = ({ speedLimitMps }: RoadSpec, _s: number): number => speedLimitMps;

export function pathOf(road: RoadSpec): RoutePath {
  const { ds, x, y, headingRad } = road;
  const edge = (side: 'left' | 'right') => Float64Array.from(x, (_, i) => edgesAt(road, i * ds)[side]);
  return { ds, x, y, headingRad, edgeLeft: edge('left'), edgeRight: edge('right') };
}

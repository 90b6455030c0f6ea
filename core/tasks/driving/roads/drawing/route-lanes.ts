/**
 * Lanes of a road that has no map, a route with lanes beside it: how far a point lies from the centre of the nearest one. Lane k is k lane
 * widths to the left of the route.
 */
import type { DrawnRoute } from './route.ts';

export type LanedRoute = Pick<DrawnRoute, 'x' | 'y' | 'laneWidth' | 'lanesLeft' | 'lanesRight'>;

/** Distance to the nearest lane's centre line, m, ≥ 0; NaN for a point that lies on none of the lanes or beyond the route's ends. */
export function routeLaneDistance({ x, y, laneWidth, lanesLeft, lanesRight }: LanedRoute) {
  const last = x.length - 2;
  let near = 0;
  const away = (i: number, px: number, py: number) => Math.hypot(px - x[i], py - y[i]);
  return (px: number, py: number): number => {
    // Mostly a step on from the last place; else anywhere.
    let best = near;
    for (let i = Math.max(0, near - 20); i <= Math.min(last + 1, near + 20); i++)
      if (away(i, px, py) < away(best, px, py)) best = i;
    if (away(best, px, py) > 2 * laneWidth)
      for (let i = 0; i <= last + 1; i++) if (away(i, px, py) < away(best, px, py)) best = i;
    near = best;
    const i = Math.min(last, best);
    const [dx, dy] = [x[i + 1] - x[i], y[i + 1] - y[i]];
    const length = Math.hypot(dx, dy);
    const along = ((px - x[i]) * dx + (py - y[i]) * dy) / length;
    if (along < -laneWidth || along > length + laneWidth) return Number.NaN;
    const left = (dx * (py - y[i]) - dy * (px - x[i])) / length;
    const lane = Math.min(lanesLeft, Math.max(-lanesRight, Math.round(left / laneWidth)));
    const distance = Math.abs(left - lane * laneWidth);
    return distance <= laneWidth ? distance : Number.NaN;
  };
}

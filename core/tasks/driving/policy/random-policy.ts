/**
 * The baseline that knows nothing: smooth random waypoints. Each plan holds a random speed between 0 and TOP_SPEED and a
 * random small curvature, so it drives like a car, only nowhere in particular.
 */
import type { Random } from '../../../base/random.ts';
import { DT, WAYPOINTS } from '../../../abi/layout.ts';
import { advancePose } from '../roads/road.ts';

/** m/s and 1/m. */
const TOP_SPEED = 12;
const CURVATURE = 0.03;

/** A random plan: WAYPOINTS × (x, y), ego frame, m. */
export function randomPlan(random: Random): Float32Array {
  const speed = random.between(0, TOP_SPEED);
  const curvature = random.between(-CURVATURE, CURVATURE);
  const waypoints = new Float32Array(2 * WAYPOINTS);
  for (let k = 0; k < WAYPOINTS; k++) {
    const pose = advancePose({ x: 0, y: 0, headingRad: 0 }, speed * DT * (k + 1), curvature);
    waypoints[2 * k] = pose.x;
    waypoints[2 * k + 1] = pose.y;
  }
  return waypoints;
}

/**
 * The residual: what the RL-trained head adds to the frozen plan. Four coefficients of smooth functions of τ ∈ (0, 1]
 * (τ = 1 at the plan's end), so that exploration bends the whole plan instead of jittering points:
 *
 *   Δx = 2 m · (c0 τ + c1 τ²)      at most 4 m at the end
 *   Δy = 0.4 m · (c2 τ² + c3 τ³)   at most 0.8 m at the end
 *
 * with c = clip(action, −1, 1): bounded whatever the head says, and zero at the car.
 */
import { WAYPOINT_OUTPUTS } from '../../../models/config.ts';

export const RESIDUAL_SIZE = 4;
const LONGITUDINAL_M = 2;
const LATERAL_M = 0.4;

const clip = (a: number) => (a > 1 ? 1 : a < -1 ? -1 : a);

/**
 * out = waypoints + residual(action). `waypoints` and `out` (may be the same array): points of `stride` numbers, x and y
 * first, the rest copied; `action` [4]. For a batch pass subarrays.
 */
export function addResidual(
  waypoints: ArrayLike<number>,
  action: ArrayLike<number>,
  out: Float32Array | Float64Array,
  stride: number = WAYPOINT_OUTPUTS,
): void {
  const c0 = LONGITUDINAL_M * clip(action[0]);
  const c1 = LONGITUDINAL_M * clip(action[1]);
  const c2 = LATERAL_M * clip(action[2]);
  const c3 = LATERAL_M * clip(action[3]);
  const points = waypoints.length / stride;
  for (let i = 0; i < points; i++) {
    const tau = (i + 1) / points;
    const at = i * stride;
    out[at] = waypoints[at] + tau * (c0 + tau * c1);
    out[at + 1] = waypoints[at + 1] + tau * tau * (c2 + tau * c3);
    for (let j = 2; j < stride; j++) out[at + j] = waypoints[at + j];
  }
}

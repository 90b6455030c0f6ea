/**
 * What is read off z, the normalised hidden state at the trace's last token: 20 waypoints with a confidence each (the
 * imitation model), and the residual's mean and the value (the RL heads).
 */
import {
  type ParameterLayout,
  parameterLayout,
  type PolicyConfig,
  WAYPOINT_OUTPUTS,
  WAYPOINT_SCALE_X,
  WAYPOINT_SCALE_Y,
} from '../config.ts';
import type { Floats } from './linear.ts';
import { type MlpName, mlpForward, mlpOf } from './mlp.ts';

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export interface HeadValues {
  /** [waypoints × 3]: x m, y m, confidence 0..1. */
  readonly waypoints: Float64Array;
  /** [residualSize], unbounded. */
  readonly residual: Float64Array;
  readonly value: number;
}

/** All heads on the z [width] at `at`. */
export function readHeads(
  config: PolicyConfig,
  p: Floats,
  z: Floats,
  at = 0,
  layout: ParameterLayout = parameterLayout(config),
): HeadValues {
  const run = (name: MlpName) => {
    const mlp = mlpOf(layout, name);
    const y = new Float64Array(mlp.outputs);
    mlpForward(mlp, p, z, at, new Float64Array(mlp.hidden), y, 0);
    return y;
  };
  const waypoints = run('waypoint');
  for (let i = 0; i < waypoints.length; i += WAYPOINT_OUTPUTS) {
    waypoints[i] *= WAYPOINT_SCALE_X;
    waypoints[i + 1] *= WAYPOINT_SCALE_Y;
    waypoints[i + 2] = sigmoid(waypoints[i + 2]);
  }
  return { waypoints, residual: run('residual'), value: run('value')[0] };
}

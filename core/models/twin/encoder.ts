/** Observation → `prefix` embeddings: what the language model sees of the world. A ReLU MLP, see mlp.ts. */
import { type ParameterLayout, parameterLayout, type PolicyConfig } from '../config.ts';
import type { Floats } from './linear.ts';
import { mlpForward, mlpOf } from './mlp.ts';

/** Prefix embeddings [prefix × width] of the observation at `at`. */
export function encode(
  config: PolicyConfig,
  p: Floats,
  observations: Floats,
  at = 0,
  layout: ParameterLayout = parameterLayout(config),
): Float64Array {
  const mlp = mlpOf(layout, 'encoder');
  const prefix = new Float64Array(mlp.outputs);
  mlpForward(mlp, p, observations, at, new Float64Array(mlp.hidden), prefix, 0);
  return prefix;
}

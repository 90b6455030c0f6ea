/**
 * Generalised advantage estimation (Schulman et al. 2016), with truncation told apart from termination:
 *
 *   δ_t = r_t + γ V(s_{t+1}) (1 − terminated_t) − V(s_t)
 *   A_t = δ_t + γ λ (1 − ended_t) A_{t+1}
 *
 * Where an episode was cut by its time limit, V(s_{t+1}) is the value of the final state itself (as rsl_rl bootstraps), not of
 * the next episode's first one.
 */
export interface GaeInput {
  /** Time steps and parallel worlds; arrays are time-major [steps × worlds]. */
  readonly steps: number;
  readonly worlds: number;
  readonly rewards: Float32Array;
  readonly values: Float32Array;
  /** V of the state after step t, [steps × worlds]; the caller puts V(final state) where step t truncated. */
  readonly nextValues: Float32Array;
  /** 1 where step t ended its episode by the world's own rules. */
  readonly terminated: Uint8Array;
  /** 1 where step t was the last of its episode for whatever reason. */
  readonly ended: Uint8Array;
  readonly gamma: number;
  readonly lambda: number;
}

/** Advantages and returns (advantage + value), both [steps × worlds]. */
export function gae(input: GaeInput): { readonly advantages: Float32Array; readonly returns: Float32Array } {
  const { steps, worlds, rewards, values, nextValues, terminated, ended, gamma, lambda } = input;
  const advantages = new Float32Array(steps * worlds);
  const returns = new Float32Array(steps * worlds);
  for (let w = 0; w < worlds; w++) {
    let carried = 0;
    for (let t = steps - 1; t >= 0; t--) {
      const i = t * worlds + w;
      const delta = rewards[i] + gamma * nextValues[i] * (1 - terminated[i]) - values[i];
      carried = delta + gamma * lambda * (1 - ended[i]) * carried;
      advantages[i] = carried;
      returns[i] = carried + values[i];
    }
  }
  return { advantages, returns };
}

// The policy's WASM module: inference, generation, training. Each file is one idea; this file only gathers the exports.
export * from '../memory';
export { math_map } from './math';
export { policy_adam, policy_create, policy_gradient_norm, policy_heads, policy_pack } from './policy';
export { policy_generate, policy_next } from './generate';
export { learner_adam, learner_add, learner_create, learner_gradient_norm } from './learn';
export {
  heads_adam,
  heads_backward,
  heads_create,
  heads_forward,
  heads_gradient_norm,
  heads_pack,
} from './rl';
export { policy_sft } from './sft';

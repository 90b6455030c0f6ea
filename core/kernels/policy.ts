/** The policy's kernels (assembly/policy-module.ts). */
import { POLICY_BASE64 } from './generated/policy.ts';
import { kernelModule } from './kernels.ts';

/** A fresh instance. */
export const instantiatePolicyKernels = /* @__PURE__ */ kernelModule(POLICY_BASE64);

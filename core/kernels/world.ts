/** The world's kernels (assembly/world-module.ts). */
import { WORLD_BASE64 } from './generated/world.ts';
import { kernelModule } from './kernels.ts';

/** A fresh instance. */
export const instantiateWorldKernels = /* @__PURE__ */ kernelModule(WORLD_BASE64);

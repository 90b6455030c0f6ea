/** Measures every engine on this machine with the lab's own policy, one decision after another as the debugger asks and in batches as rollouts do. */
import { measureEngines } from '../../core/models/choose.ts';
import type { EngineName } from '../../core/models/engine.ts';
import { isSoftwareAdapter } from '../../core/models/engines/webgpu/webgpu.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import { createEngine, gpuDevice } from './engines.ts';
import type { EngineMeasurement } from '../contracts/protocol.ts';

const NAMES: readonly EngineName[] = ['ts', 'wasm', 'webgpu', 'tfjs'];
const SIZE = { batch: 64, tokens: 24 };
const BUDGET_MS = 200;

/** All four, about 200 ms each; one that cannot run says why. */
export async function measureAll(parameters: Float32Array): Promise<readonly EngineMeasurement[]> {
  const software = await gpuDevice().then(
    ({ info }) => isSoftwareAdapter(info),
    () => false,
  );
  const candidates = NAMES.map((engine) => ({
    engine,
    software: software && (engine === 'webgpu' || engine === 'tfjs'),
    create: () => createEngine(engine, POLICY_CONFIG, parameters),
  }));
  return measureEngines(candidates, SIZE, BUDGET_MS, () => performance.now());
}

/**
 * Measures engines on this machine at the size that will run: one decision after another for the page's own drives and forks, many rows
 * at once for a training's rollouts.
 */
import { chooseEngine, measureEngines, type MeasureSize } from '../../core/models/choose.ts';
import type { EngineName } from '../../core/models/engine.ts';
import { isSoftwareAdapter } from '../../core/models/engines/webgpu/webgpu.ts';
import type { PolicyConfig } from '../../core/models/config.ts';
import { createEngine, gpuDevice } from './engines.ts';
import type { EngineMeasurement } from '../contracts/protocol.ts';

const BUDGET_MS = 200;
const ALL: readonly EngineName[] = ['ts', 'wasm', 'webgpu', 'tfjs'];

/** About 200 ms each; one that cannot run says why. */
export async function measureHere(
  config: PolicyConfig,
  parameters: Float32Array,
  size: MeasureSize,
  names: readonly EngineName[] = ALL,
): Promise<readonly EngineMeasurement[]> {
  const software = await gpuDevice().then(
    ({ info }) => isSoftwareAdapter(info),
    () => false,
  );
  const candidates = names.map((engine) => ({
    engine,
    software: software && (engine === 'webgpu' || engine === 'tfjs'),
    create: () => createEngine(engine, config, parameters, size.batch),
  }));
  return measureEngines(candidates, size, BUDGET_MS, () => performance.now());
}

/** What rollouts of this size think on: the person's choice, else the faster of those that can be. Without a GPU nothing is measured. */
export async function engineForRun(
  config: PolicyConfig,
  parameters: Float32Array,
  size: MeasureSize,
  override?: EngineName,
): Promise<EngineName> {
  if (override) return override;
  const real = await gpuDevice().then(
    ({ info }) => !isSoftwareAdapter(info),
    () => false,
  );
  if (!real) return 'wasm';
  return chooseEngine(await measureHere(config, parameters, size, ['wasm', 'webgpu'])).engine;
}

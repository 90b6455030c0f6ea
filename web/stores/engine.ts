/** What does the arithmetic: engines as measured on this machine, and which one is used. A software adapter never wins by itself. */
import { createStore } from 'zustand/vanilla';
import { chooseEngine } from '../../core/models/choose.ts';
import type { EngineName } from '../../core/models/engine.ts';
import type { EngineMeasurement, Failure } from '../../workers/contracts/protocol.ts';
import { complain, failureOf } from './notices.ts';
import { ask, lab } from './services.ts';

export interface EngineState {
  readonly status: 'unmeasured' | 'measuring' | 'measured' | 'failed';
  readonly measurements: readonly EngineMeasurement[];
  readonly failure: Failure | null;
  /** Whether the browser gives a WebGPU adapter; null until asked. */
  readonly hasGpu: boolean | null;
  /** What checkpoints drive on now, and what it says it runs on. */
  readonly used: EngineName;
  readonly description: string;
  /** The user's own choice; null = fastest measured. */
  readonly override: EngineName | null;
}

const KEY = 'traceway.engine/1';
const NAMES: readonly EngineName[] = ['ts', 'wasm', 'webgpu', 'tfjs'];

function kept(): EngineName | null {
  try {
    const name = localStorage.getItem(KEY) as EngineName | null;
    return name && NAMES.includes(name) ? name : null;
  } catch {
    return null;
  }
}

export const engineStore = createStore<EngineState>(() => ({
  status: 'unmeasured',
  measurements: [],
  failure: null,
  hasGpu: null,
  used: 'wasm',
  description: '',
  override: kept(),
}));

/** The engine to use: the override where it is available, else what the measurement chooses; before it, the override or WASM. */
export function engineToUse({ measurements, override }: Pick<EngineState, 'measurements' | 'override'>): EngineName {
  if (measurements.length === 0) return override ?? 'wasm';
  return chooseEngine(measurements, override ?? undefined).engine;
}

/** Asks whether there is a WebGPU adapter at all: no measurement, no device. */
export async function probeGpu(): Promise<void> {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  engineStore.setState({ hasGpu: Boolean(adapter) });
}

/** Measures every engine, about 200 ms each, in the lab worker. */
export async function measureAllEngines(): Promise<void> {
  if (engineStore.getState().status === 'measuring') return;
  engineStore.setState({ status: 'measuring', failure: null });
  try {
    engineStore.setState({ measurements: await lab().measureEngines(), status: 'measured' });
    await applyEngine();
  } catch (error) {
    engineStore.setState({ status: 'failed', failure: failureOf(error) });
  }
}

/** Has checkpoints drive on the engine to use; one that cannot run here leaves the one before and gives up the override. */
export async function applyEngine(): Promise<void> {
  const state = engineStore.getState();
  const wanted = engineToUse(state);
  if (wanted === state.used) return;
  const result = await ask(() => lab().useEngine(wanted));
  if (result.ok) return engineStore.setState({ used: wanted, description: result.value });
  complain(result.failure, 'Driving goes on with the engine in use before.');
  if (state.override === wanted) overrideEngine(null);
}

/** Fixes the engine, or lets the measurement choose again (null). */
export function overrideEngine(override: EngineName | null): void {
  engineStore.setState({ override });
  void applyEngine();
  try {
    if (override) localStorage.setItem(KEY, override);
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage the choice lasts as long as the tab.
  }
}

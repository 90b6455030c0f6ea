/** What does the arithmetic: engines as measured on this machine, and which one is used. A software adapter never wins by itself. */
import { createStore } from 'zustand/vanilla';
import type { EngineName } from '../../core/engine/engine.ts';
import type { EngineMeasurement, Failure } from '../../workers/protocol.ts';
import { failureOf } from './notices.ts';
import { lab } from './services.ts';

export interface EngineState {
  readonly status: 'unmeasured' | 'measuring' | 'measured' | 'failed';
  readonly measurements: readonly EngineMeasurement[];
  readonly failure: Failure | null;
  /** Whether the browser gives a WebGPU adapter; null until asked. */
  readonly hasGpu: boolean | null;
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
  override: kept(),
}));

/** The engine in use: the override when it is available, else the fastest real one, else WASM (always there). */
export function engineInUse({ measurements, override }: EngineState): EngineName {
  if (override && (measurements.length === 0 || measurements.some((m) => m.engine === override && m.available))) {
    return override;
  }
  const real = measurements.filter((m) => m.available && !m.software && m.decisionsPerSecond !== undefined);
  const best = real.toSorted((a, b) => (b.decisionsPerSecond ?? 0) - (a.decisionsPerSecond ?? 0))[0];
  return best?.engine ?? 'wasm';
}

/** Asks whether there is a WebGPU adapter at all: no measurement, no device. */
export async function probeGpu(): Promise<void> {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  engineStore.setState({ hasGpu: Boolean(adapter) });
}

/** Measures every engine, about 200 ms each, in the lab worker. */
export async function measureEngines(): Promise<void> {
  if (engineStore.getState().status === 'measuring') return;
  engineStore.setState({ status: 'measuring', failure: null });
  try {
    engineStore.setState({ measurements: await lab().measureEngines(), status: 'measured' });
  } catch (error) {
    engineStore.setState({ status: 'failed', failure: failureOf(error) });
  }
}

/** Fixes the engine, or lets the measurement choose again (null). */
export function chooseEngine(override: EngineName | null): void {
  engineStore.setState({ override });
  try {
    if (override) localStorage.setItem(KEY, override);
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage the choice lasts as long as the tab.
  }
}

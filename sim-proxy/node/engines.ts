/** The engines that Node has: no GPU here. */
import type { PolicyConfig } from '../../core/models/config.ts';
import type { Engine, EngineName } from '../../core/models/engine.ts';
import { createTsEngine } from '../../core/models/engines/ts/ts.ts';
import { createWasmEngine } from '../../core/models/engines/wasm/wasm.ts';

export const NODE_ENGINES: readonly EngineName[] = ['wasm', 'ts'];

/** Throws for an engine that needs a browser. */
export function createNodeEngine(name: EngineName, config: PolicyConfig, flat: Float32Array, rows: number): Engine {
  if (name === 'wasm') return createWasmEngine(config, flat, { maxBatch: rows });
  if (name === 'ts') return createTsEngine(config, flat);
  throw new Error(`Node has no engine "${name}", only ${NODE_ENGINES.join(' and ')}.`);
}

/**
 * Every engine against the oracle in a worker, and one bench: batch 64 × 40 tokens, the engines interleaved on the same
 * adapter in one run, best of several rounds each.
 */
import { expose } from 'comlink';
import { type ConformanceRow, conformanceParameters, runConformance } from '../core/models/conformance.ts';
import type { Engine, GenerateRequest } from '../core/models/engine.ts';
import { createTfjsEngine } from '../core/models/engines/tfjs/tfjs.ts';
import { createTsEngine } from '../core/models/engines/ts/ts.ts';
import { createWasmEngine } from '../core/models/engines/wasm/wasm.ts';
import { createWebGpuEngine } from '../core/models/engines/webgpu/webgpu.ts';
import { drivingConfig, MAX_TRACE } from '../core/models/config.ts';
import { createRandom } from '../core/base/random.ts';
import { OBSERVATION_SIZE } from '../core/tasks/driving/observe/observation.ts';
import { type FaultRow, runFaults } from './engines-faults.ts';

export interface EnginesTask {
  readonly engines: readonly string[];
  readonly conformance: boolean;
  readonly bench: boolean;
  readonly faults: boolean;
}
export interface EngineFinding {
  readonly engine: string;
  readonly description?: string;
  readonly rows?: readonly ConformanceRow[];
  /** Why the engine could not be made. */
  readonly failure?: string;
}
export interface BenchFinding {
  readonly engine: string;
  readonly milliseconds: readonly number[];
  readonly best: number;
}
export interface EnginesReport {
  readonly findings: readonly EngineFinding[];
  readonly faults?: readonly FaultRow[];
  readonly bench?: { readonly batch: number; readonly tokens: number; readonly engines: readonly BenchFinding[] };
}

const config = drivingConfig(150, OBSERVATION_SIZE);
const parameters = conformanceParameters(config, createRandom(7));

async function make(name: string, device: GPUDevice | undefined, adapter: GPUAdapter | null): Promise<Engine> {
  if (name === 'ts') return createTsEngine(config, parameters);
  if (name === 'wasm') return createWasmEngine(config, parameters);
  if (!device || !adapter) throw new Error('no WebGPU adapter');
  const create = name === 'tfjs' ? createTfjsEngine : createWebGpuEngine;
  return create(device, adapter.info, config, parameters);
}

export async function run(task: EnginesTask): Promise<EnginesReport> {
  const adapter = (await navigator.gpu?.requestAdapter()) ?? null;
  const device = await adapter?.requestDevice();
  const findings: EngineFinding[] = [];
  const engines: Engine[] = [];
  for (const name of task.engines) {
    try {
      const engine = await make(name, device, adapter);
      engines.push(engine);
      const oracle = createTsEngine(config, parameters);
      const rows = task.conformance
        ? await runConformance(engine, oracle, {
            parameters,
            random: createRandom(11),
            // TensorFlow.js compiles anew for every length of the cache: minutes for long ones on a software adapter.
            ...(name === 'tfjs' ? { maxTokens: 8, longest: 12 } : { maxTokens: MAX_TRACE }),
          })
        : undefined;
      findings.push({ engine: name, description: engine.description, rows });
    } catch (error) {
      findings.push({ engine: name, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  const bench = task.bench ? await timeGeneration(engines, 64, 40, 3) : undefined;
  for (const engine of engines) engine.dispose();
  const faults = task.faults ? await runFaults() : undefined;
  return { findings, bench, faults };
}

async function timeGeneration(engines: readonly Engine[], batch: number, tokens: number, rounds: number) {
  const random = createRandom(3);
  const request: GenerateRequest = {
    batch,
    maxTokens: tokens,
    endToken: config.vocabSize, // never: every row writes all tokens
    temperature: 0,
    observations: Float32Array.from({ length: batch * config.observationSize }, () => random.between(-1, 1)),
  };
  const times = engines.map((): number[] => []);
  for (const engine of engines) await engine.generate(request);
  for (let round = 0; round < rounds; round++) {
    for (const [i, engine] of engines.entries()) {
      const start = performance.now();
      await engine.generate(request);
      times[i].push(performance.now() - start);
    }
  }
  const found = engines.map(({ name }, i) => ({ engine: name, milliseconds: times[i], best: Math.min(...times[i]) }));
  return { batch, tokens, engines: found };
}

expose({ run });

import { describe, expect, it } from 'vitest';
import { NAMES_CONFIG } from './config.ts';
import { chooseEngine, type EngineCandidate, type MeasuredEngine, measureEngines } from './choose.ts';
import type { Engine, EngineName, GenerateRequest } from './engine.ts';
import { isSoftwareAdapter } from './engines/webgpu/webgpu.ts';

/** An engine that takes `msPerToken` of a made-up clock for each token of each row. */
function fakeLab() {
  let now = 0;
  const log: string[] = [];
  const candidate = (engine: EngineName, msPerToken: number, software = false): EngineCandidate => ({
    engine,
    software,
    create: async () =>
      ({
        name: engine,
        config: NAMES_CONFIG,
        description: `fake ${engine}`,
        generate: async ({ batch, maxTokens }: GenerateRequest) => {
          now += batch * maxTokens * msPerToken;
          log.push(`${engine} ${batch}×${maxTokens}`);
          return {
            tokens: new Int32Array(),
            lengths: new Int32Array(),
            logProbs: new Float32Array(),
            z: new Float32Array(),
          };
        },
        dispose: () => log.push(`${engine} disposed`),
      }) as unknown as Engine,
  });
  return { candidate, clock: () => now, log };
}
const measured = (engine: EngineName, decisionsPerSecond: number, software = false): MeasuredEngine => ({
  engine,
  available: true,
  software,
  text: engine,
  decisionsPerSecond,
});

describe('measuring engines', () => {
  it('gives decisions a second at the size asked for, and disposes what it made', async () => {
    const { candidate, clock, log } = fakeLab();
    const [wasm] = await measureEngines([candidate('wasm', 0.01)], { batch: 8, tokens: 10 }, 200, clock);
    expect(wasm.decisionsPerSecond).toBeCloseTo(1000 / (10 * 0.01), 6);
    expect(log.at(-1)).toBe('wasm disposed');
    expect(log).toContain('wasm 8×10');
  });

  it('stops climbing when an engine has used up its time', async () => {
    const { candidate, clock, log } = fakeLab();
    const [tfjs] = await measureEngines([candidate('tfjs', 20)], { batch: 64, tokens: 16 }, 200, clock);
    expect(log).not.toContain('tfjs 64×16');
    expect(tfjs.decisionsPerSecond).toBeCloseTo(1000 / (16 * 20), 6);
  });

  it('reports an engine that cannot be made with its reason, and goes on', async () => {
    const { candidate, clock } = fakeLab();
    const broken: EngineCandidate = {
      engine: 'webgpu',
      software: false,
      create: () => Promise.reject(new Error('no adapter')),
    };
    const rows = await measureEngines([broken, candidate('ts', 1)], { batch: 2, tokens: 4 }, 50, clock);
    expect(rows[0]).toMatchObject({ available: false, text: 'no adapter' });
    expect(rows[1].available).toBe(true);
  });
});

describe('choosing an engine', () => {
  it('picks the fastest and says so', () => {
    const choice = chooseEngine([measured('ts', 10), measured('wasm', 3000), measured('webgpu', 9000)]);
    expect(choice.engine).toBe('webgpu');
    expect(choice.reason).toBe('WebGPU is the fastest here: 9,000 decisions/s, WASM 3,000 decisions/s.');
  });

  it('never picks a software adapter by itself, however fast', () => {
    const choice = chooseEngine([measured('wasm', 3000), measured('webgpu', 9000, true)]);
    expect(choice.engine).toBe('wasm');
    expect(choice.reason).toContain('on a software adapter');
  });

  it('lets the person override, also with a software adapter', () => {
    const choice = chooseEngine([measured('wasm', 3000), measured('webgpu', 90, true)], 'webgpu');
    expect(choice).toEqual({
      engine: 'webgpu',
      reason: 'WebGPU, as you chose: 90 decisions/s; the fastest here is WASM with 3,000 decisions/s.',
    });
  });

  it('falls back with the reason when the override is not available', () => {
    const gone: MeasuredEngine = { engine: 'webgpu', available: false, software: false, text: 'no adapter' };
    const choice = chooseEngine([measured('wasm', 3000), gone], 'webgpu');
    expect(choice.engine).toBe('wasm');
    expect(choice.reason).toContain('not available: no adapter');
  });

  it('knows a software adapter by its name or its flag', () => {
    expect(isSoftwareAdapter({ vendor: 'google', architecture: 'swiftshader' })).toBe(true);
    expect(isSoftwareAdapter({ description: 'llvmpipe (LLVM 15.0.7, 256 bits)' })).toBe(true);
    expect(isSoftwareAdapter({ vendor: 'nvidia', isFallbackAdapter: true })).toBe(true);
    expect(isSoftwareAdapter({ vendor: 'nvidia', architecture: 'hopper' })).toBe(false);
  });
});

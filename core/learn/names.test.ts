import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createWasmPolicy } from '../models/engines/wasm/policy.ts';
import { NAMES_CONFIG, parameterLayout } from '../models/config.ts';
import { namesGradient, namesStart, namesTokens, trainNames } from './names.ts';
import { NAMES } from './testing-names.ts';

const DATA = '../shared/data/microgpt';
const present = existsSync(`${DATA}/fixture.json`);
if (!present) {
  if (process.env.CI) throw new Error(`${DATA} is missing`);
  console.warn(`SKIPPED: ${DATA} is missing, the names run is not compared with the reference`);
}

type Matrices = Record<string, number[][]>;
const fixture = present ? JSON.parse(readFileSync(`${DATA}/fixture.json`, 'utf8')) : {};
const docs = present
  ? readFileSync(`${DATA}/names.txt`, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  : [];

/** Largest |flat − reference| over the matrices the fixture has. */
function distance(flat: ArrayLike<number>, matrices: Matrices): number {
  let worst = 0;
  for (const { name, offset, shape } of parameterLayout(NAMES_CONFIG).views) {
    const rows = matrices[name];
    if (!rows) continue;
    rows.flat().forEach((x, i) => {
      worst = Math.max(worst, Math.abs(x - flat[offset + i]));
    });
    expect(rows.length * rows[0].length).toBe(shape[0] * shape[1]);
  }
  return worst;
}
const worst = (a: readonly number[], b: readonly number[]) => Math.max(...b.map((x, i) => Math.abs(x - a[i])));

describe.skipIf(!present)('the names run', () => {
  it('shuffles and initialises exactly like CPython', () => {
    const start = namesStart(docs);
    expect(start.docs.slice(0, 50)).toEqual(fixture.docs_first);
    expect(createHash('sha256').update(start.docs.join('\n')).digest('hex')).toBe(fixture.docs_order_sha256);
    expect(distance(start.parameters, fixture.state_dict_init)).toBeLessThan(1e-15);
  });

  it('has the reference gradients at step 1', () => {
    const { docs: shuffled, parameters } = namesStart(docs);
    const grads = new Float64Array(parameters.length);
    namesGradient(parameters, grads, namesTokens(shuffled[0]));
    expect(distance(grads, fixture.grads_step1)).toBeLessThan(1e-12);
  });

  it('in float64 gives the reference losses to 1e-12, its weights and its 20 samples', () => {
    const { losses, samples, parameters } = trainNames({ docs, steps: 1000, engine: 'ts' });
    expect(worst(losses, fixture.losses_first)).toBeLessThan(1e-12);
    for (const [step, loss] of Object.entries<number>(fixture.loss_marks))
      expect(Math.abs(losses[Number(step) - 1] - loss), `step ${step}`).toBeLessThan(1e-12);
    expect(samples).toEqual(fixture.samples);
    expect(distance(parameters, fixture.state_dict_final)).toBeLessThan(1e-11);
  });

  it('in float32 WASM gives the reference losses to 1e-6 and its gradients at step 1', () => {
    const { losses, samples } = trainNames({ docs, steps: 1000, engine: 'wasm' });
    expect(worst(losses, fixture.losses_first)).toBeLessThan(1e-6);
    for (const [step, loss] of Object.entries<number>(fixture.loss_marks))
      expect(Math.abs(losses[Number(step) - 1] - loss), `step ${step}`).toBeLessThan(5e-6);
    expect(samples).toEqual(fixture.samples);

    const { docs: shuffled, parameters } = namesStart(docs);
    const policy = createWasmPolicy(NAMES_CONFIG, Float32Array.from(parameters), 1);
    const tokens = namesTokens(shuffled[0]);
    policy.tokens.set(tokens);
    policy.lengths[0] = tokens.length;
    policy.numbers.fill(1);
    policy.sft(1, tokens.length, tokens.length - 1, 1, 0, 0);
    expect(distance(policy.grads, fixture.grads_step1)).toBeLessThan(1e-6);
  });
});

describe('trainNames', () => {
  it('trains alike in both engines on names as long as the context', () => {
    const docs = ['maximilianandrea', 'abcdefghijklmnopqrstuvwxyz', 'bo'];
    const ts = trainNames({ docs, steps: 20, engine: 'ts' });
    const wasm = trainNames({ docs, steps: 20, engine: 'wasm' });
    expect(worst(wasm.losses, ts.losses)).toBeLessThan(1e-5);
  });

  it('learns a list of names: in both engines alike, the same every time, and its samples are words', () => {
    const run = (engine: 'ts' | 'wasm') => trainNames({ docs: NAMES, steps: 300, engine });
    const [ts, wasm] = [run('ts'), run('wasm')];
    expect(worst(wasm.losses, ts.losses)).toBeLessThan(1e-4);
    expect(wasm.samples).toEqual(ts.samples);
    expect(run('ts').losses).toEqual(ts.losses);
    const mean = (from: number) => ts.losses.slice(from, from + 50).reduce((sum, loss) => sum + loss, 0) / 50;
    expect(mean(250)).toBeLessThan(mean(0) - 0.3);
    for (const sample of ts.samples) expect(sample).toMatch(/^[a-z]*$/);
  });

  it('starts with every name once, in an order that is the same every time', () => {
    const { docs, parameters } = namesStart(NAMES);
    expect(docs).not.toEqual(NAMES);
    expect(docs.toSorted()).toEqual(NAMES.toSorted());
    expect(namesStart(NAMES).docs).toEqual(docs);
    expect(namesStart(NAMES).parameters).toEqual(parameters);
  });

  it('refuses other letters, no documents and steps out of range', () => {
    expect(() => trainNames({ docs: ['anna', 'zoë'], steps: 2, engine: 'ts' })).toThrow(/"zoë"/);
    expect(() => trainNames({ docs: [], steps: 1, engine: 'ts' })).toThrow(/no documents/);
    expect(() => trainNames({ docs: ['anna'], steps: 0, engine: 'ts' })).toThrow(/steps/);
  });
});

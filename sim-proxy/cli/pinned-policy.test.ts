/**
 * The shipped checkpoint of an earlier day, and what it and the expert think and plan about twenty observations (129 float32 each,
 * base64): words as text, plans as the SHA-256 of their float32 bytes.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createWasmEngine } from '../../core/models/engines/wasm/wasm.ts';
import { engineDriver, expertDriver, type DrivingPolicy } from '../../core/tasks/driving/policy/driver.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import { formatTrace } from '../../core/tasks/driving/words/sentence.ts';
import { readPolicyFile } from '../node/checkpoints.ts';
import { expectPinned, readPinned, sha256 } from './testing-pinned.ts';

const FILE = 'public/shipped/policy.safetensors';
const FLOATS = 129;
const observations = Object.entries(readPinned<Record<string, string>>('observations'));

/** Thought and plan of each observation, greedy, all in one batch. */
async function decisions(driver: DrivingPolicy): Promise<Record<string, unknown>> {
  const batch = observations.length;
  const bytes = Buffer.concat(observations.map(([, text]) => Buffer.from(text, 'base64')));
  expect(bytes.length).toBe(batch * FLOATS * 4);
  const input = new Float32Array(new Uint8Array(bytes).buffer);
  const { actions, extra } = await driver.act({ observations: input, batch, keys: new Uint32Array(batch) });
  const { tokens = new Int32Array(0), lengths = new Int32Array(0) } = extra;
  const row = <T extends Float32Array | Int32Array>(all: T, i: number) =>
    all.slice((i * all.length) / batch, ((i + 1) * all.length) / batch);
  const hash = (all: Float32Array | undefined, i: number) => {
    if (!all) return undefined;
    const { buffer, byteOffset, byteLength } = row(all, i);
    return sha256(new Uint8Array(buffer, byteOffset, byteLength)).slice(0, 32);
  };
  return Object.fromEntries(
    observations.map(([name], i) => [
      name,
      {
        words: formatTrace(Array.from(row(tokens, i).subarray(0, lengths[i]))),
        waypoints: hash(actions, i),
        logProbs: hash(extra.tokenLogProbs, i),
        confidence: hash(extra.confidence, i),
        residual: hash(extra.residual, i),
        value: hash(extra.value, i),
      },
    ]),
  );
}

test('the shipped checkpoint is the file it was and has the hash it had', async () => {
  const bytes = readFileSync(FILE);
  const { name, hash, flat } = await readPolicyFile(FILE);
  const training = JSON.parse(readFileSync('public/shipped/training.json', 'utf8'));
  expect(training.parametersHash).toBe(hash);
  expectPinned('policy', 'checkpoint', {
    bytes: bytes.length,
    sha256: sha256(bytes),
    name,
    parameters: flat.length,
    hash,
    training: sha256(readFileSync('public/shipped/training.json')),
  });
});

test('the shipped checkpoint thinks and plans about twenty observations as it did', async () => {
  expect(observations).toHaveLength(20);
  const { flat } = await readPolicyFile(FILE);
  const engine = createWasmEngine(POLICY_CONFIG, flat, { maxBatch: observations.length });
  const driver = engineDriver(engine, { residual: true });
  expectPinned('policy', 'decisions of the checkpoint', await decisions(driver));
  engine.dispose();
});

test('the expert thinks and plans about twenty observations as it did', async () => {
  expectPinned('policy', 'decisions of the expert', await decisions(expertDriver()));
});

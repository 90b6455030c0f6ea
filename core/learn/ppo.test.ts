import { expect, test } from 'vitest';
import { WasmHeads } from '../models/engines/wasm/heads.ts';
import { parameterLayout } from '../models/config.ts';
import { initParameters } from '../models/initialise.ts';
import { POLICY_CONFIG } from '../tasks/driving/policy/config.ts';
import { createRandom } from '../base/random.ts';
import { resolveHyperparameters } from './run/hyperparameters.ts';
import { PPO, ppoUpdate } from './ppo.ts';
import { gaussianLogProb, type Trajectories } from './residual-rollout.ts';

const { width, residualSize: K } = POLICY_CONFIG;
const H = { minibatch: 64, epochs: 4, targetKl: 0, anchorWeight: 0, learningRate: 0.003 };

/** One-decision episodes whose reward is −(first coefficient − 0.5)²: the best mean of it is 0.5. */
function bandit(heads: WasmHeads, seed: number, rows = 256): Trajectories {
  const random = createRandom(seed);
  const z = Float32Array.from({ length: rows * width }, () => random.normal());
  const actions = new Float32Array(rows * K);
  const [values, logProbs, rewards] = [new Float32Array(rows), new Float32Array(rows), new Float32Array(rows)];
  const logStd = heads.logStd();
  for (let from = 0; from < rows; from += heads.maxRows) {
    const count = Math.min(heads.maxRows, rows - from);
    const { mean, value } = heads.forward(z.subarray(from * width), count);
    for (let i = 0; i < count; i++) {
      const row = from + i;
      for (let k = 0; k < K; k++) actions[row * K + k] = mean[i * K + k] + Math.exp(logStd[k]) * random.normal();
      logProbs[row] = gaussianLogProb(
        actions.subarray(row * K, (row + 1) * K),
        mean.subarray(i * K, (i + 1) * K),
        0,
        logStd,
      );
      values[row] = value[i];
      rewards[row] = -((actions[row * K] - 0.5) ** 2);
    }
  }
  const all = new Uint8Array(rows).fill(1);
  return {
    decisions: 1,
    worlds: rows,
    z,
    actions,
    logProbs,
    values,
    nextValues: new Float32Array(rows),
    rewards,
    terminated: all,
    ended: all,
    finished: [],
  };
}

test('the mean goes to the action that pays, the imitation model stays as it is', () => {
  const flat = initParameters(POLICY_CONFIG, createRandom(1));
  const heads = new WasmHeads(POLICY_CONFIG, flat, { maxRows: 64 });
  heads.setLogStd(-1);
  const h = resolveHyperparameters(PPO, H);
  for (let i = 0; i < 60; i++) ppoUpdate(heads, [bandit(heads, i)], h, 0, createRandom(i));
  const probe = bandit(heads, 999, 64);
  const { mean } = heads.forward(probe.z, 64);
  let first = 0;
  for (let i = 0; i < 64; i++) first += mean[i * K] / 64;
  expect(first).toBeGreaterThan(0.35);
  expect(first).toBeLessThan(0.65);
  const { imitationSize } = parameterLayout(POLICY_CONFIG);
  expect(heads.writeParameters(flat.slice()).subarray(0, imitationSize)).toEqual(flat.subarray(0, imitationSize));
});

test('without advantage nothing moves but the value', () => {
  const flat = initParameters(POLICY_CONFIG, createRandom(2));
  const heads = new WasmHeads(POLICY_CONFIG, flat, { maxRows: 64 });
  heads.setLogStd(-1);
  const rollout = bandit(heads, 5);
  rollout.rewards.set(rollout.values);
  const before = heads.forward(rollout.z, 64).mean.slice();
  const result = ppoUpdate(heads, [rollout], resolveHyperparameters(PPO, H), 0, createRandom(3));
  const after = heads.forward(rollout.z, 64).mean;
  expect(Math.max(...after.map((m, i) => Math.abs(m - before[i])))).toBeLessThan(1e-3);
  expect(result.approxKl).toBeLessThan(1e-4);
});

test('the anchor pulls the residual back to none', () => {
  const flat = initParameters(POLICY_CONFIG, createRandom(2));
  const heads = new WasmHeads(POLICY_CONFIG, flat, { maxRows: 64 });
  heads.setLogStd(-1);
  const size = (rollout: Trajectories) => heads.forward(rollout.z, 64).mean.reduce((sum, m) => sum + m * m, 0);
  const h = resolveHyperparameters(PPO, H);
  for (let i = 0; i < 20; i++) ppoUpdate(heads, [bandit(heads, i)], h, 0, createRandom(i));
  const probe = bandit(heads, 77);
  const before = size(probe);
  const anchored = resolveHyperparameters(PPO, { ...H, anchorWeight: 1 });
  for (let i = 0; i < 20; i++) {
    const rollout = bandit(heads, 100 + i);
    rollout.rewards.set(rollout.values);
    ppoUpdate(heads, [rollout], anchored, 0, createRandom(i));
  }
  expect(size(probe)).toBeLessThan(before / 4);
});

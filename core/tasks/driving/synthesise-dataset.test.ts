import { expect, test } from 'vitest';
import { shippedScenarios } from '../../../sim-proxy/node/scenarios.ts';
import { randomDriver } from './policy/driver.ts';
import { MAX_TRACE } from '../../models/config.ts';
import { createRandom } from '../../base/random.ts';
import { decisionWordIndex, isValidTrace } from './words/grammar.ts';
import { LONGITUDINALS } from './expert/maneuver.ts';
import { decide } from './expert/expert.ts';
import { OBS_ACTOR, OBS_ACTOR_STRIDE, OBS_ACTORS, OBS_DIM, WAYPOINTS } from '../../abi/layout.ts';
import { createWasmWorlds } from './world/wasm/wasm.ts';
import { concatDatasets, emptyDataset } from '../../task/dataset.ts';
import { DRIVING_SHAPE, shuffleSlots, synthesiseDataset, writeExample } from './synthesise-dataset.ts';

const request = {
  scenarios: [...shippedScenarios().values()],
  seedOf: (k: number) => k,
  examples: 400,
  noise: 0.6,
  noisyShare: 0.7,
  forcedShare: 0.3,
  shuffledShare: 0.5,
};
const make = (seed: number) =>
  synthesiseDataset({ ...request, worlds: createWasmWorlds(8), random: createRandom(seed) });

test('every example is a well-formed trace, and only forced decision words carry no loss', async () => {
  const data = await make(1);
  let forced = 0;
  for (let row = 0; row < data.size; row++) {
    const tokens = data.tokens.subarray(row * MAX_TRACE, row * MAX_TRACE + data.lengths[row]);
    expect(isValidTrace(tokens)).toBe(true);
    const weights = data.tokenWeights.subarray(row * MAX_TRACE, row * MAX_TRACE + data.lengths[row]);
    const unlearned = [...weights.keys()].filter((i) => weights[i] === 0);
    if (unlearned.length === 0) continue;
    forced++;
    expect(unlearned).toEqual([decisionWordIndex(tokens)]);
  }
  expect(forced / data.size).toBeGreaterThan(0.2);
  expect(forced / data.size).toBeLessThan(0.4);
});

test('the same generator gives the same data, another gives other data', async () => {
  expect(await make(3)).toEqual(await make(3));
  expect((await make(3)).tokens).not.toEqual((await make(4)).tokens);
});

test('a forced decision changes the waypoints that go with it', async () => {
  const data = await make(2);
  const observation = data.observations.slice(0, OBS_DIM);
  const plans = LONGITUDINALS.map((forced) => {
    const one = emptyDataset(1, DRIVING_SHAPE);
    writeExample(one, 0, observation, forced);
    return one.targets.join();
  });
  expect(new Set(plans).size).toBeGreaterThan(2);
});

test('shuffled slots hold the same actors, and the expert drives the same', async () => {
  const data = await make(5);
  const blocks = (observation: Float32Array) =>
    Array.from({ length: OBS_ACTORS }, (_, slot) => {
      const at = OBS_ACTOR + slot * OBS_ACTOR_STRIDE;
      return observation.slice(at, at + OBS_ACTOR_STRIDE).join();
    }).sort();
  const random = createRandom(9);
  for (let row = 0; row < 50; row++) {
    const observation = data.observations.slice(row * OBS_DIM, (row + 1) * OBS_DIM);
    const shuffled = shuffleSlots(observation, random);
    expect(blocks(shuffled)).toEqual(blocks(observation));
    expect(shuffled.slice(0, OBS_ACTOR)).toEqual(observation.slice(0, OBS_ACTOR));
    expect(decide(shuffled).waypoints).toEqual(decide(observation).waypoints);
  }
});

test('datasets are joined row by row', async () => {
  const [a, b] = [await make(1), await make(2)];
  const whole = concatDatasets([a, b]);
  expect(whole.size).toBe(800);
  expect(whole.lengths).toEqual(Int32Array.of(...a.lengths, ...b.lengths));
  expect(whole.targets.slice(400 * 40)).toEqual(b.targets);
});

test('where another drives, the expert says what it would have done there', async () => {
  const learner = randomDriver(7);
  const data = await synthesiseDataset({
    ...request,
    forcedShare: 0,
    shuffledShare: 0,
    noisyShare: 0,
    worlds: createWasmWorlds(8),
    random: createRandom(1),
    learner,
  });
  const own = await synthesiseDataset({
    ...request,
    forcedShare: 0,
    shuffledShare: 0,
    noisyShare: 0,
    worlds: createWasmWorlds(8),
    random: createRandom(1),
  });
  let apart = 0;
  for (let row = 0; row < data.size; row++) {
    const seen = data.observations.subarray(row * OBS_DIM, (row + 1) * OBS_DIM);
    const plan = data.targets.subarray(row * WAYPOINTS * 2, (row + 1) * WAYPOINTS * 2);
    expect(plan).toEqual(decide(seen).waypoints);
    if (seen[0] !== own.observations[row * OBS_DIM]) apart++;
  }
  expect(apart).toBeGreaterThan(data.size / 2);
});

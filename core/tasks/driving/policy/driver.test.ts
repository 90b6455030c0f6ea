import { afterAll, describe, expect, test } from 'vitest';
import { createTsEngine } from '../../../models/engines/ts/ts.ts';
import { drivingConfig, MAX_TRACE } from '../../../models/config.ts';
import { initParameters } from '../../../models/initialise.ts';
import { addResidual } from './residual.ts';
import { createRandom } from '../../../base/random.ts';
import { decisionWordIndex, readTrace } from '../words/grammar.ts';
import { EXAMPLE, observationOf } from '../words/testing.ts';
import { VOCABULARY_SIZE, wordId } from '../words/vocabulary.ts';
import { OBS_DIM } from '../../../abi/layout.ts';
import { driveOne, engineDriver, expertDriver } from './driver.ts';

const config = { ...drivingConfig(VOCABULARY_SIZE, OBS_DIM), layers: 1, width: 16, heads: 2 };
const parameters = initParameters(config, createRandom(3));
const engine = createTsEngine(config, parameters);
afterAll(() => engine.dispose());

const near = observationOf({ actors: [{ slot: 0, kind: 1, x: 18, y: 0, vx: 5 }] });
const far = observationOf({ speed: 4, light: { state: 3, d: 15 } });
const both = new Float32Array([...near, ...far]);
const keys = Uint32Array.of(11, 12);

describe('drivers', () => {
  test('a plan depends on its own row only, sampled or not', async () => {
    for (const temperature of [0, 1]) {
      const driver = engineDriver(engine, { residual: true, temperature, seed: 5 });
      const pair = await driver.act({ observations: both, batch: 2, keys });
      const single = await driver.act({ observations: far, batch: 1, keys: keys.slice(1) });
      expect(single.actions).toEqual(pair.actions.slice(40));
      expect(single.extra.tokens).toEqual(pair.extra.tokens?.slice(MAX_TRACE));
      expect(single.extra.value).toEqual(pair.extra.value?.slice(1));
    }
  });

  test('the residual is bounded and is the whole difference to the frozen plan', async () => {
    const request = { observations: near, batch: 1, keys };
    const random = createRandom(9);
    const bent = parameters.map((p) => p + 0.3 * random.normal());
    const wild = createTsEngine(config, bent);
    const frozen = await engineDriver(wild, { residual: false }).act(request);
    const refined = await engineDriver(wild, { residual: true }).act(request);
    wild.dispose();
    expect(frozen.extra.residual).toBeUndefined();
    expect(refined.actions).not.toEqual(frozen.actions);
    for (const c of refined.extra.residual ?? []) expect(Math.abs(c)).toBeLessThanOrEqual(1);
    const again = new Float32Array(40);
    addResidual(frozen.actions, refined.extra.residual as Float32Array, again, 2);
    expect(refined.actions).toEqual(again);
  });

  test('forced tokens begin the trace, and the model goes on from there', async () => {
    const start = (readTrace(EXAMPLE) as number[]).slice(0, 9);
    const driver = engineDriver(engine, { residual: false });
    const { tokens, logProbs } = await driveOne(driver).plan(near, start);
    expect(tokens.slice(0, 9)).toEqual(start);
    expect(tokens.length).toBeGreaterThan(9);
    expect(logProbs?.length).toBe(tokens.length);
  });

  test('the expert obeys a forced decision word and drives otherwise', async () => {
    const expert = driveOne(expertDriver());
    const own = await expert.plan(far);
    const at = decisionWordIndex(own.tokens);
    expect(own.tokens[at]).toBe(wordId('stop'));
    const forced = [...own.tokens.slice(0, at), wordId('proceed') as number];
    const other = await expert.plan(far, forced);
    expect(other.tokens.slice(0, at + 1)).toEqual(forced);
    expect(other.waypoints[38]).toBeGreaterThan(own.waypoints[38] + 1);
  });
});

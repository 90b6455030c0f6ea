import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as O from '../../../abi/layout.ts';
import { parseScenario } from '../scenario/scenario.ts';
import { instantiate } from '../scenario/instantiate/instantiate.ts';
import { createWasmWorlds } from '../world/wasm/wasm.ts';
import { OBSERVED_KINDS } from '../kinds/kinds.ts';
import {
  OBSERVED_SLICES,
  OBSERVATION_SIZE,
  OBSERVATION_SLICES,
  PLACED_SLICES,
  ROUTE_AHEAD,
  SCALES,
} from './observation.ts';
import { observationConstants, observationMarkdown } from './written.ts';

describe('the table of the observation', () => {
  it('has every column of every number, each name once in its slice', () => {
    for (const { name, numbers } of OBSERVED_SLICES) {
      expect(new Set(numbers.map((number) => number.name)).size, name).toBe(numbers.length);
      for (const number of numbers) {
        expect(Object.keys(number).toSorted(), `${name}.${number.name}`).toEqual(['in', 'meaning', 'name', 'range']);
        expect(number.name).toMatch(/^[a-z][a-z_]*$/);
        expect(number.meaning).toMatch(/\w/);
        expect(number.range[0]).toBeLessThan(number.range[1]);
        expect(number.in in SCALES || ['rad', 'rad/s', '–'].includes(number.in), number.in).toBe(true);
      }
    }
  });

  it('covers the observation without gap or overlap', () => {
    const end = OBSERVATION_SLICES.reduce((at, { start, size }) => (expect(start).toBe(at), at + size), 0);
    expect([end, OBSERVATION_SIZE, O.OBS_DIM]).toEqual([129, 129, 129]);
    expect(ROUTE_AHEAD).toHaveLength(O.OBS_ROUTE_POINTS);
  });

  it('has a column for every kind that is observed as itself: the kind’s code', () => {
    const actor = OBSERVED_SLICES.find(({ name }) => name === 'actor');
    for (const { key, code } of OBSERVED_KINDS) expect(actor?.numbers[code].name).toBe(key);
  });

  it.each(['dense_urban', 'signalled_crossing', 'cyclist_overtake', 'night_pedestrian'])(
    'says ranges that no number of a drive through %s leaves',
    (id) => {
      const worlds = createWasmWorlds(1);
      worlds.reset(0, instantiate(parseScenario(readFileSync(`public/scenarios/${id}.yaml`, 'utf8')), 1));
      for (let step = 0; step < 120 && !worlds.terminated[0]; step++) {
        const seen = worlds.observe();
        for (const { name, times, start, stride, numbers } of PLACED_SLICES)
          for (let at = 0; at < times * stride; at++) {
            const { name: number, range } = numbers[at % stride];
            const value = seen[start + at];
            // Noise reaches beyond a range, by a few deviations.
            expect(value >= range[0] - 0.1 && value <= range[1] + 0.1, `${name}.${number} ${value}`).toBe(true);
          }
        worlds.stepControls([step < 60 ? 20 : -20, 0]);
      }
      worlds.dispose();
    },
  );
});

describe('what is written of the table', () => {
  it('core/abi/layout.ts has its constants (`npm run kernels` writes them)', () => {
    expect(readFileSync('core/abi/layout.ts', 'utf8')).toContain(`\n${observationConstants()}\n`);
  });

  it('docs/observation.md is fresh', () => {
    expect(readFileSync('docs/observation.md', 'utf8')).toBe(observationMarkdown());
  });
});

import { describe, expect, it } from 'vitest';
import type { ScenarioInfo } from '../../workers/contracts/protocol.ts';
import { findScenarios, scenarioGroups } from './scenario-groups.ts';

const info = (id: string, stage: ScenarioInfo['stage'], ...tags: string[]): ScenarioInfo => ({
  id,
  title: id.replaceAll('_', ' '),
  description: '',
  tags,
  hash: '',
  ...(stage && { stage }),
});
const list = [
  info('own_street', undefined),
  info('dense_urban', 'dense', 'town'),
  info('night_pedestrian', 'intersection', 'pedestrian', 'night'),
  info('straight_night', 'straight', 'night'),
];

describe('scenario groups', () => {
  it('go from the easiest stage to the hardest, those without a stage last, and lose none', () => {
    expect(scenarioGroups(list).map((group) => group.scenarios.map(({ id }) => id))).toEqual([
      ['straight_night'],
      ['night_pedestrian'],
      ['dense_urban'],
      ['own_street'],
    ]);
  });
});

describe('finding scenarios', () => {
  const found = (text: string) => findScenarios(list, text).map(({ id }) => id);
  it('wants every word, in the name or a tag, in any order and case', () => {
    expect(found('night')).toEqual(['night_pedestrian', 'straight_night']);
    expect(found('Pedestrian NIGHT')).toEqual(['night_pedestrian']);
    expect(found('dense_urban')).toEqual(['dense_urban']);
    expect(found('night town')).toEqual([]);
  });
  it('no words find all', () => expect(found(' ')).toHaveLength(4));
});

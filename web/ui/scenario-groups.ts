/** Scenarios by stage of the curriculum, easiest first, and those that a few typed words mean. */
import type { ScenarioInfo } from '../../workers/contracts/protocol.ts';

/** What grouping needs: of the lab's own list, or of a source's. */
export type GroupedScenario = Pick<ScenarioInfo, 'id' | 'title' | 'stage'>;

const STAGE_LABELS = new Map([
  ['straight', 'Along the road'],
  ['lane_change', 'Changing lanes and passing'],
  ['intersection', 'Crossings and junctions'],
  ['dense', 'Dense traffic'],
]);
const OTHER = 'Other';
const labelOf = ({ stage }: GroupedScenario): string => STAGE_LABELS.get(stage ?? '') ?? OTHER;

export interface ScenarioGroup<T extends GroupedScenario = ScenarioInfo> {
  readonly label: string;
  readonly scenarios: readonly T[];
}

/** Groups with at least one member; each scenario is in exactly one. */
export function scenarioGroups<T extends GroupedScenario>(scenarios: readonly T[]): ScenarioGroup<T>[] {
  return [...STAGE_LABELS.values(), OTHER]
    .map((label) => ({ label, scenarios: scenarios.filter((one) => labelOf(one) === label) }))
    .filter((group) => group.scenarios.length > 0);
}

/** Scenarios whose title, id, description, stage or tags hold every word of `text`. */
export function findScenarios(scenarios: readonly ScenarioInfo[], text: string): ScenarioInfo[] {
  const words = text
    .toLowerCase()
    .split(/[\s_]+/)
    .filter(Boolean);
  return scenarios.filter(({ id, title, description, stage, tags }) => {
    const all = [id.replaceAll('_', ' '), title, description, stage ?? '', ...tags].join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

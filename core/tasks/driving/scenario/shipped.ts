/**
 * The scenarios that come with the lab, by id, in the order in which they are offered. Core can't read files: the page
 * bundles the texts (workers/shipped/scenarios.ts), the command line reads them (sim-proxy/node/scenarios.ts), and both hand them here.
 */
import { parseScenario, type Scenario } from './scenario.ts';
import { SCENARIO_IDS, type ScenarioId } from './shipped-ids.ts';

export { SCENARIO_IDS, type ScenarioId } from './shipped-ids.ts';

/**
 * Parses every shipped scenario. `read(id)` gives the text of `public/scenarios/{id}.yaml`.
 * @throws ScenarioError naming the file; Error when a text is missing or carries another id.
 */
export function parseShipped(read: (id: ScenarioId) => string | undefined): Map<string, Scenario> {
  const scenarios = new Map<string, Scenario>();
  for (const id of SCENARIO_IDS) {
    const text = read(id);
    if (text === undefined) throw new Error(`scenario ${id}.yaml is missing`);
    const scenario = parseScenario(text, `${id}.yaml`);
    if (scenario.id !== id) throw new Error(`${id}.yaml says it is "${scenario.id}"`);
    scenarios.set(id, scenario);
  }
  return scenarios;
}

/** Tags with the curriculum stage first. */
export const tagsOf = ({ stage, tags = [] }: Scenario): string[] => (stage ? [stage, ...tags] : [...tags]);

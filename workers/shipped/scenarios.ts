/**
 * The shipped scenarios for the page, checked and turned into data when the page is built (vite.config.ts): no request, so the lab
 * works offline, and no YAML parser before the first drive.
 */
import type { Scenario } from '../../core/tasks/driving/scenario/format/schema.ts';
import { SCENARIO_IDS } from '../../core/tasks/driving/scenario/shipped-ids.ts';

const built = import.meta.glob<Scenario>('../../public/scenarios/*.yaml', {
  query: '?scenario',
  import: 'default',
  eager: true,
});

const scenarios = new Map(SCENARIO_IDS.map((id) => [id as string, built[`../../public/scenarios/${id}.yaml`]]));

/** Scenario by id, in the order in which they are offered. */
export function bundledScenarios(): ReadonlyMap<string, Scenario> {
  return scenarios;
}

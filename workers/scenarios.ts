/**
 * The shipped scenarios for the page, bundled as text at build time: no request, so the lab works offline.
 */
import type { Scenario } from '../core/world/scenario.ts';
import { parseShipped } from '../core/world/shipped.ts';

const texts = import.meta.glob<string>('../public/scenarios/*.yaml', { query: '?raw', import: 'default', eager: true });

let scenarios: Map<string, Scenario> | undefined;

/** Scenario by id, in the order in which they are offered; parsed once. */
export function shippedScenarios(): Map<string, Scenario> {
  scenarios ??= parseShipped((id) => texts[`../public/scenarios/${id}.yaml`]);
  return scenarios;
}

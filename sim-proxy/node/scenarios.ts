/**
 * The shipped scenarios for the command line and for tests, read from `public/scenarios`.
 */
import { readFileSync } from 'node:fs';
import type { Scenario } from '../../core/tasks/driving/scenario/scenario.ts';
import { parseShipped } from '../../core/tasks/driving/scenario/shipped.ts';

let scenarios: Map<string, Scenario> | undefined;

/** Scenario by id, in the order in which they are offered; parsed once. */
export function shippedScenarios(): Map<string, Scenario> {
  scenarios ??= parseShipped((id) =>
    readFileSync(new URL(`../../public/scenarios/${id}.yaml`, import.meta.url), 'utf8'),
  );
  return scenarios;
}

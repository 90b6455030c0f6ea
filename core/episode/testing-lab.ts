/** The shipped scenarios and one WASM world, for tests. */
import { readFileSync } from 'node:fs';
import { driveOne, expertDriver, type EpisodeDriver } from '../tasks/driving/policy/driver.ts';
import { instantiate } from '../tasks/driving/scenario/instantiate/instantiate.ts';
import type { Scenario } from '../tasks/driving/scenario/scenario.ts';
import { parseShipped, type ScenarioId } from '../tasks/driving/scenario/shipped.ts';
import { createWasmWorlds } from '../tasks/driving/world/wasm/wasm.ts';
import { type DriveOptions, driveEpisode } from './drive.ts';
import type { Episode } from './episode.ts';

export const NOW = '2025-01-02T03:04:05Z';
export const shipped = parseShipped((id) => readFileSync(`public/scenarios/${id}.yaml`, 'utf8'));
export const worlds = createWasmWorlds(1);
export const lab = { worlds, scenario: (id: string): Scenario | undefined => shipped.get(id) };
export const expert: EpisodeDriver = driveOne(expertDriver());

export function specOf(id: ScenarioId, seed: number) {
  const scenario = shipped.get(id);
  if (!scenario) throw new Error(`no scenario ${id}`);
  return instantiate(scenario, seed);
}

export function drive(id: ScenarioId, seed: number, more: Partial<DriveOptions> = {}): Promise<Episode> {
  const policy = { kind: 'expert', name: 'Expert' } as const;
  return driveEpisode({ worlds, spec: specOf(id, seed), driver: expert, policy, now: NOW, ...more });
}

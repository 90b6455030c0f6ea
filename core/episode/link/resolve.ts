/** Which scenario a record belongs to. Apart from replay.ts so that replaying a shipped drive needs no parser of strangers' files. */
import { MAX_INLINE_CHARS, parseScenario, type Scenario, scenarioHash } from '../../tasks/driving/scenario/scenario.ts';
import type { Episode } from '../episode.ts';
import { EpisodeError } from '../json.ts';

/**
 * The scenario a record was driven in: its own inline text, or the shipped one of that id. The record's hash may be cut short.
 * @throws EpisodeError when there is none or it is not the one the drive was recorded in; ScenarioError for a bad inline text.
 */
export function resolveScenario(record: Episode['scenario'], shipped: (id: string) => Scenario | undefined): Scenario {
  const { id, hash, inline } = record;
  const scenario = inline === undefined ? shipped(id) : parseScenario(inline, 'inline scenario', MAX_INLINE_CHARS);
  if (!scenario) throw new EpisodeError('scenario.id', `there is no scenario "${id}" in this Traceway`);
  if (!scenarioHash(scenario).startsWith(hash) || scenario.id !== id) {
    const problem = `"${id}" is not the scenario this drive was recorded in (its hash differs)`;
    throw new EpisodeError('scenario.hash', problem);
  }
  return scenario;
}

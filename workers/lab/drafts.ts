/**
 * Scenario texts that are being written: checked as the editor's user types, shown as a seed draws them, driven by the expert. The
 * text is whatever the person has typed so far, so a mistake is an answer here and not an error.
 */
import { driveEpisode } from '../../core/episode/drive.ts';
import { policyRecord } from '../../core/episode/policy-record.ts';
import { EpisodeRecorder } from '../../core/episode/record.ts';
import { replayEpisode } from '../../core/episode/replay.ts';
import { EXPERT } from '../../core/models/identity.ts';
import { DT } from '../../core/abi/layout.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { parseScenario, ScenarioError } from '../../core/tasks/driving/scenario/scenario.ts';
import type { Worlds } from '../../core/tasks/driving/world/world.ts';
import { withDrawing } from './drawings.ts';
import type { Policies } from './policies.ts';
import type { DraftCheck } from '../contracts/protocol.ts';

/** Reads the text and resets the world to what `seed` draws from it. Rethrows what is not the text's fault. */
export async function checkDraft(text: string, seed: number, worlds: Worlds): Promise<DraftCheck> {
  try {
    const scenario = parseScenario(text);
    const spec = instantiate(scenario, seed);
    worlds.reset(0, spec);
    const episode = new EpisodeRecorder(worlds, spec).finish({
      createdAt: '',
      policy: policyRecord(EXPERT),
      inline: text,
    });
    const frames = await withDrawing(replayEpisode(episode, spec, worlds).frames, spec);
    const { id, title, timeLimit } = scenario;
    const actors = spec.actors.length;
    return {
      fits: true,
      id,
      title,
      actors,
      timeLimitSeconds: Math.min(timeLimit, spec.maxSteps * DT),
      episode,
      frames,
    };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const { line, path, problem, expected } = error;
    return { fits: false, problem: { line, path, problem, expected } };
  }
}

/** The expert's drive through the text's scenario. @throws ScenarioError */
export async function driveDraft(text: string, seed: number, now: string, worlds: Worlds, policies: Policies) {
  const scenario = parseScenario(text);
  const { driver, record } = await policies.choose({ kind: 'expert' }, scenario.id, seed);
  return driveEpisode({ worlds, spec: instantiate(scenario, seed), driver, policy: record, now, inline: text });
}

/**
 * The lab worker: answers one question at a time. States of the shipped drive's scenario, which the first picture needs, are
 * recomputed right here unless its road is a network; everything else loads when it is first asked for, recordings apart from
 * policies, so that a dropped file plays soon.
 */
import { inParts, transferring } from '../../core/base/service.ts';
import type { Episode } from '../../core/episode/episode.ts';
import { replayEpisode } from '../../core/episode/replay.ts';
import { sampleWorld } from '../../core/tasks/driving/scenario/instantiate/sample-world.ts';
import { scenarioHash } from '../../core/tasks/driving/scenario/format/hash.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';
import { withDrawing } from './drawings.ts';
import type { DriveStates, LabService } from '../contracts/protocol.ts';
import { expose } from '../expose.ts';
import { firstScenario } from '../shipped/first-scenario.ts';

const answers = async () => (await import('./lab-answers.ts')).answers;
const recordings = async () => (await import('./recordings.ts')).recordings;
const worlds = createWasmWorlds(1);

async function frames(episode: Episode): Promise<DriveStates> {
  const { id, hash, inline } = episode.scenario;
  const scenario = firstScenario;
  if (inline !== undefined || id !== scenario.id || scenario.road.network || scenarioHash(scenario) !== hash)
    return (await import('./lab-answers.ts')).drawnStatesOf(episode);
  const spec = sampleWorld(scenario, episode.seed);
  const states = await withDrawing(replayEpisode(episode, spec, worlds, scenario.human).frames, spec);
  // Its own rows only: the drawing is kept for the next drive.
  return transferring(states, [states.ego.buffer, states.actors.buffer] as ArrayBuffer[]);
}

expose<LabService>(inParts({ frames }, recordings, answers));

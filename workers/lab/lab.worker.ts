/**
 * The lab worker: answers one question at a time. States of the shipped drive's scenario, which the first picture needs, are
 * recomputed right here unless its road is a network; everything else is in lab-answers.ts, loaded when first asked.
 */
import { expose, transfer } from 'comlink';
import type { Episode } from '../../core/episode/episode.ts';
import { replayEpisode } from '../../core/episode/replay.ts';
import { sampleWorld } from '../../core/tasks/driving/scenario/instantiate/sample-world.ts';
import { scenarioHash } from '../../core/tasks/driving/scenario/format/hash.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';
import { withDrawing } from './drawings.ts';
import { attempt } from '../contracts/failure.ts';
import type { DriveStates, LabService } from '../contracts/protocol.ts';
import { firstScenario } from '../shipped/first-scenario.ts';

const later = () => import('./lab-answers.ts');
const recordings = () => import('./recordings.ts');
const worlds = createWasmWorlds(1);

async function framesOf(episode: Episode): Promise<DriveStates> {
  const { id, hash, inline } = episode.scenario;
  const scenario = firstScenario;
  if (inline !== undefined || id !== scenario.id || scenario.road.network || scenarioHash(scenario) !== hash)
    return (await later()).drawnStatesOf(episode);
  const spec = sampleWorld(scenario, episode.seed);
  return withDrawing(replayEpisode(episode, spec, worlds, scenario.human).frames, spec);
}

const service: LabService = {
  scenarios: async () => (await later()).answers.scenarios(),
  frames: (episode) =>
    attempt(async () => {
      const frames = await framesOf(episode);
      return transfer(frames, [frames.ego.buffer as ArrayBuffer, frames.actors.buffer as ArrayBuffer]);
    }),
  drive: async (...asked) => (await later()).answers.drive(...asked),
  think: async (...asked) => (await later()).answers.think(...asked),
  fork: async (...asked) => (await later()).answers.fork(...asked),
  shareLink: async (...asked) => (await later()).answers.shareLink(...asked),
  openLink: async (...asked) => (await later()).answers.openLink(...asked),
  openFile: async (...asked) => (await later()).answers.openFile(...asked),
  openRecording: (...asked) => attempt(async () => (await recordings()).readRecording(...asked)),
  showRecording: (...asked) => attempt(async () => (await recordings()).showRecording(...asked)),
  followActor: (...asked) => attempt(async () => (await recordings()).followActor(...asked)),
  addMap: (...asked) => attempt(async () => (await recordings()).addMap(...asked)),
  driveRecording: async (...asked) => (await later()).answers.driveRecording(...asked),
  exportEpisode: async (...asked) => (await later()).answers.exportEpisode(...asked),
  measureEngines: async (...asked) => (await later()).answers.measureEngines(...asked),
  useEngine: async (...asked) => (await later()).answers.useEngine(...asked),
  audit: async (...asked) => (await later()).answers.audit(...asked),
  checkDraft: async (...asked) => (await later()).answers.checkDraft(...asked),
  driveDraft: async (...asked) => (await later()).answers.driveDraft(...asked),
  loadCheckpoint: async (...asked) => (await later()).answers.loadCheckpoint(...asked),
};

expose(service);

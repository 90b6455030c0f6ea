/**
 * One drive opened down to its steps: the lab's own score and every published one, recomputed from the drive's controls. The numbers are
 * those of the suite's row, because both score the same track (record-track.ts, suite.ts `scoreTrack`).
 */
import { replaySteps } from '../tasks/driving/world/replay-steps.ts';
import { kindName } from '../tasks/driving/kinds/kinds.ts';
import type { Episode } from '../episode/episode.ts';
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';
import type { Worlds } from '../tasks/driving/world/world.ts';
import { type Conduct, conductOf } from './actors.ts';
import { type ScoreCost, scoreCosts } from './costs.ts';
import { humanTrack, type HumanTrack } from './human.ts';
import type { DriveReport } from '../tasks/driving/scores/drive-scores.ts';
import { TrackRecorder } from '../tasks/driving/scores/record-track.ts';
import { scoreTrack } from './suite.ts';

interface AuditedActor {
  readonly id: string;
  readonly conduct: Conduct;
  /** What people call it: "cyclist", "parked vehicle". */
  readonly name: string;
}

export interface DriveAudit extends DriveReport {
  /** Of the lab's own score, dearest first; they add up to what it lacks to 1. */
  readonly labCosts: readonly ScoreCost[];
  readonly actors: readonly AuditedActor[];
}

/** `spec` is `instantiate(scenario, episode.seed)`, `human` the log's driver. World 0 of `worlds` is used. */
export function auditDrive(
  episode: Pick<Episode, 'controls'>,
  spec: WorldSpec,
  worlds: Worlds,
  human?: HumanTrack,
): DriveAudit {
  const recorder = new TrackRecorder(spec);
  let [success, truncated] = [false, false];
  for (const state of replaySteps(worlds, spec, episode.controls)) {
    recorder.push(state);
    ({ success, truncated } = state);
  }
  return {
    ...scoreTrack(recorder.track(), success, truncated, human && humanTrack(spec, human)),
    labCosts: scoreCosts(episode, spec, worlds),
    actors: spec.actors.map(({ id, behaviour, kind, length, width }) => ({
      id,
      name: kindName(kind, length, width),
      conduct: conductOf(behaviour),
    })),
  };
}

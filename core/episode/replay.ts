/**
 * Replaying an episode: its controls through the world, step by step. The states come back bit for bit (the state hashes prove
 * it) and no policy runs. Everything that looks at a past drive goes through `replaySteps`.
 */
import { scoreDrive, type ScoreBreakdown } from '../tasks/driving/scores/lab/score.ts';
import { DT } from '../abi/layout.ts';
import type { Scenario } from '../tasks/driving/scenario/format/schema.ts';
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';
import { replaySteps } from '../tasks/driving/world/replay-steps.ts';
import type { Worlds, WorldState } from '../tasks/driving/world/world.ts';
import type { Episode } from './episode.ts';
import { kindName } from '../tasks/driving/kinds/kinds.ts';
import { ACTOR_STRIDE, type DriveStates, STATE_STRIDE } from './frames.ts';
import { surroundings } from './frames-world.ts';

export interface Replay {
  readonly frames: DriveStates;
  /** Recomputed from the states on the screen. */
  readonly score: ScoreBreakdown;
}

/**
 * States and score of an episode, recomputed. `spec` is `instantiate(scenario, episode.seed)`, `human` the recorded driver's
 * track of an imported log. World 0 of `worlds` is used.
 */
export function replayEpisode(
  episode: Pick<Episode, 'controls' | 'stateHashes'>,
  spec: WorldSpec,
  worlds: Worlds,
  human?: Scenario['human'],
): Replay {
  const steps = episode.controls.length / 2;
  const actorCount = spec.actors.length;
  const ego = new Float64Array((steps + 1) * STATE_STRIDE);
  const actors = new Float64Array((steps + 1) * actorCount * ACTOR_STRIDE);
  const expected = new Map(episode.stateHashes);
  let divergedAtStep: number | undefined;
  let row = 0;
  let last: WorldState | undefined;
  for (const state of replaySteps(worlds, spec, episode.controls)) {
    ego.set(egoRow(state), row * STATE_STRIDE);
    state.actors.slice(0, actorCount).forEach((actor, i) => {
      const { x, y, headingRad, speedMps, visible, present } = actor;
      actors.set([x, y, headingRad, speedMps, Number(visible), Number(present)], (row * actorCount + i) * ACTOR_STRIDE);
    });
    const hash = expected.get(row);
    const differs = (hash !== undefined && hash !== worlds.hash(0)) || state.step !== row;
    if (differs && divergedAtStep === undefined) divergedAtStep = row;
    last = state;
    row++;
  }
  const frames: DriveStates = {
    steps,
    dt: DT,
    ego,
    actors,
    actorInfo: spec.actors.map(({ id, length, width, behaviour }, i) => {
      const kind = last?.actors[i]?.kind ?? 0;
      return { id, label: `A${i + 1} ${kindName(kind, length, width)}`, kind, length, width, behaviour };
    }),
    ...(human && { human: Float64Array.from(human.flat()) }),
    ...surroundings(spec, steps),
    verified: divergedAtStep === undefined ? true : { divergedAtStep },
  };
  return { frames, score: scoreDrive(worlds.totals(0), last?.success ?? false, spec.maxSteps) };
}

function egoRow(state: WorldState): number[] {
  const { x, y, headingRad, speedMps, accelMps2, steerRad, s, lateral, ttc, reward, light } = state;
  return [x, y, headingRad, speedMps, accelMps2, steerRad, s, lateral, ttc, reward, light];
}

/**
 * The human behind a recorded log as something scores can compare with: the human's drive as a `DriveTrack` in the same world, and the
 * open-loop errors of a policy put in the human's place.
 */
import type { EpisodeDriver } from '../tasks/driving/policy/driver.ts';
import { openLoop } from './log-report.ts';
import type { HumanTrack } from '../episode/human-track.ts';
import { projectToRoute } from '../tasks/driving/roads/routes/route-geometry.ts';
import { DT, LIGHT_NONE } from '../abi/layout.ts';
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';
import type { ActorState, Worlds } from '../tasks/driving/world/world.ts';
import type { OpenLoopScores } from '../tasks/driving/scores/drive-scores.ts';
import { TrackRecorder } from '../tasks/driving/scores/record-track.ts';
import type { DriveTrack } from '../tasks/driving/scores/track.ts';

export type { HumanTrack } from '../episode/human-track.ts';

/**
 * The human's drive among the log's actors, one row a recorded step; undefined where an actor reacts to the ego, because then it is not the
 * human's scene any more.
 */
export function humanTrack(spec: WorldSpec, human: HumanTrack): DriveTrack | undefined {
  if (spec.actors.some(({ behaviour }) => behaviour !== 'replay')) return undefined;
  const { road } = spec;
  const recorder = new TrackRecorder(spec);
  let near = Math.floor(spec.ego.s / road.ds);
  human.forEach(([x, y, headingRad, speedMps], step) => {
    const { s, lateral, index } = projectToRoute(road, x, y, near);
    near = index;
    const [before, after] = [human[Math.max(0, step - 1)], human[Math.min(human.length - 1, step + 1)]];
    const span = (step === 0 || step === human.length - 1 ? 1 : 2) * DT;
    recorder.push({
      x,
      y,
      headingRad,
      speedMps,
      accelMps2: (after[3] - before[3]) / span,
      s,
      lateral,
      speedLimitMps: road.speedLimitMps[Math.max(0, Math.min(road.x.length - 1, index))],
      light: LIGHT_NONE,
      stopLineS: Number.NaN,
      ranRedLight: false,
      actors: actorsAt(spec, step),
    });
  });
  return recorder.track();
}

function actorsAt({ actors }: WorldSpec, step: number): ActorState[] {
  return actors.flatMap((actor) => {
    if (actor.behaviour !== 'replay') return [];
    const { kind, x, y, headingRad, speedMps, present, length, width } = actor;
    const here = step < x.length && present[step] !== 0;
    const at = (column: Float64Array) => (here ? column[step] : 0);
    return [
      {
        kind,
        x: at(x),
        y: at(y),
        headingRad: at(headingRad),
        speedMps: at(speedMps),
        yawRateRadps: 0,
        length,
        width,
        visible: here,
        present: here,
      },
    ];
  });
}

/** ADE, FDE, minADE and miss rate of a driver's plans over 2 s; it has one mode, so minADE is ADE. World 0 of `worlds` is used. */
export async function openLoopScores(
  spec: WorldSpec,
  human: HumanTrack,
  driver: EpisodeDriver,
  worlds: Worlds,
): Promise<OpenLoopScores> {
  const { ade, fde, missRate } = await openLoop(spec, human, driver, worlds);
  return { ade, fde, min_ade: ade, miss_rate: missRate };
}

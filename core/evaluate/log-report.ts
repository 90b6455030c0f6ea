/**
 * The report on a drive behind a recorded log: how the policy's plans compare with what the human then did (open loop), and
 * how its own drive went (closed loop).
 *
 * Open loop puts the policy at the human's state at every decision, so errors do not compound. ADE is the mean, FDE the final
 * displacement of a plan against the human's path over the same 2 s (Argoverse, nuScenes definitions, one mode), averaged
 * over the decisions. A gap is bumper to bumper along the road, to the nearest car in one's path.
 */
import { MISS_METRES } from '../tasks/driving/scores/open-loop.ts';
import {
  DECISION_STEPS,
  DT,
  EGO_LENGTH,
  EGO_WIDTH,
  OBS_DIM,
  OBS_EGO_ACCEL,
  OBS_EGO_STEER,
  OBS_EGO_YAW_RATE,
  SCALE_ACCEL,
  SCALE_STEER,
  WAYPOINTS,
  WHEELBASE,
} from '../abi/layout.ts';
import { wrapAngle } from '../tasks/driving/roads/road.ts';
import type { ActorSpec, WorldSpec } from '../tasks/driving/world/spec/spec.ts';
import type { Worlds } from '../tasks/driving/world/world.ts';
import type { EpisodeDriver } from '../tasks/driving/policy/driver.ts';
import type { Episode } from '../episode/episode.ts';
import type { HumanTrack } from '../episode/human-track.ts';
import { type DriveStates, STATE_HEADING, STATE_STRIDE, STATE_TTC, STATE_X, STATE_Y } from '../episode/frames.ts';
import { projectOnto } from '../tasks/driving/roads/routes/path.ts';

/** Report on a drive behind a recorded log. */
export interface LogReport {
  /** m; `decisions` are those whose 2 s the recording covers. */
  readonly openLoop: {
    readonly ade: number;
    readonly fde: number;
    /** Share of plans that end more than 2 m off. */
    readonly missRate: number;
    readonly decisions: number;
  };
  readonly human: { readonly distanceMetres: number; readonly minGapMetres: number | null };
  readonly closedLoop: {
    readonly minGapMetres: number | null;
    readonly minTtcSeconds: number | null;
    readonly collisions: number;
    readonly comfortShare: number;
    readonly distanceMetres: number;
  };
}

/**
 * `episode` is the policy's closed-loop drive in the log's world, `frames` its replayed states. World 0 of `worlds` is used
 * for the open-loop part.
 */
export async function reportLog(
  episode: Episode,
  frames: DriveStates,
  spec: WorldSpec,
  human: HumanTrack,
  driver: EpisodeDriver,
  worlds: Worlds,
): Promise<LogReport> {
  const driven = Array.from({ length: frames.steps + 1 }, (_, step): Pose => {
    const at = step * STATE_STRIDE;
    return [frames.ego[at + STATE_X], frames.ego[at + STATE_Y], frames.ego[at + STATE_HEADING]];
  });
  const recorded = human.map(([x, y, heading]): Pose => [x, y, heading]);
  let minTtc = Number.POSITIVE_INFINITY;
  for (let at = STATE_TTC; at < frames.ego.length; at += STATE_STRIDE) minTtc = Math.min(minTtc, frames.ego[at]);
  return {
    openLoop: await openLoop(spec, human, driver, worlds),
    human: { distanceMetres: pathLength(recorded), minGapMetres: minGap(recorded, spec) },
    closedLoop: {
      minGapMetres: minGap(driven, spec),
      minTtcSeconds: Number.isFinite(minTtc) ? minTtc : null,
      collisions: episode.score.noCollision === 1 ? 0 : 1,
      comfortShare: episode.score.comfort,
      distanceMetres: pathLength(driven),
    },
  };
}

type Pose = readonly [x: number, y: number, headingRad: number];

/** The open-loop part alone. World 0 of `worlds` is used. */
export async function openLoop(
  spec: WorldSpec,
  human: HumanTrack,
  driver: EpisodeDriver,
  worlds: Worlds,
): Promise<LogReport['openLoop']> {
  let [ade, fde, missed, decisions] = [0, 0, 0, 0];
  let s = spec.ego.s;
  for (let step = 0; step + WAYPOINTS < human.length; step += DECISION_STEPS) {
    const [x, y, headingRad, speedMps] = human[step];
    const { lateral, headingError, ...position } = projectOnto(spec.road, { x, y, headingRad }, s, 60);
    s = position.s;
    const ego = { s, lateral, headingErrorRad: headingError, speedMps: Math.max(0, speedMps) };
    worlds.reset(0, { ...spec, ego, actors: spec.actors.map((actor) => actorFrom(actor, step)) });
    const observation = worlds.observe().slice(0, OBS_DIM);
    observe(observation, human, step);
    const { waypoints } = await driver.plan(observation);
    let error = 0;
    for (let i = 0; i < WAYPOINTS; i++) {
      const [hx, hy] = human[step + 1 + i];
      const [cos, sin] = [Math.cos(headingRad), Math.sin(headingRad)];
      const forward = (hx - x) * cos + (hy - y) * sin;
      const left = (hy - y) * cos - (hx - x) * sin;
      error = Math.hypot(waypoints[2 * i] - forward, waypoints[2 * i + 1] - left);
      ade += error / WAYPOINTS;
    }
    fde += error;
    missed += +(error > MISS_METRES);
    decisions++;
  }
  const of = Math.max(1, decisions);
  return { ade: ade / of, fde: fde / of, missRate: missed / of, decisions };
}

/** A replayed actor as it goes on from `step`. */
function actorFrom(actor: ActorSpec, step: number): ActorSpec {
  if (actor.behaviour !== 'replay') return actor;
  const { x, y, headingRad, speedMps, present } = actor;
  return {
    ...actor,
    x: x.slice(step),
    y: y.slice(step),
    headingRad: headingRad.slice(step),
    speedMps: speedMps.slice(step),
    present: present.slice(step),
  };
}

/** Writes the human's acceleration, steering and yaw rate, which a freshly reset world does not know, into an observation. */
function observe(observation: Float32Array, human: HumanTrack, step: number): void {
  const [before, after] = [human[Math.max(0, step - 1)], human[Math.min(human.length - 1, step + 1)]];
  const span = (step === 0 ? 1 : 2) * DT;
  const yawRate = wrapAngle(after[2] - before[2]) / span;
  const speed = Math.max(1, human[step][3]);
  observation[OBS_EGO_ACCEL] = (after[3] - before[3]) / span / SCALE_ACCEL;
  observation[OBS_EGO_STEER] = Math.atan((WHEELBASE * yawRate) / speed) / SCALE_STEER;
  observation[OBS_EGO_YAW_RATE] = yawRate;
}

/** Smallest gap to a recorded car in the path of `track`, one pose a step; null when there never is one. */
function minGap(track: readonly Pose[], { road, ego, actors }: WorldSpec): number | null {
  let least = Number.POSITIVE_INFINITY;
  let s = ego.s;
  track.forEach(([x, y, headingRad], step) => {
    const own = projectOnto(road, { x, y, headingRad }, s, 60);
    s = own.s;
    for (const actor of actors) {
      if (actor.behaviour !== 'replay' || !actor.present[step]) continue;
      const other = projectOnto(road, { x: actor.x[step], y: actor.y[step], headingRad: actor.headingRad[step] }, s);
      const inPath = Math.abs(other.lateral - own.lateral) < (actor.width + EGO_WIDTH) / 2;
      if (inPath && other.s > own.s) least = Math.min(least, other.s - own.s - (actor.length + EGO_LENGTH) / 2);
    }
  });
  return Number.isFinite(least) ? least : null;
}

function pathLength(track: readonly Pose[]): number {
  return track.reduce((sum, [x, y], i) => {
    if (i === 0) return 0;
    return sum + Math.hypot(x - track[i - 1][0], y - track[i - 1][1]);
  }, 0);
}

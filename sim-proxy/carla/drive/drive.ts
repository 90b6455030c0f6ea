/**
 * One closed-loop drive in CARLA: the lab's observation is made of every frame, a driver plans twice a second, and the lab's own
 * tracker follows the plan through throttle, brake and steering.
 *
 * How a step is seen and driven is ride.ts. A drive ends at the goal, at the time limit, when the hero is gone, 30 m off the route, or
 * blocked for 180 s (leaderboard rules); other infractions are recorded and cost points, they don't end it. What a drive gives is a
 * `DriveTrack`, scored like any other, with the stop signs, the background traffic's speed and the emergency vehicles that the
 * leaderboards' criteria ask for (carla-signs.ts, carla-witness.ts).
 */
import type { DrivePlan, EpisodeDriver } from '../../../core/tasks/driving/policy/driver.ts';
import type { CarlaKnowledge } from '../../../core/tasks/driving/scores/carla/infractions.ts';
import type { TimedScenario } from '../../../core/tasks/driving/scores/carla/traffic.ts';
import { type DriveReport, driveScores } from '../../../core/tasks/driving/scores/drive-scores.ts';
import { TrackRecorder } from '../../../core/tasks/driving/scores/record-track.ts';
import type { DriveTrack } from '../../../core/tasks/driving/scores/track.ts';
import { toWorld } from '../../../core/base/geometry.ts';
import { ACCEL_QUANTUM, DECISION_STEPS, DT, STEER_QUANTUM, WAYPOINTS } from '../../../core/abi/layout.ts';
import { type Plan, track } from '../../../core/tasks/driving/world/twin/tracker.ts';
import type { ActorState } from '../../../core/tasks/driving/world/world.ts';
import type { DriveControl } from '../client/client-types.ts';
import type { CarlaFrame } from '../client/frames.ts';
import { type CarlaScene, trafficSpeed } from '../hero/scene.ts';
import { missingLights, stopSignsOf } from '../hero/signs.ts';
import { type InfractionWatch, UNWATCHED } from '../hero/infraction-watch.ts';
import { type DrivenServer, HeroControl, type Sight, TICKS_A_STEP } from '../hero/hero-control.ts';
import type { TownRoute } from '../hero/town-route.ts';

const OFF_ROUTE_M = 30;
const BLOCKED_MPS = 0.1;
const BLOCKED_STEPS = 180 / DT;

type DriveEnd = 'goal' | 'time' | 'off-route' | 'blocked' | 'gone' | 'stopped';

export type StepAnswer = 'stop' | undefined | void;

export interface StepReport {
  readonly step: number;
  readonly frame: CarlaFrame;
  readonly scene: CarlaScene;
  readonly completion: number;
  /** All that is seen at the start of the step, and the wheel angle asked for in the one before, rad. */
  readonly sight: Sight;
  readonly steerRad: number;
  /** The plan made at this step, if one was. */
  readonly plan: DrivePlan | undefined;
  readonly control: DriveControl;
}

export interface CarlaDriveOptions {
  readonly server: DrivenServer;
  readonly heroId: number;
  readonly route: TownRoute;
  readonly driver: EpisodeDriver;
  /** Time limit, s. */
  readonly limitS: number;
  /** A limit that grows with the way made: s, for an ego that has got to arc length `s`. */
  readonly limitAt?: (s: number) => number;
  /** What was staged along the route, with its own time. */
  readonly scenarios?: readonly TimedScenario[];
  /** Without one, hits on layout and emergency lights are not judged. */
  readonly witness?: InfractionWatch;
  readonly signal?: AbortSignal;
  /** Awaited, so that a log or a learner can keep up; 'stop' ends the drive before the step. */
  readonly onStep?: (report: StepReport) => StepAnswer | Promise<StepAnswer>;
}

export interface CarlaDriveResult {
  readonly end: DriveEnd;
  readonly steps: number;
  readonly seconds: number;
  readonly track: DriveTrack;
  readonly report: DriveReport;
  /** What was seen last; undefined when the hero was gone. */
  readonly final: Sight | undefined;
}

/** Drives until the end. Rejects with the client's CarlaError when the server goes away. */
export async function driveCarla(options: CarlaDriveOptions): Promise<CarlaDriveResult> {
  const { server, heroId, route, driver, limitS, limitAt, scenarios, witness, signal, onStep } = options;
  const ride = new HeroControl(server, heroId, route);
  const seen = new SeenActors();
  const limitSteps = Math.round(limitS / DT);
  let plan: Plan | undefined;
  let end: DriveEnd = 'time';
  let still = 0;
  let farthest = route.startS;
  let flashing: ReadonlySet<number> = new Set();
  let final: Sight | undefined;
  let frame = await server.tick();
  const firstFrame = frame.frame;
  const missing = missingLights(frame, route);
  const recorder = new TrackRecorder({
    road: route.road,
    goalS: route.goalS,
    actors: seen.infos,
    maxSteps: limitS / DT,
    stopSigns: stopSignsOf(frame, route),
  });
  for (let step = 0; ; step++) {
    if (witness && step % DECISION_STEPS === 0) flashing = await witness.flashing(frame);
    const sight = ride.look(frame, flashing);
    final = sight;
    if (!sight) {
      end = 'gone';
      break;
    }
    const { scene, s, lateral, completion, speedLimitMps, light, stopLineS, ranRedLight } = sight;
    const trafficMps = trafficSpeed(frame);
    const here = { s, lateral, speedLimitMps, light, stopLineS, ranRedLight, trafficMps };
    recorder.push({ ...scene.ego, ...here, actors: seen.now(scene) });
    farthest = Math.max(farthest, s);
    still = scene.ego.speedMps < BLOCKED_MPS ? still + 1 : 0;
    if (s >= route.goalS) end = 'goal';
    else if (Math.abs(lateral) > OFF_ROUTE_M) end = 'off-route';
    else if (still - 1 > BLOCKED_STEPS) end = 'blocked';
    else if (signal?.aborted) end = 'stopped';
    if (end !== 'time' || step >= limitSteps || (limitAt && step * DT > limitAt(farthest))) break;

    let made: DrivePlan | undefined;
    if (step % DECISION_STEPS === 0) {
      made = await driver.plan(sight.observation);
      plan = { step, points: pointsOf(made, scene) };
    }
    const { steerRad } = ride.wish;
    const { accel, steer } = track({ ...scene.ego, ...ride.wish }, plan, step);
    const control = ride.press(accel * ACCEL_QUANTUM, steer * STEER_QUANTUM);
    const answer = await onStep?.({ step, frame, scene, completion, sight, steerRad, plan: made, control });
    if (answer === 'stop') {
      end = 'stopped';
      break;
    }
    frame = await ride.step();
  }
  const driven = recorder.track();
  const steps = Math.max(0, driven.rows - 1);
  const last = Math.max(0, driven.rows - 1);
  const told = await witness?.tell((at) => Math.max(0, Math.min(last, Math.floor((at - firstFrame) / TICKS_A_STEP))));
  const carla: CarlaKnowledge = {
    ...told,
    ...(scenarios && { scenarios }),
    ...(end === 'time' && { more: [{ kind: 'route-timeout', step: last }] }),
    unjudged: [...missing, ...(told ? (told.unjudged ?? []) : UNWATCHED)],
  };
  return { end, steps, seconds: steps * DT, track: driven, report: driveScores(driven, { carla }), final };
}

function pointsOf({ waypoints }: DrivePlan, { ego }: CarlaScene): Plan['points'] {
  return Array.from({ length: WAYPOINTS }, (_, k) => toWorld(ego, { x: waypoints[2 * k], y: waypoints[2 * k + 1] }));
}

/** Everyone met so far, each with an index for good, as a track wants them. */
class SeenActors {
  readonly infos: { readonly id: string }[] = [];
  readonly #index = new Map<string, number>();
  #states: ActorState[] = [];

  now({ actors }: CarlaScene): ActorState[] {
    this.#states = this.#states.map((state) => ({ ...state, present: false }));
    for (const actor of actors) {
      let at = this.#index.get(actor.id);
      if (at === undefined) {
        at = this.infos.push({ id: actor.id }) - 1;
        this.#index.set(actor.id, at);
      }
      this.#states[at] = { ...actor, visible: true, present: true };
    }
    return this.#states;
  }
}

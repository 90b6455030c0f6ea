/**
 * The world in plain TypeScript: the oracle for the kernel, and the version to read. Same interface, same order of a step,
 * same results to 1e-9 (its sines are the engine's own, so not the same last bit: hashes are compared within a backend).
 */
import * as F from '../../../../abi/world-fields.ts';
import { toWorld, wrapAngle } from '../../../../base/geometry.ts';
import { projectToRoute, routePose } from '../../roads/routes/route-geometry.ts';
import { fnv1a64 } from '../../../../base/hash.ts';
import {
  ACCEL_MAX_Q,
  ACCEL_MIN_Q,
  ACCEL_QUANTUM,
  DT,
  MAX_LATENCY,
  OBS_DIM,
  STEER_MAX_Q,
  STEER_QUANTUM,
  WAYPOINTS,
  WHEELBASE,
} from '../../../../abi/layout.ts';
import { isVisible, observe } from './observe.ts';
import type { WorldSpec } from '../spec/spec.ts';
import { type ControlCounts, type TrackedEgo, track } from './tracker.ts';
import { initialActors, stepActors } from './actors.ts';
import { judge, lightsNow, timeToCollision } from './outcome.ts';
import { lightAt, nextLight } from './signals.ts';
import { fromFields, type TwinEgo, type TwinState, toFields } from './state.ts';
import { TRACKED_PLAN_SIZE, readSnapshot, readState, readTotals } from '../wasm/state.ts';
import type { DriveTotals, WorldState, Worlds } from '../world.ts';
import { checkIndex, checkSpec, clipCount, copyPlan, WorldError } from '../spec/check.ts';

/** Where the ego stands on its route. */
function locate(spec: WorldSpec, x: number, y: number, headingRad: number, from: number) {
  const { index, s, lateral, headingRad: road } = projectToRoute(spec.road, x, y, from);
  return { index, s, lateral, headingError: wrapAngle(headingRad - road) };
}

function initialState(spec: WorldSpec): TwinState {
  const { s, lateral, headingErrorRad, speedMps } = spec.ego;
  const pose = routePose(spec.road, s, lateral);
  const headingRad = pose.headingRad + headingErrorRad;
  const where = locate(spec, pose.x, pose.y, headingRad, Math.floor(s / spec.road.ds));
  const lightIndex = nextLight(spec, where.s);
  const state: TwinState = {
    step: 0,
    ego: {
      ...pose,
      headingRad,
      speedMps,
      accelMps2: 0,
      steerRad: 0,
      yawRateRadps: 0,
      ...where,
    },
    maxS: s,
    light: lightAt(spec, lightIndex, 0),
    lightIndex,
    ttc: Number.POSITIVE_INFINITY,
    reward: 0,
    terminated: false,
    truncated: false,
    collisionActor: -1,
    offRoad: false,
    ranRed: false,
    success: false,
    accelCounts: 0,
    steerCounts: 0,
    redLights: 0,
    ttcSteps: 0,
    speedingSteps: 0,
    uncomfortableSteps: 0,
    minTtc: Number.POSITIVE_INFINITY,
    minGap: Number.POSITIVE_INFINITY,
    returnSum: 0,
    delay: Array.from({ length: MAX_LATENCY }, () => ({ accel: 0, steer: 0 })),
    actors: initialActors(spec),
    plan: undefined,
  };
  state.ttc = timeToCollision(spec, state);
  return state;
}

/**
 * Kinematic bicycle about the box centre (lf = lr = WHEELBASE / 2), mean speed over the step, no reversing. Tyres carry
 * friction · g, along and across: more acceleration or a tighter turn than that does not happen.
 */
function stepEgo(spec: WorldSpec, ego: TwinEgo, control: ControlCounts): TwinEgo {
  const grip = spec.weather.friction * F.GRAVITY;
  const steerRad = control.steer * STEER_QUANTUM;
  const accel = Math.max(-grip, Math.min(grip, control.accel * ACCEL_QUANTUM));
  const speedMps = Math.max(0, ego.speedMps + accel * DT);
  const way = ((ego.speedMps + speedMps) / 2) * DT;
  let slip = Math.atan(0.5 * Math.tan(steerRad));
  let turn = (way * Math.sin(slip)) / (WHEELBASE / 2);
  const sharpest = (grip * DT) / Math.max(ego.speedMps, speedMps);
  if (way > 0 && Math.abs(turn) > sharpest) {
    turn = turn > 0 ? sharpest : -sharpest;
    const sine = (turn * (WHEELBASE / 2)) / way;
    slip = Math.atan(sine / Math.sqrt(1 - sine * sine));
  }
  const x = ego.x + way * Math.cos(ego.headingRad + slip);
  const y = ego.y + way * Math.sin(ego.headingRad + slip);
  const headingRad = ego.headingRad + turn;
  return {
    x,
    y,
    headingRad,
    speedMps,
    accelMps2: (speedMps - ego.speedMps) / DT,
    steerRad,
    yawRateRadps: turn / DT,
    ...locate(spec, x, y, headingRad, ego.index),
  };
}

/** Puts a command into the delay line and returns the one whose time has come. */
function delayed({ sensors: { latencySteps } }: WorldSpec, state: TwinState, command: ControlCounts): ControlCounts {
  if (latencySteps === 0) return command;
  const [due, ...rest] = state.delay.slice(0, latencySteps);
  state.delay = [...rest, command, ...state.delay.slice(latencySteps)];
  return due;
}

function advance(spec: WorldSpec, state: TwinState, command: ControlCounts): void {
  const before = { s: state.ego.s, lights: lightsNow(spec, state.step), accelMps2: state.ego.accelMps2 };
  state.accelCounts = command.accel;
  state.steerCounts = command.steer;
  state.ego = stepEgo(spec, state.ego, delayed(spec, state, command));
  state.step += 1;
  stepActors(spec, state);
  state.lightIndex = nextLight(spec, state.ego.s);
  state.light = lightAt(spec, state.lightIndex, state.step);
  judge(spec, state, before);
}

/** The ego as the tracker knows it: with delayed controls, its acceleration and steering are those last commanded. */
function tracked({ sensors }: WorldSpec, { ego, accelCounts, steerCounts }: TwinState): TrackedEgo {
  if (sensors.latencySteps === 0) return ego;
  return { ...ego, accelMps2: accelCounts * ACCEL_QUANTUM, steerRad: steerCounts * STEER_QUANTUM };
}

class TwinWorlds implements Worlds {
  readonly backend = 'ts';
  readonly count: number;
  readonly reward: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly controls: Int16Array;
  readonly #observations: Float32Array;
  readonly #worlds: ({ readonly spec: WorldSpec; state: TwinState } | undefined)[];

  constructor(count: number) {
    if (!Number.isInteger(count) || count < 1) throw new WorldError('a batch needs at least one world', count);
    this.count = count;
    this.reward = new Float64Array(count);
    this.terminated = new Uint8Array(count);
    this.truncated = new Uint8Array(count);
    this.controls = new Int16Array(2 * count);
    this.#observations = new Float32Array(count * OBS_DIM);
    this.#worlds = Array.from({ length: count }, () => undefined);
  }

  reset(index: number, spec: WorldSpec): void {
    checkIndex(index, this.count);
    checkSpec(spec);
    this.#worlds[index] = { spec, state: initialState(spec) };
    this.#publish(index);
  }

  setPlan(index: number, waypoints: ArrayLike<number>, offset = 0, stride = 2): void {
    const { state } = this.#world(index);
    const plan = new Float64Array(TRACKED_PLAN_SIZE);
    copyPlan(plan, waypoints, offset, stride);
    const points = Array.from({ length: WAYPOINTS }, (_, k) =>
      toWorld(state.ego, { x: plan[2 * k], y: plan[2 * k + 1] }),
    );
    state.plan = { step: state.step, points };
  }

  stepPlans(): void {
    this.#step((index) => {
      const { spec, state } = this.#world(index);
      return track(tracked(spec, state), state.plan, state.step);
    });
  }

  stepControls(counts: ArrayLike<number>): void {
    this.#step((index) => ({
      accel: clipCount(counts[2 * index], ACCEL_MIN_Q, ACCEL_MAX_Q),
      steer: clipCount(counts[2 * index + 1], -STEER_MAX_Q, STEER_MAX_Q),
    }));
  }

  observe(): Float32Array {
    for (let index = 0; index < this.count; index++) {
      const { spec, state } = this.#world(index);
      this.#observations.set(observe(spec, state), index * OBS_DIM);
    }
    return this.#observations;
  }

  state(index: number): WorldState {
    const { spec, state } = this.#world(index);
    const visible = Uint8Array.from(spec.actors, (_, i) => +isVisible(spec, state, i));
    return readState(toFields(state), spec, visible);
  }

  totals(index: number): DriveTotals {
    const { spec, state } = this.#world(index);
    return readTotals(toFields(state), spec);
  }

  hash(index: number): string {
    const fields = toFields(this.#world(index).state);
    return fnv1a64(new Uint8Array(fields.buffer, F.D_HASHED * 8));
  }

  snapshot(index: number): Uint8Array {
    return new Uint8Array(toFields(this.#world(index).state).buffer);
  }

  restore(index: number, snapshot: Uint8Array): void {
    const world = this.#world(index);
    world.state = fromFields(readSnapshot(snapshot, world.spec));
    this.#publish(index);
  }

  dispose(): void {
    this.#worlds.fill(undefined);
  }

  #world(index: number) {
    checkIndex(index, this.count);
    const world = this.#worlds[index];
    if (!world) throw new WorldError('reset a world before using it', index);
    return world;
  }

  #step(control: (index: number) => ControlCounts): void {
    for (let index = 0; index < this.count; index++) {
      const { spec, state } = this.#world(index);
      const chosen = control(index);
      if (state.terminated || state.truncated) this.reward[index] = 0;
      else {
        advance(spec, state, chosen);
        this.#publish(index);
      }
    }
  }

  #publish(index: number): void {
    const { state } = this.#world(index);
    this.reward[index] = state.reward;
    this.terminated[index] = +state.terminated;
    this.truncated[index] = +state.truncated;
    this.controls.set([state.accelCounts, state.steerCounts], 2 * index);
  }
}

/** `count` worlds in TypeScript. Every world must be reset before the first step. */
export function createTwinWorlds(count: number): Worlds {
  return new TwinWorlds(count);
}

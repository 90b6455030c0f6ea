/**
 * One world driven from start to end in two ways that need no policy file, and the hashes of its state on the way: the proof that
 * every engine computes the same bits of every scenario (Node against Chromium, one run against the next).
 *
 * `fixed`: controls that the step alone decides. `expert`: the expert's plans, so observations, decisions and the tracker are part
 * of the proof. Both end where the world ends the drive, at the time limit at the latest.
 */
import { decide } from './expert/expert.ts';
import { instantiate } from './scenario/instantiate/instantiate.ts';
import { DECISION_STEPS, OBS_DIM } from '../../abi/layout.ts';
import type { Scenario } from './scenario/format/schema.ts';
import type { WorldSpec } from './world/spec/spec.ts';
import { createWasmWorlds } from './world/wasm/wasm.ts';
import type { Worlds } from './world/world.ts';

export const DRIVE_KINDS = ['fixed', 'expert'] as const;
type DriveKind = (typeof DRIVE_KINDS)[number];

/** Steps driven, and the state hash after every HASH_STEPS steps and the last, joined by spaces. */
export interface DriveHashes {
  readonly steps: number;
  readonly hashes: string;
}

const HASH_STEPS = 50;
/** Steps of rolling on with the wheel moved a little, before the ego brakes and stands for the rest of its time. */
const ROLLING_STEPS = 15;
/** Braking, counts of ACCEL_QUANTUM. */
const BRAKE = -100;

/** Acceleration and steering of `fixed` at a step, integer counts. */
const fixedControls = (step: number): readonly [number, number] =>
  step < ROLLING_STEPS ? [(step % 5) - 2, (step % 3) - 1] : [BRAKE, 0];

/** Drives world 0 of `worlds`, which has no other. */
function hashDrive(worlds: Worlds, spec: WorldSpec, kind: DriveKind): DriveHashes {
  worlds.reset(0, spec);
  const hashes: string[] = [];
  let steps = 0;
  while (worlds.terminated[0] === 0 && worlds.truncated[0] === 0) {
    if (kind === 'expert') {
      if (steps % DECISION_STEPS === 0) worlds.setPlan(0, decide(worlds.observe().slice(0, OBS_DIM)).waypoints);
      worlds.stepPlans();
    } else worlds.stepControls(fixedControls(steps));
    steps++;
    if (steps % HASH_STEPS === 0) hashes.push(worlds.hash(0));
  }
  return { steps, hashes: [...hashes, worlds.hash(0)].join(' ') };
}

/** Both drives of every scenario with one seed, in the kernel; by "roundabout, expert". */
export function scenarioHashes(scenarios: ReadonlyMap<string, Scenario>, seed: number): Record<string, DriveHashes> {
  const worlds = createWasmWorlds(1);
  const found = [...scenarios].flatMap(([id, scenario]) => {
    const spec = instantiate(scenario, seed);
    return DRIVE_KINDS.map((kind) => [`${id}, ${kind}`, hashDrive(worlds, spec, kind)] as const);
  });
  worlds.dispose();
  return Object.fromEntries(found);
}

/**
 * Drives one world from start to end and records it: every DECISION_STEPS the driver reads the observation, writes a trace and
 * plans; in between the world's tracker follows the plan.
 *
 * A drive may begin as a replay of another (`fork`): up to the decision in question the parent's controls and thoughts are
 * taken over as they are, there the driver continues from the edited trace, and from then on it drives by itself. Forcing the
 * tokens that were there anyway gives the parent's drive again, step for step.
 */
import { OBS_DIM } from '../abi/layout.ts';
import type { Policy } from '../task/policy.ts';
import { createSeats, rollout } from '../task/rollout.ts';
import { PlanEnv } from '../tasks/driving/plan-env.ts';
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';
import type { Worlds } from '../tasks/driving/world/world.ts';
import type { DecisionRecord, Episode, EpisodePolicy } from './episode.ts';
import { EpisodeRecorder } from './record.ts';
import type { EpisodeDriver } from '../tasks/driving/policy/driver.ts';

export interface Fork {
  readonly parent: Episode;
  /** Index into the parent's decisions. */
  readonly decision: number;
  /** The token to change, and to what. */
  readonly index: number;
  readonly to: number;
}

export interface DriveOptions {
  /** World 0 is used. */
  readonly worlds: Worlds;
  /** `instantiate(scenario, seed)`; for a fork the parent's scenario and seed. */
  readonly spec: WorldSpec;
  readonly driver: EpisodeDriver;
  readonly policy: EpisodePolicy;
  /** ISO 8601. */
  readonly now: string;
  readonly name?: string;
  /** Text of a scenario that is not a shipped one. */
  readonly inline?: string;
  readonly fork?: Fork;
}

/** @throws RangeError when the fork names a decision or token its parent does not have, or the parent does not replay. */
export async function driveEpisode(options: DriveOptions): Promise<Episode> {
  const { worlds, spec, driver, policy, now, name, inline, fork } = options;
  const env = new PlanEnv(worlds, () => recorder.step());
  env.reset(0, spec);
  const recorder = new EpisodeRecorder(worlds, spec);
  const edit = fork && editAfterPrefix(worlds, recorder, fork);
  const seats = createSeats(env.count);
  if (!recorder.finished) seats.taken[0] = 1;
  const forkedNow = () => (edit && seats.decisions[0] === 0 ? edit : undefined);
  await rollout(
    env,
    onePlanAtATime(driver, (plan) => recorder.decide({ ...plan, ...forkedNow()?.record })),
    Number.POSITIVE_INFINITY,
    { forced: () => forkedNow()?.tokens },
    seats,
  );

  const drive = recorder.finish({ name, createdAt: now, policy, inline });
  if (!fork) return drive;
  const { parent, decision } = fork;
  const made = drive.decisions[decision].edit;
  if (!made) throw new RangeError(`Decision ${decision} was not made again`);
  return {
    ...drive,
    parent: { episodeId: parent.id, decision, edit: made, returnDelta: drive.score.return - parent.score.return },
  };
}

/** A driver of one world as the policy of seat 0; `decided` sees each plan before it is driven. */
const onePlanAtATime = (driver: EpisodeDriver, decided: (plan: Omit<DecisionRecord, 'step'>) => void): Policy => ({
  name: 'episode',
  async act({ observations, forced }) {
    const plan = await driver.plan(observations.slice(0, OBS_DIM), forced?.[0]);
    const waypoints = Array.from(plan.waypoints);
    decided({ ...plan, waypoints });
    return { actions: Float32Array.from(waypoints), extra: {} };
  },
});

/** Takes over the parent's drive up to the forked decision; the tokens that are forced there, and the edit for the record. */
function editAfterPrefix(worlds: Worlds, recorder: EpisodeRecorder, fork: Fork) {
  const { step, tokens } = replayPrefix(worlds, recorder, fork);
  const { index, to } = fork;
  const from = tokens[index];
  if (from === undefined || recorder.finished)
    throw new RangeError(`The thought at step ${step} has no token ${index} to change`);
  return { tokens: [...tokens.slice(0, index), to], record: { edit: { index, from, to } } };
}

/** Takes over the parent's controls and thoughts up to, not including, the forked decision, which it returns. */
function replayPrefix(worlds: Worlds, recorder: EpisodeRecorder, { parent, decision }: Fork) {
  const target = parent.decisions[decision];
  if (!target) throw new RangeError(`The drive has no decision ${decision}`);
  const counts = new Int16Array(worlds.count * 2);
  let next = 0;
  while (recorder.state.step < target.step && !recorder.finished) {
    const { step } = recorder.state;
    if (parent.decisions[next]?.step === step) recorder.decide(parent.decisions[next++]);
    counts.set(parent.controls.slice(step * 2, step * 2 + 2));
    worlds.stepControls(counts);
    recorder.step();
  }
  return target;
}

/**
 * The rule-based expert: what to do and why, from one observation and nothing else (no memory, no hidden state).
 *
 * It predicts everybody (expert-predict.ts), chooses where to drive across the road (expert-lateral.ts), asks of every actor,
 * light, bend and the weather how fast it may be (expert-rules.ts) and plans the speed that satisfies all (expert-plan.ts);
 * the constraint that shapes the plan most is the decision's reason. It is what the policy imitates, so it is deterministic,
 * and its decisions change only when the observation does.
 */
import type { Cause, Decision, Longitudinal } from './maneuver.ts';
import { chooseManoeuvre, type Manoeuvre } from './lateral.ts';
import { type Constraint, layWaypoints, planSpeed, runAhead } from './plan.ts';
import { type Forecast, forecast, meetAlong } from './predict.ts';
import { actorRules, HEADWAY, keepBehind, LINE_MARGIN, lightRule, PERSON_MARGIN, roadCaps } from './rules.ts';
import { EGO_HALF_LENGTH, readEgoView, type EgoView } from './ego-view.ts';
import { DT, WAYPOINTS } from '../../../abi/layout.ts';

/** Above the limit by this much is worth saying, m/s. */
const SPEEDING = 0.4;

/**
 * The expert's decision for one observation ([OBS_DIM] from `offset`).
 * `forced` plans that longitudinal decision in the same situation instead of the expert's own: `proceed` minds only bends and
 * sight, `slow` halves the speed, `stop` and `yield` come to a stand (before the actor or the line when there is one), `follow`
 * keeps behind the nearest actor ahead. Where to drive across the road stays the expert's own choice.
 */
export function decide(observation: ArrayLike<number>, offset = 0, forced?: Longitudinal): Decision {
  const scene = readEgoView(observation, offset);
  const forecasts = forecast(scene);
  const road = roadCaps(scene);
  const run = runAhead(scene, road);
  const manoeuvre = chooseManoeuvre(scene, forecasts, road, run);
  const met = manoeuvre.slot === undefined ? forecasts : meetAlong(forecasts, manoeuvre.path);
  const own = conclude(scene, forecasts, manoeuvre, constraintsOf(scene, met, manoeuvre, road));
  if (forced === undefined || forced === own.longitudinal) return own;
  const rule = forcedRule(scene, forecasts, forced);
  const decision = conclude(scene, forecasts, manoeuvre, rule ? [...road, rule] : road);
  return { ...decision, longitudinal: forced, cause: rule?.cause ?? { kind: 'clear' }, stopDistance: stopOf(rule) };
}

/**
 * Everything that limits the speed. The farthest along the way speak first, so that whether the ego is out of a nearer one's way
 * in time is asked of the drive that they leave it.
 */
function constraintsOf(
  scene: EgoView,
  met: readonly Forecast[],
  { constraints, passing, path, waiting }: Manoeuvre,
  road: readonly Constraint[],
): Constraint[] {
  const all = [...road, ...constraints, ...lightRule(scene)];
  let run = runAhead(scene, all);
  const from = (f: Forecast) => f.meeting?.from ?? f.actor.s;
  for (const f of [...met].sort((a, b) => from(b) - from(a))) {
    if (passing.includes(f.slot)) continue;
    const asked = actorRules(scene, f, run, path, waiting.get(f.slot));
    if (asked.length === 0) continue;
    all.push(...asked);
    run = runAhead(scene, all);
  }
  return all;
}

function conclude(
  scene: EgoView,
  forecasts: readonly Forecast[],
  { lateral, slot, path }: Manoeuvre,
  constraints: readonly Constraint[],
): Decision {
  const plan = planSpeed(scene, constraints);
  const { binding } = plan;
  const speeding = !binding && scene.speed > scene.limit + SPEEDING;
  return {
    longitudinal: binding?.longitudinal ?? (speeding ? 'slow' : 'proceed'),
    lateral,
    ...(slot !== undefined && { lateralSlot: slot }),
    cause: binding?.cause ?? { kind: speeding ? 'limit' : 'clear' },
    targetSpeedMps: plan.endSpeed,
    accelMps2: (plan.endSpeed - scene.speed) / (WAYPOINTS * DT),
    stopDistance: stopOf(binding),
    predictions: forecasts.map((f) => ({ slot: f.slot, motion: f.motion, inPath: f.inPath, gap: f.gap, ttc: f.ttc })),
    waypoints: layWaypoints(scene, path, plan.s),
  };
}

/** Where a constraint means to stand still, m ahead; NaN when it does not. */
function stopOf(constraint: Constraint | undefined): number {
  if (constraint?.kind === 'stop') return Math.max(0, constraint.at);
  if (constraint?.kind === 'leader' && constraint.speed < 0.3)
    return Math.max(0, constraint.gap - 2.5 - (constraint.room ?? 0));
  return Number.NaN;
}

/** The one constraint of a forced decision, besides the road's own. */
function forcedRule(scene: EgoView, forecasts: readonly Forecast[], forced: Longitudinal): Constraint | undefined {
  const ahead = forecasts.filter((f) => f.actor.s > EGO_HALF_LENGTH);
  const critical = ahead[0];
  const { light, speed } = scene;
  const clear: Cause = { kind: 'clear' };
  const standAfter = (at: number, cause: Cause): Constraint => {
    const least = (speed * speed) / (2 * Math.min(6, 0.8 * scene.grip));
    return { kind: 'stop', at: Math.max(least, at), until: Number.POSITIVE_INFINITY, longitudinal: forced, cause };
  };
  const comfortably = (speed * speed) / (2 * 2.8) + 0.5;
  switch (forced) {
    case 'proceed':
      return undefined;
    case 'slow': {
      const target = Math.max(2, Math.min(0.5 * scene.limit, 0.6 * speed));
      const cause: Cause = critical ? { kind: 'actor', slot: critical.slot } : clear;
      return { kind: 'cap', from: 0, to: 100, speed: target, longitudinal: forced, cause };
    }
    case 'follow': {
      const nearest = [...ahead].sort((a, b) => a.gap - b.gap)[0];
      if (nearest) return keepBehind(nearest, forced, 1.5 * HEADWAY);
      return { kind: 'cap', from: 0, to: 100, speed: Math.max(2, 0.8 * speed), longitudinal: forced, cause: clear };
    }
    case 'yield':
    case 'stop': {
      if (forced === 'stop' && light && light.distance > 0)
        return standAfter(Math.min(light.distance - LINE_MARGIN, 2 * comfortably), { kind: 'light' });
      if (!critical) return standAfter(comfortably, clear);
      const before = critical.gap - PERSON_MARGIN;
      return standAfter(Math.min(before, comfortably), { kind: 'actor', slot: critical.slot });
    }
  }
}

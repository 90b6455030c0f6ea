/**
 * The rule-based expert: what to do and why, from one observation and nothing else (no memory, no hidden state).
 *
 * It holds the lane, drives at the limit, follows by IDM, gives way to people, stops for red and for yellow when it comfortably
 * can, slows for bends, and for parked boxes that may hide someone. Each rule is a constraint on the speed plan
 * (expert-plan.ts); the one that shapes the plan most is the decision's reason. It is what the policy imitates, so it is
 * deterministic, and its decisions change only when the observation does.
 */
import type { Cause, Decision, Longitudinal } from './decision.ts';
import { type Constraint, layWaypoints, type Leader, planSpeed } from './expert-plan.ts';
import { type Forecast, forecast } from './expert-predict.ts';
import { EGO_HALF_LENGTH, EGO_HALF_WIDTH, readScene, type Scene } from './expert-scene.ts';
import { DT, KIND_STATIC, LIGHT_RED, LIGHT_YELLOW, WAYPOINTS } from './layout.ts';

/** Lateral acceleration in bends, m/s²; least speed in them, m/s. */
const BEND_ACCEL = 2.4;
const BEND_SPEED_MIN = 3.5;
/** Time headway behind a leader, s. */
const HEADWAY = 1.4;
/** Where to stand: front bumper before a stop line, and before a person when there is room and when there is not, m. */
const LINE_MARGIN = 1;
const PERSON_MARGIN = 2.2;
const PERSON_MARGIN_TIGHT = 0.7;
/** Yellow is stopped for when this deceleration is enough; once braking, when the second is, m/s². */
const YELLOW_BRAKE = 3;
const YELLOW_BRAKE_COMMITTED = 5;
/** Yellow is not driven through when the line is farther than this, s. */
const YELLOW_LEFT = 2.4;
/** Seconds kept between a person and the ego when one passes after the other. */
const PASS_MARGIN = 0.6;
/** Speed past a person who may step out, and past a box that may hide one, m/s. */
const WAITING_SPEED = 7;
const OCCLUSION_SPEED = 5.5;
/** A box hides people when its near side is closer than this to the ego's side, m. */
const OCCLUSION_SIDE = 2;
/** Offset from the lane centre that is worth saying, m. */
const RECENTER = 0.5;

/**
 * The expert's decision for one observation ([OBS_DIM] from `offset`).
 * `forced` plans that longitudinal decision in the same situation instead of the expert's own: `proceed` minds only bends,
 * `slow` halves the speed, `stop` and `yield` come to a stand (before the actor or the line when there is one), `follow` keeps
 * behind the nearest actor ahead.
 */
export function decide(observation: ArrayLike<number>, offset = 0, forced?: Longitudinal): Decision {
  const scene = readScene(observation, offset);
  const forecasts = forecast(scene);
  const bends = bendCaps(scene);
  const own = conclude(scene, forecasts, [
    ...bends,
    ...forecasts.flatMap((f) => actorRules(scene, f)),
    ...lightRule(scene),
  ]);
  if (forced === undefined || forced === own.longitudinal) return own;
  const rule = forcedRule(scene, forecasts, forced);
  const decision = conclude(scene, forecasts, rule ? [...bends, rule] : bends);
  return { ...decision, longitudinal: forced, cause: rule?.cause ?? { kind: 'clear' }, stopDistance: stopOf(rule) };
}

function conclude(scene: Scene, forecasts: readonly Forecast[], constraints: readonly Constraint[]): Decision {
  const plan = planSpeed(scene, constraints);
  const { binding } = plan;
  const speeding = !binding && scene.speed > scene.limit + 0.4;
  return {
    longitudinal: binding?.longitudinal ?? (speeding ? 'slow' : 'proceed'),
    lateral: Math.abs(scene.lateral) > RECENTER ? 'recenter' : 'keep_lane',
    cause: binding?.cause ?? { kind: speeding ? 'limit' : 'clear' },
    targetSpeedMps: plan.endSpeed,
    accelMps2: (plan.endSpeed - scene.speed) / (WAYPOINTS * DT),
    stopDistance: stopOf(binding),
    predictions: forecasts.map(({ slot, motion, inPath, gap, ttc }) => ({ slot, motion, inPath, gap, ttc })),
    waypoints: layWaypoints(scene, plan.s),
  };
}

/** Where a constraint means to stand still, m ahead; NaN when it does not. */
function stopOf(constraint: Constraint | undefined): number {
  if (constraint?.kind === 'stop') return Math.max(0, constraint.at);
  if (constraint?.kind === 'leader' && constraint.speed < 0.3) return Math.max(0, constraint.gap - 2.5);
  return Number.NaN;
}

/** One cap for every stretch between route knots that bends. */
function bendCaps({ route }: Scene): Constraint[] {
  const caps: Constraint[] = [];
  for (let k = 0; k + 1 < route.s.length; k++) {
    const [from, to] = [route.s[k], route.s[k + 1]];
    const curvature = Math.abs(route.headingRad[k + 1] - route.headingRad[k]) / (to - from);
    if (curvature < 0.002) continue;
    const speed = Math.max(BEND_SPEED_MIN, Math.sqrt(BEND_ACCEL / curvature));
    caps.push({ kind: 'cap', from, to, speed, longitudinal: 'slow', cause: { kind: 'curve' } });
  }
  return caps;
}

function actorRules(scene: Scene, f: Forecast): Constraint[] {
  const { actor } = f;
  const cause: Cause = { kind: 'actor', slot: f.slot };
  if (f.motion === 'crosses') return f.inPath && mustYield(scene, f) ? [yieldTo(scene, f)] : [];
  if (f.inPath && actor.s > 0) {
    if (f.motion === 'waits') return [yieldTo(scene, f)];
    return [keepBehind(f, actor.kind === KIND_STATIC ? 'stop' : 'follow', HEADWAY)];
  }
  if (actor.s < 0) return [];
  if (f.motion === 'waits') {
    const to = actor.s - EGO_HALF_LENGTH;
    return [{ kind: 'cap', from: to - 8, to, speed: WAITING_SPEED, longitudinal: 'slow', cause }];
  }
  const side = Math.abs(actor.lateral) - actor.halfAcross - EGO_HALF_WIDTH;
  if (actor.kind === KIND_STATIC && side < OCCLUSION_SIDE) {
    const end = actor.s + actor.halfAlong;
    const occlusion: Cause = { kind: 'occlusion', slot: f.slot };
    return [
      { kind: 'cap', from: end - 12, to: end - 3, speed: OCCLUSION_SPEED, longitudinal: 'slow', cause: occlusion },
    ];
  }
  return [];
}

/** Whether a crossing actor and the ego, holding its speed, would come too near; not when the ego is through first or already beside. */
function mustYield(scene: Scene, { actor, enters, leaves }: Forecast): boolean {
  const reach = EGO_HALF_LENGTH + actor.halfAlong;
  if (actor.s < reach - 0.5) return false;
  const through = (actor.s + reach) / Math.max(0.1, scene.speed);
  const fastest = (actor.s - reach) / Math.max(0.1, Math.max(scene.speed, scene.limit));
  return through > enters - PASS_MARGIN && fastest < leaves + PASS_MARGIN;
}

function yieldTo(scene: Scene, { actor, slot, leaves }: Forecast): Constraint {
  const contact = actor.s - actor.halfAlong - EGO_HALF_LENGTH;
  const roomy = contact - PERSON_MARGIN;
  const hard = roomy < 0.1 || (scene.speed * scene.speed) / (2 * roomy) > 4;
  const at = Math.max(0, hard ? contact - PERSON_MARGIN_TIGHT : roomy);
  return { kind: 'stop', at, until: leaves + PASS_MARGIN / 2, longitudinal: 'yield', cause: { kind: 'actor', slot } };
}

function keepBehind(f: Forecast, longitudinal: Longitudinal, headway: number): Leader {
  const speed = Math.max(0, f.actor.speedAlong);
  return { kind: 'leader', gap: f.gap, speed, headway, longitudinal, cause: { kind: 'actor', slot: f.slot } };
}

function lightRule({ light, speed, accel }: Scene): Constraint[] {
  if (!light || light.distance < 0) return [];
  const at = light.distance - LINE_MARGIN;
  const needed = (speed * speed) / (2 * Math.max(0.1, light.distance));
  const bearable = accel < -1 ? YELLOW_BRAKE_COMMITTED : YELLOW_BRAKE;
  const tooLate = light.distance > YELLOW_LEFT * speed;
  const stops = light.state === LIGHT_RED || (light.state === LIGHT_YELLOW && (needed < bearable || tooLate));
  if (!stops) return [];
  const until = Number.POSITIVE_INFINITY;
  return [{ kind: 'stop', at: Math.max(0, at), until, longitudinal: 'stop', cause: { kind: 'light' } }];
}

/** The one constraint of a forced decision, besides the bends. */
function forcedRule(scene: Scene, forecasts: readonly Forecast[], forced: Longitudinal): Constraint | undefined {
  const ahead = forecasts.filter((f) => f.actor.s > EGO_HALF_LENGTH);
  const critical = ahead[0];
  const { light, speed } = scene;
  const clear: Cause = { kind: 'clear' };
  const standAfter = (at: number, cause: Cause): Constraint => {
    const least = (speed * speed) / (2 * 6);
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

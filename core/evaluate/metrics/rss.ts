/**
 * Responsibility-Sensitive Safety: the least distances that leave a way out, and how much more the ego kept.
 *
 * Formulas of Intel's ad-rss-lib (`RssFormulas.cpp`, after Shalev-Shwartz, Shammah & Shashua 2017): each vehicle goes on accelerating for its
 * response time ρ, then brakes; the offset is v·ρ + ½·a·ρ² + (v + a·ρ)²/(2·b), the braking part only while the speed still opposes it.
 * Longitudinal, same direction: max(0, offset of the follower − v_lead²/(2·b_max)); opposite: sum of both offsets, the one in its correct
 * lane with b_min,correct. Lateral: max(0, μ + offset of the left − offset of the right).
 * **Quirk.** The paper writes μ + [·]₊; the library adds μ (to the boxes) before it clips, so two cars drifting apart need 0,
 * not μ. `marginOutside` gives the paper's form.
 */
import { toEgo } from '../../world/geometry.ts';
import type { Cost, DriveTrack } from './track.ts';

export interface RssDynamics {
  /** ρ, s. */
  readonly responseTime: number;
  /** All > 0, m/s². */
  readonly accelMax: number;
  readonly brakeMin: number;
  readonly brakeMax: number;
  readonly brakeMinCorrect: number;
  readonly lateralAccelMax: number;
  readonly lateralBrakeMin: number;
  /** μ, m; a pair's margin is the mean of the two. */
  readonly lateralMargin: number;
  /** Speed that acceleration during ρ does not exceed, m/s. */
  readonly maxSpeed?: number;
}

/** ad-rss-lib's parameter appendix: ρ is 1 s for the ego and 2 s for others. */
export const RSS_EGO: RssDynamics = {
  responseTime: 1,
  accelMax: 3.5,
  brakeMin: 4,
  brakeMax: 8,
  brakeMinCorrect: 3,
  lateralAccelMax: 0.2,
  lateralBrakeMin: 0.8,
  lateralMargin: 0.1,
};
export const RSS_OTHER: RssDynamics = { ...RSS_EGO, responseTime: 2 };

/** Way until standstill: accelerating for ρ (up to maxSpeed), then braking with `brake`. Speed ≥ 0. */
export function statedBraking(speed: number, dynamics: RssDynamics, brake: number): number {
  const { responseTime: rho, accelMax, maxSpeed = Number.POSITIVE_INFINITY } = dynamics;
  const reached = Math.min(Math.max(maxSpeed, speed), speed + accelMax * rho);
  const rising = (reached - speed) / accelMax;
  const during = speed * rising + 0.5 * accelMax * rising ** 2 + reached * (rho - rising);
  return during + reached ** 2 / (2 * brake);
}

/** Least safe gap behind a leading vehicle, m. */
export function safeDistanceSameDirection(
  rearSpeed: number,
  frontSpeed: number,
  rear: RssDynamics = RSS_EGO,
  front: RssDynamics = RSS_OTHER,
): number {
  return Math.max(0, statedBraking(rearSpeed, rear, rear.brakeMin) - frontSpeed ** 2 / (2 * front.brakeMax));
}

/** Least safe gap between two that drive towards each other, speeds ≥ 0, m. */
export function safeDistanceOppositeDirection(
  correctSpeed: number,
  oppositeSpeed: number,
  correct: RssDynamics = RSS_EGO,
  opposite: RssDynamics = RSS_OTHER,
): number {
  return (
    statedBraking(correctSpeed, correct, correct.brakeMinCorrect) +
    statedBraking(oppositeSpeed, opposite, opposite.brakeMin)
  );
}

/** Lateral offset while accelerating towards `sign` for ρ and braking after, m. */
function lateralOffset(
  speed: number,
  { responseTime: rho, lateralAccelMax, lateralBrakeMin }: RssDynamics,
  sign: 1 | -1,
) {
  const accel = sign * lateralAccelMax;
  const reached = speed + accel * rho;
  const braking = sign * reached > 0 ? (sign * reached ** 2) / (2 * lateralBrakeMin) : 0;
  return speed * rho + 0.5 * accel * rho ** 2 + braking;
}

/** Least safe lateral gap, m. Speeds are positive to the right, as the library's axis is: the left one then approaches. */
export function safeLateralDistance(
  leftSpeed: number,
  rightSpeed: number,
  left: RssDynamics = RSS_EGO,
  right: RssDynamics = RSS_OTHER,
  marginOutside = false,
): number {
  const margin = (left.lateralMargin + right.lateralMargin) / 2;
  const moved = lateralOffset(leftSpeed, left, 1) - lateralOffset(rightSpeed, right, -1);
  return marginOutside ? margin + Math.max(0, moved) : Math.max(0, margin + moved);
}

/** Real gap minus the least safe one, m; negative is unsafe. A situation is dangerous when both are. */
export interface RssMargin {
  readonly longitudinal: number;
  readonly lateral: number;
  readonly dangerous: boolean;
  /** Whether the actor is ahead of the ego's centre: then keeping the distance is the ego's duty. */
  readonly ahead: boolean;
  readonly actor: string;
}

/**
 * Margins towards every actor present at `step`, in the ego's own frame (exact on straight roads). Ego-relative boxes are the actors'
 * bounding rectangles along the ego's axes. An actor behind is the follower and its duty, so its margin is measured with it as rear.
 */
export function rssMargins(track: DriveTrack, step: number, ego = RSS_EGO, other = RSS_OTHER): RssMargin[] {
  const pose = { x: track.x[step], y: track.y[step], headingRad: track.headingRad[step] };
  const speed = Math.max(0, track.speedMps[step]);
  return track.actors
    .filter((actor) => actor.present[step])
    .map((actor) => {
      const at = toEgo(pose, { x: actor.x[step], y: actor.y[step] });
      const turn = actor.headingRad[step] - pose.headingRad;
      const [cos, sin] = [Math.abs(Math.cos(turn)), Math.abs(Math.sin(turn))];
      const gapX = Math.abs(at.x) - (track.length + cos * actor.length + sin * actor.width) / 2;
      const gapY = Math.abs(at.y) - (track.width + sin * actor.length + cos * actor.width) / 2;
      const along = actor.speedMps[step] * Math.cos(turn);
      const toLeft = actor.speedMps[step] * Math.sin(turn);
      const ahead = at.x >= 0;
      const safeX =
        along < 0 && ahead
          ? safeDistanceOppositeDirection(speed, -along, ego, other)
          : ahead
            ? safeDistanceSameDirection(speed, along, ego, other)
            : along < 0
              ? 0
              : safeDistanceSameDirection(along, speed, other, ego);
      const safeY =
        at.y >= 0 ? safeLateralDistance(-toLeft, 0, other, ego) : safeLateralDistance(0, -toLeft, ego, other);
      const [longitudinal, lateral] = [gapX - safeX, gapY - safeY];
      return { longitudinal, lateral, dangerous: longitudinal < 0 && lateral < 0, ahead, actor: actor.id };
    });
}

/** Rows at which a situation turns dangerous that the ego has to mind: the actor is not behind it. */
export function rssCosts(track: DriveTrack): Cost[] {
  const costs: Cost[] = [];
  const before = new Set<string>();
  for (let step = 0; step < track.rows; step++) {
    for (const { actor, ahead, dangerous, longitudinal } of rssMargins(track, step)) {
      if (dangerous && ahead && !before.has(actor)) costs.push({ part: 'rss', step, actor, value: longitudinal });
      if (dangerous) before.add(actor);
      else before.delete(actor);
    }
  }
  return costs;
}

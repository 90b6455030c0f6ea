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
import { type ActorTrack, type Cost, type DriveTrack, perTrack, within } from './track.ts';

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

/** Others farther off than this are left out of a drive's summary, m: no rule asks for more between 25 m/s each. */
const SIGHT = 300;

/**
 * Margin towards one actor at `step`, in the ego's own frame (exact on straight roads). Ego-relative boxes are the actors' bounding
 * rectangles along the ego's axes. An actor behind is the follower and its duty, so its margin is measured with it as rear.
 */
function marginTo(track: DriveTrack, step: number, actor: ActorTrack, ego: RssDynamics, other: RssDynamics): RssMargin {
  const speed = Math.max(0, track.speedMps[step]);
  const heading = track.headingRad[step];
  const [dx, dy] = [actor.x[step] - track.x[step], actor.y[step] - track.y[step]];
  const [cosEgo, sinEgo] = [Math.cos(heading), Math.sin(heading)];
  const [atX, atY] = [dx * cosEgo + dy * sinEgo, dy * cosEgo - dx * sinEgo];
  const turn = actor.headingRad[step] - heading;
  const [cosTurn, sinTurn] = [Math.cos(turn), Math.sin(turn)];
  const [cos, sin] = [Math.abs(cosTurn), Math.abs(sinTurn)];
  const gapX = Math.abs(atX) - (track.length + cos * actor.length + sin * actor.width) / 2;
  const gapY = Math.abs(atY) - (track.width + sin * actor.length + cos * actor.width) / 2;
  const along = actor.speedMps[step] * cosTurn;
  const toLeft = actor.speedMps[step] * sinTurn;
  const ahead = atX >= 0;
  const safeX =
    along < 0 && ahead
      ? safeDistanceOppositeDirection(speed, -along, ego, other)
      : ahead
        ? safeDistanceSameDirection(speed, along, ego, other)
        : along < 0
          ? 0
          : safeDistanceSameDirection(along, speed, other, ego);
  const safeY = atY >= 0 ? safeLateralDistance(-toLeft, 0, other, ego) : safeLateralDistance(0, -toLeft, ego, other);
  const [longitudinal, lateral] = [gapX - safeX, gapY - safeY];
  return { longitudinal, lateral, dangerous: longitudinal < 0 && lateral < 0, ahead, actor: actor.id };
}

/** Margins towards every actor present at `step`. */
export function rssMargins(track: DriveTrack, step: number, ego = RSS_EGO, other = RSS_OTHER): RssMargin[] {
  return track.actors.filter((actor) => actor.present[step]).map((actor) => marginTo(track, step, actor, ego, other));
}

/** A drive by RSS: what the ego, which has to mind everyone not behind it, kept at least. */
export interface RssSummary {
  /** Rows at which a situation turns dangerous. */
  readonly costs: readonly Cost[];
  /** Least over rows and actors, m, with its row: of the larger margin of the two (negative = dangerous) … */
  readonly least: Cost | null;
  /** … of the longitudinal one where the lateral one is broken, of the lateral one where the longitudinal one is. */
  readonly longitudinal: Cost | null;
  readonly lateral: Cost | null;
}

export const rssSummary: (track: DriveTrack) => RssSummary = perTrack((track) => {
  const costs: Cost[] = [];
  let [least, longitudinal, lateral]: (Cost | null)[] = [null, null, null];
  const less = (before: Cost | null, step: number, actor: string, value: number): Cost =>
    before?.value !== undefined && before.value <= value ? before : { part: 'rss', step, actor, value };
  for (const actor of track.actors) {
    let before = false;
    for (let step = 0; step < track.rows; step++) {
      const near =
        actor.present[step] !== 0 && within(actor.x[step] - track.x[step], actor.y[step] - track.y[step], SIGHT);
      if (!near) {
        before = false;
        continue;
      }
      const margin = marginTo(track, step, actor, RSS_EGO, RSS_OTHER);
      if (margin.ahead) {
        least = less(least, step, actor.id, Math.max(margin.longitudinal, margin.lateral));
        if (margin.lateral < 0) longitudinal = less(longitudinal, step, actor.id, margin.longitudinal);
        if (margin.longitudinal < 0) lateral = less(lateral, step, actor.id, margin.lateral);
        if (margin.dangerous && !before) costs.push({ part: 'rss', step, actor: actor.id, value: margin.longitudinal });
      }
      before = margin.dangerous;
    }
  }
  return { costs: costs.sort((a, b) => a.step - b.step), least, longitudinal, lateral };
});

/** Rows at which a situation turns dangerous that the ego has to mind: the actor is not behind it. */
export const rssCosts = (track: DriveTrack): readonly Cost[] => rssSummary(track).costs;

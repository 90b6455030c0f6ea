/**
 * The intelligent driver model and MOBIL, with the parameters other simulators give them.
 *
 * IDM (Treiber, Hennecke & Helbing 2000): a = a_max·[1 − (v/v0)^δ − (S/s)²], S = s0 + v·T + v·Δv / (2·√(a_max·b)), Δv the
 * approach rate. MOBIL (Kesting, Treiber & Helbing 2007): change lane when the own gain plus politeness times the followers'
 * gain exceeds a threshold and nobody has to brake harder than a limit.
 *
 * Peers differ in what `gap` means, and that is where numbers part: highway-env measures centre to centre along the lane, so
 * its s0 holds a car length; nuPlan, NAVSIM and MetaDrive measure between bumpers.
 */

export interface IdmParameters {
  /** a_max and comfortable braking b, both > 0, m/s². */
  readonly maxAccel: number;
  readonly comfortBrake: number;
  /** Gap at standstill s0, m, and time headway T, s. */
  readonly minGap: number;
  readonly headwaySeconds: number;
  readonly exponent: number;
  /** v0, m/s. */
  readonly desiredSpeedMps: number;
  /** Whether the speed part of S is cut at 0 (Waymax; the paper does so too, in a later edition). */
  readonly clipDynamicGap?: boolean;
}

/** Defaults as read in each simulator's source. */
export const IDM_PRESETS = {
  /** `behavior.py`, IDMVehicle: gap centre to centre, so minGap = 5 m + one car length of 5 m. */
  highwayEnv: { maxAccel: 3, comfortBrake: 5, minGap: 10, headwaySeconds: 1.5, exponent: 4, desiredSpeedMps: 30 },
  /** nuplan-devkit `idm_policy.py`, agents. */
  nuplanAgents: { maxAccel: 1, comfortBrake: 2, minGap: 1, headwaySeconds: 1.5, exponent: 4, desiredSpeedMps: 10 },
  /** NAVSIM PDM-Closed: exponent 10, proposals at 0.2 … 1.0 of the limit (15 m/s where none is known). */
  pdmClosed: { maxAccel: 1.5, comfortBrake: 3, minGap: 1, headwaySeconds: 1.5, exponent: 10, desiredSpeedMps: 15 },
  /** Waymax `waypoint_following_agent.py`. */
  waymax: {
    maxAccel: 2,
    comfortBrake: 4,
    minGap: 2,
    headwaySeconds: 2,
    exponent: 4,
    desiredSpeedMps: 30,
    clipDynamicGap: true,
  },
  /** PufferDrive `idm.h`. */
  pufferDrive: { maxAccel: 1, comfortBrake: 3, minGap: 1, headwaySeconds: 1.5, exponent: 4, desiredSpeedMps: 10 },
} as const satisfies Readonly<Record<string, IdmParameters>>;

/** S, m: the gap the model would like at `speed` behind a lead at `leadSpeed`, m/s. */
export function desiredGap(parameters: IdmParameters, speed: number, leadSpeed: number): number {
  const { maxAccel, comfortBrake, minGap, headwaySeconds, clipDynamicGap } = parameters;
  const dynamic = speed * headwaySeconds + (speed * (speed - leadSpeed)) / (2 * Math.sqrt(maxAccel * comfortBrake));
  return minGap + (clipDynamicGap ? Math.max(0, dynamic) : dynamic);
}

/** a, m/s², unclipped. Without a lead `gap` is Infinity. A gap of 0 counts as 0.01 m (highway-env's `not_zero`). */
export function idmAcceleration(
  parameters: IdmParameters,
  speed: number,
  gap: number = Number.POSITIVE_INFINITY,
  leadSpeed: number = speed,
): number {
  const free = (Math.max(speed, 0) / notZero(parameters.desiredSpeedMps)) ** parameters.exponent;
  const interaction =
    gap === Number.POSITIVE_INFINITY ? 0 : (desiredGap(parameters, speed, leadSpeed) / notZero(gap)) ** 2;
  return parameters.maxAccel * (1 - free - interaction);
}

/** The value, or ±0.01 when it is nearer to 0 than that. */
export function notZero(value: number): number {
  if (Math.abs(value) > 0.01) return value;
  return value >= 0 ? 0.01 : -0.01;
}

/** Accelerations before and after an imagined lane change, m/s²; a missing follower is 0 and 0. */
export interface LaneChangeGains {
  readonly self: readonly [before: number, after: number];
  readonly newFollower: readonly [before: number, after: number];
  readonly oldFollower: readonly [before: number, after: number];
}

export interface MobilParameters {
  readonly politeness: number;
  readonly minGain: number;
  /** Hardest braking, > 0, that may be imposed on the new follower, m/s². */
  readonly maxImposedBraking: number;
}
/** highway-env `behavior.py`: egoistic. */
const MOBIL_HIGHWAY_ENV: MobilParameters = { politeness: 0, minGain: 0.2, maxImposedBraking: 2 };

/** Whether MOBIL changes lane. */
export function mobilChanges(gains: LaneChangeGains, parameters: MobilParameters = MOBIL_HIGHWAY_ENV): boolean {
  if (gains.newFollower[1] < -parameters.maxImposedBraking) return false;
  const gain = ([before, after]: readonly [number, number]) => after - before;
  const others = gain(gains.newFollower) + gain(gains.oldFollower);
  return gain(gains.self) + parameters.politeness * others >= parameters.minGain;
}

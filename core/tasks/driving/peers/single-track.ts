/**
 * CommonRoad's kinematic single-track model (KS): reference point at the rear axle, controls steering rate and acceleration.
 *
 * f(x, u): ẋ = v·cos ψ, ẏ = v·sin ψ, δ̇ = u₁, v̇ = u₂, ψ̇ = v·tan δ / (a + b) (`vehicle_dynamics_ks.py`; Althoff, Koschi & Manzinger
 * 2017). About the centre of gravity: β = atan(tan δ·b / L), ẋ = v·cos(ψ + β), ẏ = v·sin(ψ + β), ψ̇ = v·cos β·tan δ / L.
 * State order is CommonRoad's: [x, y, δ, v, ψ].
 */

export interface SingleTrackVehicle {
  /** Centre of gravity to front and to rear axle, m. */
  readonly frontAxle: number;
  readonly rearAxle: number;
  readonly minSteer: number;
  readonly maxSteer: number;
  readonly minSteerRate: number;
  readonly maxSteerRate: number;
  readonly minSpeed: number;
  readonly maxSpeed: number;
  readonly maxAccel: number;
  /** Above this speed engine power bounds the acceleration: a ≤ maxAccel·switch/v, m/s. */
  readonly switchSpeed: number;
}

const FOOT = 0.3048;
/** CommonRoad vehicle 2, BMW 320i; its wheelbase is 8.461 ft. */
export const BMW_320I: SingleTrackVehicle = {
  frontAxle: 3.793293 * FOOT,
  rearAxle: 4.667707 * FOOT,
  minSteer: -1.066,
  maxSteer: 1.066,
  minSteerRate: -0.4,
  maxSteerRate: 0.4,
  minSpeed: -13.6,
  maxSpeed: 50.8,
  maxAccel: 11.5,
  switchSpeed: 7.319,
};

export type SingleTrackState = readonly [x: number, y: number, steerRad: number, speedMps: number, headingRad: number];
export type SingleTrackInput = readonly [steerRate: number, accelMps2: number];

/** The steering rate that is really applied: 0 at the stops, clipped otherwise. */
export function limitSteerRate(vehicle: SingleTrackVehicle, steer: number, rate: number): number {
  const { minSteer, maxSteer, minSteerRate, maxSteerRate } = vehicle;
  if ((steer <= minSteer && rate <= 0) || (steer >= maxSteer && rate >= 0)) return 0;
  return Math.max(minSteerRate, Math.min(maxSteerRate, rate));
}

/** The acceleration that is really applied: engine power, tyre limit and top speed considered. */
export function limitAcceleration(vehicle: SingleTrackVehicle, speed: number, accel: number): number {
  const { minSpeed, maxSpeed, maxAccel, switchSpeed } = vehicle;
  const upper = speed > switchSpeed ? (maxAccel * switchSpeed) / speed : maxAccel;
  if ((speed <= minSpeed && accel <= 0) || (speed >= maxSpeed && accel >= 0)) return 0;
  return Math.max(-maxAccel, Math.min(upper, accel));
}

/** Time derivative of the state about the rear axle, limits applied. */
export function singleTrackDerivative(
  state: SingleTrackState,
  input: SingleTrackInput,
  vehicle: SingleTrackVehicle = BMW_320I,
): SingleTrackState {
  const [, , steer, speed, heading] = state;
  return [
    speed * Math.cos(heading),
    speed * Math.sin(heading),
    limitSteerRate(vehicle, steer, input[0]),
    limitAcceleration(vehicle, speed, input[1]),
    (speed / (vehicle.frontAxle + vehicle.rearAxle)) * Math.tan(steer),
  ];
}

/** The same about the centre of gravity. */
export function singleTrackCogDerivative(
  state: SingleTrackState,
  input: SingleTrackInput,
  vehicle: SingleTrackVehicle = BMW_320I,
): SingleTrackState {
  const [, , steer, speed, heading] = state;
  const wheelbase = vehicle.frontAxle + vehicle.rearAxle;
  const slip = Math.atan((Math.tan(steer) * vehicle.rearAxle) / wheelbase);
  return [
    speed * Math.cos(heading + slip),
    speed * Math.sin(heading + slip),
    limitSteerRate(vehicle, steer, input[0]),
    limitAcceleration(vehicle, speed, input[1]),
    ((speed * Math.cos(slip)) / wheelbase) * Math.tan(steer),
  ];
}

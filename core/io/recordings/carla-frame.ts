/**
 * CARLA's frame and ours. CARLA (Unreal) is LEFT-handed: x forward, y right, z up, degrees, yaw from x towards y, pitch nose up,
 * roll right side down. Ours is right-handed: x forward, y left, z up, radians (ISO 8855). The map between them mirrors y.
 *
 * Derivation: with M = diag(1, −1, 1), a point becomes M p and a rotation M R M, which in z-y-x Euler angles is
 * (roll, −pitch, −yaw). An axial vector (angular velocity, gyroscope) becomes −M ω = (−x, y, −z). This is the only place
 * where the two meet; the recorder's file and the live client both come through here.
 */
export interface Point3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}
/** Degrees, CARLA's sense. */
export interface CarlaRotation {
  readonly pitch: number;
  readonly yaw: number;
  readonly roll: number;
}
/** Metres and radians, right-handed, z-y-x Euler angles. */
export interface Pose3 extends Point3 {
  readonly headingRad: number;
  readonly pitchRad: number;
  readonly rollRad: number;
}

const RAD = Math.PI / 180;
/** −0 is 0: mirrored zeros compare equal. */
const negated = (value: number) => 0 - value;

/** A point, velocity, acceleration or force in our frame; `scale` turns its unit into ours (0.01 for centimetres). */
export function fromCarlaVector({ x, y, z }: Point3, scale = 1): Point3 {
  return { x: x * scale, y: negated(y * scale), z: z * scale };
}

/** An angular velocity in our frame; `scale` is π/180 (the default) for degrees, 1 for radians. */
export function fromCarlaAngularVelocity({ x, y, z }: Point3, scale = RAD): Point3 {
  return { x: negated(x * scale), y: y * scale, z: negated(z * scale) };
}

/** A placed thing in our frame; `scale` turns its length unit into metres. */
export function fromCarlaPose(location: Point3, { pitch, yaw, roll }: CarlaRotation, scale = 1): Pose3 {
  return {
    ...fromCarlaVector(location, scale),
    headingRad: negated(yaw * RAD),
    pitchRad: negated(pitch * RAD),
    rollRad: roll * RAD,
  };
}

/** The inverse of `fromCarlaVector`: the mirror is its own. */
export const toCarlaVector = fromCarlaVector;

/** CARLA's location (m) and rotation (degrees) of a pose of ours. */
export function toCarlaPose(pose: Pose3): { readonly location: Point3; readonly rotation: CarlaRotation } {
  return {
    location: toCarlaVector(pose),
    rotation: { pitch: negated(pose.pitchRad / RAD), yaw: negated(pose.headingRad / RAD), roll: pose.rollRad / RAD },
  };
}

/** Heading of an IMU's compass (rad clockwise from north, CARLA's −y) in our frame, where north is +y and east +x. */
export const headingOfCompass = (compassRad: number): number => Math.PI / 2 - compassRad;

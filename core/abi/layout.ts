/**
 * Sizes and field numbers that the AssemblyScript kernels and the TypeScript twin share.
 *
 * Only `export const NAME = literal` is allowed here, because AssemblyScript compiles this very file: an integer literal
 * becomes i32, a literal with a point becomes f64. SI units, radians; right-handed, x forward, y left (ISO 8855).
 */

/** World time of one step, s (10 Hz). */
export const DT = 0.1;
/** Steps between two decisions (2 Hz). */
export const DECISION_STEPS = 5;
/** Waypoints of one plan, one a step: 2 s at 10 Hz. */
export const WAYPOINTS = 20;
/** Actors a world can hold. */
export const MAX_ACTORS = 128;
/** Actors one observation shows. */
export const OBS_ACTORS = 6;
/** Lights on one route, and traffic lights in one world. */
export const MAX_LIGHTS = 4;
export const MAX_SIGNALS = 32;
/** Longest delay of the controls, steps. */
export const MAX_LATENCY = 5;

/** Ego wheelbase, m. */
export const WHEELBASE = 2.7;
/** Ego box, m; the box centre is the reference point of the bicycle model. */
export const EGO_LENGTH = 4.6;
export const EGO_WIDTH = 1.9;

/** One control count in physical units: controls are small integers, so a drive's controls replay bit for bit. */
export const ACCEL_QUANTUM = 0.05;
export const STEER_QUANTUM = 0.002;
/** Control limits in counts: −8 … +3 m/s², ±0.5 rad. */
export const ACCEL_MIN_Q = -160;
export const ACCEL_MAX_Q = 60;
export const STEER_MAX_Q = 250;

/* Written by `npm run kernels` from core/tasks/driving/observe/observation.ts. */
/* Observation: one flat Float32Array in the ego frame, each number scaled to about [-1, 1]; docs/observation.md.
 * A slice that is there several times has its numbers counted from the start of the point or the actor. */
export const OBS_EGO = 0;
export const OBS_EGO_SIZE = 8;
export const OBS_EGO_SPEED = 0;
export const OBS_EGO_ACCEL = 1;
export const OBS_EGO_STEER = 2;
export const OBS_EGO_LATERAL = 3;
export const OBS_EGO_SIN = 4;
export const OBS_EGO_COS = 5;
export const OBS_EGO_LIMIT = 6;
export const OBS_EGO_YAW_RATE = 7;
export const OBS_ROUTE = 8;
export const OBS_ROUTE_POINTS = 6;
export const OBS_ROUTE_STRIDE = 3;
export const OBS_ROUTE_X = 0;
export const OBS_ROUTE_Y = 1;
export const OBS_ROUTE_HEADING = 2;
export const OBS_EDGE = 26;
export const OBS_EDGE_SIZE = 5;
export const OBS_EDGE_LEFT = 26;
export const OBS_EDGE_RIGHT = 27;
export const OBS_EDGE_REMAINING = 28;
export const OBS_EDGE_ONCOMING = 29;
export const OBS_EDGE_NARROWEST = 30;
export const OBS_LIGHT = 31;
export const OBS_LIGHT_SIZE = 5;
export const OBS_LIGHT_PRESENT = 31;
export const OBS_LIGHT_STOP = 32;
export const OBS_LIGHT_GREEN = 33;
export const OBS_LIGHT_YELLOW = 34;
export const OBS_LIGHT_RED = 35;
export const OBS_WEATHER = 36;
export const OBS_WEATHER_SIZE = 3;
export const OBS_WEATHER_FRICTION = 36;
export const OBS_WEATHER_SIGHT = 37;
export const OBS_WEATHER_DAYLIGHT = 38;
export const OBS_ACTOR = 39;
export const OBS_ACTOR_STRIDE = 15;
export const OBS_ACTOR_PRESENT = 0;
export const OBS_ACTOR_VEHICLE = 1;
export const OBS_ACTOR_PEDESTRIAN = 2;
export const OBS_ACTOR_STATIC = 3;
export const OBS_ACTOR_BICYCLE = 4;
export const OBS_ACTOR_EMERGENCY = 5;
export const OBS_ACTOR_X = 6;
export const OBS_ACTOR_Y = 7;
export const OBS_ACTOR_VX = 8;
export const OBS_ACTOR_VY = 9;
export const OBS_ACTOR_COS = 10;
export const OBS_ACTOR_SIN = 11;
export const OBS_ACTOR_LENGTH = 12;
export const OBS_ACTOR_WIDTH = 13;
export const OBS_ACTOR_YAW_RATE = 14;
export const OBS_DIM = 129;

/** Scales: observation = physical / scale. */
export const SCALE_SPEED = 15.0;
export const SCALE_ACCEL = 4.0;
export const SCALE_STEER = 0.5;
export const SCALE_LATERAL = 2.0;
export const SCALE_X = 40.0;
export const SCALE_Y = 10.0;
export const SCALE_EDGE = 5.0;
export const SCALE_REMAINING = 100.0;
export const SCALE_STOP = 50.0;
export const SCALE_SIGHT = 80.0;
export const SCALE_VX = 10.0;
export const SCALE_VY = 5.0;
export const SCALE_LENGTH = 5.0;
export const SCALE_WIDTH = 2.0;
/* End of what is written. */

/** Traffic light states. */
export const LIGHT_NONE = 0;
export const LIGHT_GREEN = 1;
export const LIGHT_YELLOW = 2;
export const LIGHT_RED = 3;

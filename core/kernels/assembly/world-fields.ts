/**
 * Field numbers of the world's tables, shared by the kernel and the TypeScript around it.
 *
 * Dynamic state: a struct of arrays of float64, one array of `count` numbers a field. Everything before D_HASHED is physics
 * and is hashed; the plan behind it belongs to the tracker, so a drive replayed from its controls hashes equal to the
 * drive that followed plans. A snapshot is the D_FIELDS numbers of one world.
 * Static parameters: one row of S_FIELDS float64 a world. Only literals here: AssemblyScript compiles this very file.
 */

/* Dynamic state, ego. Angles rad, SI units. */
export const D_STEP = 0;
export const D_X = 1;
export const D_Y = 2;
export const D_HEADING = 3;
export const D_SPEED = 4;
export const D_ACCEL = 5;
export const D_STEER = 6;
export const D_YAW_RATE = 7;
/** Road sample at or before the ego: where the next projection starts to look. */
export const D_INDEX = 8;
export const D_S = 9;
export const D_LATERAL = 10;
export const D_HEADING_ERROR = 11;
/** Largest arc length reached. */
export const D_MAX_S = 12;
export const D_LIGHT = 13;
export const D_TTC = 14;
export const D_REWARD = 15;
export const D_TERMINATED = 16;
export const D_TRUNCATED = 17;
/** Actor hit, or -1. */
export const D_COLLISION_ACTOR = 18;
export const D_OFF_ROAD = 19;
/** 1 in the step in which the stop line was crossed at red. */
export const D_RAN_RED = 20;
export const D_SUCCESS = 21;
export const D_ACCEL_Q = 22;
export const D_STEER_Q = 23;
/* Totals of the drive. */
export const D_RED_LIGHTS = 24;
export const D_TTC_STEPS = 25;
export const D_SPEEDING_STEPS = 26;
export const D_UNCOMFORTABLE_STEPS = 27;
export const D_MIN_TTC = 28;
export const D_MIN_GAP = 29;
export const D_RETURN = 30;
/* MAX_ACTORS × ACTOR_FIELDS. */
export const D_ACTORS = 31;
export const ACTOR_FIELDS = 8;
export const A_X = 0;
export const A_Y = 1;
export const A_HEADING = 2;
export const A_SPEED = 3;
/** Route coordinates; unused (0) by replayed actors. */
export const A_S = 4;
export const A_LATERAL = 5;
/** Pedestrian: 0 waits, 1 crosses, 2 has crossed. */
export const A_PHASE = 6;
export const A_PRESENT = 7;
export const D_HASHED = 95;
/* Plan: the step it began at (-1 = none), then WAYPOINTS × (x, y) in the world frame. */
export const D_PLAN_STEP = 95;
export const D_PLAN = 96;
export const D_FIELDS = 136;

/* Static parameters. */
export const S_ROAD = 0;
export const S_ROAD_POINTS = 1;
export const S_ROAD_DS = 2;
/** Distance from the lane centre to the left and right edge of the drivable area. */
export const S_EDGE_LEFT = 3;
export const S_EDGE_RIGHT = 4;
export const S_SPEED_LIMIT = 5;
/** Junction's arc range; from > to when there is none. */
export const S_JUNCTION_FROM = 6;
export const S_JUNCTION_TO = 7;
export const S_START_S = 8;
export const S_START_LATERAL = 9;
export const S_START_HEADING_ERROR = 10;
export const S_START_SPEED = 11;
export const S_GOAL = 12;
export const S_MAX_STEPS = 13;
export const S_HAS_LIGHT = 14;
export const S_STOP_LINE = 15;
export const S_GREEN = 16;
export const S_YELLOW = 17;
export const S_RED = 18;
export const S_LIGHT_OFFSET = 19;
export const S_ACTOR_COUNT = 20;
export const S_ACTORS = 21;
/* Per actor: behaviour, kind, box, then up to seven numbers that depend on the behaviour. */
export const SPEC_FIELDS = 11;
export const P_BEHAVIOUR = 0;
export const P_KIND = 1;
export const P_LENGTH = 2;
export const P_WIDTH = 3;
export const P_S = 4;
export const P_LATERAL = 5;
export const P_SPEED = 6;
/* idm */
export const P_DESIRED_SPEED = 7;
export const P_BRAKE_AT = 8;
export const P_BRAKE = 9;
export const P_BRAKE_FOR = 10;
/* cross: P_LATERAL is where it starts */
export const P_TO_LATERAL = 7;
export const P_TRIGGER = 8;
/* parked */
export const P_HEADING_OFFSET = 7;
/* replay */
export const P_TRACK = 7;
export const P_TRACK_ROWS = 8;
export const S_FIELDS = 109;

export const BEHAVIOUR_IDM = 1;
export const BEHAVIOUR_CROSS = 2;
export const BEHAVIOUR_PARKED = 3;
export const BEHAVIOUR_REPLAY = 4;

/* One road sample: x, y, heading, curvature, and cos and sin of the heading, which the kernel fills in. */
export const ROAD_STRIDE = 6;
/* One row of a replayed track: x, y, heading, speed, present. */
export const TRACK_STRIDE = 5;

/* The rules of the world. */
/** Extra drivable width on both sides inside a junction, m. */
export const JUNCTION_WIDENING = 5.0;
/** How far the ego sees, m: ROUTE_AHEAD and VIEW_RANGE of observation.ts, for the kernel. */
export const SIGHT = 80.0;
/** The light is shown until the front bumper is this far past the stop line, m. */
export const LIGHT_BEHIND = 6.0;
/** Look-ahead of the time to collision, s, and the bound below which a step counts against the score. */
export const TTC_HORIZON = 8.0;
export const TTC_MIN = 1.0;
/** Below this speed the ego stands and cannot be the one that runs into something, m/s. */
export const TTC_STANDING = 0.05;
export const SPEED_TOLERANCE = 0.5;
/** Comfort bounds, strict: nuPlan's, on the driven step rather than on a smoothed series. */
export const COMFORT_ACCEL_MIN = -4.05;
export const COMFORT_ACCEL_MAX = 2.4;
export const COMFORT_LATERAL = 4.89;
export const COMFORT_JERK = 8.37;

/** Intelligent Driver Model (Treiber 2000), exponent 4: m/s², m/s², m, s; clip of the result, m/s². */
export const IDM_ACCEL = 1.5;
export const IDM_BRAKE = 2.5;
export const IDM_GAP = 2.0;
export const IDM_HEADWAY = 1.5;
export const IDM_CLIP = 8.0;
/** A follower stops for yellow when this deceleration is enough, m/s². */
export const YELLOW_BRAKE = 3.0;

/* Tracker; see tracker.ts. */
/** The speed reference is the mean over waypoints FROM..TO ahead of now. */
export const TRACK_FROM = 3;
export const TRACK_TO = 7;
/** Second look of the standstill test, waypoints ahead. */
export const TRACK_FAR_FROM = 8;
export const TRACK_FAR_TO = 12;
/** Time to reach the reference, s: the middle of FROM..TO. */
export const TRACK_TIME = 0.5;
/** Gain on the position error along the plan, 1/s². */
export const TRACK_POSITION_GAIN = 1.0;
/** Change of acceleration a step, m/s²: within the comfort bound on jerk; braking harder than EMERGENCY is not slowed. */
export const TRACK_JERK_STEP = 0.8;
export const TRACK_EMERGENCY = -4.0;
/** Standstill: below both speeds the brake is held, m/s and m/s². */
export const TRACK_STAND_SPEED = 0.2;
export const TRACK_STAND_REF = 0.25;
export const TRACK_HOLD = -0.6;
/** Deceleration without a plan or with one that has run out, m/s². */
export const TRACK_LOST = -2.0;
/** Pursuit uses the waypoints up to this many ahead, and farther ones as long as they are nearer than this, m. */
export const PURSUIT_AHEAD = 6;
export const PURSUIT_NEAR = 4.0;
/** Weight that keeps the present curvature when the plan is too short to say, m⁴. */
export const PURSUIT_HOLD = 40.0;
/** Change of steering a step, rad. */
export const STEER_RATE_STEP = 0.06;

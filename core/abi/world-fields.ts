/**
 * Field numbers of the world's tables and constants of its rules, shared by the kernel and the TypeScript around it.
 *
 * Dynamic state: a row of float64 a world: the tracker's plan, then the ego, then as many actors as the world has. Physics
 * begins at D_HASHED and is hashed from there to the last actor, so a drive replayed from its controls hashes equal to the
 * drive that followed plans. A snapshot is the row up to the last actor.
 * Static parameters: one row of S_FIELDS float64 a world. Only literals here: AssemblyScript compiles this very file.
 */

/* Plan: the step it began at (-1 = none), then WAYPOINTS × (x, y) in the world frame. */
export const D_PLAN_STEP = 0;
export const D_PLAN = 1;
export const D_HASHED = 41;
/* Ego. Angles rad, SI units. */
export const D_STEP = 41;
export const D_X = 42;
export const D_Y = 43;
export const D_HEADING = 44;
export const D_SPEED = 45;
export const D_ACCEL = 46;
export const D_STEER = 47;
export const D_YAW_RATE = 48;
/** Road sample at or before the ego: where the next projection starts to look. */
export const D_INDEX = 49;
export const D_S = 50;
export const D_LATERAL = 51;
export const D_HEADING_ERROR = 52;
/** Largest arc length reached. */
export const D_MAX_S = 53;
/** State of the next light of the route, and its index in `lights` (-1 = none). */
export const D_LIGHT = 54;
export const D_LIGHT_INDEX = 55;
export const D_TTC = 56;
export const D_REWARD = 57;
export const D_TERMINATED = 58;
export const D_TRUNCATED = 59;
/** Actor hit, or -1. */
export const D_COLLISION_ACTOR = 60;
export const D_OFF_ROAD = 61;
/** 1 in the step in which a stop line was crossed at red. */
export const D_RAN_RED = 62;
export const D_SUCCESS = 63;
/** Commanded in the last step, counts. */
export const D_ACCEL_Q = 64;
export const D_STEER_Q = 65;
/* Totals of the drive. */
export const D_RED_LIGHTS = 66;
export const D_TTC_STEPS = 67;
export const D_SPEEDING_STEPS = 68;
export const D_UNCOMFORTABLE_STEPS = 69;
export const D_MIN_TTC = 70;
export const D_MIN_GAP = 71;
export const D_RETURN = 72;
/** Commands on their way, MAX_LATENCY × (acceleration, steering) counts, oldest first. */
export const D_DELAY = 73;
/* Actors × ACTOR_FIELDS. All fields of an actor that is absent are 0. */
export const D_ACTORS = 83;
export const ACTOR_FIELDS = 14;
export const A_X = 0;
export const A_Y = 1;
export const A_HEADING = 2;
export const A_SPEED = 3;
/** Traffic: along and across its lane; others along the route (replayed actors: projected, where there is traffic). */
export const A_S = 4;
export const A_LATERAL = 5;
/** Pedestrian: 0 waits, 1 crosses, 2 has crossed, 3 hesitates. Traffic: 1 once it has cut in. */
export const A_PHASE = 6;
export const A_PRESENT = 7;
export const A_YAW_RATE = 8;
/** Traffic: its lane, and where that is in its `lanes` (-1 = not there). */
export const A_LANE = 9;
export const A_ROUTE_AT = 10;
/** Traffic: lateral speed, m/s. */
export const A_DRIFT = 11;
/** Steps: pedestrian, left to hesitate; traffic, spent giving way. */
export const A_TIMER = 12;
/** Replay: road sample of the last projection. */
export const A_INDEX = 13;
/** Row of a full world: D_ACTORS + MAX_ACTORS · ACTOR_FIELDS. */
export const D_FIELDS = 1875;

/* Static parameters. */
/** Road table, its samples and spacing. */
export const S_ROAD = 0;
export const S_ROAD_POINTS = 1;
export const S_ROAD_DS = 2;
export const S_START_S = 3;
export const S_START_LATERAL = 4;
export const S_START_HEADING_ERROR = 5;
export const S_START_SPEED = 6;
export const S_GOAL = 7;
export const S_MAX_STEPS = 8;
export const S_SEED = 9;
/** Weather and sensors. */
export const S_FRICTION = 10;
export const S_SIGHT = 11;
export const S_SIGHT_UNLIT = 12;
export const S_DAYLIGHT = 13;
export const S_NOISE_POSITION = 14;
export const S_NOISE_VELOCITY = 15;
export const S_NOISE_LATERAL = 16;
export const S_LATENCY = 17;
/** Lane table (0 in a world without traffic), its lanes and spacing; route lanes table and its rows. */
export const S_NETWORK = 18;
export const S_LANES = 19;
export const S_LANE_DS = 20;
export const S_ROUTE_LANES = 21;
export const S_ROUTE_LANE_COUNT = 22;
/** MAX_SIGNALS × (green, yellow, red, offset). */
export const S_SIGNALS = 23;
export const S_LIGHT_COUNT = 151;
/** MAX_LIGHTS × (stop line, signal). */
export const S_LIGHTS = 152;
export const S_ACTOR_COUNT = 160;
export const S_ACTORS = 161;
export const SPEC_FIELDS = 29;
/* Per actor: behaviour, what its kind means to an observer, box, start, then numbers that depend on the behaviour. */
export const P_BEHAVIOUR = 0;
/** The observation column that says what it is, and whether it carries lights (0 or 1): columns of its kind's row (kinds.ts). */
export const P_COLUMN = 1;
export const P_LIT = 2;
export const P_LENGTH = 3;
export const P_WIDTH = 4;
export const P_S = 5;
export const P_LATERAL = 6;
export const P_SPEED = 7;
/* traffic */
export const P_LANE = 8;
/** Table of the lanes it means to follow (float64), and how many. */
export const P_LANES = 9;
export const P_LANES_COUNT = 10;
export const P_DESIRED_SPEED = 11;
export const P_ACCEL = 12;
export const P_BRAKE = 13;
export const P_HEADWAY = 14;
export const P_GAP = 15;
export const P_POLITENESS = 16;
export const P_ADVANTAGE = 17;
export const P_SAFE_BRAKE = 18;
export const P_CHANGES_LANES = 19;
export const P_OBEYS_SIGNALS = 20;
export const P_GIVES_WAY = 21;
export const P_ACCEPTED_GAP = 22;
export const P_BRAKE_AT = 23;
export const P_BRAKE_FOR = 24;
export const P_HARD_BRAKE = 25;
export const P_CUT_IN_SIDE = 26;
export const P_CUT_IN_GAP = 27;
/** 2 √(P_ACCEL · P_BRAKE). */
export const P_CLOSING = 28;
/* cross: P_LATERAL is where it starts */
export const P_TO_LATERAL = 8;
export const P_TRIGGER = 9;
export const P_HESITATE_AT = 10;
export const P_HESITATE_FOR = 11;
/* parked */
export const P_HEADING_OFFSET = 8;
/* replay */
export const P_TRACK = 8;
export const P_TRACK_ROWS = 9;
/** S_ACTORS + MAX_ACTORS · SPEC_FIELDS. */
export const S_FIELDS = 3873;

export const BEHAVIOUR_TRAFFIC = 1;
export const BEHAVIOUR_CROSS = 2;
export const BEHAVIOUR_PARKED = 3;
export const BEHAVIOUR_REPLAY = 4;

/* Every sample of a line, route or lane: x, y, heading, and cos and sin of the heading, which the kernel fills in. */
export const Q_X = 0;
export const Q_Y = 1;
export const Q_HEADING = 2;
export const Q_COS = 3;
export const Q_SIN = 4;
/* One road sample has besides: left and right edge, oncoming from, speed limit. */
export const ROAD_STRIDE = 9;
export const R_EDGE_LEFT = 5;
export const R_EDGE_RIGHT = 6;
export const R_ONCOMING = 7;
export const R_LIMIT = 8;
/* One row of a replayed track: x, y, heading, speed, present. */
export const TRACK_STRIDE = 5;
/* One stretch of the route: from which arc length, lane, arc length of the lane there. */
export const ROUTE_LANE_STRIDE = 3;

/* One lane sample has besides: the speed its bends allow. One lane: its samples, numbers, and lists as address and length. */
export const LANE_STRIDE = 6;
export const Q_BEND_SPEED = 5;
export const LANE_FIELDS = 16;
export const L_SAMPLES = 0;
export const L_POINTS = 1;
export const L_LENGTH = 2;
export const L_WIDTH = 3;
export const L_LIMIT = 4;
/** Neighbours, -1 = none. */
export const L_LEFT = 5;
export const L_RIGHT = 6;
export const L_ONCOMING = 7;
/** NaN without one; signal -1 without one. */
export const L_STOP_LINE = 8;
export const L_SIGNAL = 9;
export const L_NEXT = 10;
export const L_NEXT_COUNT = 11;
export const L_PREVIOUS = 12;
export const L_PREVIOUS_COUNT = 13;
export const L_CONFLICTS = 14;
export const L_CONFLICT_COUNT = 15;
export const CONFLICT_FIELDS = 8;
/* One conflict; the last two are derived (lane-tables.ts). */
export const C_LANE = 0;
export const C_FROM = 1;
export const C_TO = 2;
export const C_OTHER_FROM = 3;
export const C_OTHER_TO = 4;
export const C_YIELDS = 5;
/** 1 where both lanes yield or neither does; 1 where both lanes lead into the same lane. */
export const C_MUTUAL = 6;
export const C_JOINS = 7;

/* The rules of the world. */
/** Gravity, m/s²: friction · GRAVITY bounds acceleration and cornering. */
export const GRAVITY = 9.81;
/** The light is shown until the front bumper is this far past the stop line, m. */
export const LIGHT_BEHIND = 6.0;
/** Look-ahead of the time to collision, s, and the bound below which a step counts against the score. */
export const TTC_HORIZON = 8.0;
export const TTC_MIN = 1.0;
/** An actor farther than TTC_HORIZON · (both speeds) + this cannot be met, m. */
export const TTC_MARGIN = 20.0;
/** Below this speed the ego stands and cannot be the one that runs into something, m/s. */
export const TTC_STANDING = 0.05;
export const SPEED_TOLERANCE = 0.5;
/** Comfort bounds, strict: nuPlan's, on the driven step rather than on a smoothed series. */
export const COMFORT_ACCEL_MIN = -4.05;
export const COMFORT_ACCEL_MAX = 2.4;
export const COMFORT_LATERAL = 4.89;
export const COMFORT_JERK = 8.37;

/* Lanes; see twin-lanes.ts. */
/** What reaches this far over the line of its lane is on the neighbouring lane as well, m. */
export const LANE_OVER = 0.1;
/** Lanes to each side that one actor is looked for on, beyond its own. */
export const LANE_HOPS = 3;
/** Behind a fork, what is on one branch is looked for on the other up to here, m. */
export const FORK_RANGE = 20.0;
/** Walkers and recorded actors count on the lanes they will cross within this time, s. */
export const LOOK_ASIDE = 2.0;

/* Traffic; see twin-traffic.ts. */
/** How far ahead along its lanes traffic looks, m, and over how many lanes. */
export const LOOKAHEAD = 100.0;
export const PATH_LANES = 32;
/** Extra half width within which something ahead is in the way, m. */
export const SIDE_MARGIN = 0.15;
/** Hardest braking by the Intelligent Driver Model, m/s². */
export const IDM_CLIP = 8.0;
/** Time headway towards a line to stop at, s. */
export const LINE_HEADWAY = 0.5;
/** Traffic stops this far before a stop line or a conflict, m. */
export const STOP_SHORT = 1.0;
/** A vehicle stops for yellow when this deceleration is enough, m/s². */
export const YELLOW_BRAKE = 3.0;
/** Lateral acceleration in bends and braking towards them, m/s². */
export const BEND_LATERAL = 2.0;
export const BEND_BRAKE = 1.5;
/** Lateral motion back to the own place in the lane: gain 1/s, speed m/s, speed by forward speed, acceleration m/s². */
export const DRIFT_GAIN = 1.2;
export const DRIFT_SPEED = 1.2;
export const DRIFT_SLOPE = 0.25;
export const DRIFT_ACCEL = 1.5;

/* Giving way; see twin-conflicts.ts. */
/** Conflicts that begin within this distance of the front bumper are looked at, m. */
export const CONFLICT_AHEAD = 50.0;
/** Others are looked for this far before a conflict, m. */
export const CONFLICT_UPSTREAM = 80.0;
/** Room behind a conflict that counts as part of it, m. */
export const CONFLICT_ROOM = 0.5;
/** Least speed assumed for whoever approaches and for oneself, m/s. */
export const CONFLICT_SPEED = 0.5;
export const CONFLICT_START = 3.0;
/** Time between one leaving and the other arriving, s. */
export const CONFLICT_TIME = 0.5;
/** Slower than this and farther than this from the conflict, somebody waits, m/s and m. */
export const WAITING_SPEED = 0.3;
export const WAITING_ROOM = 2.0;
/** Giving way needs no more braking than this, or one drives on, m/s². */
export const YIELD_BRAKE = 5.0;
/** A leader slower than this leaves no room behind it to rely on, m/s. */
export const CLEAR_SPEED = 1.0;
/** Time of giving way in which the accepted gap shrinks to 0, s. */
export const PATIENCE = 20.0;

/* MOBIL; see twin-mobil.ts. */
/** Steps between two thoughts of changing lanes. */
export const MOBIL_STEPS = 10;
export const MOBIL_SPEED = 1.0;
/** Least gap to the new neighbours, m; only from this near to the own place in the lane, m. */
export const MOBIL_GAP = 2.0;
export const MOBIL_SETTLED = 0.2;
/** How far upstream a follower is looked for, m. */
export const MOBIL_BEHIND = 50.0;
/** Advantage of leaving a lane that ends, m/s². */
export const MOBIL_MUST = 10.0;

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

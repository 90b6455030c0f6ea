/**
 * Where to drive across the road: in the lane, out and past something in the way, or aside for an emergency vehicle.
 *
 * Passing: whatever stands in the lane (or a bicycle) with room beside it is passed when, at the planned speed, nobody comes
 * near the ego's box from swinging out to being back, and, where the way leads over oncoming lanes, when the ego sees far
 * enough to know. Otherwise it stops behind with room to swing out. There is no memory: that the ego is out already is seen
 * from its place on the road, and the farther out it is the less it takes to go on.
 */
import type { Lateral } from './maneuver.ts';
import { comesNear } from './clearance.ts';
import { backLength, type LateralPath, lateralPathOf, type Shift, shiftLength, shiftTo } from './path.ts';
import { type Constraint, arcLengthAt, type Run, runAhead, timeTo } from './plan.ts';
import { type Forecast, SAME_WAY, STANDING } from './predict.ts';
import type { EgoRoute } from './route.ts';
import { EGO_HALF_LENGTH, EGO_HALF_WIDTH, type EgoView, type ViewedActor } from './ego-view.ts';
import { KIND_BICYCLE, KIND_EMERGENCY, KIND_PEDESTRIAN, KIND_STATIC } from '../kinds/kinds.ts';

/** Offset from the lane centre that is worth saying, m. */
const RECENTER = 0.5;
/** Room beside what is passed, m: wanted, the least, and beside a bicycle. */
const CLEARANCE = 0.55;
const LEAST_CLEARANCE = 0.3;
const BICYCLE_CLEARANCE = 1;
/** Clearance that is enough where more would lead this far over the line to oncoming traffic, m. */
const ENOUGH = 0.5;
const OVER = 0.3;
/** Room to the edge of the road, m. */
const EDGE = 0.2;
/** What is farther is not yet passed, m; what reaches this near to the ego's side in the lane has to be. */
const PASS_AHEAD = 60;
const SIDE = 0.25;
const SIDE_BICYCLE = 0.6;
/** Room kept before and behind what is passed, m, per half length. */
const AROUND = 0.8;
/** Obstacles with less than this between them are passed at once, m. */
const BETWEEN = 14;
/** A standing vehicle this far off the lane centre is parked there, m. */
const PARKED_LATERAL = 0.9;
/** Share of the limit below which a bicycle is overtaken. */
const SLOW_SHARE = 0.7;
/** Change of the route's heading within sight before which none is overtaken, rad. */
const TURN = 0.35;
/** Others keep this many seconds of closing speed from the ego meanwhile, the less once it is out. */
const APART_TIME = 1.2;
const APART_TIME_OUT = 0.4;
/** Speed of an oncoming vehicle just out of sight that is reckoned with: share of the limit, and at most, m/s. */
const UNSEEN_SHARE = 0.9;
const UNSEEN_MOST = 10;
/** From a stand it is enough to see this much farther than the way back, m: whoever comes sees the ego, too. */
const PEEK = 5;
const PEEK_SPEED = 1;
/** Lateral acceleration of the quickest shift, m/s²; sharpest level shift: least length²/shift, m. */
const QUICK_SHIFT = 2.2;
const SHARPEST = 22;
const SHARPEST_SLOWLY = 15;
const SHARPEST_OUT = 3.5;
const SLOWLY = 2;
/** Room to swing out that is kept when it has to wait, as SHARPEST; what a standing gap is without it, m. */
const ROOMY = 30;
const USUAL_GAP = 2.5;
/** Braking that is borne to keep that room when others spoil a pass begun, m/s². */
const FIRM_BRAKE = 3.5;
/** Least speed that a shift is laid out for, m/s. */
const SHIFTING_SPEED = 3;
/** Out, or on the way, by this share of the shift within a second. */
const OUT = 0.12;
/** Out by half and this near to what it passes, the ego goes through with it, m. */
const COMMITTED = 3;
/** Farthest right edge that is used to pass on the right, m; how much of an oncoming vehicle reaches into view, m. */
const RIGHT_EDGE = 2.2;
const SEEN_OF_ONCOMING = 2.4;
/** Emergency vehicles: seen this far behind, in this lane; how far to the edge and how slow. */
const SIREN = 70;
const SIREN_LATERAL = 3.2;
const ASIDE_MOST = 2;
const ASIDE_EDGE = 0.35;
const ASIDE_SPEED = 4;

export interface Manoeuvre {
  readonly lateral: Lateral;
  readonly slot?: number;
  readonly path: LateralPath;
  /** Slots that it passes: they are no reason to stay behind. */
  readonly passing: readonly number[];
  readonly constraints: readonly Constraint[];
  /** Slots that it would pass but must not now, each with the extra distance to stop at, m. */
  readonly waiting: ReadonlyMap<number, number>;
}

/** What to do across the road. `run` is the ego's drive under the road's own constraints, were nobody there. */
export function chooseManoeuvre(
  scene: EgoView,
  forecasts: readonly Forecast[],
  road: readonly Constraint[],
  run: Run,
): Manoeuvre {
  const siren = forecasts.find(({ actor }) => comesUp(actor));
  if (siren) return pullRight(scene, siren);
  const first = firstObstacle(scene, forecasts);
  const waiting = new Map<number, number>();
  if (first) {
    const pass = passing(scene, forecasts, road, run, first);
    if (typeof pass === 'object') return pass;
    if (pass > 0) waiting.set(first.slot, pass);
  }
  return {
    lateral: Math.abs(scene.lateral) > RECENTER ? 'recenter' : 'keep_lane',
    path: lateralPathOf(scene, 1, []),
    passing: [],
    constraints: [],
    waiting,
  };
}

function comesUp({ kind, s, lateral, facesAlong, speed, halfLength }: ViewedActor): boolean {
  const behind = s < EGO_HALF_LENGTH + halfLength && s > -SIREN;
  return (
    kind === KIND_EMERGENCY && behind && facesAlong > SAME_WAY && speed > STANDING && Math.abs(lateral) < SIREN_LATERAL
  );
}

function pullRight(scene: EgoView, { slot }: Forecast): Manoeuvre {
  const room = Math.min(ASIDE_MOST, scene.edgeRight - EGO_HALF_WIDTH - ASIDE_EDGE);
  const length = shiftLength(Math.max(0, room) + scene.lateral, Math.max(ASIDE_SPEED, scene.speed));
  const path = lateralPathOf(scene, -1, room > 0 ? [shiftTo(scene, -room, length, 1000, length)] : []);
  const cause = { kind: 'actor', slot } as const;
  return {
    lateral: 'pull_right',
    slot,
    path,
    passing: [],
    constraints: [{ kind: 'cap', from: 0, to: 100, speed: ASIDE_SPEED, longitudinal: 'yield', cause }],
    waiting: new Map(),
  };
}

const clearanceOf = (kind: number) => (kind === KIND_BICYCLE ? BICYCLE_CLEARANCE : CLEARANCE);

/** Whether an actor is something to swing out around: in the lane's way, standing for good or slow. */
function isObstacle({ limit, route }: EgoView, a: ViewedActor): boolean {
  if (a.s - a.halfAlong > PASS_AHEAD || a.s + a.halfAlong < -EGO_HALF_LENGTH - AROUND) return false;
  const side = a.kind === KIND_BICYCLE ? SIDE_BICYCLE : SIDE;
  if (Math.abs(a.lateral) - a.halfAcross > EGO_HALF_WIDTH + side) return false;
  if (a.kind === KIND_STATIC) return true;
  if (a.kind === KIND_PEDESTRIAN) return false;
  if (a.kind === KIND_BICYCLE)
    return (
      a.speed < STANDING || (a.facesAlong > SAME_WAY && a.speedAlong < SLOW_SHARE * limit && mayOvertake(route, a))
    );
  return a.speed < STANDING && Math.abs(a.lateral) > PARKED_LATERAL;
}

/** A bicycle is not overtaken before or in a turn, unless the ego is beside it already. */
function mayOvertake({ headingRad }: EgoRoute, a: ViewedActor): boolean {
  const straight = headingRad.every((heading) => Math.abs(heading - headingRad[0]) < TURN);
  return straight || Math.abs(a.s) < EGO_HALF_LENGTH + a.halfAlong;
}

function firstObstacle(scene: EgoView, forecasts: readonly Forecast[]): Forecast | undefined {
  let first: Forecast | undefined;
  for (const f of forecasts)
    if (isObstacle(scene, f.actor) && (!first || f.actor.s - f.actor.halfAlong < first.actor.s - first.actor.halfAlong))
      first = f;
  return first;
}

/** Where the ego's centre is beside something while it passes it, m from here; undefined when that takes too long. */
function beside(run: Run, a: ViewedActor): readonly [number, number] | undefined {
  const reach = EGO_HALF_LENGTH + a.halfAlong + AROUND;
  const speed = a.kind === KIND_BICYCLE && a.speed >= STANDING ? a.speedAlong : 0;
  if (speed === 0) return [a.s - reach, a.s + reach];
  let from = Number.NaN;
  for (let time = 0; time <= 10; time += 0.25) {
    const [ego, other] = [arcLengthAt(run, time), a.s + speed * time];
    if (Number.isNaN(from) && ego >= other - reach) from = time === 0 ? a.s - reach : ego;
    if (ego >= other + reach + AROUND) return [from, ego];
  }
  return undefined;
}

/** The pass of `first` and what stands close behind it; else how much farther back than usual to stop (0: no more). */
function passing(
  scene: EgoView,
  forecasts: readonly Forecast[],
  road: readonly Constraint[],
  run: Run,
  first: Forecast,
): Manoeuvre | number {
  const toRight = first.actor.lateral > 0.2 && first.actor.lateral - first.actor.halfAcross > -EGO_HALF_WIDTH;
  const sides = toRight ? ([-1, 1] as const) : ([1] as const);
  let room = 0;
  for (const side of sides) {
    const pass = passOn(scene, forecasts, road, run, first, side);
    if (typeof pass === 'object') return pass;
    room = Math.max(room, pass);
  }
  return room;
}

function passOn(
  scene: EgoView,
  forecasts: readonly Forecast[],
  road: readonly Constraint[],
  run: Run,
  first: Forecast,
  side: 1 | -1,
) {
  const edge = side > 0 ? Math.min(scene.edgeLeft, scene.edgeLeftAhead) : Math.min(scene.edgeRight, RIGHT_EDGE);
  const most = edge - EGO_HALF_WIDTH - EDGE;
  const speed = Math.max(scene.speed, SHIFTING_SPEED);
  const lateral = side * scene.lateral;
  const passed: Forecast[] = [];
  const shifts: Shift[] = [];
  const constraints: Constraint[] = [];
  let [outermost, end, sharpest] = [0, Number.NEGATIVE_INFINITY, 0];
  for (const f of obstaclesFrom(scene, forecasts, first)) {
    const stretch = beside(run, f.actor);
    const least = side * f.actor.lateral + f.actor.halfAcross + EGO_HALF_WIDTH;
    const possible = stretch !== undefined && least + LEAST_CLEARANCE < most;
    if (passed.length > 0 && (!stretch || stretch[0] - end > BETWEEN)) break;
    if (!possible) return 0;
    const [from, to] = stretch;
    const wanted = least + clearanceOf(f.actor.kind);
    const ownSide = scene.oncomingFrom + OVER - EGO_HALF_WIDTH;
    const offset = Math.max(
      0,
      Math.min(most, side > 0 && least + ENOUGH < ownSide ? Math.min(wanted, ownSide) : wanted),
    );
    const shift = Math.max(0, offset - lateral);
    const ramp = shiftLength(from > 0 ? offset : offset - lateral, speed);
    shifts.push(shiftTo(scene, side * offset, from, to, ramp));
    passed.push(f);
    outermost = Math.max(outermost, offset);
    end = Math.max(end, to);
    if (from > 0) sharpest = Math.max(sharpest, shift / (from * from));
    if (from > 0 && from < ramp) constraints.push(shiftCap(scene, f.slot, from, shift));
  }
  const wait = first.actor.kind === KIND_BICYCLE ? 0 : Math.max(0, Math.sqrt(ROOMY * outermost) + AROUND - USUAL_GAP);
  const out = lateral + side * scene.slope * scene.speed > OUT * outermost;
  const held = out
    ? Math.max(0, Math.min(wait, first.gap - USUAL_GAP - (scene.speed * scene.speed) / (2 * FIRM_BRAKE)))
    : wait;
  const path = lateralPathOf(scene, side, shifts);
  const bearable = out ? SHARPEST_OUT : scene.speed < SLOWLY ? SHARPEST_SLOWLY : SHARPEST;
  if (sharpest > 1 / bearable) return held;
  if (!(lateral > 0.5 * outermost && shifts[0].holdFrom < COMMITTED)) {
    const back = end + 0.5 * backLength(outermost, speed);
    const drive = constraints.length > 0 ? runAhead(scene, [...road, ...constraints]) : run;
    const until = timeTo(drive, back);
    const apart = out ? APART_TIME_OUT : APART_TIME;
    for (const f of forecasts)
      if (!passed.includes(f) && f.actor.kind !== KIND_PEDESTRIAN && comesNear(f, path, drive, until, apart, out))
        return held;
    const beyond = side > 0 && outermost + EGO_HALF_WIDTH > scene.oncomingFrom + OVER;
    if (beyond && !out && !seesEnough(scene, passed, back, until)) return held;
  }
  const manoeuvre: Manoeuvre = {
    lateral: side > 0 ? 'pass_left' : 'pass_right',
    slot: first.slot,
    path,
    passing: passed.map((f) => f.slot),
    constraints,
    waiting: new Map(),
  };
  return manoeuvre;
}

/** `first` and the obstacles beyond it, in order. */
function obstaclesFrom(scene: EgoView, forecasts: readonly Forecast[], first: Forecast): Forecast[] {
  const others = forecasts.filter((f) => f !== first && isObstacle(scene, f.actor));
  return [first, ...others.sort((a, b) => a.actor.s - b.actor.s)];
}

/** The speed at which a shift within `from` metres stays bearable. */
function shiftCap(scene: EgoView, slot: number, from: number, shift: number): Constraint {
  const bearable = Math.min(QUICK_SHIFT, 0.4 * scene.grip);
  const speed = Math.max(2, from * Math.sqrt(bearable / (6 * Math.max(0.05, shift))));
  return { kind: 'cap', from: 0, to: from, speed, longitudinal: 'slow', cause: { kind: 'actor', slot } };
}

/** Whether the ego sees past those it passes as far along the oncoming lane as somebody unseen could come by `until`. */
function seesEnough(scene: EgoView, passed: readonly Forecast[], back: number, until: number): boolean {
  let seen = scene.sight;
  const oncoming = scene.oncomingFrom + SEEN_OF_ONCOMING - scene.lateral;
  for (const { actor } of passed) {
    const rear = actor.s - actor.halfAlong;
    const side = actor.lateral + actor.halfAcross - scene.lateral;
    if (side > 0.05 && rear > 0) seen = Math.min(seen, (oncoming * rear) / side);
  }
  const unseen = Math.min(UNSEEN_MOST, UNSEEN_SHARE * scene.limit);
  const needed = scene.speed < PEEK_SPEED ? PEEK : unseen * until;
  return Number.isFinite(until) && seen >= back + needed;
}

/**
 * Where to drive across the road: in the lane, out and past something in the way, or aside for an emergency vehicle.
 *
 * Passing: whatever stands in the lane (or a bicycle) with room beside it is passed when, at the planned speed, nobody comes
 * near the ego's box from swinging out to being back, and, where the way leads over oncoming lanes, when the ego sees far
 * enough to know. Otherwise it stops behind with room to swing out. There is no memory: that the ego is out already is seen
 * from its place on the road, and the farther out it is the less it takes to go on.
 */
import type { Lateral } from './decision.ts';
import { lanePath, type LateralPath, offsetAt, shiftedPath, shiftLength } from './expert-path.ts';
import { type Constraint, placeAt, type Run, timeTo } from './expert-plan.ts';
import { type Forecast, SAME_WAY, STANDING, TIMES } from './expert-predict.ts';
import { EGO_HALF_LENGTH, EGO_HALF_WIDTH, type Scene, type SceneActor } from './expert-scene.ts';
import { KIND_BICYCLE, KIND_EMERGENCY, KIND_PEDESTRIAN, KIND_STATIC } from './layout.ts';

/** Offset from the lane centre that is worth saying, m. */
const RECENTER = 0.5;
/** Room beside what is passed, m: wanted, the least, and beside a bicycle. */
const CLEARANCE = 0.55;
const LEAST_CLEARANCE = 0.3;
const BICYCLE_CLEARANCE = 1;
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
/** Others keep at least this far from the ego meanwhile: m, m sideways, s of closing speed (the less once it is out). */
const APART = 2;
const APART_SIDE = 0.35;
const APART_TIME = 1.2;
const APART_TIME_OUT = 0.4;
/** Share of the limit reckoned with for an oncoming vehicle just out of sight. */
const UNSEEN_SHARE = 0.35;
/** Lateral acceleration of the quickest shift, m/s²; sharpest level shift: least length²/shift, m. */
const QUICK_SHIFT = 2.2;
const SHARPEST = 22;
const ROOMY = 30;
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

/** What to do across the road. `run` is the ego's drive if nobody were there. */
export function chooseManoeuvre(scene: Scene, forecasts: readonly Forecast[], run: Run): Manoeuvre {
  const siren = forecasts.find(({ actor }) => comesUp(actor));
  if (siren) return pullRight(scene, siren);
  const first = firstObstacle(scene, forecasts);
  const waiting = new Map<number, number>();
  if (first) {
    const pass = passing(scene, forecasts, run, first);
    if (typeof pass === 'object') return pass;
    if (pass > 0) waiting.set(first.slot, pass);
  }
  return {
    lateral: Math.abs(scene.lateral) > RECENTER ? 'recenter' : 'keep_lane',
    path: lanePath(scene),
    passing: [],
    constraints: [],
    waiting,
  };
}

function comesUp({ kind, s, lateral, facesAlong, speed, halfLength }: SceneActor): boolean {
  const behind = s < EGO_HALF_LENGTH + halfLength && s > -SIREN;
  return (
    kind === KIND_EMERGENCY && behind && facesAlong > SAME_WAY && speed > STANDING && Math.abs(lateral) < SIREN_LATERAL
  );
}

function pullRight(scene: Scene, { slot }: Forecast): Manoeuvre {
  const room = Math.min(ASIDE_MOST, scene.edgeRight - EGO_HALF_WIDTH - ASIDE_EDGE);
  const length = shiftLength(Math.max(0, room) + scene.lateral, Math.max(ASIDE_SPEED, scene.speed));
  const path = room > 0 ? shiftedPath(scene, -room, length, 1000, length) : lanePath(scene);
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
function isObstacle({ limit }: Scene, a: SceneActor): boolean {
  if (a.s - a.halfAlong > PASS_AHEAD || a.s + a.halfAlong < -EGO_HALF_LENGTH - AROUND) return false;
  const side = a.kind === KIND_BICYCLE ? SIDE_BICYCLE : SIDE;
  if (Math.abs(a.lateral) - a.halfAcross > EGO_HALF_WIDTH + side) return false;
  if (a.kind === KIND_STATIC) return true;
  if (a.kind === KIND_PEDESTRIAN) return false;
  if (a.kind === KIND_BICYCLE)
    return a.speed < STANDING || (a.facesAlong > SAME_WAY && a.speedAlong < SLOW_SHARE * limit);
  return a.speed < STANDING && Math.abs(a.lateral) > PARKED_LATERAL;
}

function firstObstacle(scene: Scene, forecasts: readonly Forecast[]): Forecast | undefined {
  let first: Forecast | undefined;
  for (const f of forecasts)
    if (isObstacle(scene, f.actor) && (!first || f.actor.s - f.actor.halfAlong < first.actor.s - first.actor.halfAlong))
      first = f;
  return first;
}

/** Where the ego's centre is beside something while it passes it, m from here; undefined when that takes too long. */
function beside(run: Run, a: SceneActor): readonly [number, number] | undefined {
  const reach = EGO_HALF_LENGTH + a.halfAlong + AROUND;
  const speed = a.kind === KIND_BICYCLE && a.speed >= STANDING ? a.speedAlong : 0;
  if (speed === 0) return [a.s - reach, a.s + reach];
  let from = Number.NaN;
  for (let time = 0; time <= 10; time += 0.25) {
    const [ego, other] = [placeAt(run, time), a.s + speed * time];
    if (Number.isNaN(from) && ego >= other - reach) from = time === 0 ? a.s - reach : ego;
    if (ego >= other + reach + AROUND) return [from, ego];
  }
  return undefined;
}

/** The pass of `first` and what stands close behind it; else how much farther back than usual to stop (0: no more). */
function passing(scene: Scene, forecasts: readonly Forecast[], run: Run, first: Forecast): Manoeuvre | number {
  const toRight = first.actor.lateral > 0.2 && first.actor.lateral - first.actor.halfAcross > -EGO_HALF_WIDTH;
  const sides = toRight ? ([-1, 1] as const) : ([1] as const);
  let room = 0;
  for (const side of sides) {
    const pass = passOn(scene, forecasts, run, first, side);
    if (typeof pass === 'object') return pass;
    room = Math.max(room, pass);
  }
  return room;
}

function passOn(scene: Scene, forecasts: readonly Forecast[], run: Run, first: Forecast, side: 1 | -1) {
  const edge = side > 0 ? Math.min(scene.edgeLeft, scene.edgeLeftAhead) : Math.min(scene.edgeRight, 2.2);
  const most = edge - EGO_HALF_WIDTH - EDGE;
  const slots: number[] = [];
  let offset = 0;
  let [from, to] = [Number.NaN, Number.NEGATIVE_INFINITY];
  const obstacles = forecasts.filter(({ actor }) => isObstacle(scene, actor)).sort((a, b) => a.actor.s - b.actor.s);
  for (const { actor, slot } of [first, ...obstacles.filter((f) => f !== first)]) {
    const stretch = beside(run, actor);
    if (!stretch) {
      if (slots.length === 0) return 0;
      break;
    }
    if (slots.length > 0 && stretch[0] - to > BETWEEN) break;
    const side1 = side * actor.lateral + actor.halfAcross + EGO_HALF_WIDTH;
    if (side1 + LEAST_CLEARANCE > most) {
      if (slots.length === 0) return 0;
      break;
    }
    offset = Math.max(offset, Math.min(most, side1 + clearanceOf(actor.kind)));
    if (slots.length === 0) from = stretch[0];
    to = Math.max(to, stretch[1]);
    slots.push(slot);
  }
  if (offset <= 0) return 0;
  const shift = Math.abs(side * offset - scene.lateral);
  const out = side * scene.lateral > 0.3 * offset;
  const wait = first.actor.kind === KIND_BICYCLE ? 0 : Math.max(0, Math.sqrt(ROOMY * offset) + AROUND - 2.5);
  if (!out && from < Math.sqrt(SHARPEST * shift) && from > 0) return wait;
  const ramp = shiftLength(side * offset - (from > 0 ? 0 : scene.lateral), Math.max(scene.speed, 3));
  const path = shiftedPath(scene, side * offset, from, to, ramp);
  const beyond = side > 0 && offset + EGO_HALF_WIDTH > scene.oncomingFrom;
  const committed = side * scene.lateral > 0.5 * offset && from < 3;
  const others = forecasts.filter((f) => !slots.includes(f.slot) && f.actor.kind !== KIND_PEDESTRIAN);
  if (!committed) {
    const until = timeTo(run, to + 0.5 * path.back);
    if (others.some((f) => comesNear(f, path, run, until, out))) return wait;
    if (beyond && !out && !seesEnough(scene, first.actor, run, to + 0.5 * path.back, until)) return wait;
  }
  const cause = { kind: 'actor', slot: first.slot } as const;
  const quick = from * Math.sqrt(Math.min(QUICK_SHIFT, 0.4 * scene.grip) / (6 * Math.max(0.05, shift)));
  const constraints: Constraint[] =
    from > 0 && from < ramp
      ? [{ kind: 'cap', from: 0, to: from, speed: Math.max(2, quick), longitudinal: 'slow', cause }]
      : [];
  const lateral: Lateral = side > 0 ? 'pass_left' : 'pass_right';
  return { lateral, slot: first.slot, path, passing: slots, constraints, waiting: new Map() } satisfies Manoeuvre;
}

/** Whether an actor and the ego, driving `run` along `path`, come too near to one another by `until`. */
function comesNear({ actor, track }: Forecast, path: LateralPath, run: Run, until: number, out: boolean): boolean {
  const apartTime = out ? APART_TIME_OUT : APART_TIME;
  for (let k = 0; k < TIMES.length && TIMES[k] <= until + 0.5; k++) {
    const ego = placeAt(run, TIMES[k]);
    const halfAcross = Math.abs(track.across[k]) * actor.halfLength + Math.abs(track.along[k]) * actor.halfWidth;
    if (Math.abs(track.lateral[k] - offsetAt(path, ego)) > EGO_HALF_WIDTH + halfAcross + APART_SIDE) continue;
    const apart = track.s[k] - ego;
    const egoSpeed = (placeAt(run, TIMES[k] + 0.5) - ego) * 2;
    const closing = (egoSpeed - actor.speed * track.along[k]) * (apart > 0 ? 1 : -1);
    const halfAlong = Math.abs(track.along[k]) * actor.halfLength + Math.abs(track.across[k]) * actor.halfWidth;
    if (Math.abs(apart) < EGO_HALF_LENGTH + halfAlong + APART + apartTime * Math.max(0, closing)) return true;
  }
  return false;
}

/** Whether the ego sees past `first` as far along the oncoming lane as somebody unseen could come by the time it is back. */
function seesEnough(scene: Scene, first: SceneActor, run: Run, back: number, until: number): boolean {
  const rear = first.s - first.halfAlong;
  const side = first.lateral + first.halfAcross - scene.lateral;
  const oncoming = scene.oncomingFrom + 2.4 - scene.lateral;
  const past = side > 0.05 && rear > 0 ? (oncoming * rear) / side : Number.POSITIVE_INFINITY;
  const seen = Math.min(past, scene.sight);
  return Number.isFinite(until) && seen >= placeAt(run, 0) + back + UNSEEN_SHARE * scene.limit * until;
}

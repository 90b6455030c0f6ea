/**
 * What each actor, light, bend and the weather ask of the speed: rule by rule, each a constraint of the speed plan.
 *
 * At a meeting (expert-predict.ts) it matters which way the other goes. *The same way*: a leader if it is ahead where the ways
 * join, and where it comes close behind the ego lets it go first. *Across*: the ego goes first when it is through clearly before,
 * passes behind when it arrives clearly after, and otherwise stops before the corridor until the other has left it. Vehicles that
 * could still stop are trusted to, where the ego goes straight on at speed or has green. *Towards*: the ego stops short of it.
 */
import type { Cause, Longitudinal } from './maneuver.ts';
import { comesNear } from './clearance.ts';
import type { LateralPath } from './path.ts';
import { type Constraint, type Leader, type Run, timeTo } from './plan.ts';
import { type Forecast, type Meeting, SAME_WAY, STANDING, TIMES } from './predict.ts';
import { routeAt } from './route.ts';
import { EGO_HALF_LENGTH, EGO_HALF_WIDTH, type EgoView } from './ego-view.ts';
import { LIGHT_GREEN, LIGHT_RED, LIGHT_YELLOW } from '../../../abi/layout.ts';
import { KIND_BICYCLE, KIND_EMERGENCY, KIND_PEDESTRIAN, KIND_STATIC } from '../kinds/kinds.ts';

/** Lateral acceleration in bends, m/s², and as a share of the grip; least speed in them, m/s. */
const BEND_ACCEL = 2.4;
const BEND_GRIP = 0.4;
const BEND_SPEED_MIN = 3.5;
/** Stopping within sight: reaction, s; braking, m/s² and as a share of the grip; limits above this are for motor roads, m/s. */
const SIGHT_REACTION = 0.6;
const SIGHT_BRAKE = 6;
const SIGHT_GRIP = 0.7;
const MOTOR_ROAD = 20;
/** Time headway behind a leader, s. */
export const HEADWAY = 1.4;
/** Where to stand: front bumper before a stop line, before a vehicle's way, and before a person when there is room and when not, m. */
export const LINE_MARGIN = 1;
const WAY_MARGIN = 1.2;
export const PERSON_MARGIN = 2.2;
const PERSON_MARGIN_TIGHT = 0.7;
/** Yellow is stopped for when this deceleration is enough; once braking, when the second is, m/s². */
const YELLOW_BRAKE = 3;
const YELLOW_BRAKE_COMMITTED = 5;
/** Yellow is not driven through when the line is farther than this, s. */
const YELLOW_LEFT = 2.4;
/** Seconds between the ego and somebody who crosses, when one passes after the other; more for starting from a stand. */
const PASS_MARGIN = 0.6;
const FIRST_MARGIN = 0.7;
const FIRST_MARGIN_STANDING = 1.3;
const FIRST_MARGIN_LATE = -0.2;
const TOO_HARD = 6;
/** Braking to a stand before somebody's way when late, m/s²; room beside the ego that is just enough, m. */
const FIRM_BRAKE = 4;
const BARELY = 0.1;
/** Whoever needs less than this to stop before the ego's way can be trusted to, m/s²; so far before it they stand, m. */
const TRUSTED_BRAKE = 1.8;
const TRUSTED_GAP = 2;
const TRUSTING_SPEED = 2.5;
/** Joining behind somebody: time gap; joining ahead of somebody: least time before its arrival and for each m/s it is faster, s. */
const JOIN_BEHIND = 0.7;
const JOIN_AHEAD = 0.9;
const JOIN_FASTER = 0.25;
/** Nearer to the joint than this, s, nobody from behind is let in first. */
const JOIN_LATE = 0.5;
/** How far ahead an oncoming actor in the ego's way is reckoned with, and how near it may come, s. */
const TOWARDS_TIME = 6;
const TOWARDS_APART = 0.3;
/** For persons who may stop in the ego's way: reaction, s, and braking, m/s². */
const HESITATION_REACTION = 0.6;
const HESITATION_BRAKE = 4;
/** Speed past a person who may step out, near and farther, and past a box that may hide one, m/s. */
const WAITING_SPEED = 7;
const WAITING_SPEED_NEAR = 4.5;
const WAITING_NEAR = 1;
const OCCLUSION_SPEED = 5;
/** A box hides people when its near side is closer than this to the ego's side and it is this long, m. */
const OCCLUSION_SIDE = 2;
const OCCLUSION_LENGTH = 1.5;
/** Above this limit nobody is expected to walk, m/s. */
const TOWN = 17;

const never = Number.POSITIVE_INFINITY;

/** Caps that nobody else causes: bends, and how far one sees. */
export function roadCaps(scene: EgoView): Constraint[] {
  const { route, grip } = scene;
  const caps: Constraint[] = [];
  const lateral = Math.min(BEND_ACCEL, BEND_GRIP * grip);
  for (let k = 0; k + 1 < route.s.length; k++) {
    const [from, to] = [route.s[k], route.s[k + 1]];
    const curvature = Math.abs(route.headingRad[k + 1] - route.headingRad[k]) / (to - from);
    if (curvature < 0.002) continue;
    const speed = Math.max(BEND_SPEED_MIN, Math.sqrt(lateral / curvature));
    if (speed < scene.limit + 3)
      caps.push({ kind: 'cap', from, to, speed, longitudinal: 'slow', cause: { kind: 'curve' } });
  }
  const safe = sightSpeed(scene);
  if (safe < scene.limit)
    caps.push({ kind: 'cap', from: 0, to: 200, speed: safe, longitudinal: 'slow', cause: { kind: 'sight' } });
  return caps;
}

/** Speed from which the ego can stop within what it sees, m/s: of things without lights, on motor roads of vehicles. */
export function sightSpeed({ sight, sightUnlit, grip, limit }: EgoView): number {
  const brake = Math.min(SIGHT_BRAKE, SIGHT_GRIP * grip);
  const seen = Math.max(2, (limit > MOTOR_ROAD ? sight : sightUnlit) - EGO_HALF_LENGTH);
  const lost = SIGHT_REACTION * brake;
  return Math.sqrt(lost * lost + 2 * brake * seen) - lost;
}

/** What one actor asks for. `room`: extra distance to stand behind it. */
export function actorRules(scene: EgoView, f: Forecast, run: Run, path: LateralPath, room = 0): Constraint[] {
  const { actor, meeting } = f;
  if (!meeting || !f.inPath) return passingBy(scene, f);
  const still = actor.kind === KIND_STATIC || actor.speed < STANDING;
  if (still) {
    if (actor.s <= 0) return [];
    if (actor.kind === KIND_PEDESTRIAN) return yieldTo(scene, f, meeting);
    return [keepBehind(f, actor.kind === KIND_STATIC ? 'stop' : 'follow', HEADWAY, room)];
  }
  if (meeting.along > SAME_WAY) return sameWay(scene, f, meeting, run);
  if (meeting.along < -SAME_WAY && !(f.track.inPlane && meeting.enters > 0.1)) return towards(scene, f, run, path);
  const careful = actor.kind === KIND_PEDESTRIAN ? mayHesitate(f, meeting) : [];
  return mustYield(scene, f, meeting, run) ? [...careful, ...yieldTo(scene, f, meeting)] : careful;
}

/** Somebody who goes the ego's way: in its lane, or joining it. */
function sameWay(scene: EgoView, f: Forecast, meeting: Meeting, run: Run): Constraint[] {
  const { actor } = f;
  if (meeting.enters <= 0.1) return actor.s > 0 ? [keepBehind(f, 'follow', HEADWAY)] : [];
  const reach = EGO_HALF_LENGTH + actor.halfLength;
  const speed = Math.max(0.5, meeting.speed);
  const ahead = meeting.s - speed * meeting.enters - reach;
  const cause: Cause = { kind: 'actor', slot: f.slot };
  if (ahead > 0) {
    const behind = meeting.enters + (reach + 2) / speed + JOIN_BEHIND;
    if (meeting.enters < 2 && actor.s > reach)
      return [{ ...keepBehind(f, 'follow', HEADWAY), gap: Math.max(ahead, f.gap) }];
    return [{ kind: 'stop', at: meeting.s, until: behind, longitudinal: 'follow', cause }];
  }
  if (!f.track.inPlane && actor.s < 0) return [];
  const arrival = timeTo(run, meeting.s);
  const gap = meeting.enters - arrival;
  const faster = Math.max(0, speed - scene.speed);
  if (gap > JOIN_AHEAD + JOIN_FASTER * faster) return [];
  const at = meeting.from - EGO_HALF_LENGTH;
  if (actor.s < 0 && at < JOIN_LATE * scene.speed) return [];
  const until = meeting.enters + (reach + 2) / speed + JOIN_BEHIND;
  return [{ kind: 'stop', at: Math.max(0, at), until, longitudinal: 'yield', cause }];
}

/** Somebody coming towards the ego in its corridor, unless the ego is out of its way in time. */
function towards(scene: EgoView, f: Forecast, run: Run, path: LateralPath): Constraint[] {
  const { actor } = f;
  if (actor.s < 0 || !comesNear(f, path, run, TOWARDS_TIME, TOWARDS_APART)) return [];
  const share = scene.speed / Math.max(0.5, scene.speed + actor.speed);
  const at = Math.max(0, f.gap * Math.min(0.5, share) - WAY_MARGIN);
  return [{ kind: 'stop', at, until: never, longitudinal: 'stop', cause: { kind: 'actor', slot: f.slot } }];
}

/** Whether a crossing actor and the ego, driving as it likes, would come too near; not when the ego is through first or beside. */
function mustYield(scene: EgoView, f: Forecast, meeting: Meeting, run: Run): boolean {
  const { actor } = f;
  if (meeting.from < EGO_HALF_LENGTH - 0.5) {
    const stopped = (scene.speed * scene.speed) / (2 * FIRM_BRAKE);
    if (actor.kind === KIND_PEDESTRIAN || strikesRear(scene, f, stopped)) return false;
  }
  const through = timeTo(run, meeting.to + EGO_HALF_LENGTH);
  const arrival = timeTo(run, meeting.from - EGO_HALF_LENGTH);
  const margin = firstMargin(scene.speed, meeting.from - EGO_HALF_LENGTH);
  if (through + margin < meeting.enters || arrival > meeting.leaves + PASS_MARGIN) return false;
  return !trusted(scene, f, meeting) || actor.kind === KIND_PEDESTRIAN;
}

/** How long before somebody enters its way the ego must be through to go first: the less, the harder it could still stop. */
function firstMargin(speed: number, contact: number): number {
  if (speed < 1.5) return FIRST_MARGIN_STANDING;
  const needed = (speed * speed) / (2 * Math.max(0.1, contact - PERSON_MARGIN_TIGHT));
  return needed > TOO_HARD ? FIRST_MARGIN_LATE : needed > FIRM_BRAKE ? FIRST_MARGIN / 3 : FIRST_MARGIN;
}

/** Whether a crossing vehicle can be expected to give way: it still can, and the ego has green or goes straight on. */
function trusted(scene: EgoView, { actor }: Forecast, meeting: Meeting): boolean {
  if (actor.kind === KIND_PEDESTRIAN || actor.kind === KIND_BICYCLE || actor.kind === KIND_EMERGENCY) return false;
  const left = actor.speed * meeting.enters - TRUSTED_GAP;
  if (left < 0.2 || (actor.speed * actor.speed) / (2 * left) > TRUSTED_BRAKE) return false;
  if (actor.faceX < -0.5) return false;
  if (scene.light?.state === LIGHT_GREEN) return true;
  return scene.speed > TRUSTING_SPEED && !turnsBefore(scene, meeting.to);
}

/** Whether the route turns, as at a junction, before arc length `s`. */
function turnsBefore({ route }: EgoView, s: number): boolean {
  let k = 1;
  while (k + 1 < route.s.length && route.s[k] < s) k++;
  return Math.abs(route.headingRad[k] - route.headingRad[0]) > 0.5;
}

/** While a person walks in the ego's way it may stop there: no faster than what still stops before it. */
function mayHesitate({ slot }: Forecast, { enters, from }: Meeting): Constraint[] {
  const left = from - EGO_HALF_LENGTH - PERSON_MARGIN_TIGHT;
  if (enters > 0.2 || left < 0) return [];
  const lost = HESITATION_REACTION * HESITATION_BRAKE;
  const speed = Math.sqrt(lost * lost + 2 * HESITATION_BRAKE * left) - lost;
  return [{ kind: 'cap', from: 0, to: left, speed, longitudinal: 'slow', cause: { kind: 'actor', slot } }];
}

/** Whether an actor runs into the rear half of the ego where it would stand, were it `ahead` metres further on. */
function strikesRear({ route }: EgoView, { actor, track }: Forecast, ahead: number): boolean {
  for (let k = 0; k < TIMES.length; k++) {
    if (track.s[k] > 15 || track.s[k] < -15) continue;
    const at = routeAt(route, track.s[k]);
    const x = at.x - track.lateral[k] * at.ty - ahead;
    const y = at.y + track.lateral[k] * at.tx;
    const faceX = Math.abs(track.along[k] * at.tx - track.across[k] * at.ty);
    const faceY = Math.abs(track.along[k] * at.ty + track.across[k] * at.tx);
    const halfX = faceX * actor.halfLength + faceY * actor.halfWidth;
    const halfY = faceY * actor.halfLength + faceX * actor.halfWidth;
    if (Math.abs(x) < EGO_HALF_LENGTH + halfX && Math.abs(y) < EGO_HALF_WIDTH + halfY + BARELY) return x < 0;
  }
  return false;
}

function yieldTo(scene: EgoView, { actor, slot }: Forecast, { from, leaves }: Meeting): Constraint[] {
  const contact = from - EGO_HALF_LENGTH;
  const person = actor.kind === KIND_PEDESTRIAN;
  const roomy = contact - (person ? PERSON_MARGIN : WAY_MARGIN);
  const hard = roomy < 0.1 || (scene.speed * scene.speed) / (2 * roomy) > 4;
  const least = person ? 0 : (scene.speed * scene.speed) / (2 * FIRM_BRAKE);
  const at = Math.max(contact < 0 ? least : 0, hard ? contact - PERSON_MARGIN_TIGHT : roomy);
  const until = leaves + PASS_MARGIN / 2;
  return [{ kind: 'stop', at, until, longitudinal: 'yield', cause: { kind: 'actor', slot } }];
}

/** The leader an actor ahead is. */
export function keepBehind(f: Forecast, longitudinal: Longitudinal, headway: number, room = 0): Leader {
  const speed = Math.max(0, f.actor.speedAlong);
  return { kind: 'leader', gap: f.gap, speed, headway, room, longitudinal, cause: { kind: 'actor', slot: f.slot } };
}

/** Beside the corridor: people who may step out, boxes that may hide some. */
function passingBy({ limit }: EgoView, { actor, motion, slot }: Forecast): Constraint[] {
  if (actor.s + actor.halfAlong < 0) return [];
  const side = Math.abs(actor.lateral) - actor.halfAcross - EGO_HALF_WIDTH;
  if (motion === 'waits') {
    const to = actor.s - EGO_HALF_LENGTH;
    const cap = side < WAITING_NEAR ? WAITING_SPEED_NEAR : WAITING_SPEED;
    const cause: Cause = { kind: 'actor', slot };
    return [{ kind: 'cap', from: to - 8, to, speed: cap, longitudinal: 'slow', cause }];
  }
  if (actor.kind === KIND_STATIC && limit < TOWN && side < OCCLUSION_SIDE && actor.halfAlong > OCCLUSION_LENGTH / 2) {
    const end = actor.s + actor.halfAlong;
    const cause: Cause = { kind: 'occlusion', slot };
    return [{ kind: 'cap', from: end - 12, to: end - 3, speed: OCCLUSION_SPEED, longitudinal: 'slow', cause }];
  }
  return [];
}

/** Red, and yellow that can be stopped for. */
export function lightRule({ light, speed, accel, grip }: EgoView): Constraint[] {
  if (!light || light.distance < 0) return [];
  const at = light.distance - LINE_MARGIN;
  const needed = (speed * speed) / (2 * Math.max(0.1, light.distance));
  const bearable = Math.min(0.7 * grip, accel < -1 ? YELLOW_BRAKE_COMMITTED : YELLOW_BRAKE);
  const tooLate = light.distance > YELLOW_LEFT * speed;
  const stops = light.state === LIGHT_RED || (light.state === LIGHT_YELLOW && (needed < bearable || tooLate));
  if (!stops) return [];
  return [{ kind: 'stop', at: Math.max(0, at), until: never, longitudinal: 'stop', cause: { kind: 'light' } }];
}

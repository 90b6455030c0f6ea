/**
 * Actions under way. A motion belongs to one entity and rules its speed, its place across its lane, or its course; `step` is told
 * of each step and says whether it is over. An instant action has none.
 *
 * A change takes `value` seconds, or `value` metres driven, or as long as its steepest rate of change asks for: of a total Δ that
 * is k Δ / rate with k = 1 linear, π/2 sinusoidal, 3/2 cubic. A step with a duration sets the value at once and lasts so long
 * (ScenarioRunner's way of keeping a speed; the standard gives a step no duration).
 */
import { laneCourse, lineCourse, projectOnCourse, type Course, type OnLane, type Placed } from './course.ts';
import type { StoryMap } from './map.ts';
import type { Action, Dynamics, Position, Shape } from './model.ts';
import type { Mover } from './mover.ts';
import { routeCourse } from './routes.ts';

export interface StoryMotion {
  readonly rules: 'speed' | 'lateral' | 'course';
  /** Before the entity is moved by `dt` s; true when the action is over with this step. */
  step(dt: number): boolean;
  /** After it was moved, when the action ended with it. */
  finish?(): void;
}

/** What a motion may know of the world it is in. */
export interface MotionContext {
  readonly map: StoryMap;
  mover(id: string): Mover;
  resolve(position: Position): Placed | undefined;
  /** Says that something of the file could not be done. */
  cannot(what: string, why: string): void;
}

const STEEPEST: Readonly<Record<Shape, number>> = { linear: 1, sinusoidal: Math.PI / 2, cubic: 1.5, step: 0 };
const SYNC_ACCEL = 6;
const MAX_SYNC_MPS = 60;
/** Routes and synchronised ways are looked along this far, m. */
const FAR = 1500;

function shaped(shape: Shape, p: number): number {
  if (p >= 1 || shape === 'step') return 1;
  if (shape === 'linear') return p;
  return shape === 'cubic' ? p * p * (3 - 2 * p) : (1 - Math.cos(Math.PI * p)) / 2;
}

/** How far a change of `total` has come, step by step. */
function progress(mover: Mover, { shape, by, value }: Dynamics, total: number) {
  let elapsed = 0;
  const from = mover.traveled;
  const seconds = by === 'rate' ? (value > 0 ? (STEEPEST[shape] * Math.abs(total)) / value : 0) : value;
  return {
    instant: seconds === 0 || (shape === 'step' && by === 'rate'),
    advance(dt: number): number {
      elapsed += dt;
      const done = by === 'distance' ? mover.traveled - from + mover.speed * dt : elapsed;
      return seconds > 0 ? Math.min(1, (done + 1e-9) / seconds) : 1;
    },
  };
}

/** Begins an action; undefined for one that is over at once. */
export function begin(action: Action, mover: Mover, stage: MotionContext): StoryMotion | undefined {
  switch (action.kind) {
    case 'speed':
      return beginSpeed(action, mover, stage);
    case 'laneChange':
      return beginLaneChange(action, mover, stage);
    case 'laneOffset':
      return beginLaneOffset(action, mover, stage);
    case 'trajectory':
      return beginTrajectory(action, mover, stage);
    case 'synchronize':
      return beginSynchronize(action, mover, stage);
    case 'route':
      takeRoute(action.waypoints, mover, stage);
      return undefined;
    case 'teleport': {
      const placed = stage.resolve(action.position);
      if (placed) mover.put(placed, placed.on);
      else stage.cannot('TeleportAction', 'its position is on a route that is not at hand or leads nowhere');
      return undefined;
    }
    case 'weather':
    case 'remove':
    case 'none':
      return undefined;
  }
}

type Of<K extends Action['kind']> = Extract<Action, { kind: K }>;

function beginSpeed({ dynamics, target }: Of<'speed'>, mover: Mover, stage: MotionContext): StoryMotion | undefined {
  const wanted = () => {
    if (target.to === undefined) return target.value;
    const { speed } = stage.mover(target.to);
    return target.factor ? target.value * speed : speed + target.value;
  };
  const from = mover.speed;
  const change = progress(mover, dynamics, wanted() - from);
  if (change.instant || dynamics.shape === 'step') mover.speed = wanted();
  if (change.instant && !target.continuous) return undefined;
  let over = change.instant;
  return {
    rules: 'speed',
    step(dt) {
      const p = over ? 1 : change.advance(dt);
      over ||= p >= 1;
      mover.speed = from + (wanted() - from) * shaped(dynamics.shape, p);
      return over && !target.continuous;
    },
  };
}

/** +1 where left of the travel is left of the road. */
function sideOf({ map }: MotionContext, on: OnLane | undefined): number {
  if (!on) return 1;
  const { roadS } = map.graph.lanes[on.lane];
  return on.along * (Math.sign(roadS[roadS.length - 1] - roadS[0]) || 1);
}

function beginLaneChange(action: Of<'laneChange'>, mover: Mover, stage: MotionContext): StoryMotion | undefined {
  const { map } = stage;
  const own = mover.on;
  const other = action.to === undefined ? undefined : stage.mover(action.to).on;
  const reference = other && map.beside(other, action.lane);
  const laneId = action.to === undefined ? action.lane : reference && map.graph.lanes[reference.lane].laneId;
  const to = own && laneId !== undefined ? map.sameRoad(own, laneId) : undefined;
  if (!own || !to) {
    stage.cannot(`LaneChangeAction of ${mover.entity.id}`, own ? 'there is no such lane' : 'it is on no lane');
    return undefined;
  }
  const course = laneCourse(map.graph, to);
  let arc = 0;
  const aside = sideOf(stage, own) * action.offset;
  /** How far left of its own line the target lies, level with `at`. */
  const lateral = (at: number): number => {
    const line = mover.course.poseAt(at);
    for (let i = 0; i < 2; i++) {
      const pose = course.poseAt(arc);
      arc += (line.x - pose.x) * Math.cos(pose.headingRad) + (line.y - pose.y) * Math.sin(pose.headingRad);
    }
    const pose = course.poseAt(arc);
    const across = (pose.y - line.y) * Math.cos(line.headingRad) - (pose.x - line.x) * Math.sin(line.headingRad);
    return across + aside;
  };
  const from = mover.offset;
  const change = progress(mover, action.dynamics, lateral(mover.arc) - from);
  const arrive = () => {
    lateral(mover.arc);
    mover.follow(course, arc, aside);
  };
  if (change.instant) {
    mover.offset = lateral(mover.arc);
    arrive();
    return undefined;
  }
  return {
    rules: 'lateral',
    step(dt) {
      const p = change.advance(dt);
      mover.offset = from + (lateral(mover.arc + mover.speed * dt) - from) * shaped(action.dynamics.shape, p);
      return p >= 1;
    },
    finish: arrive,
  };
}

function beginLaneOffset(action: Of<'laneOffset'>, mover: Mover, stage: MotionContext): StoryMotion | undefined {
  const side = sideOf(stage, mover.on);
  const to = (action.to === undefined ? 0 : stage.mover(action.to).offset) + side * action.offset;
  const from = mover.offset;
  const seconds = Math.PI * Math.sqrt(Math.abs(to - from) / (2 * action.maxLateralAcc));
  if (action.shape === 'step' || seconds === 0) {
    mover.offset = to;
    return undefined;
  }
  const change = progress(mover, { shape: action.shape, by: 'time', value: seconds }, to - from);
  return {
    rules: 'lateral',
    step(dt) {
      const p = change.advance(dt);
      mover.offset = from + (to - from) * shaped(action.shape, p);
      return p >= 1;
    },
  };
}

function beginTrajectory(
  { vertices, timed }: Of<'trajectory'>,
  mover: Mover,
  stage: MotionContext,
): StoryMotion | undefined {
  const points = vertices.flatMap(({ position }) => stage.resolve(position) ?? []);
  if (points.length < vertices.length) {
    stage.cannot('FollowTrajectoryAction', 'a vertex is on a route of a catalogue');
    return undefined;
  }
  const lead = timed ? 0 : Math.hypot(points[0].x - mover.pose.x, points[0].y - mover.pose.y);
  const line = lineCourse((lead > 0.01 ? [{ ...mover.pose, on: mover.on }, ...points] : points).map((p) => ({ ...p })));
  mover.follow(line, 0, 0);
  const finish = () => mover.settle();
  if (!timed) return { rules: 'course', step: (dt) => mover.arc + mover.speed * dt >= line.length, finish };
  const times = vertices.map(({ time }) => time ?? 0);
  const arcs = [0];
  for (let i = 1; i < points.length; i++)
    arcs.push(arcs[i - 1] + Math.hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y));
  let elapsed = 0;
  return {
    rules: 'course',
    step(dt) {
      elapsed += dt;
      const i = Math.max(
        1,
        Math.min(
          times.length - 1,
          times.findIndex((time) => time > elapsed),
        ),
      );
      const last = elapsed >= times[times.length - 1];
      const u = Math.max(0, Math.min(1, (elapsed - times[i - 1]) / (times[i] - times[i - 1])));
      const arc = last ? line.length : arcs[i - 1] + u * (arcs[i] - arcs[i - 1]);
      const mean = (arc - mover.arc) / dt;
      mover.speed = mean;
      mover.arc = arc - mean * dt;
      return last;
    },
    finish,
  };
}

function takeRoute(waypoints: readonly Position[], mover: Mover, stage: MotionContext): void {
  const places = waypoints.map((waypoint) => stage.resolve(waypoint)?.on);
  if (!mover.on || mover.on.along < 0 || places.some((on) => !on || on.along < 0))
    return stage.cannot('route', 'it does not lead along lanes: the lane is followed');
  const route = routeCourse(stage.map.graph, mover.on, places as OnLane[]);
  if (!route) return stage.cannot('route', 'no way leads along it: the lane is followed');
  for (let i = 0; i < route.left; i++) stage.cannot('waypoint of a route', 'no way leads there');
  const start = projectOnCourse(route.course, mover.pose.x, mover.pose.y, 0, 20);
  mover.follow(route.course, start.arc, start.lateral);
}

function beginSynchronize(action: Of<'synchronize'>, mover: Mover, stage: MotionContext): StoryMotion | undefined {
  const master = stage.mover(action.master);
  const [own, its] = [stage.resolve(action.at), stage.resolve(action.masterAt)];
  if (!own || !its) {
    stage.cannot('SynchronizeAction', 'a target is on a route that is not at hand or leads nowhere');
    return undefined;
  }
  const { course } = mover;
  const goal = projectOnCourse(course, own.x, own.y, mover.arc, FAR).arc;
  return {
    rules: 'speed',
    step(dt) {
      const rest = goal - mover.arc;
      const away = wayTo(master, master.course, its);
      if (rest <= action.tolerance || away <= action.masterTolerance) {
        if (action.finalSpeed !== undefined) mover.speed = action.finalSpeed;
        return true;
      }
      const seconds = away / Math.max(0.1, master.speed);
      const wanted = action.finalSpeed === undefined ? rest / seconds : (2 * rest) / seconds - action.finalSpeed;
      const bounded = Math.max(0, Math.min(MAX_SYNC_MPS, wanted));
      mover.speed += Math.max(-SYNC_ACCEL * dt, Math.min(SYNC_ACCEL * dt, bounded - mover.speed));
      return false;
    },
  };
}

/** Along its course if that leads there, else straight. */
function wayTo({ pose, arc }: Mover, course: Course, to: Placed): number {
  const straight = Math.hypot(to.x - pose.x, to.y - pose.y);
  const at = projectOnCourse(course, to.x, to.y, arc, Math.min(FAR, 2 * straight + 5));
  return at.distance < 5 ? at.arc - arc : straight;
}

/**
 * An entity of a storyboard as it moves: on a course, `offset` to its left, at a speed. Its pose is that of the reference point, as in
 * the file; the middle of its box lies `entity.centre` ahead.
 */
import { wrapAngle } from '../../tasks/driving/roads/road.ts';
import { type Course, laneCourse, lineCourse, type OnLane, projectOnCourse } from './course.ts';
import type { StoryMap } from './map.ts';
import type { Entity } from './model.ts';
import type { Pose } from '../../base/geometry.ts';

/** What is seen of an entity that somebody else drives: middle of its box, m, rad, m/s. */
export interface Seen extends Pose {
  readonly speedMps: number;
}

/** Turned this far from its lane's direction a thing that stands still keeps its heading. */
const STANDING = 0.3;

export class Mover {
  readonly entity: Entity;
  readonly #map: StoryMap;
  present = false;
  /** Whether its course has ended: it is gone. */
  gone = false;
  arc = 0;
  offset = 0;
  speed = 0;
  accel = 0;
  /** Since time 0, m; how long it has stood, s. */
  traveled = 0;
  stillFor = 0;
  #course: Course = lineCourse([{ x: 0, y: 0, headingRad: 0 }]);
  #pose: Pose = { x: 0, y: 0, headingRad: 0 };
  #on: OnLane | undefined;

  constructor(entity: Entity, map: StoryMap) {
    this.entity = entity;
    this.#map = map;
  }

  get course(): Course {
    return this.#course;
  }
  /** Of the reference point. */
  get pose(): Pose {
    return this.#pose;
  }
  /** Of the middle of its box. */
  get middle(): Pose {
    const { x, y, headingRad } = this.#pose;
    const { centre } = this.entity;
    return { x: x + centre * Math.cos(headingRad), y: y + centre * Math.sin(headingRad), headingRad };
  }
  /** The lane that it follows. */
  get on(): OnLane | undefined {
    return this.#on;
  }

  /** Puts it somewhere, to follow the lane `on` or to go straight on. */
  put(pose: Pose, on: OnLane | undefined): void {
    this.present = true;
    this.gone = false;
    if (!on) this.follow(lineCourse([pose]), 0, 0);
    else {
      const course = laneCourse(this.#map.graph, on);
      const start = course.poseAt(0);
      const lateral = (pose.y - start.y) * Math.cos(start.headingRad) - (pose.x - start.x) * Math.sin(start.headingRad);
      this.follow(course, 0, lateral);
    }
    this.#pose = { x: pose.x, y: pose.y, headingRad: wrapAngle(pose.headingRad) };
  }

  follow(course: Course, arc: number, offset: number): void {
    this.#course = course;
    this.arc = arc;
    this.offset = offset;
    this.#on = course.laneAt(arc);
  }

  /** Back to the lane under it, or straight on. */
  settle(): void {
    const on = this.#map.laneUnder(this.#pose);
    this.put(this.#pose, on);
  }

  /** One step of `dt` s in which the speed went from `before` to `speed` and the offset from `aside` to `offset`. */
  move(dt: number, before: number, aside: number): void {
    const moved = ((before + this.speed) / 2) * dt;
    this.arc += moved;
    this.#tally(Math.abs(moved), before, dt);
    const line = this.#course.poseAt(this.arc);
    const [dx, dy] = [-this.offset * Math.sin(line.headingRad), this.offset * Math.cos(line.headingRad)];
    const drift = Math.abs(moved) > STANDING * dt ? Math.atan2(this.offset - aside, Math.abs(moved)) : 0;
    const standing = Math.abs(moved) <= STANDING * dt && this.offset === aside;
    this.#pose = {
      x: line.x + dx,
      y: line.y + dy,
      headingRad: standing ? this.#pose.headingRad : wrapAngle(line.headingRad + drift),
    };
    this.#on = this.#course.laneAt(this.arc);
    if (this.#course.endBefore(this.arc) < this.arc) {
      this.present = false;
      this.gone = true;
    }
  }

  /** Takes over what is seen of it; `dt` s after it was seen last. */
  observe({ x, y, headingRad, speedMps }: Seen, dt: number): void {
    const { centre } = this.entity;
    const pose = { x: x - centre * Math.cos(headingRad), y: y - centre * Math.sin(headingRad), headingRad };
    const moved = this.present ? Math.hypot(pose.x - this.#pose.x, pose.y - this.#pose.y) : 0;
    const before = this.speed;
    this.speed = speedMps;
    this.present = true;
    this.#tally(moved, before, dt);
    this.#pose = pose;
    this.#on = this.#map.laneUnder(pose);
    // A course to measure along, renewed where the one it had leads elsewhere.
    const at = projectOnCourse(this.#course, pose.x, pose.y, this.arc, 5);
    if (at.distance < 2 && this.#course.laneAt(at.arc)?.lane === this.#on?.lane) this.arc = at.arc;
    else this.follow(this.#on ? laneCourse(this.#map.graph, this.#on) : lineCourse([pose]), 0, 0);
  }

  #tally(moved: number, before: number, dt: number): void {
    this.traveled += moved;
    this.accel = dt > 0 ? (this.speed - before) / dt : 0;
    this.stillFor = Math.abs(this.speed) < 0.01 ? this.stillFor + dt : 0;
  }
}

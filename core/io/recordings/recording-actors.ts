/**
 * The road users of a recording at the lab's 10 Hz: which of them is the hero, what kind of thing each is, where each is at
 * every step. Frames of a simulator are unevenly apart, so poses are interpolated between the two frames around a step
 * (headings along the shorter way round); an actor is there from the frame that adds it to the one before that removes it.
 *
 * A pose is the centre of the box, not CARLA's origin of the actor. Actors without a box get one usual for their kind.
 */
import { DT } from '../../abi/layout.ts';
import { type SceneKind, shapeOfBlueprint, shapeRow } from '../../tasks/driving/kinds/kinds.ts';
import { wrapAngle } from '../../tasks/driving/roads/road.ts';
import { type CarlaRecording, type RecordedActor, rowAt, type Series } from './carla-log-recording.ts';
import { emptyTrack, type Track } from '../logs/tracks.ts';
import { MAX_RECORDED_STEPS } from '../../episode/limits.ts';

/** Where the steps lie among the frames: step i is `part[i]` of the way from frame `frame[i]` to the next. */
export interface Clock {
  readonly steps: number;
  readonly frame: Int32Array;
  readonly part: Float64Array;
}

export function clockOf({ times }: Pick<CarlaRecording, 'times'>): Clock {
  const last = times.length - 1;
  const steps = Math.min(MAX_RECORDED_STEPS, Math.floor((times[last] - times[0]) / DT + 1e-6));
  const frame = new Int32Array(steps + 1);
  const part = new Float64Array(steps + 1);
  let k = 0;
  for (let step = 0; step <= steps; step++) {
    const time = times[0] + step * DT;
    while (k < last && times[k + 1] <= time) k++;
    frame[step] = k;
    const span = k < last ? times[k + 1] - times[k] : 0;
    part[step] = span > 0 ? Math.min(1, Math.max(0, (time - times[k]) / span)) : 0;
  }
  return { steps, frame, part };
}

/** The step at or just before a frame. */
export function stepOfFrame({ times }: Pick<CarlaRecording, 'times'>, clock: Clock, frame: number): number {
  return Math.min(clock.steps, Math.max(0, Math.floor((times[frame] - times[0]) / DT + 1e-6)));
}

/** Last frame in which an actor is there. */
export const lastFrame = (actor: RecordedActor, frames: number): number =>
  actor.removedFrame === null ? frames - 1 : Math.max(actor.firstFrame, actor.removedFrame - 1);

/** Who bears an id at a frame: CARLA gives ids again. */
export const actorAt = ({ actors, frameIds }: CarlaRecording, id: number, frame: number): RecordedActor | undefined =>
  actors.findLast((a) => a.id === id && a.firstFrame <= frame && lastFrame(a, frameIds.length) >= frame - 1) ??
  actors.find((a) => a.id === id);

const moves = ({ kind }: RecordedActor) => kind === 'vehicle' || kind === 'walker';

/** Metres between the corners of the box around all its positions: cheap, and 0 for what stands. */
function extent({ poses }: RecordedActor): number {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < poses.values.length; at += poses.width) {
    const [x, y] = [poses.values[at], poses.values[at + 1]];
    [x0, x1, y0, y1] = [Math.min(x0, x), Math.max(x1, x), Math.min(y0, y), Math.max(y1, y)];
  }
  return x1 >= x0 ? Math.hypot(x1 - x0, y1 - y0) : 0;
}

/**
 * The one to follow: role name "hero" (of several, the one that moves farthest), else the vehicle that moves farthest, else
 * the walker that does; undefined when nobody could move. `chosen` tells that no role name said so.
 */
export function recordedHero(
  recording: CarlaRecording,
): { readonly actor: RecordedActor; readonly chosen: boolean } | undefined {
  const farthest = (among: readonly RecordedActor[]) =>
    among.reduce<{ actor: RecordedActor; way: number } | undefined>((best, actor) => {
      const way = extent(actor);
      return !best || way > best.way ? { actor, way } : best;
    }, undefined)?.actor;
  const users = recording.actors.filter((actor) => moves(actor) && actor.poses.rows > 0);
  const hero = farthest(users.filter(({ attributes }) => attributes.role_name === 'hero'));
  if (hero) return { actor: hero, chosen: false };
  const actor = farthest(users.filter(({ kind }) => kind === 'vehicle')) ?? farthest(users);
  return actor && { actor, chosen: true };
}

/** What a viewer draws an actor as; undefined for what is no thing in the world (spectators, sensors, signs, lights). */
export function sceneKindOf({ kind, blueprint, attributes }: RecordedActor): SceneKind | undefined {
  if (kind === 'walker') return 'pedestrian';
  if (kind === 'vehicle') {
    if (attributes.special_type === 'emergency') return 'emergency';
    const named = shapeOfBlueprint('vehicle', blueprint)?.key;
    if (named === 'bicycle') return named;
    if (attributes.number_of_wheels === '2') return 'motorcycle';
    const { base_type: base } = attributes;
    return base === 'truck' || base === 'van' || base === 'bus' ? base : (named ?? 'car');
  }
  if (kind !== 'other' || !blueprint.startsWith('static.prop')) return undefined;
  return shapeOfBlueprint('static', blueprint)?.key ?? 'box';
}

/** A box smaller than this is none, m. */
const MIN_SIZE = 0.05;

/** Props lower than this are driven over: litter, debris, m. */
export const LEAST_OBSTACLE = 0.25;

/** Full extents of an actor, m, and whether the file says them. */
export function actorSize(actor: RecordedActor): { length: number; width: number; height: number; known: boolean } {
  const [length, width, height] = (actor.box?.slice(3) ?? []).map((half) => 2 * half);
  if (length > MIN_SIZE && width > MIN_SIZE) return { length, width, height: Math.max(height, 0.1), known: true };
  const [l, w, h] = shapeRow(sceneKindOf(actor) ?? 'car').usual;
  return { length: l, width: w, height: h, known: false };
}

/** "lincoln.mkz_2017 234". */
export const nameOf = ({ blueprint, id }: RecordedActor): string =>
  `${blueprint.split('.').slice(1).join('.') || blueprint || 'actor'} ${id}`.replace(/^pedestrian\./, 'walker ');

/** Reads an actor's series at ascending frames without searching from the start each time. */
export class FrameReader {
  readonly #actor: RecordedActor;
  readonly #centre: readonly [number, number];
  #pose = -1;
  #velocity = -1;

  constructor(actor: RecordedActor) {
    this.#actor = actor;
    this.#centre = actorSize(actor).known && actor.box ? [actor.box[0], actor.box[1]] : [0, 0];
  }

  /** Puts x, y, heading and speed (NaN where the file has no velocities) at `frame` into `out`; false before the first pose. */
  read(frame: number, out: Float64Array): boolean {
    const { poses, velocities } = this.#actor;
    this.#pose = onward(poses, this.#pose, frame);
    if (this.#pose < 0) return false;
    const at = this.#pose * poses.width;
    const heading = poses.values[at + 3];
    const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
    const [cx, cy] = this.#centre;
    out[0] = poses.values[at] + cos * cx - sin * cy;
    out[1] = poses.values[at + 1] + sin * cx + cos * cy;
    out[2] = heading;
    this.#velocity = onward(velocities, this.#velocity, frame);
    const v = this.#velocity * velocities.width;
    out[3] = this.#velocity < 0 ? Number.NaN : velocities.values[v] * cos + velocities.values[v + 1] * sin;
    return true;
  }
}

/** The row that holds at `frame`, from the row that held at an earlier one. */
function onward(series: Series, row: number, frame: number): number {
  if (row >= 0 && series.frames[row] > frame) return rowAt(series, frame);
  let at = row;
  while (at + 1 < series.rows && series.frames[at + 1] <= frame) at++;
  return at;
}

/** An actor's motion, one row a step. Speed is along the heading; where the file has no velocities, from the positions. */
export function trackOfActor({ frameIds }: CarlaRecording, actor: RecordedActor, clock: Clock): Track {
  const { length, width } = actorSize(actor);
  const track = emptyTrack({ id: String(actor.id), kind: actor.kind, length, width }, clock.steps + 1);
  const last = lastFrame(actor, frameIds.length);
  const [here, next] = [new FrameReader(actor), new FrameReader(actor)];
  const [a, b] = [new Float64Array(4), new Float64Array(4)];
  for (let step = 0; step <= clock.steps; step++) {
    const frame = clock.frame[step];
    if (frame < actor.firstFrame || frame > last || !here.read(frame, a)) continue;
    if (frame >= last || !next.read(frame + 1, b)) b.set(a);
    const u = clock.part[step];
    track.x[step] = a[0] + u * (b[0] - a[0]);
    track.y[step] = a[1] + u * (b[1] - a[1]);
    track.headingRad[step] = wrapAngle(a[2] + u * wrapAngle(b[2] - a[2]));
    track.speedMps[step] = a[3] + u * (b[3] - a[3]);
    track.present[step] = 1;
  }
  if (actor.velocities.rows === 0) differentiate(track);
  else for (let i = 0; i <= clock.steps; i++) if (Number.isNaN(track.speedMps[i])) track.speedMps[i] = 0;
  return track;
}

/** Height of an actor's origin, m, a row a step; that of its first pose before it. */
export const heightsOf = ({ poses }: RecordedActor, clock: Clock): Float64Array =>
  Float64Array.from(clock.frame, (frame) => poses.values[Math.max(0, rowAt(poses, frame)) * poses.width + 2]);

/** Speeds along the heading from positions: central differences, one-sided at both ends of a presence. */
function differentiate({ x, y, headingRad, speedMps, present }: Track): void {
  for (let i = 0; i < x.length; i++) {
    if (!present[i]) continue;
    const from = i > 0 && present[i - 1] ? i - 1 : i;
    const to = present[i + 1] ? i + 1 : i;
    const span = (to - from) * DT;
    const [dx, dy] = [x[to] - x[from], y[to] - y[from]];
    speedMps[i] = span > 0 ? (dx * Math.cos(headingRad[i]) + dy * Math.sin(headingRad[i])) / span : 0;
  }
}

/** The same, standing where it was first or last seen while it is not there: an ego must be somewhere. */
export function heldTrack(track: Track): Track {
  const { x, y, headingRad, speedMps, present } = track;
  let last = present.indexOf(1);
  if (last < 0) return track;
  for (let i = 0; i < present.length; i++) {
    if (present[i]) last = i;
    else [x[i], y[i], headingRad[i], speedMps[i]] = [x[last], y[last], headingRad[last], 0];
  }
  return track;
}

/** Row of a series that holds at `frame`; undefined before its first. */
export function rowOf(series: Series, frame: number): Float64Array | undefined {
  const row = rowAt(series, frame);
  return row < 0 ? undefined : series.values.subarray(row * series.width, (row + 1) * series.width);
}

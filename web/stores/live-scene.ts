/**
 * What a live source has sent, as a scene that grows: one frame is one step. It is bounded in frames and rows; when it is full the older
 * part is cut off and a new scene goes on with the rest (`trimmed`), because what a viewer has seen of one must not change.
 *
 * Positions arrive relative to the episode's origin and to the actor's own origin; here they are the world's, at the centre of the box.
 * No React, no worker, no clock.
 */
import {
  SCENE_BRAKE,
  SCENE_PRESENT,
  SCENE_SEEN,
  SCENE_SIREN,
  SCENE_SPEED,
  SCENE_STRIDE,
  type SceneActor,
  type SceneFrames,
  type SceneLight,
  type SceneMark,
  type SceneWeather,
} from '../../core/episode/scene-frames.ts';
import { kindRow, type SceneKind, shapeRow } from '../../core/tasks/driving/kinds/kinds.ts';
import type { MapDrawing } from '../../core/tasks/driving/roads/drawing/model.ts';
import type { LiveActor, LiveEpisode, LiveFrames, LiveOccurrence } from '../../workers/contracts/proxy-protocol.ts';
import { liveKind, liveLabel } from './live-kinds.ts';

export interface LiveLimits {
  readonly frames: number;
  /** Of all actors together. */
  readonly rows: number;
}
/** Ten minutes of CARLA at 20 Hz; 2 million rows of 5 numbers are 40 MB. */
const LIMITS: LiveLimits = { frames: 12_000, rows: 2_000_000 };
/** What is left of a full scene. */
const KEPT = 0.6;

/** Numbers of the ego a step: acceleration, steering, throttle, brake, time to collision, reward. */
export const LIVE_EGO_STRIDE = 6;
const BRAKING = 0.4;
const STANDING = 0.05;
const HERO = /^(hero|ego|ego_vehicle)$/;
/** ActorFlags of frame.proto. */
const VISIBLE = 1;

interface Track extends SceneActor {
  readonly info: LiveActor;
  /** As lists call it; the label over an ego is empty. */
  readonly name: string;
  firstStep: number;
  rowCount: number;
  rows: Float32Array;
}
export interface LiveMark extends SceneMark {
  readonly kind: LiveOccurrence['kind'];
}

export class LiveScene implements SceneFrames {
  readonly episode: LiveEpisode;
  readonly lights: readonly SceneLight[];
  /** −1 before the first frame. */
  steps = -1;
  /** Frames cut off before step 0. */
  before = 0;
  ego = -1;
  map: MapDrawing | undefined;
  weather: SceneWeather | undefined;
  lightStates: Uint8Array;
  readonly actors: Track[] = [];
  readonly marks: LiveMark[] = [];
  /** Simulated time of each step, s, and the ego's columns; at least steps + 1 of each. */
  times = new Float64Array(256);
  egoRows = new Float32Array(256 * LIVE_EGO_STRIDE);
  hasEgo = false;
  /** Whether a pedal was ever pressed: some sources say accelerations only. */
  hasPedals = false;
  /** Whether the source says what the ego sees; else everybody is seen. */
  #sees = false;
  readonly #limits: LiveLimits;
  readonly #index = new Map<number, number>();
  readonly #lightIndex: ReadonlyMap<number, number>;
  #rows = 0;

  constructor(episode: LiveEpisode, limits = LIMITS) {
    this.episode = episode;
    this.#limits = limits;
    const [ox, oy] = episode.origin;
    this.lights = episode.lights.map(({ id, x, y, heading }) => ({
      id: String(id),
      x: x + ox,
      y: y + oy,
      headingRad: heading,
    }));
    this.#lightIndex = new Map(episode.lights.map(({ id }, i) => [id, i]));
    this.lightStates = new Uint8Array(256 * this.lights.length);
    this.appear(episode.actors);
  }

  /** Mean time between two steps, s. */
  get dt(): number {
    const { stepSeconds } = this.episode;
    if (stepSeconds > 0) return stepSeconds;
    const span = this.steps > 0 ? this.times[this.steps] - this.times[0] : 0;
    return span > 0 ? span / this.steps : 0.05;
  }
  get full(): boolean {
    return this.steps + 1 >= this.#limits.frames || this.#rows >= this.#limits.rows;
  }

  /** Actors to come; known ones stay as they are. */
  appear(actors: readonly LiveActor[]): void {
    for (const info of actors) {
      const kind = liveKind(info);
      if (kind === null || this.#index.has(info.id)) continue;
      // A hero may come later than its episode.
      const { egoId } = this.episode;
      const driven = egoId > 0 ? info.id === egoId : this.ego < 0 && HERO.test(info.role);
      if (driven) this.ego = this.actors.length;
      this.#index.set(info.id, this.actors.length);
      this.actors.push(trackOf(info, kind, driven));
    }
  }

  /** Takes frames that follow those it has. */
  add(frames: LiveFrames): void {
    const first = this.steps + 1;
    this.#sees ||= frames.actors.flags.includes(VISIBLE);
    for (let i = 0; i < frames.count; i++) this.#frame(frames, i);
    for (const event of frames.events)
      this.#mark(event, first + Math.min(frames.count - 1, Math.max(0, event.sequence - frames.firstSequence)));
  }

  /** What happened in frames that did not come stands at the last one that did. */
  addMissed(events: readonly LiveOccurrence[]): void {
    if (this.steps >= 0) for (const event of events) this.#mark(event, this.steps);
  }

  #mark({ kind, text, actorId, otherId }: LiveOccurrence, step: number): void {
    this.marks.push({ step, kind, ...this.#placeOf(actorId, step), text: text || sentence(kind, this, otherId) });
  }

  /** This scene without its oldest part. */
  trimmed(): LiveScene {
    const kept = Math.max(1, Math.floor((this.steps + 1) * KEPT));
    const cut = this.steps + 1 - kept;
    const next = new LiveScene(this.episode, this.#limits);
    next.map = this.map;
    next.weather = this.weather;
    next.before = this.before + cut;
    next.appear(this.actors.map(({ info }) => info));
    next.steps = kept - 1;
    next.hasEgo = this.hasEgo;
    next.hasPedals = this.hasPedals;
    next.#sees = this.#sees;
    next.times = this.times.slice(cut, this.steps + 1);
    next.egoRows = this.egoRows.slice(cut * LIVE_EGO_STRIDE, (this.steps + 1) * LIVE_EGO_STRIDE);
    next.lightStates = this.lightStates.slice(cut * this.lights.length, (this.steps + 1) * this.lights.length);
    for (const { step, ...mark } of this.marks) if (step >= cut) next.marks.push({ ...mark, step: step - cut });
    this.actors.forEach((old, i) => {
      const gone = Math.min(old.rowCount, Math.max(0, cut - old.firstStep));
      const track = next.actors[i];
      track.firstStep = Math.max(0, old.firstStep - cut);
      track.rowCount = old.rowCount - gone;
      track.rows = old.rows.slice(gone * SCENE_STRIDE, old.rowCount * SCENE_STRIDE);
      next.#rows += track.rowCount;
    });
    return next;
  }

  #frame(frames: LiveFrames, i: number): void {
    const step = ++this.steps;
    const count = this.lights.length;
    this.times = grown(this.times, step + 1);
    this.egoRows = grown(this.egoRows, (step + 1) * LIVE_EGO_STRIDE);
    this.lightStates = grown(this.lightStates, (step + 1) * count);
    this.times[step] = frames.timeS[i];
    // A light that is not spoken of stays as it was.
    if (step > 0) this.lightStates.copyWithin(step * count, (step - 1) * count, step * count);
    for (let row = frames.lightStart[i]; row < frames.lightStart[i + 1]; row++) {
      const light = this.#lightIndex.get(frames.lights.id[row]);
      if (light !== undefined) this.lightStates[step * count + light] = frames.lights.state[row];
    }
    const { ego } = frames;
    if (ego) {
      this.hasEgo = true;
      this.hasPedals ||= ego.throttle[i] > 0 || ego.brake[i] > 0;
      const numbers = [ego.acceleration, ego.steering, ego.throttle, ego.brake, ego.timeToCollision, ego.reward];
      numbers.forEach((column, k) => {
        this.egoRows[step * LIVE_EGO_STRIDE + k] = column[i];
      });
    }
    for (let row = frames.actorStart[i]; row < frames.actorStart[i + 1]; row++) {
      const index = this.#index.get(frames.actors.id[row]);
      if (index !== undefined) this.#row(this.actors[index], step, frames, row, ego !== null && index === this.ego, i);
    }
  }

  #row(track: Track, step: number, { actors, ego }: LiveFrames, row: number, driven: boolean, i: number): void {
    const [ox, oy] = this.episode.origin;
    const heading = actors.heading[row];
    const [c, s] = [Math.cos(heading), Math.sin(heading)];
    const [cx, cy] = track.info.centre;
    const speed = actors.velocityX[row] * c + actors.velocityY[row] * s;
    if (track.rowCount === 0) track.firstStep = step;
    const at = step - track.firstStep;
    track.rows = grown(track.rows, (at + 1) * SCENE_STRIDE);
    this.#rows += at + 1 - track.rowCount;
    track.rowCount = at + 1;
    const { kind } = shapeRow(track.kind);
    const vehicle = kind.group === 'vehicles' && kindRow(track.info.kind)?.group !== 'things';
    const slowing = at > 0 && (track.rows[(at - 1) * SCENE_STRIDE + SCENE_SPEED] - speed) / this.dt > BRAKING;
    const braking = driven && ego ? ego.brake[i] > STANDING || ego.acceleration[i] < -BRAKING : slowing;
    const flags =
      SCENE_PRESENT |
      (this.#sees && (actors.flags[row] & VISIBLE) === 0 ? 0 : SCENE_SEEN) |
      (vehicle && (braking || Math.abs(speed) < STANDING) ? SCENE_BRAKE : 0) |
      (kind.siren ? SCENE_SIREN : 0);
    track.rows.set(
      [actors.x[row] + ox + cx * c - cy * s, actors.y[row] + oy + cx * s + cy * c, heading, speed, flags],
      at * SCENE_STRIDE,
    );
  }

  #placeOf(id: number, step: number): { x: number; y: number } {
    const track = this.actors[this.#index.get(id) ?? this.ego];
    const at = track ? Math.min(track.rowCount - 1, step - track.firstStep) * SCENE_STRIDE : -1;
    return at < 0 ? { x: 0, y: 0 } : { x: track.rows[at], y: track.rows[at + 1] };
  }

  /** Name of an actor by the source's id. */
  nameOf(id: number): string {
    return this.actors[this.#index.get(id) ?? -1]?.name ?? `actor ${id}`;
  }
}

function trackOf(info: LiveActor, kind: SceneKind, driven: boolean): Track {
  const { length, width, height } = info;
  const box = { length: length || 0.6, width: width || 0.6, height: height || 1.5 };
  const rows = new Float32Array(64 * SCENE_STRIDE);
  const name = liveLabel(info);
  const { role } = info;
  const id = String(info.id);
  return { id, label: driven ? '' : name, name, role, kind, ...box, info, firstStep: 0, rowCount: 0, rows };
}

function sentence(kind: LiveOccurrence['kind'], scene: LiveScene, otherId: number): string {
  const words = kind.replace('-', ' ');
  return otherId > 0 ? `${words} with ${scene.nameOf(otherId)}` : words;
}

type Numbers = Float32Array | Float64Array | Uint8Array;
/** The array, or a longer copy of it. */
function grown<T extends Numbers>(values: T, length: number): T {
  if (values.length >= length) return values;
  const longer = new (values.constructor as new (length: number) => T)(Math.max(length, 2 * values.length));
  longer.set(values);
  return longer;
}

/**
 * A recording as the viewer's scene: everyone who is a thing in the world, their boxes by kind, the traffic lights with their
 * states, collisions as marks. The map, if there is one, is drawn elsewhere and put in.
 *
 * A light's post in CARLA stands with its x axis to the right of the travel that it rules (so it is for all 36 lights of Town01 against the
 * lanes of its OpenDRIVE map), hence the quarter turn. Rows are float32 and bounded in number: road users come first,
 * then props, nearest to the hero first; who does not fit is said.
 */
import { LIGHT_GREEN, LIGHT_NONE, LIGHT_RED, LIGHT_YELLOW } from '../../abi/layout.ts';
import type { CarlaRecording, RecordedActor } from './carla-log-recording.ts';
import type { Skips } from '../logs/log.ts';
import type { Track } from '../logs/tracks.ts';
import {
  actorAt,
  type Clock,
  nameOf,
  rowOf,
  sceneKindOf,
  actorSize,
  stepOfFrame,
  trackOfActor,
} from './recording-actors.ts';
import {
  SCENE_BRAKE,
  SCENE_STRIDE,
  SCENE_USUAL,
  type SceneActor,
  type SceneFrames,
  type SceneLight,
  type SceneMark,
} from '../../episode/scene-frames.ts';

/** Rows of all actors together: 4 million of 5 numbers are 80 MB. */
const MAX_SCENE_ROWS = 4_000_000;
const BRAKE_SHOWN = 0.05;
/** Index: LIGHT_STATES of carla-log-recording.ts. */
const LIGHT_OF_STATE = [LIGHT_RED, LIGHT_YELLOW, LIGHT_GREEN, LIGHT_NONE, LIGHT_NONE] as const;

/** Unique among actors: CARLA gives an id again after its actor was destroyed. */
export function uniqueIds(actors: readonly RecordedActor[]): string[] {
  const seen = new Map<number, number>();
  return actors.map(({ id }) => {
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    return times === 1 ? String(id) : `${id}-${times}`;
  });
}

/** `hero`: whom the scene is about; undefined shows the whole map. */
export function sceneOfRecording(
  recording: CarlaRecording,
  clock: Clock,
  hero: RecordedActor | undefined,
  skips: Skips,
): SceneFrames {
  const ids = uniqueIds(recording.actors);
  const order = recording.actors
    .map((actor, index) => ({ actor, id: ids[index], kind: sceneKindOf(actor), far: distance(actor, hero) }))
    .filter(
      ({ actor, kind }) => kind !== undefined && actor.poses.rows > 0 && (kind !== 'box' || actorSize(actor).known),
    )
    .sort((a, b) => Number(a.actor.kind === 'other') - Number(b.actor.kind === 'other') || a.far - b.far);
  const actors: SceneActor[] = [];
  let rows = 0;
  let ego = -1;
  for (const { actor, id, kind } of order) {
    const track = trackOfActor(recording, actor, clock);
    const [first, last] = [track.present.indexOf(1), track.present.lastIndexOf(1)];
    if (first < 0 || kind === undefined) continue;
    rows += last - first + 1;
    if (rows > MAX_SCENE_ROWS) {
      skips.add(`drawing of ${actor.kind}s`, `the picture holds ${MAX_SCENE_ROWS / 1e6} million poses`);
      rows -= last - first + 1;
      continue;
    }
    if (actor === hero) ego = actors.length;
    const { length, width, height } = actorSize(actor);
    const size = { length, width, height };
    actors.push({
      id,
      label: actor.kind === 'other' ? '' : nameOf(actor),
      name: nameOf(actor),
      role: actor.attributes.role_name ?? '',
      kind,
      ...size,
      ...rowsOf(track, actor, clock, first, last),
    });
  }
  const posts = recording.actors.filter(({ kind, poses }) => kind === 'traffic-light' && poses.rows > 0);
  return {
    steps: clock.steps,
    dt: 0.1,
    actors,
    lights: posts.map(lightOf),
    lightStates: lightStatesOf(posts, clock),
    ego,
    marks: marksOf(recording, clock),
  };
}

function rowsOf(track: Track, actor: RecordedActor, clock: Clock, first: number, last: number) {
  const rows = new Float32Array((last - first + 1) * SCENE_STRIDE);
  for (let step = first; step <= last; step++) {
    const brake = actor.controls.rows > 0 ? (rowOf(actor.controls, clock.frame[step])?.[2] ?? 0) : 0;
    const flags = track.present[step] ? SCENE_USUAL | (brake > BRAKE_SHOWN ? SCENE_BRAKE : 0) : 0;
    const { x, y, headingRad, speedMps } = track;
    rows.set([x[step], y[step], headingRad[step], speedMps[step], flags], (step - first) * SCENE_STRIDE);
  }
  return { firstStep: first, rowCount: last - first + 1, rows };
}

/** Between where two actors were first seen, m. */
function distance(actor: RecordedActor, hero: RecordedActor | undefined): number {
  if (!hero || actor.poses.rows === 0) return 0;
  return Math.hypot(actor.poses.values[0] - hero.poses.values[0], actor.poses.values[1] - hero.poses.values[1]);
}

function lightOf({ id, poses }: RecordedActor): SceneLight {
  const [x, y, , headingRad] = poses.values;
  return { id: String(id), x, y, headingRad: headingRad + Math.PI / 2 };
}

function lightStatesOf(posts: readonly RecordedActor[], clock: Clock): Uint8Array {
  const states = new Uint8Array(posts.length * (clock.steps + 1));
  posts.forEach(({ lights }, i) => {
    let row = -1;
    for (let step = 0; step <= clock.steps; step++) {
      while (row + 1 < lights.rows && lights.frames[row + 1] <= clock.frame[step]) row++;
      states[step * posts.length + i] = row < 0 ? LIGHT_NONE : LIGHT_OF_STATE[lights.values[row * lights.width]];
    }
  });
  return states;
}

function marksOf(recording: CarlaRecording, clock: Clock): SceneMark[] {
  return recording.collisions.slice(0, 1000).flatMap(({ frame, actors }) => {
    const involved = actors.map((id) => actorAt(recording, id, frame));
    const at = involved.map((actor) => actor && rowOf(actor.poses, frame)).find((row) => row !== undefined);
    if (!at) return [];
    const text = involved.map((actor, i) => (actor ? nameOf(actor) : `actor ${actors[i]}`)).join(' and ');
    return [{ step: stepOfFrame(recording, clock, frame), x: at[0], y: at[1], text: `Collision of ${text}` }];
  });
}

/**
 * A recording made ready to look at: parsed once, then seen through the eyes of any of its actors. The scene (everyone, lights, marks) is
 * the same for all; frames, curves, events and scores are of the one that is followed, the hero at first.
 */
import { driveScores, type DriveReport } from '../../tasks/driving/scores/drive-scores.ts';
import { type ActorKind, shapeRow } from '../../tasks/driving/kinds/kinds.ts';
import type { ActorTrack } from '../../tasks/driving/scores/track.ts';
import type { RoadMap } from '../../tasks/driving/roads/survey/road-map.ts';
import type { DriveEvent } from '../../episode/episode.ts';
import type { DriveStates } from '../../episode/frames.ts';
import type { CarlaRecording, PacketCount, RecordedActor } from './carla-log-recording.ts';
import { createSkips, type Skipped } from '../logs/log.ts';
import type { Track } from '../logs/tracks.ts';
import { MAX_RECORDED_STEPS } from '../../episode/limits.ts';
import {
  type Clock,
  clockOf,
  heightsOf,
  heldTrack,
  recordedHero,
  lastFrame,
  LEAST_OBSTACLE,
  nameOf,
  sceneKindOf,
  actorSize,
  stepOfFrame,
  trackOfActor,
} from './recording-actors.ts';
import {
  statesOfDrive,
  othersNear,
  recordedDrive,
  type RecordedDrive,
  type RecordedScore,
  scoreRecorded,
} from './recording-drive.ts';
import { collisionSteps, recordedEvents } from './recording-events.ts';
import { fitsMap, laneColumns, type LaneColumns } from './recording-map.ts';
import { sceneOfRecording, uniqueIds } from './recording-scene.ts';
import { type RecordedSeries, recordedSeries } from './recording-series.ts';
import type { SceneFrames } from '../../episode/scene-frames.ts';

/** One line of the actor list. */
export interface ActorLine {
  /** As in the scene. */
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly role: string;
  readonly firstStep: number;
  readonly lastStep: number;
  /** Whether it can be followed: it is a vehicle or a walker. */
  readonly follows: boolean;
}

export interface OpenRecording {
  readonly recording: CarlaRecording;
  /** "Town01": last part of what the recording names. */
  readonly mapName: string;
  readonly clock: Clock;
  readonly scene: SceneFrames;
  readonly actors: readonly ActorLine[];
  readonly hero: RecordedActor | undefined;
  readonly packets: readonly PacketCount[];
  readonly skipped: readonly Skipped[];
  /** What had to be inferred, in sentences. */
  readonly notes: readonly string[];
  /** Index in `recording.actors` by id of the scene. */
  actor(id: string): RecordedActor | undefined;
}

/** A recording through one actor's eyes. */
export interface RecordingView {
  /** Id in the scene. */
  readonly follow: string;
  readonly frames: DriveStates;
  readonly events: readonly DriveEvent[];
  readonly series: readonly RecordedSeries[];
  readonly score: RecordedScore;
  /** Whether the map given fits; null: none was given. */
  readonly mapFits: boolean | null;
  readonly drive: RecordedDrive;
}

/** Town01 of "Town01" or "/Game/Carla/Maps/Town01". */
const mapNameOf = ({ map }: Pick<CarlaRecording, 'map'>): string => map.split('/').at(-1) || 'the map';

export function openRecording(recording: CarlaRecording): OpenRecording {
  const skips = createSkips();
  const clock = clockOf(recording);
  const found = recordedHero(recording);
  const frames = recording.frameIds.length;
  const ids = uniqueIds(recording.actors);
  const notes: string[] = [];
  if (found?.chosen)
    notes.push(`No actor has the role name "hero"; ${nameOf(found.actor)} is followed because it moves farthest.`);
  const seconds = recording.times[frames - 1] - recording.times[0];
  if (clock.steps === MAX_RECORDED_STEPS && seconds > MAX_RECORDED_STEPS / 10 + 0.1)
    skips.add('time beyond an hour', `${MAX_RECORDED_STEPS / 10} of ${seconds.toFixed(0)} s are shown`);
  const guessed = recording.actors.filter((actor) => isUser(actor) && !actorSize(actor).known).length;
  if (guessed > 0)
    notes.push(`${guessed} road users have no box in the file (no additional data); usual sizes stand in.`);
  for (const { name, count, read } of recording.packets)
    if (!read) skips.add(`packet ${name}`, 'no part of a drive; stepped over by its size', count);
  const scene = sceneOfRecording(recording, clock, found?.actor, skips);
  const index = new Map(ids.map((id, i) => [id, i]));
  return {
    recording,
    mapName: mapNameOf(recording),
    clock,
    scene,
    actors: recording.actors.map((actor, i) => ({
      id: ids[i],
      name: nameOf(actor),
      kind: sceneKindOf(actor) ?? actor.kind,
      role: actor.attributes.role_name ?? '',
      firstStep: stepOfFrame(recording, clock, actor.firstFrame),
      lastStep: stepOfFrame(recording, clock, lastFrame(actor, frames)),
      follows: isUser(actor),
    })),
    hero: found?.actor,
    packets: recording.packets,
    skipped: skips.list(),
    notes,
    actor: (id) => recording.actors[index.get(id) ?? -1],
  };
}

const isUser = ({ kind, poses }: RecordedActor) => (kind === 'vehicle' || kind === 'walker') && poses.rows > 0;

/** Everyone but `ego` that can be met, as tracks. */
export function tracksBeside(open: OpenRecording, ego: RecordedActor): (Track & { actorKind: ActorKind })[] {
  const { recording, clock } = open;
  return recording.actors.flatMap((actor) => {
    const kind = sceneKindOf(actor);
    if (actor === ego || kind === undefined || actor.poses.rows === 0) return [];
    if (actor.kind === 'other' && !(actorSize(actor).known && actorSize(actor).height > LEAST_OBSTACLE)) return [];
    const { metric, kind: shape } = shapeRow(kind);
    return [{ ...trackOfActor(recording, actor, clock), actorKind: metric ?? shape.metric }];
  });
}
/** The recording as `actor` drove it. @throws RangeError when it was never anywhere */
export function viewRecording(open: OpenRecording, actor: RecordedActor, map: RoadMap | null): RecordingView {
  const { recording, clock, scene } = open;
  const ego = heldTrack(trackOfActor(recording, actor, clock));
  if (!ego.present.includes(1)) throw new RangeError(`${nameOf(actor)} is nowhere in this recording.`);
  const mapFits = map && fitsMap(map, ego);
  const lanes: LaneColumns | null = map && mapFits ? laneColumns(map, ego, scene, heightsOf(actor, clock)) : null;
  const others: ActorTrack[] = othersNear(ego, tracksBeside(open, actor));
  const drive = recordedDrive(ego, others, lanes);
  const used = mapFits ? map : null;
  const skips = createSkips();
  return {
    follow: uniqueIds(recording.actors)[recording.actors.indexOf(actor)],
    frames: statesOfDrive(drive, lanes),
    events: recordedEvents(recording, clock, actor, drive, lanes, skips),
    series: recordedSeries(recording, actor, clock, drive, used, open.mapName),
    score: scoreRecorded(drive, collisionSteps(recording, clock, actor)),
    mapFits,
    drive,
  };
}

/** The published scores of a recorded drive. */
export const publishedScores = ({ drive, score }: RecordingView): DriveReport =>
  driveScores(drive.track, { success: score.score.success });

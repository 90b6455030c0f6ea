/**
 * Recordings in the lab worker: read piece by piece from a dropped file or out of an episode, kept open one at a time, and seen
 * through any of their actors. The file is packed while it is read, so that the episode holds it whole; one that is too long for
 * that plays all the same and is not kept. Nothing is stored here.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import type { Answers } from '../../core/base/service.ts';
import { EPISODE_FORMAT, type Episode, type EpisodeRecording, type PackedFile } from '../../core/episode/episode.ts';
import { CarlaLogParser, checkLogSize } from '../../core/io/recordings/carla-log.ts';
import { importOpenRecording } from '../../core/io/importers/carla-import.ts';
import { ImportError } from '../../core/base/import-error.ts';
import type { ImportedLog } from '../../core/io/logs/log.ts';
import type { ActorMode } from '../../core/io/logs/reactive.ts';
import { MAX_NAME, MAX_UNPACKED_BYTES } from '../../core/episode/limits.ts';
import { packDeflated, unpackFile } from '../../core/episode/packed-file.ts';
import {
  openRecording,
  type OpenRecording,
  publishedScores,
  type RecordingView,
  viewRecording,
} from '../../core/io/recordings/recording.ts';
import { type RoadMap, roadMapOf } from '../../core/tasks/driving/roads/survey/road-map.ts';
import { drawMap } from '../../core/tasks/driving/roads/drawing/drawing.ts';
import type { MapDrawing } from '../../core/tasks/driving/roads/drawing/model.ts';
import { createOpenDriveReader } from '../../core/tasks/driving/roads/opendrive/opendrive.ts';
import type { OpenDrive } from '../../core/tasks/driving/roads/opendrive/model.ts';
import { checkSize } from '../../core/io/logs/xml-file.ts';
import type { DriveAudit, RecordedView, RecordingDetails, RecordingService } from '../contracts/protocol.ts';

interface Opened {
  /** Hash of the file, by which its episodes know it. */
  readonly hash: string;
  readonly open: OpenRecording;
  readonly map: RoadMap | null;
  /** Name of the map of the episode at hand, and its drawing. */
  readonly mapKey: string;
  readonly drawing: MapDrawing | null;
}

let last: Opened | undefined;

/** A recording from its file. @throws ImportError */
async function readRecording(name: string, log: Blob, now: string): Promise<RecordingDetails> {
  checkLogSize(log.size);
  const parser = new CarlaLogParser();
  const packer = log.size <= MAX_UNPACKED_BYTES ? startPacking() : null;
  try {
    await eachPiece(log, (piece) => {
      parser.push(piece);
      packer?.write(piece);
    });
    const open = openRecording(parser.finish());
    const deflated = await packer?.done();
    const packed = deflated ? packDeflated(shortName(name), deflated) : null;
    const hash = hex(sha256(deflated ?? new TextEncoder().encode(`${name} ${log.size} ${open.recording.bytes}`)));
    last = { hash, open, map: null, mapKey: '', drawing: null };
    return details(episodeOf(name, hash, open, packed, now));
  } catch (error) {
    packer?.abandon();
    throw error;
  }
}

/** An episode's recording, opened again where it is not open already. @throws ImportError, EpisodeError */
function showRecording(episode: Episode): RecordingDetails {
  opened(episode);
  return details(episode);
}

/** The recording through another actor's eyes. */
function followActor(episode: Episode, follow: string): RecordedView {
  const { open } = opened(episode);
  const actor = open.actor(follow);
  if (!actor) throw new Error(`There is no actor ${follow} in this recording.`);
  return plainView(view(actor));
}

/** Gives a recording its map; the episode then carries it. @throws ImportError when it is no map, or not of this town */
async function addMap(episode: Episode, name: string, file: Blob): Promise<RecordingDetails> {
  checkSize(file.size);
  const { open } = opened(episode);
  const packer = startPacking();
  const reader = createOpenDriveReader(name);
  const decoder = new TextDecoder();
  await eachPiece(file, (piece) => {
    reader.write(decoder.decode(piece, { stream: true }));
    packer.write(piece);
  });
  const packed = packDeflated(shortName(name), await packer.done());
  const before = last;
  putMap(name, reader.end(), `${name} ${file.size}`);
  if (view(open.hero).mapFits === false) {
    last = before;
    const names = `The recording names ${open.mapName}`;
    throw new ImportError('file', `${names}, and its drive does not lie on the lanes of this map; it is not used.`);
  }
  const recording = episode.recording as EpisodeRecording;
  return details({ ...episode, ...judged(), recording: { ...recording, ...(packed && { map: packed }) } });
}

/** The recording as a log whose ego the policy replaces. */
export function recordingAsLog(episode: Episode, follow: string, actors: ActorMode): ImportedLog {
  const { open, map } = opened(episode);
  const ego = open.actor(follow);
  return importOpenRecording(episode.recording?.log.name ?? episode.name, open, { map, actors, ...(ego && { ego }) });
}

/** What the lab answers of recordings. */
export const recordings: Answers<RecordingService> = {
  openRecording: readRecording,
  showRecording,
  followActor,
  addMap,
};

/** Costs and published scores of the hero's recorded drive. */
export function auditRecording(episode: Episode): DriveAudit {
  const { open } = opened(episode);
  const hero = view(open.hero);
  const actors = hero.drive.track.actors.map(({ id, kind }) => ({ id, name: kind, conduct: 'replayed' as const }));
  return { ...publishedScores(hero), labCosts: hero.score.costs, actors };
}

export const framesOfRecording = (episode: Episode) => view(opened(episode).open.hero).frames;

function opened(episode: Episode): Opened {
  const { recording, scenario } = episode;
  if (!recording) throw new Error('This episode is no recording.');
  const mapKey = recording.map ? `${recording.map.name} ${recording.map.deflated.length}` : '';
  if (last?.hash !== scenario.hash) {
    if (recording.log.deflated === '')
      throw new Error(`The recording ${recording.log.name} is too long to be kept; drop its file again.`);
    const parser = new CarlaLogParser();
    unpackFile(recording.log, (piece) => parser.push(piece));
    last = { hash: scenario.hash, open: openRecording(parser.finish()), map: null, mapKey: '', drawing: null };
  }
  if (recording.map && !last.map) {
    const reader = createOpenDriveReader(recording.map.name);
    const decoder = new TextDecoder();
    unpackFile(recording.map, (piece) => reader.write(decoder.decode(piece, { stream: true })));
    putMap(recording.map.name, reader.end(), mapKey);
  }
  return last;
}

function putMap(name: string, map: OpenDrive, mapKey: string): void {
  if (!last) return;
  const known = roadMapOf(name, map);
  last = { ...last, map: known, mapKey, drawing: drawMap(map, known.graph) };
}

function view(actor: OpenRecording['hero']): RecordingView {
  if (!last || !actor) throw new ImportError('file', 'The recording holds no vehicle or walker to follow.');
  return viewRecording(last.open, actor, last.map);
}

const plainView = (of: RecordingView): RecordedView => ({
  follow: of.follow,
  frames: of.frames,
  series: of.series,
  score: of.score.score,
});

/** What the drive of the hero, as known now, comes to in the record. */
function judged(): Pick<Episode, 'events' | 'score'> {
  const { events, score } = view(last?.open.hero);
  return { events, score: score.score };
}

function details(episode: Episode): RecordingDetails {
  const { open, map, drawing } = last as Opened;
  const { recording, mapName, actors, packets, skipped, notes } = open;
  return {
    episode,
    scene: drawing ? { ...open.scene, map: drawing } : open.scene,
    view: plainView(view(open.hero)),
    mapName,
    map: map?.name ?? null,
    frames: recording.frameIds.length,
    layout: recording.layout,
    recordedAtUnixS: recording.recordedAtUnixS,
    bytes: recording.bytes,
    actors,
    controls: controlsOf(open),
    packets,
    skipped,
    notes,
    kept: episode.recording?.log.deflated !== '',
  };
}

/** Throttle, brake, steer, handbrake, gear of the hero, five numbers a step; empty where the file has none. */
function controlsOf({ hero, clock }: OpenRecording): Float32Array {
  if (!hero || hero.controls.rows === 0) return new Float32Array(0);
  const out = new Float32Array(5 * (clock.steps + 1));
  const { frames, values, rows, width } = hero.controls;
  let row = -1;
  for (let step = 0; step <= clock.steps; step++) {
    while (row + 1 < rows && frames[row + 1] <= clock.frame[step]) row++;
    if (row >= 0) out.set(values.subarray(row * width, (row + 1) * width), 5 * step);
  }
  return out;
}

function episodeOf(name: string, hash: string, open: OpenRecording, packed: PackedFile | null, now: string): Episode {
  const plain = name.replace(/\.[^.]*$/, '').slice(0, 60);
  const id = `log_${plain.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`.slice(0, 40);
  return {
    format: EPISODE_FORMAT,
    id: `rec-${hash.slice(0, 16)}`,
    name: `${plain}, ${open.mapName.slice(0, 40)}`,
    createdAt: now,
    scenario: { id, hash },
    seed: 0,
    policy: { kind: 'human', name: 'CARLA recording' },
    controls: [],
    decisions: [],
    stateHashes: [],
    ...judged(),
    recording: {
      format: 'carla-log',
      steps: open.clock.steps,
      log: packed ?? { name: shortName(name), deflated: '' },
    },
  };
}

const shortName = (name: string) => name.slice(-MAX_NAME);
const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function eachPiece(file: Blob, take: (piece: Uint8Array) => void): Promise<void> {
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      take(value);
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

/** Deflates beside the parser, on a thread of the browser's. */
function startPacking() {
  const stream = new CompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  const packed = new Response(stream.readable).arrayBuffer();
  packed.catch(() => {});
  return {
    write(piece: Uint8Array) {
      writer.write(piece as Uint8Array<ArrayBuffer>).catch(() => {});
    },
    async done(): Promise<Uint8Array> {
      await writer.close();
      return new Uint8Array(await packed);
    },
    abandon() {
      writer.abort().catch(() => {});
    },
  };
}

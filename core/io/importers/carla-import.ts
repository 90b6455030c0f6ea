/**
 * A CARLA recording as the lab's importers give logs: what it holds, and, where its hero drives, a world in which the lab's policy
 * can drive in the hero's place, among the others as they were recorded or reacting (reactive.ts). With the OpenDRIVE map of its
 * town the road gets that map's lanes and limits.
 */
import type { RoadMap } from '../../tasks/driving/roads/survey/road-map.ts';
import type { HumanTrack } from '../../episode/human-track.ts';
import { type OpenRecording, openRecording, tracksBeside } from '../recordings/recording.ts';
import { heldTrack, lastFrame, trackOfActor } from '../recordings/recording-actors.ts';
import { fitsMap, shareOnMap } from '../recordings/recording-map.ts';
import type { CarlaRecording, RecordedActor } from '../recordings/carla-log-recording.ts';
import { drivableScenario, type DrivableLog, roadOf } from '../logs/drivable.ts';
import { createSkips, type ImportedLog, type LogActor, type PacketSummary, type Skips } from '../logs/log.ts';
import type { ActorMode } from '../logs/reactive.ts';
import type { Track } from '../logs/tracks.ts';

/** A prop farther from the hero's path plays no part in the drive, m. */
const PROP_NEAR = 4;

export interface CarlaImportOptions {
  readonly map?: RoadMap | null;
  readonly actors?: ActorMode;
  /** Whom the policy replaces; default: the hero. */
  readonly ego?: RecordedActor;
}

export type ImportedRecording = ImportedLog & Required<Pick<PacketSummary, 'packets' | 'bytesUnaccounted'>>;

/** `name` is the file's name. */
export function importCarlaLog(
  name: string,
  recording: CarlaRecording,
  options: CarlaImportOptions = {},
): ImportedRecording {
  return importOpenRecording(name, openRecording(recording), options);
}

/** The same of a recording that is open. */
export function importOpenRecording(
  name: string,
  open: OpenRecording,
  options: CarlaImportOptions = {},
): ImportedRecording {
  const { recording } = open;
  const skips = createSkips();
  for (const { what, count, why } of open.skipped) skips.add(what, why, count);
  const frames = recording.frameIds.length;
  const describe = (actor: RecordedActor): LogActor => ({
    id: open.actors[recording.actors.indexOf(actor)].id,
    kind: actor.kind,
    firstStep: actor.firstFrame,
    lastStep: lastFrame(actor, frames),
    mode: actor.kind === 'vehicle' || actor.kind === 'walker' ? 'replayed' : 'described',
  });
  const ego = options.ego ?? open.hero;
  const notes = [...open.notes];
  const { map: used, note } = ego ? chooseMap(open, ego, options.map) : { map: null, note: undefined };
  if (note) notes.push(note);
  if (!ego) skips.add('drive', 'there is no vehicle or walker to drive in the place of');
  const driven = ego && driveOf(name, open, ego, used, options.actors ?? 'replayed', skips);
  const packets: Record<string, number> = {};
  for (const { id, count } of recording.packets) packets[id] = (packets[id] ?? 0) + count;
  return {
    format: 'carla-log',
    steps: frames,
    dtSeconds: frames > 1 ? (recording.times[frames - 1] - recording.times[0]) / (frames - 1) : null,
    actors: recording.actors.filter((actor) => actor !== ego).map(describe),
    ego: ego ? { ...egoOf(describe(ego)), source: isHero(ego) ? 'recorded' : 'chosen' } : null,
    lanes: used ? used.graph.lanes.filter(({ kind }) => kind === 'driving').length : null,
    roadLengthMetres: used?.roadLengthMetres ?? null,
    skipped: skips.list(),
    notes,
    details: recording.packets.map(({ id, name: packet, count }) => `packet ${id} ${packet}: ${count}`),
    ...driven,
    packets,
    bytesUnaccounted: recording.bytesUnaccounted,
  };
}

const egoOf = ({ id, kind, firstStep, lastStep }: LogActor) => ({ id, kind, firstStep, lastStep });
const isHero = ({ attributes }: RecordedActor) => attributes.role_name === 'hero';

/** The map, if the ego drives on it; else why not. */
function chooseMap({ mapName, recording, clock }: OpenRecording, ego: RecordedActor, map: RoadMap | null | undefined) {
  if (!map)
    return {
      map: null,
      note: `the recording names the map ${mapName}; without ${mapName}.xodr lanes and limits are unknown`,
    };
  const track = trackOfActor(recording, ego, clock);
  if (fitsMap(map, track)) return { map, note: undefined };
  const share = (100 * shareOnMap(map, track)).toFixed(0);
  const note = `${map.name} is not the map of this recording (${mapName}): ${share} % of the ego’s way lies on its lanes; it is not used`;
  return { map: null, note };
}

function driveOf(
  name: string,
  open: OpenRecording,
  actor: RecordedActor,
  map: RoadMap | null,
  mode: ActorMode,
  skips: Skips,
) {
  const { recording, clock } = open;
  const ego = trackOfActor(recording, actor, clock);
  const [from, to] = [ego.present.indexOf(1), ego.present.lastIndexOf(1) + 1];
  if (from < 0) return undefined;
  heldTrack(ego);
  const human: HumanTrack = Array.from(
    { length: to - from },
    (_, i) => [ego.x[from + i], ego.y[from + i], ego.headingRad[from + i], ego.speedMps[from + i]] as const,
  );
  const [x, y, headingRad, speedMps] = human[0];
  const others = tracksBeside(open, actor).filter(
    (track) => track.actorKind !== 'static' || nearWay(track, ego, from, to),
  );
  const lights = open.scene.lights.length;
  skips.add('traffic light', 'shown in the recording; a road made of its way has none', lights);
  const lane = map?.index.nearestAligned(x, y, headingRad, 10);
  const source: DrivableLog = {
    name,
    source: `A recording of CARLA in ${open.mapName}, the policy in place of ${actor.blueprint}`,
    path: human.map((row) => [row[0], row[1]] as const),
    start: { x, y, headingRad, speedMps: Math.max(0, speedMps) },
    human,
    actors: others.map((track) => slice(track, from, to)),
    mode,
    ...(map && lane && roadOf(map, lane.lane)),
  };
  return drivableScenario(source, skips);
}

function nearWay(prop: Track, ego: Track, from: number, to: number): boolean {
  const first = prop.present.indexOf(1);
  for (let i = from; i < to; i++)
    if (Math.hypot(ego.x[i] - prop.x[first], ego.y[i] - prop.y[first]) < PROP_NEAR + prop.length / 2) return true;
  return false;
}

function slice(track: Track, from: number, to: number): Track {
  const cut = <T extends Float64Array | Uint8Array>(column: T) => column.slice(from, to) as T;
  const { id, kind, length, width } = track;
  return {
    id,
    kind,
    length,
    width,
    x: cut(track.x),
    y: cut(track.y),
    headingRad: cut(track.headingRad),
    speedMps: cut(track.speedMps),
    present: cut(track.present),
  };
}

/**
 * Scenes of the Waymo Open Motion Dataset as JSON, as Nocturne and GPUDrive write them: `objects` with `position`, `heading`,
 * `velocity` and `valid` lists (91 steps at 10 Hz), `roads` by type, `tl_states`. GPUDrive adds ids, z, and `metadata` with
 * `sdc_track_index`, the recording car's place among the objects; Nocturne's files name no ego.
 *
 * Headings are degrees in Nocturne's files and in early ones of GPUDrive, radians in later ones, and nothing in the file says
 * which. The content does: an angle beyond 2π is in degrees, and a moving car's heading agrees with its velocity in one unit.
 * The files do not state their step either: displacement over velocity must be 0.1 s.
 * Source: facebookresearch/nocturne scripts/json_generation/waymo_scenario_construction.py, Emerge-Lab/gpudrive
 * data_utils/process_waymo_files.py (where a step that is not `valid` is filled with 1e-4 or -1e4).
 */
import { DT } from '../../abi/layout.ts';
import { wrapAngle } from '../../tasks/driving/roads/road.ts';
import { drivableScenario } from '../logs/drivable.ts';
import {
  createSkips,
  finite,
  type ImportedLog,
  type LogActor,
  type LogEgo,
  MAX_LOG_ACTORS,
  MAX_LOG_LANES,
  MAX_LOG_STATES,
  MAX_LOG_STEPS,
  polylineLength,
  type Skips,
  shorten,
  describeValue,
} from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import { emptyTrack, type Track } from '../logs/tracks.ts';
import type { ActorMode } from '../logs/reactive.ts';

type JsonObject = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Whether a parsed file has the shape of such a scene. */
export const isWaymoJson = (value: unknown): value is JsonObject =>
  isRecord(value) && 'objects' in value && ('roads' in value || 'tl_states' in value);

/** Reads a parsed scene. @throws ImportError */
export function importWaymoJson(name: string, file: JsonObject, mode: ActorMode = 'replayed'): ImportedLog {
  const skips = createSkips();
  const metadata = isRecord(file.metadata) ? file.metadata : undefined;
  const family = metadata || 'scenario_id' in file ? 'gpudrive' : 'nocturne';
  const { tracks, steps } = readObjects(file.objects, skips);
  checkFrameRate(tracks);
  const unit = headingUnit(tracks) ?? (family === 'gpudrive' ? 'radians' : 'degrees');
  if (unit === 'degrees')
    for (const { headingRad } of tracks) headingRad.forEach((h, i) => (headingRad[i] = (h * Math.PI) / 180));
  const { lanes, lengthMetres } = readRoads(file.roads, skips);
  skipRest(file, metadata, skips);

  const notes = [`headings are in ${unit}`];
  const { index, source } = chooseEgo(tracks, metadata, notes);
  const spans = tracks.map(({ present }) => [present.indexOf(1), present.lastIndexOf(1)] as const);
  const describe = ({ id, kind }: Track, i: number): LogActor => ({
    id,
    kind,
    firstStep: spans[i][0],
    lastStep: spans[i][1],
    mode: 'replayed',
  });
  const actors = tracks.flatMap((track, i) => (i === index || spans[i][0] < 0 ? [] : [describe(track, i)]));
  const ego = index < 0 ? null : { ...describe(tracks[index], index), source };
  const driven = index < 0 ? undefined : drive(name, family, tracks, index, spans[index], skips, mode);
  if (!driven && index < 0) skips.add('drive', 'there is no ego');
  const conventional = unit === (family === 'gpudrive' ? 'radians' : 'degrees');
  return {
    format: conventional ? family : `${family} (headings in ${unit})`,
    steps,
    dtSeconds: DT,
    actors,
    ego: ego && { id: ego.id, kind: ego.kind, firstStep: ego.firstStep, lastStep: ego.lastStep, source },
    lanes,
    roadLengthMetres: lengthMetres,
    notes,
    ...driven,
    skipped: skips.list(),
  };
}

function drive(
  name: string,
  family: string,
  tracks: Track[],
  index: number,
  [first, last]: readonly [number, number],
  skips: Skips,
  mode: ActorMode,
) {
  const ego = tracks[index];
  let [x, y, h, v] = [ego.x[first], ego.y[first], ego.headingRad[first], ego.speedMps[first]];
  let lost = 0;
  const human = Array.from({ length: last - first + 1 }, (_, i) => {
    const step = first + i;
    if (ego.present[step]) [x, y, h, v] = [ego.x[step], ego.y[step], ego.headingRad[step], ego.speedMps[step]];
    else {
      lost++;
      [x, y] = [x + v * DT * Math.cos(h), y + v * DT * Math.sin(h)];
    }
    return [x, y, h, v] as const;
  });
  skips.add('steps in which the ego was not seen', 'carried on at its speed', lost);
  const cut = <T extends Float64Array | Uint8Array>(column: T) => column.slice(first, last + 1) as T;
  const actors = tracks
    .filter((_, i) => i !== index)
    .map((track) => ({
      ...track,
      x: cut(track.x),
      y: cut(track.y),
      headingRad: cut(track.headingRad),
      speedMps: cut(track.speedMps),
      present: cut(track.present),
    }));
  const [start] = human;
  return drivableScenario(
    {
      name,
      source: `A scene of the Waymo Open Motion Dataset (${family})`,
      path: human.map((row) => [row[0], row[1]] as const),
      start: { x: start[0], y: start[1], headingRad: start[2], speedMps: Math.max(0, start[3]) },
      human,
      actors,
      mode,
    },
    skips,
  );
}

function readObjects(value: unknown, skips: Skips): { tracks: Track[]; steps: number } {
  if (!Array.isArray(value)) throw new ImportError('objects', `got ${describeValue(value)}, expected a list`);
  if (value.length === 0) throw new ImportError('objects', 'it is empty, expected road users');
  if (value.length > MAX_LOG_ACTORS)
    throw new ImportError('objects', `${value.length} road users, at most ${MAX_LOG_ACTORS}`);
  const firstList = isRecord(value[0]) ? value[0].position : undefined;
  if (!Array.isArray(firstList))
    throw new ImportError('objects[0].position', `got ${describeValue(firstList)}, expected a list`);
  const steps = firstList.length;
  if (steps < 2 || steps > MAX_LOG_STEPS)
    throw new ImportError('objects[0].position', `${steps} steps, expected 2 to ${MAX_LOG_STEPS}`);
  if (steps * value.length > MAX_LOG_STATES)
    throw new ImportError('objects', `${steps * value.length} states, at most ${MAX_LOG_STATES}`);
  const ids = new Set<string>();
  const tracks = value.map((object: unknown, i) => readObject(object, i, steps, ids));
  const never = tracks.filter(({ present }) => !present.includes(1)).length;
  skips.add('road users that are never valid', 'no step of them is known', never);
  return { tracks, steps };
}

function readObject(object: unknown, i: number, steps: number, ids: Set<string>): Track {
  const where = `objects[${i}]`;
  if (!isRecord(object)) throw new ImportError(where, `got ${describeValue(object)}, expected an object`);
  const list = (key: string): readonly unknown[] => {
    const values = object[key];
    if (!Array.isArray(values))
      throw new ImportError(`${where}.${key}`, `got ${describeValue(values)}, expected a list of ${steps}`);
    if (values.length !== steps)
      throw new ImportError(`${where}.${key}`, `${values.length} steps, expected ${steps} as in objects[0]`);
    return values;
  };
  const [position, heading, velocity, valid] = ['position', 'heading', 'velocity', 'valid'].map(list);
  const { id: given = i, type } = object;
  const id = shorten(String(typeof given === 'number' || typeof given === 'string' ? given : i), 40);
  if (ids.has(id)) throw new ImportError(`${where}.id`, `"${id}" is there twice`);
  ids.add(id);
  const kind = typeof type === 'string' ? shorten(type, 40) : 'unset';
  const present = valid.some(Boolean);
  const [length, width] = ['length', 'width'].map((key) =>
    present ? finite(object[key], `${where}.${key}`, 1000) : 0,
  );
  const track = emptyTrack({ id, kind, length, width }, steps);
  for (let step = 0; step < steps; step++) {
    if (![0, 1, true, false].includes(valid[step] as number))
      throw new ImportError(`${where}.valid[${step}]`, `got ${describeValue(valid[step])}, expected true or false`);
    if (!valid[step]) continue;
    const [at, speed] = [position[step], velocity[step]];
    if (!isRecord(at)) throw new ImportError(`${where}.position[${step}]`, `got ${describeValue(at)}, expected {x, y}`);
    if (!isRecord(speed))
      throw new ImportError(`${where}.velocity[${step}]`, `got ${describeValue(speed)}, expected {x, y}`);
    track.x[step] = finite(at.x, `${where}.position[${step}].x`);
    track.y[step] = finite(at.y, `${where}.position[${step}].y`);
    track.headingRad[step] = finite(heading[step], `${where}.heading[${step}]`, 3600);
    const [vx, vy] = [speed.x, speed.y].map((value, k) => finite(value, `${where}.velocity[${step}].${'xy'[k]}`, 200));
    track.speedMps[step] = Math.hypot(vx, vy);
    track.present[step] = 1;
  }
  return track;
}

/** Direction of motion at a step, from the neighbouring positions, where it is fast enough to have one. */
function motion({ x, y, present }: Track, step: number): { metres: number; direction: number } | undefined {
  if (!present[step] || !present[step - 1] || !present[step + 1]) return undefined;
  const [dx, dy] = [x[step + 1] - x[step - 1], y[step + 1] - y[step - 1]];
  const metres = Math.hypot(dx, dy);
  return metres > 0.4 ? { metres, direction: Math.atan2(dy, dx) } : undefined;
}

/** undefined when the content does not tell (nothing moves, or everything heads along +x). */
function headingUnit(tracks: readonly Track[]): 'degrees' | 'radians' | undefined {
  let [radians, degrees, count] = [0, 0, 0];
  for (const track of tracks) {
    for (let step = 0; step < track.present.length; step++) {
      if (!track.present[step]) continue;
      const heading = track.headingRad[step];
      if (Math.abs(heading) > 2 * Math.PI + 0.01) return 'degrees';
      const moved = motion(track, step);
      if (!moved) continue;
      radians += Math.abs(wrapAngle(heading - moved.direction));
      degrees += Math.abs(wrapAngle((heading * Math.PI) / 180 - moved.direction));
      count++;
    }
  }
  if (count < 5 || Math.abs(radians - degrees) < 0.02 * count) return undefined;
  return radians < degrees ? 'radians' : 'degrees';
}

/** Median of displacement over speed. @throws ImportError unless it is 0.1 s. */
function checkFrameRate(tracks: readonly Track[]): void {
  const spans: number[] = [];
  for (const track of tracks) {
    for (let step = 1; step < track.present.length - 1 && spans.length < 20_000; step++) {
      const moved = track.speedMps[step] > 2 ? motion(track, step) : undefined;
      if (moved) spans.push(moved.metres / 2 / track.speedMps[step]);
    }
  }
  const median = spans.sort((a, b) => a - b)[spans.length >> 1];
  if (spans.length >= 20 && (median < 0.7 * DT || median > 1.4 * DT)) {
    const got = `got ${median.toFixed(3)} s a step (${(1 / median).toFixed(1)} Hz)`;
    throw new ImportError('objects', `${got} by displacement over velocity, expected ${DT} s (${1 / DT} Hz)`);
  }
}

function chooseEgo(
  tracks: readonly Track[],
  metadata: JsonObject | undefined,
  notes: string[],
): { index: number; source: LogEgo['source'] } {
  const index = metadata?.sdc_track_index;
  if (index !== undefined) {
    const where = 'metadata.sdc_track_index';
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= tracks.length)
      throw new ImportError(where, `got ${describeValue(index)}, expected 0 to ${tracks.length - 1}`);
    if (!tracks[index as number].present.includes(1)) throw new ImportError(where, `object ${index} is never valid`);
    return { index: index as number, source: 'recorded' };
  }
  let [best, farthest] = [-1, 0];
  tracks.forEach(({ kind, x, y, present }, i) => {
    if (kind !== 'vehicle' || !present.every(Boolean)) return;
    const last = present.length - 1;
    const moved = Math.hypot(x[last] - x[0], y[last] - y[0]);
    if (moved > farthest) [best, farthest] = [i, moved];
  });
  if (best >= 0) notes.push(`the file names no ego: vehicle ${tracks[best].id}, seen throughout, moves farthest`);
  else notes.push('the file names no ego, and no vehicle is seen throughout and moves');
  return { index: best, source: 'chosen' };
}

function readRoads(value: unknown, skips: Skips): { lanes: number; lengthMetres: number } {
  if (value === undefined) return { lanes: 0, lengthMetres: 0 };
  if (!Array.isArray(value)) throw new ImportError('roads', `got ${describeValue(value)}, expected a list`);
  if (value.length > MAX_LOG_LANES)
    throw new ImportError('roads', `${value.length} elements, at most ${MAX_LOG_LANES}`);
  let [lanes, lengthMetres] = [0, 0];
  value.forEach((road: unknown, i) => {
    if (!isRecord(road)) throw new ImportError(`roads[${i}]`, `got ${describeValue(road)}, expected an object`);
    if (road.type !== 'lane') {
      skips.add(`roads of type ${describeValue(road.type)}`, 'the road is built along the ego’s path');
      return;
    }
    const { geometry } = road;
    if (!Array.isArray(geometry))
      throw new ImportError(`roads[${i}].geometry`, `got ${describeValue(geometry)}, expected a list`);
    lanes++;
    lengthMetres += polylineLength(
      geometry.map((point: unknown, k) => {
        const where = `roads[${i}].geometry[${k}]`;
        if (!isRecord(point)) throw new ImportError(where, `got ${describeValue(point)}, expected {x, y}`);
        return [finite(point.x, `${where}.x`), finite(point.y, `${where}.y`)] as const;
      }),
    );
  });
  skips.add('lanes', 'counted and measured; the road is built along the ego’s path', lanes);
  return { lanes, lengthMetres };
}

const READ = new Set(['name', 'scenario_id', 'objects', 'roads', 'tl_states', 'metadata']);
function skipRest(file: JsonObject, metadata: JsonObject | undefined, skips: Skips): void {
  const size = (value: unknown) =>
    isRecord(value) ? Object.keys(value).length : Array.isArray(value) ? value.length : 1;
  if (file.tl_states !== undefined)
    skips.add('traffic light states', 'recorded lights are not replayed', size(file.tl_states));
  for (const key of ['objects_of_interest', 'tracks_to_predict'])
    if (metadata?.[key] !== undefined)
      skips.add(`metadata.${key}`, 'a prediction task, not a drive', size(metadata[key]));
  for (const key of Object.keys(file)) if (!READ.has(key)) skips.add(`key "${shorten(key, 40)}"`, 'unknown');
  skips.add(
    'goalPosition, height and z',
    'the world is flat and recorded cars are replayed',
    (file.objects as unknown[]).length,
  );
}

/**
 * What every importer gives: a description of the log that is the same for all formats, and, where the file holds enough to
 * drive in, a scenario. What a file has and the importer can't use goes into `skipped` with a count and a reason; a file that
 * can't be read at all gives one `ImportError` that says what and where. Nothing is stored.
 *
 * Limits bound the memory whatever a file declares: they are checked before anything of that size is made.
 */
import type { DriveEvent } from '../../episode/episode.ts';
import type { Scenario } from '../../tasks/driving/scenario/scenario.ts';
import type { HumanTrack } from '../../episode/human-track.ts';
import { ImportError } from '../../base/import-error.ts';
import type { ActorMode } from './reactive.ts';

/** Largest log that is parsed, bytes (200 s take about half a megabyte). */
export const MAX_LOG_BYTES = 32 * 1024 * 1024;
/** Road users of one log, steps of one log, states (road users × steps) of one log, lanes and their points. */
export const MAX_LOG_ACTORS = 2000;
export const MAX_LOG_STEPS = 2000;
export const MAX_LOG_STATES = 1_000_000;
export const MAX_LOG_LANES = 20_000;
/** No position of a log lies farther from its origin, m (UTM coordinates do not). */
export const MAX_LOG_COORDINATE = 1e7;

/** Something the file has and the lab does not use. */
export interface Skipped {
  readonly what: string;
  readonly count: number;
  readonly why: string;
}

export interface LogActor {
  readonly id: string;
  /** The file's own word: "vehicle", "car", "parkedVehicle", "pedestrian". */
  readonly kind: string;
  /** Steps of the file in which it is there, both inclusive. */
  readonly firstStep: number;
  readonly lastStep: number;
  /** Whether its motion is in the file (a scenario holds the eight nearest) or only its start is described. */
  readonly mode: 'replayed' | 'described';
}

/** The one to be driven. `source`: its drive is in the file, only its task is, or it was chosen among equals. */
export interface LogEgo {
  readonly id: string;
  readonly kind: string;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly source: 'recorded' | 'task' | 'chosen';
}

export interface ImportedLog {
  /** "comma2k19-lite", "gpudrive", "nocturne", "commonroad-2020a", "openscenario-1.1", "leaderboard-routes", "carla-log". */
  readonly format: string;
  /** Steps of the file; 1 for a description of a start, 0 where nothing moves. */
  readonly steps: number;
  /** Seconds between two steps of the file; null where it has no time. */
  readonly dtSeconds: number | null;
  /** Everyone but the ego. */
  readonly actors: readonly LogActor[];
  readonly ego: LogEgo | null;
  /** Lanes the file describes, and the length of its road (lanes side by side count once where the file says so); null: none. */
  readonly lanes: number | null;
  readonly roadLengthMetres: number | null;
  readonly skipped: readonly Skipped[];
  /** What had to be inferred, in sentences: the unit of headings, how the ego was chosen, what stands in for a map. */
  readonly notes: readonly string[];
  /** How the scenario's road users behave; absent where the file leaves no choice. */
  readonly mode?: ActorMode;
  /** A world to drive in, 10 Hz, and the recorded drive of the ego in it. */
  readonly scenario?: Scenario;
  readonly human?: HumanTrack;
  /** What has no place in the fields above, one fact a line: entities, triggers, weather. */
  readonly details?: readonly string[];
}

/** What the page shows of a log it opened. */
export type LogSummary = Pick<ImportedLog, 'format' | 'notes' | 'skipped' | 'mode'>;

/** What a CARLA recording adds. */
export interface PacketSummary {
  /** Counts by packet id. */
  readonly packets?: Readonly<Record<string, number>>;
  readonly bytesUnaccounted?: number;
  /** What happened on the ego's drive, steps of 0.1 s. */
  readonly events?: readonly DriveEvent[];
}

/** Exactly what `lab import --json` prints. */
export function describeLog(log: ImportedLog & PacketSummary) {
  const { format, steps, dtSeconds, ego, lanes, roadLengthMetres, skipped } = log;
  const actors = log.actors.map(({ id, kind, firstStep, lastStep }) => ({ id, kind, firstStep, lastStep }));
  const { packets, bytesUnaccounted, events } = log;
  const counts = packets && { packets, bytesUnaccounted };
  return {
    format,
    steps,
    dtSeconds,
    actors,
    ego,
    lanes,
    roadLengthMetres,
    skipped,
    ...(events && { events }),
    ...counts,
  };
}

/** Counts of what is skipped, in order of first appearance. */
export interface Skips {
  add(what: string, why: string, count?: number): void;
  list(): Skipped[];
}

/** At most `limit` different entries; what is beyond is one entry more, so a hostile file can't fill memory with words. */
export function createSkips(limit = 200): Skips {
  const entries = new Map<string, { what: string; count: number; why: string }>();
  const put = (what: string, why: string, count: number) => {
    const key = `${what}\n${why}`;
    const entry = entries.get(key);
    if (entry) entry.count += count;
    else if (entries.size < limit) entries.set(key, { what, count, why });
    else if (what !== OTHERS) put(OTHERS, 'more kinds than are listed', count);
    else entries.set(key, { what, count, why });
  };
  return {
    add(what, why, count = 1) {
      if (count > 0) put(shorten(what, 80), shorten(why, 200), count);
    },
    list: () => [...entries.values()],
  };
}
const OTHERS = 'other things';

export const shorten = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text);

/** A value as an error shows it. */
export function describeValue(input: unknown): string {
  if (input === undefined) return 'nothing';
  if (typeof input === 'number') return String(input);
  if (Array.isArray(input)) return `a list of ${input.length}`;
  if (input !== null && typeof input === 'object') return 'an object';
  return shorten(JSON.stringify(input) ?? String(input), 60);
}

/** @throws ImportError unless `value` is a finite number within ±`limit`. */
export function finite(value: unknown, where: string, limit = MAX_LOG_COORDINATE): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > limit)
    throw new ImportError(
      where,
      `got ${describeValue(value)}, expected a number${limit === MAX_LOG_COORDINATE ? '' : ` within ±${limit}`}`,
    );
  return value;
}

/** Length of a polyline, m. */
export function polylineLength(points: readonly (readonly [number, number])[]): number {
  let length = 0;
  for (let i = 1; i < points.length; i++)
    length += Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]);
  return length;
}

/**
 * Recorded drives in the `comma2k19-lite/1` format: one JSON object whose `columns` say what each of `rows` holds (position in
 * local metres; heading and speed where present) and whose `radar_columns` say the same of the radar returns of each row.
 *
 * The file becomes a scenario that carries everything it needs: a road along the recorded path, the cars that led the recorded
 * one as replayed actors, the goal where the recording ends, and the recorded drive itself as the human's ghost. Nothing is
 * stored here. A wrong or damaged file gives one `ImportError` that says what and where.
 */
import { DT, EGO_LENGTH } from '../../abi/layout.ts';
import { poseAt, resampleRoad, wrapAngle } from '../../tasks/driving/roads/road.ts';
import { canonicalJson, checkScenario, type Scenario, ScenarioError } from '../../tasks/driving/scenario/scenario.ts';
import { MAX_REPLAY_ROWS, SCENARIO_FORMAT } from '../../tasks/driving/scenario/format/schema.ts';
import { parseJson, EpisodeError } from '../../episode/json.ts';
import type { HumanTrack } from '../../episode/human-track.ts';
import { projectOnto, smoothRoad } from '../../tasks/driving/roads/routes/path.ts';
import { ImportError } from '../../base/import-error.ts';
import { MAX_LOG_BYTES } from '../logs/log.ts';
import { leadTracks, type RadarReturn, type RadarTrack } from './radar.ts';

export const COMMA_FORMAT = 'comma2k19-lite/1';
const MIN_ROWS = 50;
/** Straight road before the first and after the last recorded position, m. */
const LEAD_IN = 20;
const RUN_OUT = 20;
const CAR = { length: 4.6, width: 1.9 };
/** No car moves farther between two rows, m (100 m/s). */
const MAX_JUMP = 10;
const MAX_SPEED = 45;

/** A recorded drive, ready to be driven behind. */
export interface RecordedLog {
  readonly scenario: Scenario;
  /** The scenario's text, for the record. */
  readonly inline: string;
  readonly human: HumanTrack;
  /** What the file says of itself. */
  readonly source: string;
}

/** Whether a parsed file claims to be in this format, of any version. */
export function isCommaLog(value: unknown): boolean {
  return isRecord(value) && typeof value.format === 'string' && value.format.startsWith('comma2k19');
}

/** Parses the text of a log or record. @throws ImportError saying at which byte, and in which row, it breaks. */
export function parseLogText(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_LOG_BYTES) {
    const [size, limit] = [bytes.length, MAX_LOG_BYTES].map((n) => `${(n / 2 ** 20).toFixed(0)} MiB`);
    throw new ImportError('file', `The file has ${size}; a recorded drive has at most ${limit}.`);
  }
  try {
    return parseJson(bytes);
  } catch (error) {
    if (!(error instanceof EpisodeError)) throw error;
    const byte = /^byte (\d+)/.exec(error.where)?.[1];
    if (byte === undefined) throw new ImportError('file', error.message);
    const row = rowAt(new TextDecoder().decode(bytes.subarray(0, Number(byte))));
    throw new ImportError(`byte ${byte}${row}`, error.message.slice(error.where.length + 2));
  }
}

/** Makes a scenario of a parsed log. `name` is the file's name. @throws ImportError */
export function importComma(name: string, value: unknown): RecordedLog {
  const file = checkHeader(value);
  const columns = readColumns(file, 'columns', ['x', 'y']);
  const rows = readRows(file.rows, columns);
  const human = readHuman(rows, columns);
  const radar = readRadar(file, rows.length);
  const source = [file.source, file.vehicle, file.licence].filter((part) => typeof part === 'string').join(' · ');
  try {
    const scenario = checkScenario(buildScenario(name, source, human, radar), name);
    return { scenario, inline: canonicalJson(scenario), human, source: source || name };
  } catch (error) {
    if (error instanceof ScenarioError)
      throw new ImportError(error.path || 'file', `${error.problem}, expected ${error.expected}`);
    throw error;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function checkHeader(value: unknown): JsonObject {
  if (!isRecord(value)) throw new ImportError('file', 'The file is not a recorded drive: it holds no JSON object.');
  const { format, dt } = value;
  if (format !== COMMA_FORMAT) throw new ImportError('format', `got ${shown(format)}, expected "${COMMA_FORMAT}"`);
  if (typeof dt !== 'number' || Math.abs(dt - DT) > 1e-6) {
    const rate = typeof dt === 'number' && dt > 0 ? ` (${+(1 / dt).toFixed(2)} Hz)` : '';
    throw new ImportError('dt', `got ${shown(dt)}${rate}, expected ${DT} s (${1 / DT} Hz)`);
  }
  return value;
}

/** Names of columns, in order. */
function readColumns(file: JsonObject, key: 'columns' | 'radar_columns', needed: readonly string[]): string[] {
  const names = file[key];
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    throw new ImportError(key, `got ${shown(names)}, expected a list of column names`);
  }
  for (const name of needed) {
    if (!names.includes(name))
      throw new ImportError(key, `column "${name}" is missing (there are ${names.join(', ')})`);
  }
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new ImportError(key, `column "${twice}" is there twice`);
  return names;
}

function readRows(value: unknown, columns: readonly string[]): number[][] {
  if (!Array.isArray(value)) throw new ImportError('rows', `got ${shown(value)}, expected a list`);
  if (value.length < MIN_ROWS || value.length > MAX_REPLAY_ROWS) {
    throw new ImportError('rows', `${value.length} rows, expected ${MIN_ROWS} to ${MAX_REPLAY_ROWS}`);
  }
  return value.map((row, i) => readNumbers(row, columns, `row ${i}`));
}

function readNumbers(row: unknown, columns: readonly string[], where: string): number[] {
  if (!Array.isArray(row))
    throw new ImportError(where, `got ${shown(row)}, expected a list of ${columns.length} numbers`);
  if (row.length !== columns.length) {
    throw new ImportError(where, `${row.length} numbers, expected ${columns.length} (${columns.join(', ')})`);
  }
  return row.map((number, k) => {
    if (typeof number !== 'number' || !Number.isFinite(number) || Math.abs(number) > 1e7) {
      throw new ImportError(`${where}, column ${columns[k]}`, `got ${shown(number)}, expected a number`);
    }
    return number;
  });
}

/** Position, heading and speed of each row; heading and speed are worked out from the positions when no column gives them. */
function readHuman(rows: readonly number[][], columns: readonly string[]): HumanTrack {
  const at = (...names: string[]) => names.map((name) => columns.indexOf(name)).find((index) => index >= 0) ?? -1;
  const [x, y, heading, time] = [at('x'), at('y'), at('heading', 'heading_rad'), at('t', 'time', 'time_s')];
  const speed = at('speed_can', 'speed', 'speed_mps');
  const last = rows.length - 1;
  let previousHeading = Math.atan2(rows[last][y] - rows[0][y], rows[last][x] - rows[0][x]);
  return rows.map((row, i) => {
    const [before, after] = [rows[Math.max(0, i - 1)], rows[Math.min(last, i + 1)]];
    const [dx, dy, span] = [
      after[x] - before[x],
      after[y] - before[y],
      (Math.min(last, i + 1) - Math.max(0, i - 1)) * DT,
    ];
    if (i > 0 && Math.hypot(row[x] - before[x], row[y] - before[y]) > MAX_JUMP) {
      const jump = Math.hypot(row[x] - before[x], row[y] - before[y]).toFixed(1);
      throw new ImportError(`row ${i}, columns x and y`, `the position jumps ${jump} m in ${DT} s`);
    }
    if (i > 0 && time >= 0 && Math.abs(row[time] - before[time] - DT) > DT / 2) {
      const where = `row ${i}, column ${columns[time]}`;
      throw new ImportError(where, `got ${row[time]} after ${before[time]}, expected ${DT} s between rows`);
    }
    const moved = Math.hypot(dx, dy);
    if (moved > 0.05) previousHeading = Math.atan2(dy, dx);
    const mps = speed >= 0 ? row[speed] : moved / span;
    if (mps < -5 || mps > MAX_SPEED) {
      const column = speed >= 0 ? columns[speed] : 'x and y';
      throw new ImportError(
        `row ${i}, column ${column}`,
        `a speed of ${mps.toFixed(1)} m/s, expected -5 to ${MAX_SPEED}`,
      );
    }
    return [row[x], row[y], heading >= 0 ? row[heading] : previousHeading, mps] as const;
  });
}

/** Radar returns of each row; a log without radar has none. */
function readRadar(file: JsonObject, rows: number): RadarReturn[][] {
  if (file.radar === undefined && file.radar_columns === undefined) return Array.from({ length: rows }, () => []);
  const columns = readColumns(file, 'radar_columns', ['forward_m', 'left_m', 'rel_speed_mps']);
  const at = ['forward_m', 'left_m', 'rel_speed_mps'].map((name) => columns.indexOf(name));
  if (!Array.isArray(file.radar)) throw new ImportError('radar', `got ${shown(file.radar)}, expected a list`);
  if (file.radar.length !== rows) throw new ImportError('radar', `${file.radar.length} rows, expected ${rows}`);
  return file.radar.map((returns: unknown, i) => {
    if (!Array.isArray(returns) || returns.length > 256) {
      throw new ImportError(`radar row ${i}`, `got ${shown(returns)}, expected a list of at most 256 returns`);
    }
    return returns.map((one: unknown, k) => {
      const numbers = readNumbers(one, columns, `radar row ${i}, return ${k}`);
      const [forward, left, relativeSpeed] = at.map((index) => numbers[index]);
      return { forward, left, relativeSpeed };
    });
  });
}

function buildScenario(name: string, source: string, human: HumanTrack, radar: readonly RadarReturn[][]): Scenario {
  const positions = human.map(([x, y]) => [x, y] as const);
  const { points, length } = smoothRoad(positions, LEAD_IN, RUN_OUT);
  if (length < 20) throw new ImportError('rows', `the car moves ${length.toFixed(1)} m in all, expected at least 20 m`);
  const rounded = points.map(
    ([x, y, heading]) => [fixed(x, 3), fixed(y, 3), fixed(heading, 5)] as [number, number, number],
  );
  const road = resampleRoad(rounded);
  const ego: { s: number; speed: number; lateral: number; headingError: number }[] = [];
  for (const [x, y, headingRad, speed] of human) {
    const position = projectOnto(road, { x, y, headingRad }, ego.at(-1)?.s ?? LEAD_IN, 20);
    ego.push({ ...position, speed });
  }
  const tracks = leadTracks(radar, ego, (step, forward, left) => {
    const [x, y, headingRad] = human[step];
    const ahead = forward + EGO_LENGTH / 2;
    const pose = {
      x: x + ahead * Math.cos(headingRad) - left * Math.sin(headingRad),
      y: y + ahead * Math.sin(headingRad) + left * Math.cos(headingRad),
      headingRad,
    };
    return projectOnto(road, pose, ego[step].s + ahead, 40);
  });
  const fastest = Math.max(...human.map(([, , , speed]) => speed));
  const [start] = ego;
  const id = `log_${name
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')}`.slice(0, 40);
  return {
    format: SCENARIO_FORMAT,
    id,
    title: `Recorded drive ${name}`.slice(0, 80),
    description: `${source || 'A recorded drive'}: ${(human.length * DT).toFixed(0)} s, ${length.toFixed(0)} m.`.slice(
      0,
      600,
    ),
    tags: ['recorded'],
    road: { points: rounded, lanesLeft: 1, lanesRight: 1, speedLimitMps: Math.max(5, Math.ceil(fastest)) },
    ego: {
      s: fixed(start.s, 2),
      lateral: clip(fixed(start.lateral, 2), 4),
      headingErrorRad: clip(fixed(start.headingError, 3), 0.5),
      speedMps: fixed(Math.max(0, Math.min(40, start.speed)), 2),
    },
    goal: { s: fixed(Math.max(start.s + 5, ego[ego.length - 1].s), 2) },
    timeLimit: fixed(human.length * DT, 1),
    actors: tracks.map((track, i) => replayActor(`lead_${i + 1}`, track, human.length, road)),
    human: human.map(([x, y, heading, speed]) => [fixed(x, 2), fixed(y, 2), fixed(heading, 3), fixed(speed, 2)]),
  };
}

/** A radar track as an actor: its centre is half a car's length beyond the point the radar saw. */
function replayActor(
  id: string,
  { first, points }: RadarTrack,
  steps: number,
  road: ReturnType<typeof resampleRoad>,
): NonNullable<Scenario['actors']>[number] {
  const rows = Array.from({ length: steps }, (_, step): [number, number, number, number, 0 | 1] => {
    const point = points[step - first];
    if (!point) return [0, 0, 0, 0, 0];
    const { x, y, headingRad } = poseAt(road, point.s + CAR.length / 2, point.lateral);
    return [fixed(x, 2), fixed(y, 2), fixed(wrapAngle(headingRad), 3), fixed(Math.min(60, point.speed), 1), 1];
  });
  return { behaviour: 'replay', id, ...CAR, rows };
}

const fixed = (value: number, digits: number) => Number(value.toFixed(digits)) + 0;
const clip = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));

function shown(input: unknown): string {
  const text = input === undefined ? 'nothing' : (JSON.stringify(input) ?? String(input));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** " (in row 4 of rows)": which row of which list a text that breaks off had reached. */
function rowAt(text: string): string {
  const lists = [...text.matchAll(/"(rows|radar)"\s*:\s*\[/g)];
  const list = lists.at(-1);
  if (!list) return '';
  let depth = 1;
  let row = -1;
  for (let at = list.index + list[0].length; at < text.length && depth > 0; at++) {
    if (text[at] === '[' && depth++ === 1) row++;
    else if (text[at] === ']') depth--;
  }
  return depth > 0 ? ` (in row ${Math.max(0, row)} of ${list[1]})` : '';
}

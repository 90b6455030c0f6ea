/**
 * From what a log holds to a world to drive in: a road along the ego's path, smoothed; the road users that come nearest to it
 * as replayed actors, as many as a world and a scenario's text hold; the ego's start and goal; its recorded drive as the human's ghost.
 *
 * Everything is moved so that the path starts near the origin, by whole metres, because logs come in map coordinates of any
 * size. What does not fit a scenario's limits is left out and said; when nothing drivable remains, that is said too. Actors may be
 * asked to react instead (reactive.ts).
 */
import { DT, MAX_ACTORS } from '../../abi/layout.ts';
import { resampleRoad, type RoadShape, wrapAngle } from '../../tasks/driving/roads/road.ts';
import { canonicalJson, checkScenario, type Scenario, ScenarioError } from '../../tasks/driving/scenario/scenario.ts';
import { MAX_REPLAY_ROWS, SCENARIO_FORMAT } from '../../tasks/driving/scenario/format/schema.ts';
import type { RoadMap } from '../../tasks/driving/roads/survey/road-map.ts';
import type { WeatherParameters } from '../../tasks/driving/world/spec/weather.ts';
import { MAX_INLINE_BYTES } from '../../episode/limits.ts';
import type { HumanTrack } from '../../episode/human-track.ts';
import type { Skips } from './log.ts';
import { projectOnto, smoothRoad } from '../../tasks/driving/roads/routes/path.ts';
import { type ActorMode, type EgoLanes, reactiveActor } from './reactive.ts';
import type { Track } from './tracks.ts';

/** Straight road before the first and after the last point of the path, m. */
const LEAD_IN = 20;
const RUN_OUT = 20;
/** The path must be this long, and a road is at most 5000 m with both ends. */
const MIN_PATH = 20;
const MAX_PATH = 4900;
/** The longest a drive may take, s. */
const MAX_SECONDS = MAX_REPLAY_ROWS * DT;
/** The largest box and speed of a scenario's actor (scenario-schema.ts), m and m/s. */
const LIMITS = { length: 20, width: 4, minSize: 0.2, minSpeed: -5, maxSpeed: 60 };
const INLINE_MARGIN = 1024;

export interface DrivableLog {
  /** The file's name, and a line on what it is. */
  readonly name: string;
  readonly source: string;
  /** Where the ego drives, from its start on, m. */
  readonly path: readonly (readonly [x: number, y: number])[];
  readonly start: { readonly x: number; readonly y: number; readonly headingRad: number; readonly speedMps: number };
  /** The recorded drive, 10 Hz; without it `goalMetres` says how far along the path the goal lies and `seconds` how long. */
  readonly human?: HumanTrack;
  readonly goalMetres?: number;
  readonly seconds?: number;
  readonly actors: readonly Track[];
  readonly laneWidth?: number;
  readonly lanesLeft?: number;
  readonly lanesRight?: number;
  readonly speedLimitMps?: number;
  /** Default: replayed. */
  readonly mode?: ActorMode;
  /** Default: "Recorded drive", tagged so. */
  readonly title?: string;
  readonly tags?: readonly string[];
  readonly weather?: WeatherParameters;
  readonly friction?: number;
}

/** A scenario of the source, or undefined with the reason among the `skips`. */
export function drivableScenario(
  drive: DrivableLog,
  skips: Skips,
): { readonly scenario: Scenario; readonly human?: HumanTrack; readonly mode?: ActorMode } | undefined {
  const no = (why: string) => skips.add('drive', why);
  if (drive.path.length < 2) return void no('there is no path for the ego');
  const [ox, oy] = drive.path[0].map(Math.round);
  const cut = cutPath(drive.path.map(([x, y]) => [x - ox, y - oy] as const));
  if (cut.dropped > 0) skips.add('route beyond a scenario’s road', `${Math.round(cut.dropped)} m past ${MAX_PATH} m`);
  const { points, length } = smoothRoad(densePath(cut.path), LEAD_IN, RUN_OUT);
  if (!(length >= MIN_PATH)) return void no(`the ego moves ${length.toFixed(1)} m in all, ${MIN_PATH} m are needed`);
  if (cut.path.some(([x, y]) => Math.abs(x) > 9e4 || Math.abs(y) > 9e4)) return void no('it spans more than 90 km');
  const rounded = points.map(([x, y, h]): [number, number, number] => [fixed(x, 3), fixed(y, 3), fixed(h, 5)]);
  const road = resampleRoad(rounded);

  const moved = drive.human?.map(([x, y, h, v]) => [x - ox, y - oy, wrapAngle(h), v] as const);
  const human = moved?.slice(0, MAX_REPLAY_ROWS);
  if (moved && human && moved.length > human.length)
    skips.add('steps beyond a scenario’s time', `${MAX_SECONDS} s are kept`, moved.length - human.length);
  const rows = human?.length ?? Math.round(Math.min(MAX_SECONDS, Math.max(1, drive.seconds ?? MAX_SECONDS)) / DT);
  const start = { ...drive.start, x: drive.start.x - ox, y: drive.start.y - oy };
  const at = projectOnto(road, start, LEAD_IN, LEAD_IN + 10);
  const goal = human ? lastArcLength(road, human, at.s) : at.s + Math.min(drive.goalMetres ?? length, length);
  const fastest = human ? Math.max(...human.map((row) => row[3])) : start.speedMps;
  if (fastest > 45) return void no(`the ego drives ${fastest.toFixed(1)} m/s, at most 45 m/s`);

  const base: Scenario = {
    format: SCENARIO_FORMAT,
    id: scenarioId(drive.name),
    title: (drive.title ?? `Recorded drive ${drive.name}`).slice(0, 80),
    description: `${drive.source}: ${(rows * DT).toFixed(1)} s, ${length.toFixed(0)} m.`.slice(-600),
    tags: [...(drive.tags ?? ['recorded'])],
    road: {
      points: rounded,
      laneWidth: clip(fixed(drive.laneWidth ?? 3.5, 2), 2.4, 6),
      lanesLeft: clip(drive.lanesLeft ?? 1, 0, 4),
      lanesRight: clip(drive.lanesRight ?? 1, 0, 4),
      speedLimitMps: clip(Math.ceil(Math.max(drive.speedLimitMps ?? fastest, fastest)), 5, 45),
    },
    ego: {
      s: fixed(Math.max(0, at.s), 2),
      lateral: clip(fixed(at.lateral, 2), -4, 4),
      headingErrorRad: clip(fixed(at.headingError, 3), -0.5, 0.5),
      speedMps: clip(fixed(start.speedMps, 2), 0, 40),
    },
    goal: { s: fixed(Math.max(at.s + 5, goal), 2) },
    timeLimit: Math.max(1, fixed(rows * DT, 1)),
    ...(drive.weather && { weather: drive.weather }),
    ...(drive.friction !== undefined && { friction: clip(drive.friction, 0.1, 1.2) }),
    ...(human && {
      human: human.map(([x, y, h, v]): [number, number, number, number] => [
        fixed(x, 2),
        fixed(y, 2),
        fixed(h, 3),
        clip(fixed(v, 2), -5, 60),
      ]),
    }),
  };
  const lanes =
    drive.mode === 'reactive'
      ? {
          road,
          laneWidth: drive.laneWidth ?? 3.5,
          left: base.road.lanesLeft ?? 0,
          right: base.road.lanesRight ?? 0,
        }
      : undefined;
  const actors = roadUsers(drive.actors, cut.path, rows, [ox, oy], skips, canonicalJson(base).length, lanes);
  try {
    const { mode = 'replayed' } = drive;
    const scenario = checkScenario({ ...base, actors }, drive.name);
    return { scenario, ...(human && { human }), ...(drive.actors.length > 0 && { mode }) };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return void no(`${error.path || 'scenario'}: ${error.problem}, expected ${error.expected}`);
  }
}

type Path = readonly (readonly [number, number])[];

function cutPath(path: Path): { path: Path; dropped: number } {
  let length = 0;
  let kept = path.length;
  for (let i = 1; i < path.length; i++) {
    length += Math.hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]);
    if (length > MAX_PATH && kept === path.length) kept = i;
  }
  return { path: path.slice(0, kept), dropped: kept < path.length ? length - MAX_PATH : 0 };
}

/** Straight between its points, at most 2 m apart: the smoothing needs several points within its window. */
function densePath(path: Path): Path {
  return path.flatMap(([x, y], i) => {
    if (i === 0) return [[x, y] as const];
    const [px, py] = path[i - 1];
    const pieces = Math.max(1, Math.ceil(Math.hypot(x - px, y - py) / 2));
    return Array.from({ length: pieces }, (_, k) => {
      const u = (k + 1) / pieces;
      return [px + u * (x - px), py + u * (y - py)] as const;
    });
  });
}

function lastArcLength(road: RoadShape, human: HumanTrack, from: number): number {
  let s = from;
  for (const [x, y, headingRad] of human) s = projectOnto(road, { x, y, headingRad }, s, 20).s;
  return Math.min(s, (road.x.length - 1) * road.ds);
}

type Actor = NonNullable<Scenario['actors']>[number];
type ReplayActor = Extract<Actor, { behaviour: 'replay' }>;

/** The nearest to the path that fit: a scenario's number of actors, its box sizes and speeds, the length of its text. */
function roadUsers(
  tracks: readonly Track[],
  path: Path,
  rows: number,
  [ox, oy]: readonly number[],
  skips: Skips,
  chars: number,
  lanes: EgoLanes | undefined,
): Actor[] {
  const fitting = tracks.filter((track) => {
    const why = misfit(track);
    if (why) skips.add(`replay of ${track.kind}`, why);
    return !why;
  });
  const near = fitting
    .map((track) => ({ track, distance: distanceToPath(track, path, ox, oy) }))
    .filter(({ distance }) => distance < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.distance - b.distance);
  skips.add('road users outside the drive’s time', 'not there while the ego is', fitting.length - near.length);
  for (const { track, distance } of near.slice(MAX_ACTORS))
    skips.add(
      `replay of ${track.kind}`,
      `a world has ${MAX_ACTORS} actors, these come less near (${bucket(distance)})`,
    );
  const actors: Actor[] = [];
  let budget = MAX_INLINE_BYTES - INLINE_MARGIN - chars;
  for (const { track } of near.slice(0, MAX_ACTORS)) {
    const id = uniqueId(track.id, actors);
    const moved = lanes && { ...track, x: track.x.map((x) => x - ox), y: track.y.map((y) => y - oy) };
    const reacts = moved && reactiveActor(moved, lanes);
    if (lanes && !reacts)
      skips.add(`reaction of ${track.kind}`, 'not a moving vehicle on the ego’s lanes at the start: it is replayed');
    const actor: Actor = (reacts && { ...reacts, id }) ?? {
      behaviour: 'replay',
      id,
      ...replayKind(track.kind),
      length: fixed(track.length, 2),
      width: fixed(track.width, 2),
      rows: Array.from({ length: rows }, (_, i): ReplayActor['rows'][number] => {
        if (i >= track.present.length || !track.present[i]) return [0, 0, 0, 0, 0];
        const [x, y] = [fixed(track.x[i] - ox, 2), fixed(track.y[i] - oy, 2)];
        return [x, y, fixed(wrapAngle(track.headingRad[i]), 3), fixed(track.speedMps[i], 1), 1];
      }),
    };
    budget -= JSON.stringify(actor).length + 1;
    if (budget < 0)
      skips.add(`replay of ${track.kind}`, `a scenario has at most ${MAX_INLINE_BYTES / 1024} KiB of text`);
    else actors.push(actor);
  }
  return actors;
}

/** People and cyclists are seen as such. */
const replayKind = (kind: string): Pick<ReplayActor, 'kind'> =>
  /pedestrian|walker|person/i.test(kind)
    ? { kind: 'pedestrian' }
    : /bicycle|(?<!motor)cyclist/i.test(kind)
      ? { kind: 'bicycle' }
      : {};

function misfit({ length, width, x, y, speedMps, present }: Track): string | undefined {
  const { minSize, minSpeed, maxSpeed } = LIMITS;
  if (!(length >= minSize && length <= LIMITS.length && width >= minSize && width <= LIMITS.width))
    return `a box of ${length.toFixed(1)} × ${width.toFixed(1)} m, at most ${LIMITS.length} × ${LIMITS.width} m`;
  for (let i = 0; i < present.length; i++) {
    if (!present[i]) continue;
    if (speedMps[i] < minSpeed || speedMps[i] > maxSpeed) return `faster than ${maxSpeed} m/s or backwards over 5 m/s`;
    if (i > 0 && present[i - 1] && Math.hypot(x[i] - x[i - 1], y[i] - y[i - 1]) > maxSpeed * DT * 2)
      return `its position jumps more than ${maxSpeed * DT * 2} m in a step`;
  }
  return undefined;
}

/** Least distance of up to 50 of a track's positions to the path's points; infinite for one that is never there. */
function distanceToPath({ x, y, present }: Track, path: Path, ox: number, oy: number): number {
  let least = Number.POSITIVE_INFINITY;
  const stride = Math.max(1, Math.ceil(present.length / 50));
  const along = Math.max(1, Math.ceil(path.length / 500));
  for (let i = 0; i < present.length; i++) {
    if (!present[i] || (i % stride !== 0 && present[i - 1])) continue;
    for (let k = 0; k < path.length; k += along)
      least = Math.min(least, (x[i] - ox - path[k][0]) ** 2 + (y[i] - oy - path[k][1]) ** 2);
  }
  return Math.sqrt(least);
}

const bucket = (metres: number) =>
  metres < 10 ? 'under 10 m' : metres < 30 ? '10 to 30 m' : metres < 100 ? '30 to 100 m' : 'over 100 m';
const fixed = (value: number, digits: number) => Number(value.toFixed(digits)) + 0;
const clip = (value: number, from: number, to: number) => Math.max(from, Math.min(to, value));
const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '_');

const scenarioId = (name: string): string => `log_${plain(name.replace(/\.[^.]*$/, ''))}`.slice(0, 40);

function uniqueId(id: string, taken: readonly { readonly id: string }[]): string {
  const base = `actor_${plain(id)}`.slice(0, 34);
  const free = (candidate: string) => taken.every((other) => other.id !== candidate);
  for (let i = 2, candidate = base; ; candidate = `${base}_${i++}`) if (free(candidate)) return candidate;
}

/** What the lane that the drive begins on says of the road. */
export function roadOf({ graph }: Pick<RoadMap, 'graph'>, index: number): Partial<DrivableLog> {
  const lane = graph.lanes[index];
  const count = (side: 'left' | 'right') => {
    let n = 0;
    for (let at = lane[side]; at >= 0 && n < 4; at = graph.lanes[at][side]) n++;
    return n;
  };
  const limit = lane.speedLimitMps[0]?.value;
  return {
    laneWidth: lane.width[0],
    lanesLeft: Math.min(4, count('left') + (lane.oncoming >= 0 ? 1 : 0)),
    lanesRight: count('right'),
    ...(limit !== undefined && { speedLimitMps: limit }),
  };
}

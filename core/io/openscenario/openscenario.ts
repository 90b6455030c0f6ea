/**
 * OpenSCENARIO 1.x → a scenario to drive in. The storyboard is played once against a nominal ego (lane kept, start speed kept, the
 * file's own actions for the ego done), and everyone else's motion in that is what the actors replay: the triggers have fired when
 * they fired for the nominal ego, not for the policy. `lab carla evaluate --openscenario` plays it live instead.
 */
import { DT } from '../../abi/layout.ts';
import type { RoadMap } from '../../tasks/driving/roads/survey/road-map.ts';
import { drivableScenario, roadOf } from '../logs/drivable.ts';
import { createSkips, type ImportedLog, type LogActor, MAX_LOG_STATES, shorten, type Skips } from '../logs/log.ts';
import type { CatalogueFile } from './catalogues.ts';
import { laneCourse, type Placed } from './course.ts';
import { type StoryMap, storyMap } from './map.ts';
import type { Position, Storyboard } from './model.ts';
import type { Mover } from './mover.ts';
import { readStoryboard } from './read.ts';
import { StoryRun } from './run.ts';
import { positionsOf, straightMap } from './straight.ts';
import type { ActorMode } from '../logs/reactive.ts';
import { emptyTrack, type Track } from '../logs/tracks.ts';

/** A storyboard that does not end is played this long, s; nobody drives longer than a scenario lasts. */
const LONGEST_S = 60;
const LONGEST_DRIVE_S = 200;
/** A policy has this much longer than the nominal ego, s and times. */
const SPARE_S = 15;
const SPARE_TIMES = 1.5;
/** An ego without a start speed drives off like this, m/s² and m/s, if its lane has no limit. */
const NOMINAL_ACCEL = 1.5;
const NOMINAL_MPS = 10;
/** One on a route that is not at hand starts so long before the first place that the file names on its lane. */
const UPSTREAM_S = 5;
const UPSTREAM_M = 30;
/** The goal lies this far behind who stands in the way at the end, and the road goes on this far past it, m. */
const BEHIND_M = 7;
const IN_THE_WAY_M = 2;
const PAST_M = 60;

export interface OpenScenarioOptions {
  readonly map?: Pick<RoadMap, 'graph' | 'roadLengthMetres'>;
  readonly actors?: ActorMode;
  /** The catalogue files that the storyboard refers to. */
  readonly catalogues?: readonly CatalogueFile[];
}

/** A storyboard with a map, ready to be played. */
export interface OpenedStory {
  readonly story: Storyboard;
  readonly map: StoryMap;
  /** Where one is that has no place of its own: the ego, on a route that is not at hand. */
  readonly missing: (id: string, position: Position | undefined) => Placed | undefined;
}

/** Reads a file and lays it on a map, or on straight roads. Says what it cannot do in `skips` and `notes`. @throws ImportError */
export function openStory(
  bytes: Uint8Array,
  map: Pick<RoadMap, 'graph'> | undefined,
  skips: Skips,
  notes: string[],
  catalogues: readonly CatalogueFile[] = [],
): OpenedStory {
  const story = readStoryboard(bytes, skips, catalogues);
  const ground = map ? storyMap(map.graph, true) : straightMap(story);
  const missing = (id: string, position: Position | undefined): Placed | undefined => {
    const ego = story.entities[story.ego];
    if (position?.kind !== 'route') {
      skips.add(`entity ${shorten(id, 40)}`, 'the file does not say where it starts');
      return undefined;
    }
    const placed = id === ego?.id ? upstream(story, ground, position) : undefined;
    if (placed)
      notes.push(
        `${id} starts on the route ${position.route}, which is not at hand: it is put ${UPSTREAM_S} s before the first place that the file names on a road, on the same lane`,
      );
    else skips.add(`entity ${shorten(id, 40)}`, `it starts on the route ${position.route}, which is not at hand`);
    return placed;
  };
  return { story, map: ground, missing };
}

function upstream(
  story: Storyboard,
  map: StoryMap,
  { lane }: Extract<Position, { kind: 'route' }>,
): Placed | undefined {
  const named = positionsOf(story).find(({ kind }) => kind === 'lane' || kind === 'road');
  const placed = named && map.resolve(named, () => undefined);
  const under = placed && (placed.on ?? map.laneUnder(placed));
  const on = under && lane !== undefined ? map.sameRoad(under, lane) : under;
  if (!on) return undefined;
  const back = laneCourse(map.graph, { ...on, along: -1 });
  const metres = Math.max(UPSTREAM_M, UPSTREAM_S * startSpeed(story));
  const arc = Math.min(metres, back.endBefore(metres) - 1);
  const { x, y, headingRad } = back.poseAt(arc);
  const at = back.laneAt(arc);
  return at && { x, y, headingRad: headingRad + Math.PI, on: { ...at, along: 1 } };
}

const speedOfEgo = ({ init, entities, ego }: Storyboard) =>
  init.flatMap(({ entity, action }) =>
    action.kind === 'speed' && entity === entities[ego]?.id ? [action.target.value] : [],
  );
const startSpeed = (story: Storyboard): number => speedOfEgo(story)[0] ?? 0;

/** `name` is the file's name. @throws ImportError */
export function importOpenScenario(name: string, bytes: Uint8Array, options: OpenScenarioOptions = {}): ImportedLog {
  const skips = createSkips();
  const notes: string[] = [];
  const opened = openStory(bytes, options.map, skips, notes, options.catalogues);
  const { story, map } = opened;
  const ego = story.entities[story.ego];
  if (ego) notes.unshift(`the ego is ${ego.id}: ${story.egoWhy}`);
  if (!options.map) {
    const named =
      story.roadFile === '' ? 'no road network is named' : `the road network ${story.roadFile} is another file`;
    notes.push(`${named}: straight lanes of 3.5 m stand in for it; give the map to drive on its roads`);
  }
  const played = play(opened, skips, notes);
  const { steps, tracks, run } = played;
  const actors = story.entities.map(({ id, kind }): LogActor => {
    const present = tracks.get(id)?.present.subarray(0, steps);
    const firstStep = present?.indexOf(1) ?? -1;
    if (!present || firstStep < 0) return { id, kind, firstStep: 0, lastStep: 0, mode: 'described' };
    return { id, kind, firstStep, lastStep: present.lastIndexOf(1), mode: 'replayed' };
  });
  const driven = ego && driveOf(name, opened, played, options.actors ?? 'replayed', skips);
  const own = actors[story.ego];
  return {
    format: `openscenario-${story.revision}`,
    steps,
    dtSeconds: DT,
    actors: actors.filter((_, i) => i !== story.ego),
    ego: own ? { id: own.id, kind: own.kind, firstStep: own.firstStep, lastStep: own.lastStep, source: 'task' } : null,
    lanes: options.map ? map.graph.lanes.filter(({ kind }) => kind === 'driving').length : null,
    roadLengthMetres: options.map?.roadLengthMetres ?? null,
    skipped: skips.list(),
    notes,
    details: describe(story, run, tracks),
    ...driven,
  };
}

interface Played {
  /** Until the storyboard ended; tracks go on for a slower driver. */
  readonly steps: number;
  readonly tracks: ReadonlyMap<string, Track>;
  readonly run: StoryRun;
  readonly nominal: {
    readonly metres: number;
    readonly path: readonly (readonly [number, number])[];
    readonly speed: number;
  };
}

/** Plays the storyboard against the nominal ego; tracks are of the boxes' middles. */
function play({ story, map, missing }: OpenedStory, skips: Skips, notes: string[]): Played {
  const ego = story.entities[story.ego];
  const most = Math.max(2, Math.floor(MAX_LOG_STATES / Math.max(1, story.entities.length)));
  const cap = Math.min(Math.round(LONGEST_S / DT), most);
  const total = Math.min(Math.round((LONGEST_S * SPARE_TIMES + SPARE_S) / DT), Math.round(LONGEST_DRIVE_S / DT), most);
  const run = new StoryRun(nominalStory(story, notes), map, { dt: DT, ego: 'nominal' }, (what, why) =>
    skips.add(what, why),
  );
  run.start(missing);
  const tracks = new Map(story.entities.map((entity) => [entity.id, emptyTrack(entity, total)]));
  const mover = ego && run.movers.get(ego.id);
  const speed = mover && speedOfEgo(story).length > 0 ? mover.speed : 0;
  const path: (readonly [number, number])[] = [];
  let steps = cap;
  let metres = 0;
  for (let step = 0; step < total; step++) {
    for (const [id, each] of run.movers) record(each, tracks.get(id) as Track, step);
    const over = run.ended !== undefined || (ego && !mover?.present);
    if (step < steps && over) steps = step + 1;
    if (step < steps && mover?.present) {
      path.push([mover.middle.x, mover.middle.y]);
      metres = mover.traveled;
    }
    if (step + 1 === steps && mover?.present) path.push(...beyond(mover));
    if (step >= Math.max(steps * SPARE_TIMES, steps + SPARE_S / DT)) break;
    run.step();
  }
  if (!run.ended && steps === cap)
    notes.push(`the storyboard does not end within ${LONGEST_S} s: it is played that long`);
  return { steps, tracks, run, nominal: { metres, path, speed } };
}

/** With a speed for an ego that has none. */
function nominalStory(story: Storyboard, notes: string[]): Storyboard {
  const ego = story.entities[story.ego];
  if (!ego) return story;
  const others = 'the others’ motions are those that answer it, and answer no other drive';
  if (speedOfEgo(story).length > 0) {
    notes.push(`played against an ego that keeps its lane and its ${startSpeed(story).toFixed(1)} m/s: ${others}`);
    return story;
  }
  notes.push(
    `the ego has no start speed: played against one that drives off to ${NOMINAL_MPS} m/s in its lane: ${others}`,
  );
  const dynamics = { shape: 'linear', by: 'rate', value: NOMINAL_ACCEL } as const;
  const action = { kind: 'speed', dynamics, target: { value: NOMINAL_MPS } } as const;
  return { ...story, init: [...story.init, { entity: ego.id, action }] };
}

function record({ present, middle, speed }: Mover, track: Track, step: number): void {
  if (!present) return;
  track.x[step] = middle.x;
  track.y[step] = middle.y;
  track.headingRad[step] = middle.headingRad;
  track.speedMps[step] = speed;
  track.present[step] = 1;
}

/** The ego's course past its present place. */
function beyond({ course, arc, offset, entity }: Mover): [number, number][] {
  const end = Math.min(PAST_M, course.endBefore(arc + PAST_M) - arc);
  const points: [number, number][] = [];
  for (let ahead = entity.centre + 2; ahead <= end; ahead += 2) {
    const { x, y, headingRad } = course.poseAt(arc + ahead);
    points.push([x - offset * Math.sin(headingRad), y + offset * Math.cos(headingRad)]);
  }
  return points;
}

export interface NominalDrive {
  /** Of the middle of the ego's box. */
  readonly start: { readonly x: number; readonly y: number; readonly headingRad: number; readonly speedMps: number };
  readonly path: readonly (readonly [number, number])[];
  readonly goalMetres: number;
  /** What a policy gets for it. */
  readonly seconds: number;
  readonly others: readonly Track[];
  readonly weather: StoryRun['weather'];
}

/** What the nominal ego drives, and where its goal is; undefined for one without a start. */
export function nominalDrive(opened: OpenedStory): NominalDrive | undefined {
  return planOf(opened.story, play(opened, createSkips(), []));
}

function planOf({ entities, ego: index }: Storyboard, played: Played): NominalDrive | undefined {
  const { tracks, run, nominal, steps } = played;
  const ego = entities[index];
  const own = ego && tracks.get(ego.id);
  if (!own?.present[0] || nominal.path.length < 2) return undefined;
  const others = entities.flatMap(({ id }) => (id === ego.id ? [] : [tracks.get(id) as Track]));
  return {
    start: { x: own.x[0], y: own.y[0], headingRad: own.headingRad[0], speedMps: nominal.speed },
    path: nominal.path,
    goalMetres: goalBefore(nominal.path, Math.max(nominal.metres, PAST_M / 2), others),
    seconds: Math.min(own.present.length * DT, Math.max(steps * SPARE_TIMES, steps + SPARE_S / DT) * DT),
    others,
    weather: run.weather,
  };
}

function driveOf(name: string, { story, map }: OpenedStory, played: Played, mode: ActorMode, skips: Skips) {
  const plan = planOf(story, played);
  if (!plan) {
    skips.add('drive', 'the ego has no start on a road');
    return undefined;
  }
  const { start, path, goalMetres, seconds, others, weather } = plan;
  const on = map.laneUnder(start);
  return drivableScenario(
    {
      name,
      source: `OpenSCENARIO ${story.revision} ${story.description}`.trim(),
      title: `Scenario ${name}`,
      tags: ['openscenario'],
      path,
      start,
      goalMetres,
      seconds,
      actors: others,
      mode,
      ...(on && roadOf(map, on.lane)),
      ...(!map.real && { speedLimitMps: Math.max(14, start.speedMps) }),
      ...(weather && { weather: weather.weather }),
      ...(weather?.friction !== undefined && { friction: 0.9 * weather.friction }),
    },
    skips,
  );
}

/** `metres` along the path, or less where somebody stands in the way at the end. */
function goalBefore(path: readonly (readonly [number, number])[], metres: number, others: readonly Track[]): number {
  let goal = metres;
  for (const { x, y, speedMps, present, length } of others) {
    const last = present.lastIndexOf(1);
    if (last < 0 || speedMps[last] > 0.1) continue;
    let along = 0;
    for (let i = 1; i < path.length && along < goal + BEHIND_M + length; i++) {
      along += Math.hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]);
      if (Math.hypot(path[i][0] - x[last], path[i][1] - y[last]) > IN_THE_WAY_M) continue;
      goal = Math.min(goal, along - length / 2 - BEHIND_M);
      break;
    }
  }
  return Math.max(5, goal);
}

/** The road, where everyone starts, and when each event began and ended against the nominal ego. */
function describe(story: Storyboard, run: StoryRun, tracks: ReadonlyMap<string, Track>): string[] {
  const lines = [story.roadFile === '' ? 'road: none named' : `road: ${story.roadFile}`];
  for (const { id, kind } of story.entities.slice(0, 200)) {
    const track = tracks.get(id);
    const first = track?.present.indexOf(1) ?? -1;
    const place =
      !track || first < 0
        ? 'no start given'
        : `at (${track.x[first].toFixed(1)}, ${track.y[first].toFixed(1)}), ${track.speedMps[first].toFixed(1)} m/s`;
    lines.push(`entity ${shorten(id, 40)} (${kind}): ${place}`);
  }
  for (const { time, type, name, state } of run.moments)
    if (type !== 'action') lines.push(`${time.toFixed(1)} s: ${type} ${name} ${state}s`);
  const begun = new Set(run.moments.map(({ type, name }) => `${type} ${name}`));
  for (const { groups } of story.acts)
    for (const { maneuvers } of groups)
      for (const { events } of maneuvers)
        for (const { name } of events) if (!begun.has(`event ${name}`)) lines.push(`event ${name} never starts`);
  return lines.slice(0, 1000);
}

/**
 * CommonRoad scenarios, XML of the versions 2018b and 2020a: lanelets, obstacles with their trajectories, and a planning
 * problem that says where the ego starts and what it must reach; no drive of the ego is recorded, so there is no human ghost.
 *
 * 2018b writes `<obstacle><role>dynamic</role>`, 2020a `<dynamicObstacle>`. Time is in steps of `timeStepSize`, whatever that
 * is; for driving it is interpolated to 10 Hz. The goal is the place the problem names; one that only names the ego's own
 * lanelet and a time becomes the distance that 80 % of the initial speed covers in it.
 * Source: CommonRoad XML format documentation 2018b and 2020a; commonroad-io common/file_reader (BSD-3).
 */
import type { XmlElement } from '../../base/xml.ts';
import { nearestOnLine, cutFrom, LaneletMap, readLanelet, readPoint } from './commonroad-lanelets.ts';
import { type Obstacle, readObstacle, readObstacleState } from './commonroad-obstacles.ts';
import { drivableScenario } from '../logs/drivable.ts';
import {
  createSkips,
  type ImportedLog,
  MAX_LOG_ACTORS,
  MAX_LOG_STATES,
  MAX_LOG_STEPS,
  shorten,
  type Skips,
} from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import type { ActorMode } from '../logs/reactive.ts';
import { resampleTrack } from '../logs/tracks.ts';
import { all, child, descendants, needChild, locationOf, readXmlFile, toNumber } from '../logs/xml-file.ts';
import type { Point } from '../../base/geometry.ts';

const VERSIONS = ['2018b', '2020a'];
const OBSTACLES = new Set(['obstacle', 'staticObstacle', 'dynamicObstacle']);

/** Reads a scenario, element by element. @throws ImportError */
export function importCommonRoad(
  name: string,
  bytes: Uint8Array,
  { actors: mode = 'replayed' }: { readonly actors?: ActorMode } = {},
): ImportedLog {
  const skips = createSkips();
  const map = new LaneletMap();
  const obstacles: Obstacle[] = [];
  const ids = new Set<string>();
  const problems: XmlElement[] = [];
  let header: { version: string; dt: number; benchmark: string } | undefined;
  let states = 0;
  readXmlFile(bytes, {
    depth: 1,
    limits: { elements: 300_000 },
    onElement(element, root) {
      header ??= readHeader(root);
      if (element.name === 'lanelet') map.add(readLanelet(element, skips), element.line);
      else if (OBSTACLES.has(element.name)) {
        const obstacle = readObstacle(element, header.dt, skips);
        if (!obstacle) return;
        states += obstacle.states.length;
        if (ids.has(obstacle.id)) throw new ImportError(locationOf(element), `obstacle ${obstacle.id} is there twice`);
        if (obstacles.push(obstacle) > MAX_LOG_ACTORS || states > MAX_LOG_STATES)
          throw new ImportError(
            locationOf(element),
            `more than ${MAX_LOG_ACTORS} obstacles or ${MAX_LOG_STATES} states`,
          );
        ids.add(obstacle.id);
      } else if (element.name === 'planningProblem') {
        if (problems.length === 0) problems.push(element);
        else skips.add('planningProblem', 'the first is driven');
      } else skips.add(element.name, 'not used by the lab');
    },
  });
  if (!header) throw new ImportError('file', 'The scenario is empty.');
  const { version, dt, benchmark } = header;
  const problem = problems[0] && readProblem(problems[0], dt, skips);
  const moving = obstacles.filter(({ fixed }) => !fixed);
  const ends = [...moving.map(({ lastStep }) => lastStep), problem?.lastStep ?? 0];
  const begins = moving.map(({ firstStep }) => firstStep);
  const steps = Math.max(...ends) - Math.min(problem?.firstStep ?? 0, ...begins) + 1;
  if (steps > MAX_LOG_STEPS) throw new ImportError('file', `${steps} steps, at most ${MAX_LOG_STEPS}`);
  const last = Math.max(...ends);
  const drive =
    problem && map.lanelets.size > 0
      ? driveOf(name, benchmark, map, obstacles, problem, last, dt, skips, mode)
      : undefined;
  if (!drive && !problem) skips.add('drive', 'there is no planning problem, so no ego');
  if (problem && map.lanelets.size === 0) skips.add('drive', 'there is no lanelet');
  return {
    format: `commonroad-${version}`,
    steps,
    dtSeconds: dt,
    actors: obstacles.map(({ id, kind, firstStep, lastStep, fixed }) => ({
      id,
      kind,
      firstStep,
      lastStep: fixed ? last : lastStep,
      mode: 'replayed',
    })),
    ego: problem
      ? {
          id: problem.id,
          kind: 'planningProblem',
          firstStep: problem.firstStep,
          lastStep: problem.lastStep,
          source: 'task',
        }
      : null,
    lanes: map.lanelets.size,
    roadLengthMetres: map.roadLength(),
    skipped: skips.list(),
    notes: drive ? ['the ego’s drive is not in the file: its planning problem is driven, without a human ghost'] : [],
    ...drive,
  };
}

function readHeader(root: XmlElement): { version: string; dt: number; benchmark: string } {
  const version = root.attributes.get('commonRoadVersion');
  if (version === undefined || !VERSIONS.includes(version))
    throw new ImportError(
      `${locationOf(root)} commonRoadVersion`,
      `got "${shorten(version ?? '', 20)}", expected ${VERSIONS.join(' or ')}`,
    );
  const dt = toNumber(root.attributes.get('timeStepSize'), `${locationOf(root)} timeStepSize`);
  if (dt < 0.01 || dt > 1)
    throw new ImportError(`${locationOf(root)} timeStepSize`, `got ${dt} s, expected 0.01 to 1 s (100 to 1 Hz)`);
  return { version, dt, benchmark: shorten(root.attributes.get('benchmarkID') ?? '', 60) };
}

interface Problem {
  readonly id: string;
  readonly start: { x: number; y: number; headingRad: number; speedMps: number };
  readonly firstStep: number;
  readonly lastStep: number;
  readonly goalLanelets: ReadonlySet<string>;
  readonly goalPoint?: Point;
}

function readProblem(element: XmlElement, dt: number, skips: Skips): Problem {
  const id = element.attributes.get('id') ?? 'planningProblem';
  const of = `planningProblem ${shorten(id, 20)}`;
  const initial = needChild(element, 'initialState', of);
  const start = readObstacleState(initial, of, dt);
  if (!start) throw new ImportError(`line ${initial.line}, ${of}`, 'its initial position is no point');
  if (start.speedMps === undefined) throw new ImportError(`line ${initial.line}, ${of}`, 'there is no <velocity>');
  const goals = all(element, 'goalState');
  if (goals.length === 0) throw new ImportError(`line ${element.line}, ${of}`, 'there is no <goalState>');
  skips.add('goalState', 'the first is the goal', goals.length - 1);
  const [goal] = goals;
  const time = needChild(goal, 'time', of);
  const end = child(time, 'intervalEnd') ?? child(time, 'exact');
  const lastStep = toNumber(end?.text, `line ${time.line}, ${of} time`, 1e6);
  for (const { name } of goal.children)
    if (name !== 'position')
      skips.add(`goalState ${name}`, name === 'time' ? 'its end is the time limit' : 'not demanded of the drive');
  const position = child(goal, 'position');
  const centre = position && [...descendants(position)].filter(({ name }) => name === 'center' || name === 'point');
  const places = centre?.map((point) => readPoint(point, of)) ?? [];
  const mean = (axis: 0 | 1) => places.reduce((sum, point) => sum + point[axis] / places.length, 0);
  return {
    id,
    start: { ...start, speedMps: start.speedMps },
    firstStep: start.step,
    lastStep: Math.max(lastStep, start.step + 1),
    goalLanelets: new Set(
      position ? all(position, 'lanelet').flatMap(({ attributes }) => attributes.get('ref') ?? []) : [],
    ),
    ...(places.length > 0 && { goalPoint: [mean(0), mean(1)] }),
  };
}

function driveOf(
  name: string,
  benchmark: string,
  map: LaneletMap,
  obstacles: readonly Obstacle[],
  problem: Problem,
  last: number,
  dt: number,
  skips: Skips,
  mode: ActorMode,
) {
  const { start, goalPoint } = problem;
  const home = map.nearest(start.x, start.y, start.headingRad);
  if (!home) return undefined;
  const seconds = (Math.max(last, problem.lastStep) - problem.firstStep + 1) * dt;
  const ahead = Math.max(start.speedMps, 5) * seconds + 60;
  const goals = new Set(problem.goalLanelets);
  if (goalPoint) {
    const near = map.nearest(goalPoint[0], goalPoint[1], start.headingRad);
    if (near) goals.add(near.id);
  }
  const found = map.route(home, goals, ahead);
  if (!found.reached && goals.size > 0) skips.add('goal', 'no successor leads to it; the lane is followed instead');
  const route = map.extend(found.route, ahead);
  const line = route.flatMap(({ centre }) => centre);
  const from = nearestOnLine(line, start.x, start.y).s;
  const inGoal = goals.has(home.id) || !found.reached;
  const toGoal = found.route.slice(0, -1).reduce((sum, { length }) => sum + length, 0) - from;
  const goalMetres =
    goalPoint && found.reached
      ? nearestOnLine(line, goalPoint[0], goalPoint[1]).s - from
      : inGoal
        ? 0.8 * start.speedMps * (problem.lastStep - problem.firstStep) * dt
        : toGoal + 2;
  const rows = Math.min(MAX_LOG_STEPS, Math.round(seconds / 0.1));
  const actors = obstacles.map((obstacle) => {
    const times = obstacle.states.map((state) => ({ ...state, time: (state.step - problem.firstStep) * dt }));
    if (obstacle.fixed) times.push({ ...times[0], time: seconds + 1 });
    return resampleTrack(obstacle, times, 0, rows);
  });
  return drivableScenario(
    {
      name,
      source: `CommonRoad scenario ${benchmark}`.trim(),
      path: cutFrom(line, from),
      start,
      goalMetres: Math.max(5, goalMetres),
      seconds,
      actors,
      laneWidth: home.width,
      lanesLeft: map.lanesBeside(home, 'left'),
      lanesRight: map.lanesBeside(home, 'right'),
      ...(home.speedLimit !== undefined && { speedLimitMps: home.speedLimit }),
      mode,
    },
    skips,
  );
}

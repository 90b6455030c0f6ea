/**
 * Scenarios of a leaderboard route (2.x, `<scenarios>`) as a storyboard that is played live around the hero (carla-story.ts). Staged are those
 * whose actors stand, cross, or come from behind; those made of flows of background traffic, lights or doors are not, and are named.
 *
 * Distances, speeds and times are scenario_runner's (`route_obstacles.py`, `object_crash_vehicle.py`, `yield_to_emergency_vehicle.py`), with the
 * file's own `distance` and `direction`. What differs: obstacles stand from the start of the route, not from the trigger point on; side props
 * and traffic in the opposite lane are left out; the emergency vehicle keeps 12 m behind a hero in its way instead of pressing it.
 */
import type { RouteScenario } from '../../../core/io/importers/route-file.ts';
import { laneCourse } from '../../../core/io/openscenario/course.ts';
import type {
  Action,
  Act,
  Condition,
  Entity,
  EntityTest,
  Position,
  Storyboard,
  StoryEvent,
  Trigger,
} from '../../../core/io/openscenario/model.ts';
import type { TimedScenario } from '../../../core/tasks/driving/scores/carla/traffic.ts';
import { inJunction } from '../../../core/tasks/driving/scores/route-map.ts';
import { SIZES } from '../../../core/tasks/driving/kinds/kinds.ts';
import type { Pose } from '../../../core/base/geometry.ts';
import { routeColumn, routePose } from '../../../core/tasks/driving/roads/routes/route-geometry.ts';
import type { RoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import type { TownRoute } from '../hero/town-route.ts';

const EGO = 'hero';
/** A trigger point may lie this far from the route, and the hero is there within this, m. */
const ON_ROUTE = 5;
const OBSTACLE = { distance: 120, end: 50, timeoutS: 240 };
const ACCIDENT = { offset: 0.6, gaps: [0, 10, 16] };
const PARKED = { offset: 0.7 };
const CROSSING = { distance: 12, mps: 2, reactionS: 1.8, least: 6 };
const FROM_PARKING = { distance: 12, mps: 3, reactionS: 1.9, least: 6, metres: 8 };
const SIREN = { distance: 140, fasterMps: 25 / 3.6, near: 50, staysS: 10.5, keeps: 12 };
/** Places of the emergency vehicle's way lie this far apart, m. */
const PLACES = 40;

export interface StagedScenarios {
  /** Null when nothing is staged. */
  readonly story: Storyboard | null;
  readonly timed: readonly TimedScenario[];
  readonly staged: readonly RouteScenario[];
  readonly unstaged: readonly (Pick<RouteScenario, 'name' | 'type'> & { readonly why: string })[];
}

/** One scenario's part of the storyboard; `endS`: where the hero is out of it, if it is timed. */
interface Scene {
  readonly entities: readonly Entity[];
  readonly init: Storyboard['init'];
  readonly acts: readonly Act[];
  readonly endS?: number;
}

export function stageScenarios(town: RoadMap, route: TownRoute, scenarios: readonly RouteScenario[]): StagedScenarios {
  const staged: RouteScenario[] = [];
  const unstaged: { name: string; type: string; why: string }[] = [];
  const timed: TimedScenario[] = [];
  const scenes: Scene[] = [];
  for (const scenario of scenarios) {
    const { name, type, trigger } = scenario;
    const make = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
    const triggerS = trigger && nearestS(route, trigger);
    const scene = make && triggerS !== undefined ? make({ town, route, scenario, triggerS }) : undefined;
    if (typeof scene === 'object') {
      staged.push(scenario);
      scenes.push(scene);
      if (scene.endS !== undefined && triggerS !== undefined)
        timed.push({ id: name, fromS: triggerS, toS: scene.endS, timeoutS: OBSTACLE.timeoutS });
      continue;
    }
    const why = !make
      ? 'scenarios of this type are not staged'
      : triggerS === undefined
        ? `its trigger point is not on the route`
        : (scene ?? '');
    unstaged.push({ name, type, why });
  }
  const hero = { ...entity(EGO, 'car', 'vehicle', '', SIZES.car), marked: true };
  const story: Storyboard = {
    revision: '1.1',
    description: 'leaderboard route',
    roadFile: '',
    entities: [hero, ...scenes.flatMap(({ entities }) => entities)],
    ego: 0,
    egoWhy: 'the hero',
    init: scenes.flatMap(({ init }) => init),
    acts: scenes.flatMap(({ acts }) => acts),
    stop: [],
  };
  return { story: scenes.length > 0 ? story : null, timed, staged, unstaged };
}

interface Place {
  readonly town: RoadMap;
  readonly route: TownRoute;
  readonly scenario: RouteScenario;
  readonly triggerS: number;
}

/** By type: the scene, or why there is none. */
const KINDS: Readonly<Record<string, (place: Place) => Scene | string>> = {
  Accident: accident,
  AccidentTwoWays: accident,
  ParkedObstacle: parked,
  ParkedObstacleTwoWays: parked,
  DynamicObjectCrossing: crossing,
  ParkingCrossingPedestrian: fromParking,
  YieldToEmergencyVehicle: siren,
};

function accident(place: Place): Scene {
  const s = forward(place, numberOf(place, 'distance', OBSTACLE.distance));
  const aside = side(place) * ACCIDENT.offset * (place.route.road.laneWidth / 2);
  const models = ['vehicle.dodge.charger_police_2020', '', ''];
  const cars = ACCIDENT.gaps.map((gap, i) =>
    standing(place, i === 0 ? 'police' : 'car', 'vehicle', models[i], s + gap, aside),
  );
  return { ...together(cars), endS: s + (ACCIDENT.gaps.at(-1) ?? 0) + OBSTACLE.end };
}

function parked(place: Place): Scene {
  const s = forward(place, numberOf(place, 'distance', OBSTACLE.distance));
  const aside = side(place) * PARKED.offset * (place.route.road.laneWidth / 2);
  return { ...together([standing(place, 'car', 'vehicle', '', s, aside)]), endS: s + OBSTACLE.end };
}

/** A pedestrian behind a vending machine beside the road, who crosses the whole of it. */
function crossing(place: Place): Scene {
  const { route } = place;
  const s = place.triggerS + numberOf(place, 'distance', CROSSING.distance);
  const kerb = edge(place, s) + 1;
  const walker = standing(place, 'pedestrian', 'pedestrian', '', s, -kerb);
  const blocker = standing(place, 'blocker', 'object', 'vendingmachine', s - 1.5, -kerb);
  const way = [-kerb, kerb].map((lateral) => routePose(route.road, s, lateral));
  return walking(place, walker, blocker, way, routePose(route.road, s, 0), CROSSING);
}

/** A pedestrian who steps out from before a parked car. */
function fromParking(place: Place): Scene {
  const { route } = place;
  const s = place.triggerS + numberOf(place, 'distance', FROM_PARKING.distance);
  const beside = side(place) * route.road.laneWidth;
  const blocker = standing(place, 'car', 'vehicle', '', s, beside);
  const walkerS = s + SIZES.car.length / 2 + 0.5;
  const walker = standing(place, 'pedestrian', 'pedestrian', '', walkerS, beside);
  const across = beside - Math.sign(beside) * FROM_PARKING.metres;
  const way = [beside, across].map((lateral) => routePose(route.road, walkerS, lateral));
  return walking(place, walker, blocker, way, routePose(route.road, walkerS, 0), FROM_PARKING);
}

/** An emergency vehicle from behind, lights on, faster than the hero, which is gone 10 s after it has come up. */
function siren(place: Place): Scene | string {
  const { town, route, scenario, triggerS } = place;
  const backS = triggerS - numberOf(place, 'distance', SIREN.distance);
  const start = backS >= 0 ? routePose(route.road, backS, 0) : behind(town, route, -backS);
  if (!start) return `there is no road ${Math.round(triggerS - backS)} m behind its trigger point`;
  const id = `${scenario.name} siren`;
  const engine = entity(id, 'emergency', 'vehicle', 'vehicle.carlamotors.firetruck', SIZES.emergency);
  const waypoints: Position[] = [];
  for (let s = Math.max(0, backS) + PLACES; s < route.goalS; s += PLACES)
    waypoints.push(at(routePose(route.road, s, 0)));
  waypoints.push(at(routePose(route.road, route.goalS, 0)));
  const follow = (faster: number): Action => ({
    kind: 'speed',
    dynamics: { shape: 'step', by: 'time', value: 0 },
    target: { value: faster, to: EGO, continuous: true },
  });
  const apart = (axis: 'longitudinal' | 'lateral' | 'euclidean', rule: 'lessThan' | 'greaterThan', value: number) =>
    ({ kind: 'distance', to: EGO, axis, alongRoad: false, freespace: false, rule, value }) as const;
  const come = event(
    'come',
    [],
    [{ kind: 'teleport', position: at(start) }, { kind: 'route', waypoints }, follow(SIREN.fasterMps)],
  );
  const inTheWay = [apart('longitudinal', 'lessThan', SIREN.keeps), apart('lateral', 'lessThan', 2)];
  const wait = event('wait', [inTheWay.map((test) => when(id, test))], [follow(0)], 1000);
  const pass = event('pass', [[when(id, apart('lateral', 'greaterThan', 2.2))]], [follow(SIREN.fasterMps)], 1000);
  const near = {
    ...when(id, apart('euclidean', 'lessThan', SIREN.near)),
    edge: 'rising',
    delay: SIREN.staysS,
  } as const;
  const leave = event('leave', [[near]], [{ kind: 'remove', entity: id }]);
  const drive = act(place, 'drive', id, triggered(place), [come, wait, pass]);
  return { entities: [engine], init: [], acts: [drive, act(place, 'leave', id, triggered(place), [leave])] };
}

interface Standing {
  readonly entity: Entity;
  readonly init: Storyboard['init'][number];
}

function standing(
  { route, scenario }: Place,
  kind: string,
  type: Entity['type'],
  model: string,
  s: number,
  lateral: number,
): Standing {
  const id = `${scenario.name} ${kind} ${Math.round(s)}`;
  const size = type === 'pedestrian' ? SIZES.pedestrian : type === 'object' ? SIZES.static : SIZES.car;
  const position = at(routePose(route.road, s, lateral));
  return { entity: entity(id, kind, type, model, size), init: { entity: id, action: { kind: 'teleport', position } } };
}

const together = (all: readonly Standing[]): Scene => ({
  entities: all.map((each) => each.entity),
  init: all.map(({ init }) => init),
  acts: [],
});

function walking(
  place: Place,
  walker: Standing,
  blocker: Standing,
  way: readonly Pose[],
  meeting: Pose,
  { mps, reactionS, least }: { readonly mps: number; readonly reactionS: number; readonly least: number },
): Scene {
  const to = at(meeting);
  const plain = { axis: 'euclidean', alongRoad: false, freespace: false, rule: 'lessThan' } as const;
  const soon = when(EGO, { kind: 'headway', to, ...plain, value: reactionS });
  const near = when(EGO, { kind: 'distance', to, ...plain, value: least });
  const go = event(
    'go',
    [[soon], [near]],
    [
      { kind: 'speed', dynamics: { shape: 'step', by: 'time', value: 0 }, target: { value: mps } },
      { kind: 'trajectory', vertices: way.map((pose) => ({ position: at(pose), time: undefined })), timed: false },
    ],
  );
  return {
    ...together([walker, blocker]),
    acts: [act(place, 'cross', walker.entity.id, triggered(place), [go])],
  };
}

const entity = (
  id: string,
  kind: string,
  type: Entity['type'],
  model: string,
  { length, width }: { readonly length: number; readonly width: number },
): Entity => ({ id, kind, type, model, length, width, centre: 0, sized: true, marked: false });

/** A pose as a place of the storyboard. */
const at = ({ x, y, headingRad }: Pose): Position => ({
  kind: 'world',
  line: 0,
  heading: { rad: headingRad, relative: false },
  x,
  y,
});

const when = (who: string, test: EntityTest): Condition => ({
  name: '',
  delay: 0,
  edge: 'none',
  test: { kind: 'entity', who: [who], all: true, test },
});

/** The hero has come to the trigger point. */
const triggered = ({ route, triggerS }: Place): Trigger => [
  [when(EGO, { kind: 'reach', position: at(routePose(route.road, triggerS, 0)), tolerance: ON_ROUTE })],
];

const event = (name: string, start: Trigger, actions: readonly Action[], times = 1): StoryEvent => ({
  name,
  priority: 'overwrite',
  times,
  start,
  actions: actions.map((action) => ({ name: action.kind, action })),
});

function act({ scenario }: Place, name: string, actor: string, start: Trigger, events: readonly StoryEvent[]): Act {
  const own = `${scenario.name} ${name}`;
  const maneuvers = [{ name: own, events: events.map((each) => ({ ...each, name: `${own} ${each.name}` })) }];
  return {
    name: own,
    story: scenario.name,
    groups: [{ name: own, times: 1, actors: [actor], maneuvers }],
    start,
    stop: [],
  };
}

/** A number of the file's parameters. */
function numberOf({ scenario }: Place, name: string, usual: number): number {
  const value = Number(scenario.parameters[name] ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 && value <= 1000 ? value : usual;
}

/** −1 to the right of the lane, 1 to the left. */
const side = ({ scenario }: Place): 1 | -1 => (scenario.parameters.direction === 'left' ? 1 : -1);

/** So far past the trigger point, but not into a junction. */
function forward({ route, triggerS }: Place, metres: number): number {
  let s = triggerS;
  while (s + 1 <= triggerS + metres && !inJunction(route.road, s + 1)) s++;
  return s;
}

/** From the route's centre to the right edge of the drivable area, m. */
const edge = ({ route: { road } }: Place, s: number): number => routeColumn(road, road.edgeRight, s);

/** The place `metres` behind the route's start, along its first lane and those before it. */
function behind({ graph }: RoadMap, { lanes }: TownRoute, metres: number): Pose | undefined {
  const [first] = lanes;
  const course = laneCourse(graph, { lane: first.lane, s: first.laneS, along: -1 });
  if (course.endBefore(metres) < metres) return undefined;
  const { x, y, headingRad } = course.poseAt(metres);
  return { x, y, headingRad: headingRad + Math.PI };
}

/** Arc length of the route's sample nearest to a point, if it is near. */
function nearestS(
  { road, goalS }: TownRoute,
  { x, y }: { readonly x: number; readonly y: number },
): number | undefined {
  let [best, least] = [-1, ON_ROUTE];
  for (let i = 0; i < road.x.length && i * road.ds <= goalS; i++) {
    const away = Math.hypot(road.x[i] - x, road.y[i] - y);
    if (away < least) [best, least] = [i, away];
  }
  return best < 0 ? undefined : best * road.ds;
}

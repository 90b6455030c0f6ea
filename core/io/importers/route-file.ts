/**
 * What every leaderboard route file says: id, town, waypoints in our frame, the weather it begins with, and its scenarios (2.x).
 * 1.0 has `<waypoint x y yaw>` in the route, 2.x `<waypoints><position x y>`; `<weathers>` hold one weather or several by
 * `route_percentage`. Source: carla-simulator/leaderboard, leaderboard/utils/route_parser.py.
 */
import type { WeatherParameters } from '../../tasks/driving/world/spec/weather.ts';
import type { XmlElement } from '../../base/xml.ts';
import { fromCarlaPose } from '../recordings/carla-frame.ts';
import { shorten } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import { all, child, numberAttribute, locationOf, readXmlFile } from '../logs/xml-file.ts';

export const MAX_ROUTES = 2000;
const MAX_WAYPOINTS = 5000;
const MAX_SCENARIOS = 500;

export interface RouteWaypoint {
  readonly x: number;
  readonly y: number;
  readonly headingRad?: number;
}

export interface RouteFileRoute {
  readonly id: string;
  readonly town: string;
  readonly waypoints: readonly RouteWaypoint[];
  readonly weather: WeatherParameters | undefined;
  /** What the leaderboard stages along it (2.x). */
  readonly scenarios: readonly RouteScenario[];
}

export interface RouteScenario {
  readonly name: string;
  readonly type: string;
  /** Where it begins, our frame; undefined in files that do not say. */
  readonly trigger: RouteWaypoint | undefined;
  /** Of `<distance value="100"/>` and the like. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Every route of the file. @throws ImportError */
export function readRoutes(name: string, bytes: Uint8Array): RouteFileRoute[] {
  const routes: RouteFileRoute[] = [];
  readXmlFile(bytes, {
    depth: 1,
    limits: { elements: 200_000 },
    onElement(element) {
      if (element.name !== 'route') return;
      const [id, town] = ['id', 'town'].map((key) => shorten(element.attributes.get(key) ?? '', 60));
      if (!id) throw new ImportError(locationOf(element), 'it has no id');
      if (routes.length >= MAX_ROUTES) throw new ImportError(locationOf(element), `more than ${MAX_ROUTES} routes`);
      routes.push({
        id,
        town,
        waypoints: readWaypoints(element),
        weather: readWeather(element),
        scenarios: readScenarios(element),
      });
    },
  });
  if (routes.length === 0) throw new ImportError('file', `${name} holds no route.`);
  return routes;
}

/** Waypoints of a `<route>`. @throws ImportError for fewer than 2, more than 5000, or a place that is no number */
export function readWaypoints(route: XmlElement): RouteWaypoint[] {
  const holder = child(route, 'waypoints');
  const elements = holder ? all(holder, 'position') : all(route, 'waypoint');
  if (elements.length < 2) throw new ImportError(locationOf(route), `${elements.length} waypoints, expected 2 or more`);
  if (elements.length > MAX_WAYPOINTS) throw new ImportError(locationOf(route), `more than ${MAX_WAYPOINTS} waypoints`);
  return elements.map((element) => {
    const location = { x: numberAttribute(element, 'x', 1e5), y: numberAttribute(element, 'y', 1e5), z: 0 };
    const yaw = holder ? 0 : numberAttribute(element, 'yaw', 3600);
    const { x, y, headingRad } = fromCarlaPose(location, { pitch: 0, yaw, roll: 0 });
    return holder ? { x, y } : { x, y, headingRad };
  });
}

function readScenarios(route: XmlElement): RouteScenario[] {
  const holder = child(route, 'scenarios');
  const elements = holder ? all(holder, 'scenario') : [];
  if (elements.length > MAX_SCENARIOS) throw new ImportError(locationOf(route), `more than ${MAX_SCENARIOS} scenarios`);
  return elements.map((element) => {
    const at = child(element, 'trigger_point');
    const number = (name: string, limit: number) => (at?.attributes.has(name) ? numberAttribute(at, name, limit) : 0);
    const location = { x: number('x', 1e5), y: number('y', 1e5), z: 0 };
    const pose = fromCarlaPose(location, { pitch: 0, yaw: number('yaw', 3600), roll: 0 });
    const parameters = element.children.flatMap(({ name, attributes }) => {
      const value = attributes.get('value');
      return value === undefined ? [] : [[name, shorten(value, 60)] as const];
    });
    return {
      name: shorten(element.attributes.get('name') ?? '', 60),
      type: shorten(element.attributes.get('type') ?? '', 60),
      trigger: at && { x: pose.x, y: pose.y, headingRad: pose.headingRad },
      parameters: Object.fromEntries(parameters),
    };
  });
}

function readWeather(route: XmlElement): WeatherParameters | undefined {
  const first = child(route, 'weathers')?.children.find(({ name }) => name === 'weather') ?? child(route, 'weather');
  if (!first) return undefined;
  const value = (key: string, limit: number) => (first.attributes.has(key) ? numberAttribute(first, key, limit) : 0);
  return {
    sunAltitudeDeg: value('sun_altitude_angle', 90),
    cloudiness: value('cloudiness', 100),
    precipitation: value('precipitation', 100),
    fogDensity: value('fog_density', 100),
    fogDistance: value('fog_distance', 1e5),
    wetness: value('wetness', 100),
  };
}

/**
 * Routes of the CARLA leaderboard: 1.0 with `<waypoint x y yaw>` in the route, 2.x with `<waypoints><position x y>`, weathers
 * and scenarios inside. One route is driven, the first unless another is named; waypoints lie up to hundreds of metres apart,
 * and the lanes between them are in the town's map, not in this file: what is driven is a smooth curve through them
 * (cubic Hermite; where no yaw is given, Catmull-Rom headings), and the description says so.
 *
 * CARLA's frame is left-handed, in degrees; carla-frame.ts turns it into ours. Source: carla-simulator/leaderboard, leaderboard/utils/route_parser.py.
 */
import type { XmlElement } from '../../base/xml.ts';
import { drivableScenario } from '../logs/drivable.ts';
import { createSkips, type ImportedLog, polylineLength, shorten, type Skips } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import { MAX_ROUTES, readWaypoints, type RouteWaypoint } from './route-file.ts';
import { all, child, locationOf, readXmlFile } from '../logs/xml-file.ts';

/** Speed to drive at, m/s: the limit of CARLA's towns (30 km/h). */
const TOWN_SPEED = 30 / 3.6;
const SPACING = 2;

/** Reads a route file; `route` is an id, by default that of the first. @throws ImportError */
export function importRoutes(name: string, bytes: Uint8Array, route?: string): ImportedLog {
  const skips = createSkips();
  const routes: { id: string; line: string }[] = [];
  let chosen: { id: string; town: string; waypoints: RouteWaypoint[]; details: string[] } | undefined;
  readXmlFile(bytes, {
    depth: 1,
    limits: { elements: 200_000 },
    onElement(element) {
      if (element.name !== 'route') return skips.add(element.name, 'not used by the lab');
      const [id, town] = ['id', 'town'].map((key) => shorten(element.attributes.get(key) ?? '', 60));
      if (!id) throw new ImportError(locationOf(element), 'it has no id');
      if (routes.length >= MAX_ROUTES) throw new ImportError(locationOf(element), `more than ${MAX_ROUTES} routes`);
      const waypoints = readWaypoints(element);
      const metres = polylineLength(waypoints.map(({ x, y }) => [x, y] as const));
      routes.push({ id, line: `route ${id}: ${town}, ${waypoints.length} waypoints, ${metres.toFixed(0)} m straight` });
      if (chosen || (route !== undefined && id !== route)) return;
      chosen = { id, town, waypoints, details: readExtras(element, skips) };
    },
  });
  if (!chosen) {
    const ids = shorten(routes.map(({ id }) => id).join(', '), 200);
    throw new ImportError(
      'file',
      route === undefined ? 'There is no route.' : `There is no route "${route}"; there are ${ids}.`,
    );
  }
  const { id, town, waypoints } = chosen;
  skips.add('routes', `route ${id} is driven`, routes.length - 1);
  skips.add(`map of ${town || 'the town'}`, 'another file: the lanes between waypoints are a smooth curve');
  skips.add('z, pitch and roll', 'the world is flat', waypoints.length);
  const path = curve(waypoints);
  const length = polylineLength(path);
  const [[ax, ay], [bx, by]] = [path[0], path[1] ?? path[0]];
  const drive = drivableScenario(
    {
      name,
      source: `Leaderboard route ${id} in ${town}, a smooth curve through its ${waypoints.length} waypoints`,
      path,
      start: { x: ax, y: ay, headingRad: waypoints[0].headingRad ?? Math.atan2(by - ay, bx - ax), speedMps: 0 },
      goalMetres: Math.min(length - 1, 0.7 * TOWN_SPEED * 200),
      seconds: Math.min(200, 20 + length / (0.7 * TOWN_SPEED)),
      actors: [],
      speedLimitMps: TOWN_SPEED,
    },
    skips,
  );
  return {
    format: 'leaderboard-routes',
    steps: 0,
    dtSeconds: null,
    actors: [],
    ego: { id: `route ${id}`, kind: 'route', firstStep: 0, lastStep: 0, source: 'task' },
    lanes: null,
    roadLengthMetres: length,
    skipped: skips.list(),
    notes: [`route ${id} of ${routes.length}; the road between its waypoints is a smooth curve, not the town’s lanes`],
    details: [...routes.map(({ line }) => line), ...chosen.details],
    ...drive,
  };
}

function readExtras(route: XmlElement, skips: Skips): string[] {
  const holder = child(route, 'scenarios');
  const scenarios = holder ? all(holder, 'scenario') : [];
  for (const { attributes } of scenarios)
    skips.add(`scenario ${attributes.get('type') ?? ''}`, 'needs the town’s map and actors that react');
  const weathers = [...all(route, 'weather'), ...(child(route, 'weathers')?.children ?? [])];
  skips.add('weather', 'described, not set', weathers.length);
  for (const { name } of route.children) if (!READ.has(name)) skips.add(`route ${name}`, 'not used by the lab');
  return [
    ...weathers.map(
      ({ attributes }) => `weather: ${[...attributes].map(([key, value]) => `${key} ${value}`).join(', ')}`,
    ),
    ...scenarios.map(({ attributes }) => `scenario ${attributes.get('name') ?? ''}: ${attributes.get('type') ?? ''}`),
  ].map((line) => shorten(line, 400));
}
const READ = new Set(['waypoint', 'waypoints', 'weather', 'weathers', 'scenarios']);

/** Cubic Hermite through the waypoints, about every SPACING metres; tangents as long as the chord. */
function curve(given: readonly RouteWaypoint[]): (readonly [number, number])[] {
  const waypoints = given.filter((at, i) => i === 0 || Math.hypot(at.x - given[i - 1].x, at.y - given[i - 1].y) > 0.1);
  const points: (readonly [number, number])[] = [[waypoints[0].x, waypoints[0].y]];
  for (let i = 1; i < waypoints.length && points.length < 20_000; i++) {
    const [a, b] = [waypoints[i - 1], waypoints[i]];
    const chord = Math.hypot(b.x - a.x, b.y - a.y);
    const [from, to] = [heading(waypoints, i - 1), heading(waypoints, i)];
    const pieces = Math.min(2000, Math.max(1, Math.ceil(chord / SPACING)));
    for (let k = 1; k <= pieces; k++) {
      const u = k / pieces;
      const [h00, h10] = [(1 + 2 * u) * (1 - u) ** 2, u * (1 - u) ** 2];
      const [h01, h11] = [u * u * (3 - 2 * u), u * u * (u - 1)];
      points.push([
        h00 * a.x + h10 * chord * Math.cos(from) + h01 * b.x + h11 * chord * Math.cos(to),
        h00 * a.y + h10 * chord * Math.sin(from) + h01 * b.y + h11 * chord * Math.sin(to),
      ]);
    }
  }
  return points;
}

function heading(waypoints: readonly RouteWaypoint[], i: number): number {
  const given = waypoints[i].headingRad;
  if (given !== undefined) return given;
  const [before, after] = [waypoints[Math.max(0, i - 1)], waypoints[Math.min(waypoints.length - 1, i + 1)]];
  return Math.atan2(after.y - before.y, after.x - before.x);
}

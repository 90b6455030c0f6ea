/**
 * Positions of an OpenSCENARIO file. A file whose description begins with "CARLA:" is in CARLA's left-handed frame, as ScenarioRunner
 * reads it: y, t, lateral offsets and headings are mirrored here (lane ids and s are the map's own and stay).
 */
import type { XmlElement } from '../../base/xml.ts';
import { shorten } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import type { Orientation, Position } from './model.ts';
import { all, child, descendants, needChild, numberAttribute, locationOf } from '../logs/xml-file.ts';

/** What reading an element needs to know of its file. */
export interface ReadContext {
  /** −1 in CARLA's frame, else 1. */
  readonly side: 1 | -1;
  /** The entity an attribute names. @throws ImportError when there is none. */
  entity(element: XmlElement, attribute?: string): string;
}

/** The position inside a <Position>, <TargetPosition> …; @throws ImportError */
export function readPosition(holder: XmlElement, context: ReadContext): Position {
  const element = holder.children.find(({ name }) => name.endsWith('Position'));
  if (!element) throw new ImportError(locationOf(holder), 'there is no position in it');
  const { side, entity } = context;
  const need = (name: string) => numberAttribute(element, name);
  const maybe = (name: string) => (element.attributes.has(name) ? need(name) : 0);
  const text = (name: string) => {
    const value = element.attributes.get(name);
    if (value === undefined || value === '') throw new ImportError(locationOf(element), `there is no ${name}`);
    return shorten(value, 60);
  };
  const at = { line: element.line, heading: headingOf(element, side) };
  switch (element.name) {
    case 'WorldPosition':
      return { kind: 'world', ...at, x: need('x'), y: side * need('y') };
    case 'LanePosition':
      return {
        kind: 'lane',
        ...at,
        road: text('roadId'),
        lane: wholeAttribute(element, 'laneId'),
        s: need('s'),
        offset: side * maybe('offset'),
      };
    case 'RoadPosition':
      return { kind: 'road', ...at, road: text('roadId'), s: need('s'), t: side * maybe('t') };
    case 'RelativeLanePosition':
      return {
        kind: 'relativeLane',
        ...at,
        to: entity(element),
        lanes: wholeAttribute(element, 'dLane'),
        ds: element.attributes.has('ds') ? need('ds') : maybe('dsLane'),
        offset: side * maybe('offset'),
      };
    case 'RelativeRoadPosition':
      return { kind: 'relativeRoad', ...at, to: entity(element), ds: need('ds'), dt: side * need('dt') };
    case 'RelativeWorldPosition':
    case 'RelativeObjectPosition':
      return {
        kind: 'relative',
        ...at,
        to: entity(element),
        dx: need('dx'),
        dy: side * need('dy'),
        turned: element.name === 'RelativeObjectPosition',
      };
    case 'RoutePosition':
      return { kind: 'route', ...at, ...readRoutePlace(element, context) };
    default:
      throw new ImportError(
        locationOf(element),
        'expected a world, lane, road, relative or route position; the lab places no other',
      );
  }
}

/** In the file, a heading is relative only where it says so or where the position itself is; of a lane it is relative by default. */
function headingOf(element: XmlElement, side: 1 | -1): Orientation {
  if (element.name === 'WorldPosition')
    return { rad: element.attributes.has('h') ? side * numberAttribute(element, 'h', 1000) : 0, relative: false };
  const orientation = child(element, 'Orientation');
  const rad = orientation?.attributes.has('h') ? side * numberAttribute(orientation, 'h', 1000) : 0;
  return { rad, relative: orientation?.attributes.get('type') !== 'absolute' };
}

function readRoutePlace(element: XmlElement, context: ReadContext) {
  const below = [...descendants(element)];
  const from = below.find(({ name }) => name === 'FromLaneCoordinates' || name === 'FromRoadCoordinates');
  const catalogue = below.find(({ name }) => name === 'CatalogReference')?.attributes;
  const lane = from?.attributes.has('laneId') ? wholeAttribute(from, 'laneId') : undefined;
  const pathS = from?.attributes.has('pathS') ? numberAttribute(from, 'pathS') : 0;
  const route = below.find(({ name }) => name === 'Route');
  if (route)
    return {
      route: shorten(route.attributes.get('name') ?? '', 60),
      waypoints: readRouteWaypoints(route, context),
      lane,
      pathS,
    };
  const [file, entry] = ['catalogName', 'entryName'].map((name) => shorten(catalogue?.get(name) ?? '?', 60));
  return { route: `${file}/${entry}`, waypoints: undefined, lane, pathS };
}

/** The waypoints of a <Route>. @throws ImportError */
export function readRouteWaypoints(route: XmlElement, context: ReadContext): Position[] {
  const waypoints = all(route, 'Waypoint').map((each) => readPosition(needChild(each, 'Position'), context));
  if (waypoints.some(({ kind }) => kind === 'route'))
    throw new ImportError(locationOf(route), 'a waypoint is a place on a route, expected a place on a road');
  return waypoints;
}

export function wholeAttribute(element: XmlElement, name: string): number {
  const value = numberAttribute(element, name, 1000);
  if (!Number.isInteger(value))
    throw new ImportError(`${locationOf(element)} ${name}`, `got ${value}, expected a whole number`);
  return value;
}

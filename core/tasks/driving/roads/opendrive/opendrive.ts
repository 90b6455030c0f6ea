/**
 * OpenDRIVE files (`.xodr`, 1.4 to 1.8) in, a checked `OpenDrive` out, or one `XmlError` that says file, line, what and
 * what was expected. A file may come from a stranger: it is read chunk by chunk and road by road, every count and number is
 * bounded, every reference must exist. What a file has and the lab does not use is counted in `skipped`.
 * Source: ASAM OpenDRIVE 1.4H and 1.8 specifications.
 */
import { createXmlReader, type XmlElement, XmlError } from '../../../../base/xml.ts';
import { childrenNamed } from '../../../../base/xml-values.ts';
import { MAX_SPIRAL_TURN } from './curve.ts';
import { checkNetwork } from './check.ts';
import { type Context, MAX_MAP_COORDINATE, MAX_ROAD_LENGTH, MAX_ROADS, openDriveContext } from './context.ts';
import { readSections, readSpeed } from './lanes.ts';
import type {
  Controller,
  CurveShape,
  Geometry,
  Junction,
  JunctionConnection,
  OpenDrive,
  Road,
  RoadLink,
} from './model.ts';
import { readObjects, readSignals } from './things.ts';

export type { OpenDrive } from './model.ts';

/** Gap allowed between two stretches' s, and between planView's end and the road's length, m. */
const S_TOLERANCE = 0.05;

/**
 * A reader to `write` chunks of a file to; `end` gives the network.
 * @throws XmlError from either.
 */
export function createOpenDriveReader(source = 'map.xodr'): { write(chunk: string): void; end(): OpenDrive } {
  const context = openDriveContext(source);
  const roads = new Map<string, Road>();
  const junctions = new Map<string, Junction>();
  const controllers: Controller[] = [];
  let header: XmlElement | undefined;

  const add = <T extends { id: string }>(to: Map<string, T>, item: T, element: XmlElement) => {
    if (to.has(item.id)) context.read.fail(element, `a second ${element.name} "${item.id}"`, 'an id of its own');
    if (to.size >= MAX_ROADS) context.read.fail(element, `more than ${MAX_ROADS}`, 'a smaller map');
    to.set(item.id, item);
  };
  const reader = createXmlReader({
    source,
    depth: 1,
    onElement(element, root) {
      if (root.name !== 'OpenDRIVE') throw new XmlError(source, root.line, '', `<${root.name}>`, '<OpenDRIVE>');
      if (element.name === 'header') {
        header = readHeader(context, element);
        context.skipOthers(element, [], 'header');
      } else if (element.name === 'road') add(roads, readRoad(context, element), element);
      else if (element.name === 'junction') add(junctions, readJunction(context, element), element);
      else if (element.name === 'controller') controllers.push(readController(context, element));
      else context.skip(element.name, element.line, 'not used by the lab');
    },
  });

  return {
    write: reader.write,
    end() {
      reader.end();
      const fail = (problem: string, expected: string) => {
        throw new XmlError(source, 0, '', problem, expected);
      };
      if (!header) fail('no <header>', 'an OpenDRIVE file');
      if (roads.size === 0) fail('no <road>', 'at least one');
      checkNetwork(context, roads, junctions);
      return {
        source,
        version: `${header?.attributes.get('revMajor')}.${header?.attributes.get('revMinor')}`,
        name: header?.attributes.get('name') ?? '',
        roads,
        junctions,
        controllers,
        skipped: context.skipped(),
      };
    },
  };
}

/**
 * The network of a whole file's text.
 * @throws XmlError
 */
export function parseOpenDrive(text: string, source?: string): OpenDrive {
  const reader = createOpenDriveReader(source);
  reader.write(text);
  return reader.end();
}

function readHeader({ read }: Context, element: XmlElement): XmlElement {
  const major = read.integer(element, 'revMajor', { min: 0 });
  const minor = read.integer(element, 'revMinor', { min: 0 });
  if (major !== 1 || minor < 4) read.fail(element, `revision ${major}.${minor}`, '1.4 or later of 1.x');
  return element;
}

const ROAD_PARTS = ['link', 'type', 'planView', 'elevationProfile', 'lateralProfile', 'lanes', 'objects', 'signals'];

function readRoad(context: Context, element: XmlElement): Road {
  const { read } = context;
  context.record(element);
  const length = read.number(element, 'length', { min: 0, max: MAX_ROAD_LENGTH });
  if (length === 0) read.fail(element, 'length is 0', 'more than 0');
  const junction = element.attributes.get('junction') ?? '-1';
  const link = read.child(element, 'link');
  const lanes = read.child(element, 'lanes') ?? read.fail(element, 'no <lanes>', 'one');
  const lateral = read.child(element, 'lateralProfile');
  context.skipOthers(element, ROAD_PARTS, 'road');
  if (link) context.skipOthers(link, ['predecessor', 'successor'], 'road/link');
  if (lateral) context.skipOthers(lateral, [], 'road/lateralProfile');
  return {
    id: read.string(element, 'id'),
    name: element.attributes.get('name') ?? '',
    length,
    junction: junction === '-1' ? undefined : junction,
    leftHandTraffic: element.attributes.get('rule') === 'LHT',
    predecessor: readLink(context, link && read.child(link, 'predecessor')),
    successor: readLink(context, link && read.child(link, 'successor')),
    types: childrenNamed(element, 'type')
      .map((type) => {
        const speed = read.child(type, 'speed');
        return {
          s: read.number(type, 's', { min: 0 }),
          type: type.attributes.get('type') ?? 'unknown',
          mps: speed && readSpeed(context, speed),
        };
      })
      .sort((a, b) => a.s - b.s),
    planView: readPlanView(context, element, length),
    elevation: context.cubics(read.child(element, 'elevationProfile'), 'elevation', 's'),
    laneOffsets: context.cubics(lanes, 'laneOffset', 's'),
    sections: readSections(context, lanes, length),
    signals: readSignals(context, read.child(element, 'signals')),
    objects: readObjects(context, read.child(element, 'objects')),
    line: element.line,
  };
}

function readLink({ read }: Context, element: XmlElement | undefined): RoadLink | undefined {
  if (!element) return undefined;
  const type = read.oneOf(element, 'elementType', ['road', 'junction'] as const);
  const id = read.string(element, 'elementId');
  return type === 'junction'
    ? { type, id }
    : { type, id, contact: read.oneOf(element, 'contactPoint', ['start', 'end'] as const) };
}

function readPlanView(context: Context, road: XmlElement, length: number): Geometry[] {
  const { read } = context;
  const plan = read.child(road, 'planView') ?? read.fail(road, 'no <planView>', 'one');
  const found: Geometry[] = [];
  let end = 0;
  for (const element of childrenNamed(plan, 'geometry')) {
    context.record(element);
    const s = read.number(element, 's', { min: 0, max: MAX_ROAD_LENGTH });
    if (Math.abs(s - end) > S_TOLERANCE) read.fail(element, `s is ${s}`, `${end}, where the stretch before ends`);
    if (found.length > 0 && s < found[found.length - 1].s) read.fail(element, `s is ${s}`, 's in ascending order');
    const stretch = {
      s,
      x: read.number(element, 'x', { min: -MAX_MAP_COORDINATE, max: MAX_MAP_COORDINATE }),
      y: read.number(element, 'y', { min: -MAX_MAP_COORDINATE, max: MAX_MAP_COORDINATE }),
      headingRad: read.number(element, 'hdg', { min: -1e5, max: 1e5 }),
      length: read.number(element, 'length', { min: 0, max: MAX_ROAD_LENGTH }),
    };
    end = s + stretch.length;
    const shape = readShape(context, element);
    if (shape.kind === 'spiral') {
      const turn = Math.max(Math.abs(shape.curvStart), Math.abs(shape.curvEnd)) * stretch.length;
      if (turn > MAX_SPIRAL_TURN) read.fail(element, `a spiral of up to ${turn} rad`, `at most ${MAX_SPIRAL_TURN} rad`);
    }
    found.push({ ...stretch, shape });
  }
  if (found.length === 0) read.fail(plan, 'no <geometry>', 'at least one');
  if (Math.abs(end - length) > S_TOLERANCE) read.fail(plan, `it is ${end} m long`, `the road's length, ${length} m`);
  return found;
}

function readShape({ read, skipOthers }: Context, geometry: XmlElement): CurveShape {
  const kinds = ['line', 'arc', 'spiral', 'poly3', 'paramPoly3'];
  skipOthers(geometry, kinds, 'road/planView/geometry');
  const shapes = geometry.children.filter(({ name }) => kinds.includes(name));
  if (shapes.length !== 1) read.fail(geometry, `${shapes.length} shapes`, `one of ${kinds.join(', ')}`);
  const shape = shapes[0];
  const curvature = (name: string) => read.number(shape, name, { min: -100, max: 100 });
  const cubic = (suffix: string) => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((key) => read.number(shape, key + suffix));
    return [a, b, c, d] as const;
  };
  switch (shape.name) {
    case 'line':
      return { kind: 'line' };
    case 'arc':
      return { kind: 'arc', curvature: curvature('curvature') };
    case 'spiral':
      return { kind: 'spiral', curvStart: curvature('curvStart'), curvEnd: curvature('curvEnd') };
    case 'poly3':
      return { kind: 'poly3', v: cubic('') };
    default: {
      const range = shape.attributes.has('pRange')
        ? read.oneOf(shape, 'pRange', ['arcLength', 'normalized'] as const)
        : 'normalized';
      return { kind: 'paramPoly3', u: cubic('U'), v: cubic('V'), normalized: range === 'normalized' };
    }
  }
}

function readJunction(context: Context, element: XmlElement): Junction {
  const { read } = context;
  context.record(element);
  context.skipOthers(element, ['connection', 'controller'], 'junction');
  const connections = childrenNamed(element, 'connection').flatMap((connection): JunctionConnection[] => {
    context.record(connection);
    if (!connection.attributes.has('connectingRoad')) {
      context.skip('junction/connection without connectingRoad', connection.line, 'direct and virtual junctions');
      return [];
    }
    return [
      {
        incomingRoad: read.string(connection, 'incomingRoad'),
        connectingRoad: read.string(connection, 'connectingRoad'),
        contact: read.oneOf(connection, 'contactPoint', ['start', 'end'] as const),
        laneLinks: childrenNamed(connection, 'laneLink').map((link) => {
          context.record(link);
          return { from: read.integer(link, 'from'), to: read.integer(link, 'to') };
        }),
      },
    ];
  });
  return {
    id: read.string(element, 'id'),
    name: element.attributes.get('name') ?? '',
    connections,
    controllers: childrenNamed(element, 'controller').map((controller) => read.string(controller, 'id')),
    line: element.line,
  };
}

function readController({ read, record }: Context, element: XmlElement): Controller {
  record(element);
  return {
    id: read.string(element, 'id'),
    name: element.attributes.get('name') ?? '',
    sequence: read.numberOr(element, 'sequence', undefined),
    signals: [...new Set(childrenNamed(element, 'control').map((control) => read.string(control, 'signalId')))],
  };
}

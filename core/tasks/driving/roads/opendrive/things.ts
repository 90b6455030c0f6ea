/** What stands on or beside an OpenDRIVE road: signals, references to signals of other roads, and objects. */
import type { XmlElement } from '../../../../base/xml.ts';
import { childrenNamed } from '../../../../base/xml-values.ts';
import { type Context, MAX_ROAD_LENGTH } from './context.ts';
import type { RoadObject, RoadSignal } from './model.ts';

/** Corners of one object's outline. */
const MAX_CORNERS = 1000;
const ORIENTATIONS = ['+', '-', 'none'] as const;

/** Signals and signal references of a road. Throws XmlError. */
export function readSignals(context: Context, element: XmlElement | undefined): RoadSignal[] {
  const { read } = context;
  if (!element) return [];
  context.skipOthers(element, ['signal', 'signalReference'], 'road/signals');
  const kinds = ['signal', 'signalReference'];
  return element.children
    .filter(({ name }) => kinds.includes(name))
    .map((signal): RoadSignal => {
      context.record(signal);
      context.skipOthers(signal, ['validity'], `road/signals/${signal.name}`);
      const { attributes } = signal;
      const value = Number.parseFloat(attributes.get('value') ?? '');
      return {
        id: read.string(signal, 'id'),
        s: read.number(signal, 's', { min: -1, max: MAX_ROAD_LENGTH }),
        t: read.number(signal, 't'),
        orientation: ORIENTATIONS.find((choice) => choice === attributes.get('orientation')) ?? 'none',
        validity: childrenNamed(signal, 'validity').map((lanes) => {
          const [from, to] = [read.integer(lanes, 'fromLane'), read.integer(lanes, 'toLane')];
          return { from: Math.min(from, to), to: Math.max(from, to) };
        }),
        sign:
          signal.name === 'signalReference'
            ? undefined
            : {
                name: attributes.get('name') ?? '',
                dynamic: attributes.get('dynamic') === 'yes',
                type: attributes.get('type') ?? '-1',
                subtype: attributes.get('subtype') ?? '-1',
                country: attributes.get('country') ?? '',
                value: Number.isFinite(value) ? value : undefined,
              },
      };
    });
}

/** Objects of a road. Throws XmlError. */
export function readObjects(context: Context, element: XmlElement | undefined): RoadObject[] {
  const { read } = context;
  if (!element) return [];
  context.skipOthers(element, ['object'], 'road/objects');
  return childrenNamed(element, 'object').map((object) => {
    context.record(object);
    context.skipOthers(object, ['outline', 'outlines'], 'road/objects/object');
    const outlines = [
      ...childrenNamed(object, 'outline'),
      ...childrenNamed(object, 'outlines').flatMap((all) => childrenNamed(all, 'outline')),
    ];
    if (outlines.length > 1)
      context.skip('road/objects/object/outline after the first', outlines[1].line, 'one is used');
    const corners = outlines[0]?.children.filter(({ name }) => name === 'cornerLocal' || name === 'cornerRoad') ?? [];
    if (corners.length > MAX_CORNERS) read.fail(object, `${corners.length} corners`, `at most ${MAX_CORNERS}`);
    const size = (name: string) => read.numberOr(object, name, 0, { min: 0, max: MAX_ROAD_LENGTH });
    const diameter = 2 * size('radius');
    return {
      id: object.attributes.get('id') ?? '',
      type: object.attributes.get('type') ?? '',
      name: object.attributes.get('name') ?? '',
      s: read.number(object, 's', { min: -MAX_ROAD_LENGTH, max: MAX_ROAD_LENGTH }),
      t: read.number(object, 't'),
      headingRad: read.numberOr(object, 'hdg', 0),
      length: size('length') || diameter,
      width: size('width') || diameter,
      height: size('height'),
      outline: corners.map((corner) => {
        context.record(corner);
        return corner.name === 'cornerLocal'
          ? { frame: 'local', a: read.number(corner, 'u'), b: read.number(corner, 'v') }
          : { frame: 'road', a: read.number(corner, 's'), b: read.number(corner, 't') };
      }),
    };
  });
}

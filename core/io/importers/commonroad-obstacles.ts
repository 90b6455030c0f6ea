/**
 * Obstacles of a CommonRoad file: box, first state and trajectory. Positions are those of the shape's centre. A state without
 * an orientation is an error (nothing else says where a box points); one without a velocity takes it from the positions.
 */
import type { XmlElement } from '../../base/xml.ts';
import { readPoint } from './commonroad-lanelets.ts';
import { MAX_LOG_STEPS, shorten, type Skips } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import { all, child, descendants, needChild, locationOf, toNumber } from '../logs/xml-file.ts';

export interface State {
  readonly step: number;
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly speedMps?: number;
}

export interface Obstacle {
  readonly id: string;
  readonly kind: string;
  readonly length: number;
  readonly width: number;
  /** Stands there throughout. */
  readonly fixed: boolean;
  readonly states: readonly (State & { readonly speedMps: number })[];
  readonly firstStep: number;
  readonly lastStep: number;
}

/** undefined for one that has no usable shape or positions, which is then among the `skips`. @throws ImportError */
export function readObstacle(element: XmlElement, dt: number, skips: Skips): Obstacle | undefined {
  const id = element.attributes.get('id');
  if (!id) throw new ImportError(locationOf(element), 'it has no id');
  const of = `obstacle ${shorten(id, 20)}`;
  const role = child(element, 'role')?.text ?? element.name;
  const kind = shorten(child(element, 'type')?.text || 'unknown', 40);
  const size = readShape(needChild(element, 'shape', of), of, skips);
  if (!size) return void skips.add(`obstacle of type ${kind}`, 'its shape is no rectangle, circle or polygon');
  const trajectory = child(element, 'trajectory');
  for (const { name } of element.children)
    if (!USED.has(name))
      skips.add(`obstacle ${name}`, name === 'occupancySet' ? 'occupancy without positions' : 'not used by the lab');
  const elements = [needChild(element, 'initialState', of), ...(trajectory ? all(trajectory, 'state') : [])];
  const read = elements.map((state) => readObstacleState(state, of, dt));
  for (const { children } of elements)
    for (const { name } of children) if (!STATE.has(name)) skips.add(`state ${name}`, 'positions are replayed');
  const states = read.filter((state) => state !== undefined);
  skips.add('obstacle states with an uncertain position', 'no single point', read.length - states.length);
  if (states.length === 0) return void skips.add(`obstacle of type ${kind}`, 'no state of it has a position');
  states.forEach(({ step }, i) => {
    if (i > 0 && step <= states[i - 1].step)
      throw new ImportError(`line ${elements[i].line}, ${of} time`, `got step ${step} after ${states[i - 1].step}`);
  });
  const fixed = role.startsWith('static') || !trajectory;
  if (!role.startsWith('static') && !trajectory)
    skips.add(`${of} trajectory`, 'there is none: it stands at its first state');
  return {
    id,
    kind,
    ...size,
    fixed,
    states: states.map((state, i) => ({ ...state, speedMps: fixed ? 0 : (state.speedMps ?? speedOf(states, i, dt)) })),
    firstStep: states[0].step,
    lastStep: states[states.length - 1].step,
  };
}
const STATE = new Set(['time', 'position', 'orientation', 'velocity']);
const USED = new Set(['role', 'type', 'shape', 'initialState', 'trajectory']);

function speedOf(states: readonly State[], i: number, dt: number): number {
  const [a, b] = [states[Math.max(0, i - 1)], states[Math.min(states.length - 1, i + 1)]];
  return b.step > a.step ? Math.hypot(b.x - a.x, b.y - a.y) / ((b.step - a.step) * dt) : 0;
}

/** A `<state>` or `<initialState>`; undefined when its position is a region. @throws ImportError */
export function readObstacleState(element: XmlElement, of: string, dt: number): State | undefined {
  const time = exact(needChild(element, 'time', of), `${of} time`, 1e6);
  if (!Number.isInteger(time) || time < 0 || time > 100 * MAX_LOG_STEPS)
    throw new ImportError(`line ${element.line}, ${of} time`, `got ${time}, expected a whole step of ${dt} s`);
  const headingRad = exact(needChild(element, 'orientation', of), `${of} orientation`, 1000);
  const point = child(needChild(element, 'position', of), 'point');
  if (!point) return undefined;
  const [x, y] = readPoint(point, of);
  const velocity = child(element, 'velocity');
  return { step: time, x, y, headingRad, ...(velocity && { speedMps: exact(velocity, `${of} velocity`, 200) }) };
}

/** `<exact>` or the middle of `<intervalStart>` and `<intervalEnd>`. */
function exact(element: XmlElement, of: string, limit: number): number {
  const where = `line ${element.line}, ${of}`;
  const value = child(element, 'exact');
  if (value) return toNumber(value.text, where, limit);
  const [from, to] = ['intervalStart', 'intervalEnd'].map((name) => toNumber(child(element, name)?.text, where, limit));
  return (from + to) / 2;
}

function readShape(shape: XmlElement, of: string, skips: Skips): { length: number; width: number } | undefined {
  const value = (element: XmlElement, name: string) =>
    toNumber(needChild(element, name, of).text, `line ${element.line}, ${of} ${name}`, 1000);
  skips.add('parts of a shape', 'the first gives the box', shape.children.length - 1);
  const rectangle = child(shape, 'rectangle');
  if (rectangle) {
    const turned = child(rectangle, 'orientation');
    if (turned && Number(turned.text) !== 0) skips.add('shape orientation', 'boxes lie along the heading');
    const centre = child(rectangle, 'center');
    if (centre && readPoint(centre, of).some((axis) => axis !== 0))
      skips.add('shape center', 'boxes lie around the position');
    return { length: value(rectangle, 'length'), width: value(rectangle, 'width') };
  }
  const circle = child(shape, 'circle');
  if (circle) return { length: 2 * value(circle, 'radius'), width: 2 * value(circle, 'radius') };
  const polygon = child(shape, 'polygon');
  const corners = polygon
    ? [...descendants(polygon)].filter(({ name }) => name === 'point').map((p) => readPoint(p, of))
    : [];
  if (corners.length < 3) return undefined;
  skips.add('polygon', 'its bounding box is driven around');
  const [length, width] = ([0, 1] as const).map((axis) => {
    const values = corners.map((corner) => corner[axis]);
    return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
  });
  return { length, width };
}

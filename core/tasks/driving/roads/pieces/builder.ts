/**
 * The drawing board of the named pieces: roads laid from a pose, lanes joined where their keys agree, junction paths.
 * Everything becomes the same `OpenDrive` model a file gives, so there is one lane graph and one set of rules.
 * Each stretch starts exactly where the formula of the one before ends.
 */
import { cos, sin } from '../../../../base/trigonometry.ts';
import { curveAt, gauss16 } from '../opendrive/curve.ts';
import { cubicAt } from '../map/geometry.ts';
import type {
  ContactPoint,
  Controller,
  Cubic,
  CurveShape,
  Geometry,
  Junction,
  JunctionConnection,
  LaneSection,
  Road,
  RoadLane,
  RoadLink,
  RoadMark,
  RoadObject,
  RoadSignal,
} from '../opendrive/model.ts';
import type { CrossSectionSpec } from './schema.ts';
import type { Pose } from '../../../../base/geometry.ts';

/** A lane to lay: lanes of consecutive roads with one key are one lane. */
export interface LaneDef {
  readonly key: string;
  readonly type: 'driving' | 'median' | 'shoulder' | 'sidewalk';
  readonly width: number;
  /** Width at the road's end, reached by a smooth taper; default: the same. */
  readonly endWidth?: number;
}
/** Lanes from the reference line outwards. */
export interface Cross {
  readonly left: readonly LaneDef[];
  readonly right: readonly LaneDef[];
}
export interface CurveStretch {
  readonly shape: CurveShape;
  readonly length: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type DraftRoad = Mutable<Road> & { signals: RoadSignal[]; objects: RoadObject[]; cross: Cross };
export interface RoadEnd {
  readonly road: DraftRoad;
  readonly contact: ContactPoint;
}
export interface RoadOptions {
  readonly mps: number;
  readonly mayChange?: boolean;
  readonly junction?: string;
}

export function crossOf({ forward, backward, width, median, shoulder, sidewalk }: CrossSectionSpec, name = ''): Cross {
  const driving = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i): LaneDef => ({ key: `${name}${prefix}${i + 1}`, type: 'driving', width }));
  const outside = (prefix: string): LaneDef[] => [
    ...(shoulder > 0 ? [{ key: `${prefix}-shoulder`, type: 'shoulder' as const, width: shoulder }] : []),
    ...(sidewalk > 0 ? [{ key: `${prefix}-sidewalk`, type: 'sidewalk' as const, width: sidewalk }] : []),
  ];
  return {
    left: [
      ...(median > 0 ? [{ key: 'median', type: 'median' as const, width: median }] : []),
      ...driving('backward', backward),
      ...outside('left'),
    ],
    right: [...driving('forward', forward), ...outside('right')],
  };
}

/** Pose after `stretches` laid from `start`. */
function layFrom(start: Pose, stretches: readonly CurveStretch[]): { planView: Geometry[]; end: Pose; length: number } {
  let [pose, s] = [start, 0];
  const planView = stretches
    .filter(({ length }) => length > 0)
    .map(({ shape, length }) => {
      const geometry: Geometry = { s, ...pose, length, shape };
      const { x, y, headingRad } = curveAt(geometry, length);
      pose = { x, y, headingRad };
      s += length;
      return geometry;
    });
  return { planView, end: pose, length: s };
}

/** The pose from which `stretches` lead to `end`. */
export function startFor(end: Pose, stretches: readonly CurveStretch[]): Pose {
  const reach = layFrom({ x: 0, y: 0, headingRad: 0 }, stretches).end;
  const headingRad = end.headingRad - reach.headingRad;
  const [c, s] = [cos(headingRad), sin(headingRad)];
  return { x: end.x - reach.x * c + reach.y * s, y: end.y - reach.x * s - reach.y * c, headingRad };
}

/** The pose moved `t` to the left and `ahead` forward. */
export function moved({ x, y, headingRad }: Pose, ahead: number, t: number): Pose {
  const [c, s] = [cos(headingRad), sin(headingRad)];
  return { x: x + ahead * c - t * s, y: y + ahead * s + t * c, headingRad };
}

const LINE: CurveShape = { kind: 'line' };
export const line = (length: number): CurveStretch => ({ shape: LINE, length });

/** Share of a bend that each of its two clothoids turns. */
const CLOTHOID_SHARE = 0.25;

/** Clothoid, arc, clothoid: turns by `angle` (left +) with curvature continuous from 0 to 0; `radius` of the arc. */
export function bend(angle: number, radius: number): CurveStretch[] {
  const curvature = Math.sign(angle) / radius;
  const turn = Math.abs(angle) * CLOTHOID_SHARE;
  return [
    { shape: { kind: 'spiral', curvStart: 0, curvEnd: curvature }, length: 2 * turn * radius },
    { shape: { kind: 'arc', curvature }, length: (Math.abs(angle) - 2 * turn) * radius },
    { shape: { kind: 'spiral', curvStart: curvature, curvEnd: 0 }, length: 2 * turn * radius },
  ];
}

/** From `a` to `b` by a bend of ±90° between two straights, or, with equal headings, straight or by an S. */
export function turnBetween(a: Pose, b: Pose): CurveStretch[] {
  const [c, s] = [cos(a.headingRad), sin(a.headingRad)];
  const ahead = (b.x - a.x) * c + (b.y - a.y) * s;
  const aside = -(b.x - a.x) * s + (b.y - a.y) * c;
  const quarter = Math.round((b.headingRad - a.headingRad) / (Math.PI / 2));
  if (quarter % 4 === 0) {
    if (Math.abs(aside) < 1e-9) return [line(ahead)];
    const length = gauss16((p) => Math.sqrt(ahead ** 2 + (aside * 6 * p * (1 - p)) ** 2), 0, 1);
    const shape: CurveShape = {
      kind: 'paramPoly3',
      u: [0, ahead, 0, 0],
      v: [0, 0, 3 * aside, -2 * aside],
      normalized: true,
    };
    return [{ shape, length }];
  }
  const angle = aside > 0 ? Math.PI / 2 : -Math.PI / 2;
  const reach = layFrom({ x: 0, y: 0, headingRad: 0 }, bend(angle, 1)).end.x;
  const run = Math.min(ahead, Math.abs(aside));
  return [line(ahead - run), ...bend(angle, run / reach), line(Math.abs(aside) - run)];
}

export function createBoard() {
  const roads = new Map<string, DraftRoad>();
  const junctions = new Map<string, Junction & { readonly connections: JunctionConnection[] }>();
  const controllers: Controller[] = [];
  let signalCount = 0;

  const board = {
    roads,
    junctions,
    controllers,
    /** Lays a road; returns it with its end pose. */
    road(
      start: Pose,
      stretches: readonly CurveStretch[],
      cross: Cross,
      options: RoadOptions,
    ): { road: DraftRoad; end: Pose } {
      const { planView, end, length } = layFrom(start, stretches);
      const road: DraftRoad = {
        id: `r${roads.size + 1}`,
        name: '',
        length,
        junction: options.junction,
        leftHandTraffic: false,
        predecessor: undefined,
        successor: undefined,
        types: [{ s: 0, type: 'town', mps: options.mps }],
        planView,
        elevation: [],
        laneOffsets: [],
        sections: [sectionOf(cross, length, options)],
        signals: [],
        objects: [],
        line: 0,
        cross,
      };
      roads.set(road.id, road);
      return { road, end };
    },
    /** Joins two road ends; lanes with one key become one. Both roads run the same way: end to start. */
    join(from: DraftRoad, to: DraftRoad) {
      from.successor = { type: 'road', id: to.id, contact: 'start' };
      to.predecessor = { type: 'road', id: from.id, contact: 'end' };
      for (const [id, other] of sameLanes(from.cross, to.cross)) {
        laneOf(from, id).successors = [other];
        laneOf(to, other).predecessors = [id];
      }
    },
    junction(): Junction & { readonly connections: JunctionConnection[] } {
      const junction = {
        id: `j${junctions.size + 1}`,
        name: '',
        connections: [],
        controllers: [] as string[],
        line: 0,
      };
      junctions.set(junction.id, junction);
      return junction;
    },
    meet({ road, contact }: RoadEnd, junction: string) {
      const link: RoadLink = { type: 'junction', id: junction };
      if (contact === 'end') road.successor = link;
      else road.predecessor = link;
    },
    /** A one-lane connecting road, its reference line the lane's centre, from a lane of one road to a lane of another. */
    connect(
      junction: Junction & { readonly connections: JunctionConnection[] },
      [from, fromLane]: readonly [RoadEnd, number],
      [to, toLane]: readonly [RoadEnd, number],
      stretches: readonly CurveStretch[],
      mps: number,
    ): DraftRoad {
      const [start, width] = laneEndPose(from, fromLane);
      const endWidth = laneEndPose(to, toLane)[1];
      const cross: Cross = { left: [], right: [{ key: 'through', type: 'driving', width, endWidth }] };
      const { road } = board.road(start, stretches, cross, { mps, junction: junction.id });
      road.laneOffsets = taper(width / 2, endWidth / 2, road.length);
      road.predecessor = { type: 'road', id: from.road.id, contact: from.contact };
      road.successor = { type: 'road', id: to.road.id, contact: to.contact };
      laneOf(road, -1).predecessors = [fromLane];
      laneOf(road, -1).successors = [toLane];
      junction.connections.push({
        incomingRoad: from.road.id,
        connectingRoad: road.id,
        contact: 'start',
        laneLinks: [{ from: fromLane, to: -1 }],
      });
      return road;
    },
    /** A sign or light `before` metres before a road end, for the lanes that leave the road there. */
    sign(at: RoadEnd, before: number, type: '205' | '206' | '1000001', name: string): string {
      const id = `s${++signalCount}`;
      const s = at.contact === 'end' ? at.road.length - before : before;
      const t =
        (at.contact === 'end' ? -1 : 1) * (halfWidth(at.road.cross[at.contact === 'end' ? 'right' : 'left']) + 0.5);
      const dynamic = type === '1000001';
      at.road.signals.push({
        id,
        s,
        t,
        orientation: at.contact === 'end' ? '+' : '-',
        validity: [],
        sign: { name, dynamic, type, subtype: '-1', country: 'OpenDRIVE', value: undefined },
      });
      return id;
    },
  };
  return board;
}
export type Board = ReturnType<typeof createBoard>;

type DraftLane = Mutable<RoadLane>;
function laneOf(road: DraftRoad, id: number): DraftLane {
  const section = road.sections[0];
  return (id > 0 ? section.left[id - 1] : section.right[-id - 1]) as DraftLane;
}

export const halfWidth = (lanes: readonly LaneDef[]) =>
  lanes.reduce((sum, { width, endWidth = width }) => sum + Math.max(width, endWidth), 0);

/** Ids of driving lanes that leave the road (`out`) or enter it at a road end, inside out. */
export function drivingLanes({ road, contact }: RoadEnd, way: 'out' | 'in'): number[] {
  const right = (contact === 'end') === (way === 'out');
  return road.cross[right ? 'right' : 'left'].flatMap(({ type }, i) =>
    type === 'driving' ? [right ? -i - 1 : i + 1] : [],
  );
}

/** Pose (in the direction of travel) and width of a lane at a road end. */
export function laneEndPose({ road, contact }: RoadEnd, id: number): [Pose, number] {
  const end = contact === 'end';
  const at = ({ width, endWidth = width }: LaneDef) => (end ? endWidth : width);
  const lanes = road.cross[id > 0 ? 'left' : 'right'];
  const own = at(lanes[Math.abs(id) - 1]);
  const offset = cubicAt(road.laneOffsets, end ? road.length : 0)[0];
  const t =
    offset + Math.sign(id) * (lanes.slice(0, Math.abs(id) - 1).reduce((sum, lane) => sum + at(lane), 0) + own / 2);
  const geometry = end ? road.planView[road.planView.length - 1] : road.planView[0];
  const { x, y, headingRad } = curveAt(geometry, end ? geometry.length : 0);
  const pose = moved({ x, y, headingRad }, 0, t);
  return [id < 0 ? pose : { ...pose, headingRad: headingRad + Math.PI }, own];
}

/** Pairs of lane ids with one key. */
function sameLanes(from: Cross, to: Cross): [number, number][] {
  return (['left', 'right'] as const).flatMap((side) =>
    from[side].flatMap(({ key }, i): [number, number][] => {
      const j = to[side].findIndex((other) => other.key === key);
      const sign = side === 'left' ? 1 : -1;
      return j < 0 ? [] : [[sign * (i + 1), sign * (j + 1)]];
    }),
  );
}

function sectionOf(cross: Cross, length: number, { mayChange = true, junction }: RoadOptions): LaneSection {
  const lanes = (side: readonly LaneDef[], sign: 1 | -1): DraftLane[] =>
    side.map((lane, i) => {
      const { type, width, endWidth = width } = lane;
      return {
        id: sign * (i + 1),
        type,
        widths: taper(width, endWidth, length),
        borders: [],
        predecessors: [],
        successors: [],
        marks: junction === undefined ? [outerMark(lane, side[i + 1], mayChange)] : [UNPAINTED],
        speeds: [],
      };
    });
  const centre = junction === undefined ? centreMark(cross) : UNPAINTED;
  return { s: 0, left: lanes(cross.left, 1), right: lanes(cross.right, -1), centre: [centre] };
}

export const UNPAINTED: RoadMark = { s: 0, type: 'none', laneChange: 'none' };

/** Broken where lanes may be changed, a kerb at a pavement, solid at the carriageway's edge, nothing beyond it. */
function outerMark({ type }: LaneDef, next: LaneDef | undefined, mayChange: boolean): RoadMark {
  const lane = type === 'driving' || type === 'median';
  if (type === 'driving' && next?.type === 'driving' && mayChange) return { s: 0, type: 'broken', laneChange: 'both' };
  if (lane) return { s: 0, type: 'solid', laneChange: 'none' };
  return { ...UNPAINTED, type: type === 'shoulder' && next?.type === 'sidewalk' ? 'curb' : 'none' };
}

/** Paints a connecting road that lies beside others as on an open road: its left and its right edge. */
export function paintEdges(road: DraftRoad, left: RoadMark, right: 'broken' | 'solid'): void {
  const mark: RoadMark = { s: 0, type: right, laneChange: 'none' };
  road.sections = road.sections.map((section) => ({
    ...section,
    centre: [left],
    right: section.right.map((lane) => ({ ...lane, marks: [mark] })),
  }));
}

/** Between directions: yellow, broken with one lane each way, double with more; an edge where there is one direction or a median. */
export function centreMark({ left, right }: Cross): RoadMark {
  const count = (lanes: readonly LaneDef[]) => lanes.filter(({ type }) => type === 'driving').length;
  if (left[0]?.type !== 'driving') return { s: 0, type: 'solid', laneChange: 'none' };
  const single = count(left) === 1 && count(right) === 1;
  return { s: 0, type: single ? 'broken' : 'solid solid', color: 'yellow', laneChange: 'none' };
}

/** From `a` to `b` over `length` by 3x² − 2x³: level at both ends. */
function taper(a: number, b: number, length: number): Cubic[] {
  const d = b - a;
  return [{ s: 0, a, b: 0, c: (3 * d) / length ** 2, d: (-2 * d) / length ** 3 }];
}

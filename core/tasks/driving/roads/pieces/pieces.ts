import type { OpenDrive } from '../opendrive/model.ts';
import {
  bend,
  type Board,
  centreMark,
  createBoard,
  type Cross,
  crossOf,
  type DraftRoad,
  drivingLanes,
  type LaneDef,
  laneEndPose,
  line,
  moved,
  paintEdges,
  startFor,
  type CurveStretch,
  UNPAINTED,
} from './builder.ts';
import { type Arms, buildJunction, buildRoundabout, type Chain, type SignalPlan } from './junction.ts';
import type { Piece, PieceOf, RoadNetworkSpec } from './schema.ts';
import type { Pose } from '../../../../base/geometry.ts';

/** A piece that cannot stand where it is; `index` counts from 0. */
export class PieceError extends Error {
  readonly index: number;
  readonly problem: string;
  readonly expected: string;
  constructor(index: number, problem: string, expected: string) {
    super(`pieces.${index}: ${problem}, expected ${expected}`);
    this.name = 'PieceError';
    this.index = index;
    this.problem = problem;
    this.expected = expected;
  }
}

export interface BuiltRoads {
  readonly map: OpenDrive;
  /** Timing of the lights, by controller. */
  readonly signalPlans: readonly SignalPlan[];
  /** Id of the road each piece of the chain begins with: where "at this piece" is. */
  readonly pieceRoads: readonly string[];
  /** Roads of the arms of each piece: junctions, roundabouts, a merge's ramp. */
  readonly pieceArms: readonly Arms[];
  /** Id of the road that the chain ends with. */
  readonly lastRoad: string;
}

interface State {
  pose: Pose;
  cross: Cross;
  end: DraftRoad | undefined;
}

/** Straight road laid before a junction that opens the chain, and through a merge, m. */
const LEAD_IN = 40;
const MERGE_LENGTH = 20;
const RAMP_RADIUS = 150;

/**
 * Builds the network of a spec that `RoadNetworkSchema` has read.
 * @throws PieceError for pieces that do not fit one another.
 */
export function buildRoads(spec: RoadNetworkSpec): BuiltRoads {
  const board = createBoard();
  const signalPlans: SignalPlan[] = [];
  const pieceRoads: string[] = [];
  const pieceArms: Arms[] = [];
  const state: State = { pose: { x: 0, y: 0, headingRad: 0 }, cross: crossOf(spec.lanes), end: undefined };
  let opened = 0;

  spec.pieces.forEach((piece, index) => {
    const mps = piece.speedLimitMps ?? spec.speedLimitMps;
    const first = board.roads.size;
    let arms: Arms = new Map();
    const lay = (stretches: readonly CurveStretch[], cross = state.cross, mayChange = true) => {
      const { road, end } = board.road(state.pose, stretches, cross, { mps, mayChange });
      if (state.end) board.join(state.end, road);
      Object.assign(state, { end: road, pose: end });
    };
    const chain = (): Chain => {
      if (!state.end) lay([line(LEAD_IN)]);
      return { end: state.end as DraftRoad, pose: state.pose, cross: state.cross };
    };
    switch (piece.kind) {
      case 'straight':
      case 'arc':
      case 'clothoid':
        lay([plainStretch(piece)], state.cross, piece.mayChange);
        break;
      case 'highway': {
        const { lanes: forward, backward = forward, median, shoulder } = piece;
        const cross = crossOf({ forward, backward, width: spec.lanes.width, median, shoulder, sidewalk: 0 });
        if (state.end && !sameWidths(cross, state.cross))
          throw new PieceError(
            index,
            'a highway of another cross-section',
            'the one before, or a highway as first piece',
          );
        if (!state.end) state.cross = cross;
        lay([line(piece.length)]);
        break;
      }
      case 'laneChange': {
        const { during, after } = changeLanes(state.cross, piece, index, () => `opened${++opened}`);
        lay([line(piece.length)], during);
        state.cross = after;
        break;
      }
      case 'merge':
        arms = addMerge(board, chain(), piece, mps, () => `opened${++opened}`, state);
        break;
      case 'tJunction':
      case 'fourWay': {
        if (piece.kind === 'tJunction' && piece.missing === piece.exit)
          throw new PieceError(index, `exit ${piece.exit} is the missing arm`, 'another exit');
        const built = buildJunction(board, chain(), piece, mps);
        signalPlans.push(...built.plans);
        arms = built.arms;
        Object.assign(state, { end: built.end, pose: built.pose, cross: built.cross });
        break;
      }
      case 'roundabout': {
        const { left, right } = state.cross;
        const driving = (lanes: readonly LaneDef[]) => lanes.filter(({ type }) => type === 'driving').length;
        if (driving(right) !== 1 || driving(left) > 1 || left[0]?.type === 'median')
          throw new PieceError(index, `${driving(right)} lanes arrive`, 'one lane each way and no median');
        const built = buildRoundabout(board, chain(), piece, mps);
        arms = built.arms;
        Object.assign(state, { end: built.end, pose: built.pose, cross: built.cross });
      }
    }
    pieceRoads.push([...board.roads.keys()][first]);
    pieceArms.push(arms);
  });

  const map: OpenDrive = {
    source: 'pieces',
    version: '1.4',
    name: '',
    roads: board.roads,
    junctions: board.junctions,
    controllers: board.controllers,
    skipped: [],
  };
  return { map, signalPlans, pieceRoads, pieceArms, lastRoad: state.end?.id ?? '' };
}

function plainStretch(piece: Extract<Piece, { kind: 'straight' | 'arc' | 'clothoid' }>): CurveStretch {
  if (piece.kind === 'straight') return line(piece.length);
  const sign = piece.turn === 'left' ? 1 : -1;
  if (piece.kind === 'arc') return { shape: { kind: 'arc', curvature: sign / piece.radius }, length: piece.length };
  const curvature = (radius: number | undefined) => (radius === undefined ? 0 : sign / radius);
  return {
    shape: { kind: 'spiral', curvStart: curvature(piece.fromRadius), curvEnd: curvature(piece.toRadius) },
    length: piece.length,
  };
}

const sameWidths = (a: Cross, b: Cross) =>
  (['left', 'right'] as const).every(
    (side) => JSON.stringify(a[side].map(widthOf)) === JSON.stringify(b[side].map(widthOf)),
  );
const widthOf = ({ type, width }: LaneDef) => [type, width];

/** The cross-section while forward lanes open or close, and after. */
function changeLanes(
  { left, right }: Cross,
  { lanes, side }: Pick<PieceOf<'laneChange'>, 'lanes' | 'side'>,
  index: number,
  newKey: () => string,
): { during: Cross; after: Cross } {
  const driving = right.filter(({ type }) => type === 'driving');
  const outside = right.filter(({ type }) => type !== 'driving');
  const change = lanes - driving.length;
  if (change === 0) throw new PieceError(index, `there are ${lanes} lanes already`, 'another number');
  const { width } = driving[0];
  const opening = Array.from({ length: Math.max(0, change) }, () => ({
    key: newKey(),
    type: 'driving' as const,
    width,
  }));
  const place = (kept: readonly LaneDef[], extra: readonly LaneDef[]) => ({
    left,
    right: [...(side === 'left' ? [...extra, ...kept] : [...kept, ...extra]), ...outside],
  });
  if (change > 0)
    return {
      during: place(
        driving,
        opening.map((lane) => ({ ...lane, width: 0, endWidth: width })),
      ),
      after: place(driving, opening),
    };
  const kept = side === 'left' ? driving.slice(-change) : driving.slice(0, lanes);
  const closing = side === 'left' ? driving.slice(0, -change) : driving.slice(lanes);
  return {
    during: place(
      kept,
      closing.map((lane) => ({ ...lane, endWidth: 0 })),
    ),
    after: place(kept, []),
  };
}

/** Main road and ramp lead, side by side through a junction, into a road with one lane more, which then closes. */
function addMerge(
  board: Board,
  chain: Chain,
  piece: PieceOf<'merge'>,
  mps: number,
  newKey: () => string,
  state: State,
): Arms {
  const { left, right } = chain.cross;
  const driving = right.filter(({ type }) => type === 'driving');
  const outside = right.filter(({ type }) => type !== 'driving');
  const extra: LaneDef = { key: newKey(), type: 'driving', width: driving[0].width };
  const start = moved(chain.pose, MERGE_LENGTH, 0);
  const wide: Cross = { left, right: [...driving, extra, ...outside] };
  const acceleration = board.road(start, [line(piece.length)], wide, { mps });
  const closing: Cross = { left, right: [...driving, { ...extra, endWidth: 0 }, ...outside] };
  const taper = board.road(acceleration.end, [line(piece.taper)], closing, { mps });
  board.join(acceleration.road, taper.road);

  const junction = board.junction();
  const before = { road: chain.end, contact: 'end' as const };
  const after = { road: acceleration.road, contact: 'start' as const };
  const [entry] = laneEndPose(after, -driving.length - 1);
  const rampEnd = moved(entry, -MERGE_LENGTH, 0);
  const rampLine = [line(piece.rampLength), ...bend(-piece.rampAngle, RAMP_RADIUS)];
  const rampCross: Cross = { left: [], right: [extra] };
  // The ramp's reference line is its lane's left edge.
  const ramp = board.road(startFor(moved(rampEnd, 0, extra.width / 2), rampLine), rampLine, rampCross, { mps });
  const rampOut = { road: ramp.road, contact: 'end' as const };
  for (const end of [before, after, rampOut]) board.meet(end, junction.id);
  const through = [line(MERGE_LENGTH)];
  const last = board.connect(junction, [rampOut, -1], [after, -driving.length - 1], through, mps);
  paintEdges(last, UNPAINTED, 'solid');
  // Between the innermost lanes lies the middle of the road, or a median with an edge on either side.
  const middle = centreMark(chain.cross);
  const median = left[0]?.type === 'median';
  drivingLanes(before, 'out').forEach((lane, i) => {
    const road = board.connect(junction, [before, lane], [after, drivingLanes(after, 'in')[i]], through, mps);
    paintEdges(road, i === 0 ? middle : UNPAINTED, 'broken');
  });
  const backward = drivingLanes(after, 'out');
  backward.forEach((lane, i) => {
    const road = board.connect(junction, [after, lane], [before, drivingLanes(before, 'in')[i]], through, mps);
    paintEdges(road, i === 0 && median ? middle : UNPAINTED, i + 1 < backward.length ? 'broken' : 'solid');
  });
  if (median) board.road(chain.pose, through, { left: [left[0]], right: [] }, { mps, junction: junction.id });
  Object.assign(state, { end: taper.road, pose: taper.end, cross: chain.cross });
  return new Map([
    ['entry', chain.end.id],
    ['ramp', ramp.road.id],
  ]);
}

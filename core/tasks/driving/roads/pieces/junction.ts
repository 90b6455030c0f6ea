import { atan2 } from '../../../../base/arctangent.ts';
import {
  type Board,
  type Cross,
  crossOf,
  type DraftRoad,
  drivingLanes,
  halfWidth,
  laneEndPose,
  line,
  moved,
  type RoadEnd,
  type CurveStretch,
  turnBetween,
} from './builder.ts';
import type { PieceOf } from './schema.ts';
import type { Pose } from '../../../../base/geometry.ts';

type ArmName = 'entry' | 'right' | 'straight' | 'left';
/** Outward heading of each arm relative to the chain's on arrival, anticlockwise from the entry. */
const ARM_ANGLE: Readonly<Record<ArmName, number>> = {
  entry: Math.PI,
  right: -Math.PI / 2,
  straight: 0,
  left: Math.PI / 2,
};

/** Lights that switch together, and when, s: the cycle starts with green `offset` s into it at step 0. */
export interface SignalPlan {
  readonly controller: string;
  readonly green: number;
  readonly yellow: number;
  readonly red: number;
  readonly offset: number;
}

export interface Chain {
  readonly end: DraftRoad;
  readonly pose: Pose;
  readonly cross: Cross;
}
/** Road of each arm: the entry's ends at the mouth, the others begin there. */
export type Arms = ReadonlyMap<ArmName | 'ramp', string>;
export interface JunctionBuilt extends Chain {
  readonly plans: readonly SignalPlan[];
  readonly arms: Arms;
}

type Control = PieceOf<'fourWay'>['control'];
const CROSSING = { from: 0.5, to: 3.5, stopLine: 4.5 };

/** Crossing roads. Continues at the exit arm's far end. */
export function buildJunction(
  board: Board,
  chain: Chain,
  piece: PieceOf<'tJunction'> | PieceOf<'fourWay'>,
  mps: number,
): JunctionBuilt {
  const junction = board.junction();
  const names = (['right', 'straight', 'left'] as const).filter(
    (name) => piece.kind === 'fourWay' || name !== piece.missing,
  );
  const sideCross = crossOf(piece.arms);
  const across = (cross: Cross) => Math.max(halfWidth(cross.left), halfWidth(cross.right));
  const reach = Math.max(across(chain.cross), across(sideCross)) + piece.cornerRadius;
  const centre = moved(chain.pose, reach, 0);

  const arms = new Map<ArmName, RoadEnd>([['entry', { road: chain.end, contact: 'end' }]]);
  const ends = new Map<ArmName, Chain>();
  for (const name of names) {
    const cross = name === 'straight' ? chain.cross : sideCross;
    const start = moved({ ...centre, headingRad: centre.headingRad + ARM_ANGLE[name] }, reach, 0);
    const { road, end } = board.road(start, [line(piece.armLength)], cross, { mps });
    arms.set(name, { road, contact: 'start' });
    ends.set(name, { end: road, pose: end, cross });
  }
  for (const arm of arms.values()) board.meet(arm, junction.id);
  for (const [from, a] of arms) {
    for (const [to, b] of arms) {
      if (from === to) continue;
      const [out, into] = [drivingLanes(a, 'out'), drivingLanes(b, 'in')];
      for (const [i, j] of lanePairs(quarterTurn(from, to), out.length, into.length)) {
        const stretches = turnBetween(laneEndPose(a, out[i])[0], laneEndPose(b, into[j])[0]);
        board.connect(junction, [a, out[i]], [b, into[j]], stretches, mps);
      }
    }
  }
  const plans = placeControl(board, arms, piece.control, piece.crossings ? CROSSING.stopLine : 1);
  for (const { controller } of plans) (junction.controllers as string[]).push(controller);
  if (piece.crossings) for (const arm of arms.values()) addCrossing(arm);
  return { ...(ends.get(piece.exit) as Chain), plans, arms: roadsOf(arms) };
}

const roadsOf = (arms: Iterable<readonly [ArmName, RoadEnd]>): Arms =>
  new Map([...arms].map(([name, { road }]) => [name, road.id]));

/** −1 right, 0 straight, 1 left, seen by who comes from arm `from`. */
function quarterTurn(from: ArmName, to: ArmName): number {
  const quarters = Math.round((ARM_ANGLE[to] - ARM_ANGLE[from] - Math.PI) / (Math.PI / 2));
  return ((((quarters % 4) + 5) % 4) as number) - 1;
}

/** Which of `out` approaching lanes leads to which of `into` leaving ones, counted inside out. */
function lanePairs(turn: number, out: number, into: number): [number, number][] {
  if (out === 0 || into === 0) return [];
  if (turn === 0) return Array.from({ length: Math.min(out, into) }, (_, i) => [i, i]);
  return turn > 0 ? [[0, 0]] : [[out - 1, into - 1]];
}

function placeControl(
  board: Board,
  arms: ReadonlyMap<ArmName, RoadEnd>,
  control: Control,
  before: number,
): SignalPlan[] {
  if (control === 'none') return [];
  const onChain = (name: ArmName) => name === 'entry' || name === 'straight';
  if (typeof control === 'string') {
    for (const [name, arm] of arms)
      if (control === 'allStop' || !onChain(name))
        board.sign(arm, before, control === 'yield' ? '205' : '206', control === 'yield' ? 'yield' : 'stop');
    return [];
  }
  const { green, yellow, allRed } = control;
  const half = green + yellow + allRed;
  return [true, false].flatMap((chainAxis): SignalPlan[] => {
    const signals = [...arms]
      .filter(([name, arm]) => onChain(name) === chainAxis && drivingLanes(arm, 'out').length > 0)
      .map(([, arm]) => board.sign(arm, before, '1000001', 'light'));
    if (signals.length === 0) return [];
    const controller = `c${board.controllers.length + 1}`;
    board.controllers.push({ id: controller, name: '', sequence: chainAxis ? 0 : 1, signals });
    return [{ controller, green, yellow, red: half + allRed, offset: chainAxis ? 0 : half }];
  });
}

function addCrossing({ road, contact }: RoadEnd): void {
  const at = (d: number) => (contact === 'end' ? road.length - d : d);
  const { left, right } = road.cross;
  const driven = (lanes: Cross['left']) => halfWidth(lanes.filter(({ type }) => type !== 'sidewalk'));
  const [low, high] = [-driven(right), driven(left)];
  const [a, b] = [at(CROSSING.from), at(CROSSING.to)];
  road.objects.push({
    id: `x${road.id}${contact}`,
    type: 'crosswalk',
    name: '',
    s: (a + b) / 2,
    t: (low + high) / 2,
    headingRad: 0,
    length: Math.abs(b - a),
    width: high - low,
    height: 0,
    outline: [
      [a, low],
      [b, low],
      [b, high],
      [a, high],
    ].map(([s, t]) => ({ frame: 'road' as const, a: s, b: t })),
  });
}

/** Arc of the entry and exit curves of a roundabout, width and speed on its ring. */
const FLARE_RADIUS = 12;
const RING_WIDTH = 4.5;
const RING_MPS = 30 / 3.6;

/** The arm a three-arm roundabout does without. */
const leftOut = (exit: ArmName): ArmName => (exit === 'left' ? 'right' : 'left');

/** A single-lane ring. Each arm is a junction of its own: entry, exit and the ring passing by. */
export function buildRoundabout(board: Board, chain: Chain, piece: PieceOf<'roundabout'>, mps: number): JunctionBuilt {
  const { radius } = piece;
  const names = (['entry', 'right', 'straight', 'left'] as const).filter(
    (name) => name === 'entry' || name === piece.exit || piece.arms === 4 || name !== leftOut(piece.exit),
  );
  const lane = chain.cross.right[0].width;
  const offset = lane / 2;
  // A circle of FLARE_RADIUS that touches both the lane's line, `offset` beside the arm's axis, and the ring.
  const along = Math.sqrt((radius + FLARE_RADIUS) ** 2 - (offset + FLARE_RADIUS) ** 2);
  const ringAngle = atan2(offset + FLARE_RADIUS, along);
  const flare = (Math.PI / 2 - ringAngle) * FLARE_RADIUS;
  const reach = along + 2;
  const centre = moved(chain.pose, reach, 0);
  const ring = (angle: number): Pose => {
    const out = moved({ ...centre, headingRad: centre.headingRad + angle }, radius, 0);
    return { ...out, headingRad: out.headingRad + Math.PI / 2 };
  };
  const arc = (angle: number): CurveStretch => ({
    shape: { kind: 'arc', curvature: 1 / radius },
    length: angle * radius,
  });
  const ringLane: Cross = { left: [], right: [{ key: 'ring', type: 'driving', width: RING_WIDTH }] };

  const arms = names.map((name) => {
    if (name === 'entry') return { name, end: { road: chain.end, contact: 'end' as const }, far: chain };
    const start = moved({ ...centre, headingRad: centre.headingRad + ARM_ANGLE[name] }, reach, 0);
    const cross = crossOf({ forward: 1, backward: 1, width: lane, median: 0, shoulder: 0, sidewalk: 0 });
    const { road, end } = board.road(start, [line(piece.armLength)], cross, { mps });
    return { name, end: { road, contact: 'start' as const }, far: { end: road, pose: end, cross } };
  });
  // Ring roads from behind each arm to before the next, anticlockwise.
  const ringRoads = arms.map(({ name }, i) => {
    const next = arms[(i + 1) % arms.length].name;
    const [from, to] = [ARM_ANGLE[name] + ringAngle, ARM_ANGLE[next] - ringAngle];
    const turn = (((to - from) % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI);
    const { road } = board.road(ring(from), [arc(turn)], ringLane, { mps: Math.min(mps, RING_MPS) });
    road.laneOffsets = [{ s: 0, a: RING_WIDTH / 2, b: 0, c: 0, d: 0 }];
    return road;
  });
  const right: CurveStretch = { shape: { kind: 'arc', curvature: -1 / FLARE_RADIUS }, length: flare };
  arms.forEach(({ end }, i) => {
    const junction = board.junction();
    const before: RoadEnd = { road: ringRoads[(i + arms.length - 1) % arms.length], contact: 'end' };
    const after: RoadEnd = { road: ringRoads[i], contact: 'start' };
    for (const each of [end, before, after]) board.meet(each, junction.id);
    const speed = Math.min(mps, RING_MPS);
    board.connect(junction, [before, -1], [after, -1], [arc(2 * ringAngle)], speed);
    const [out] = drivingLanes(end, 'out');
    const [into] = drivingLanes(end, 'in');
    board.connect(junction, [end, out], [after, -1], [line(2), right], speed);
    board.sign(end, 0.5, '205', 'yield');
    if (into !== undefined) board.connect(junction, [before, -1], [end, into], [right, line(2)], speed);
  });
  const far = arms.find(({ name }) => name === piece.exit)?.far ?? chain;
  return { ...far, plans: [], arms: roadsOf(arms.map(({ name, end }) => [name, end] as const)) };
}

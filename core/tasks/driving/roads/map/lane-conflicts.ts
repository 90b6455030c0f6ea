/**
 * Where two lanes of one junction cross, join or part, and who gives way.
 *
 * Geometry: a vehicle sweeps a band along its lane's centre line. Two lanes conflict from the first to the last point of each
 * that lies nearer than SWEPT to the other's centre line. Who gives way to several waits before the first of these stretches and
 * then clears them all, so that nobody waits half-way in; each of its conflicts begins there. (Not where both give way: there
 * the nearer goes, and both must measure the same stretch.)
 *
 * Right of way, in this order: lanes that part give way to nobody; lights: of those that are green together, who turns left
 * gives way to who does not; signs: who has one gives way to who has none (side arms, roundabout entries), and where everybody
 * stops, each gives way to the other: the nearer goes; else turning gives way to straight, left to right, and of equals whoever
 * has the other on the right-hand side.
 */
import { wrapAngle } from '../road.ts';
import type { LaneConflict } from '../road-spec.ts';
import type { Lane, LaneGraph, StopLine } from './lane-model.ts';
import { lanePoseAt } from './lane-index.ts';

/** Two centre lines nearer than this are in each other’s way, m: the width of two half vans and what bends add. */
const SWEPT = 2.9;
/** A lane that turns more than this is a turn, rad. */
const TURN = 0.6;
const STEP = 1;

export type Turn = 'left' | 'straight' | 'right';

/** How a lane leads through its junction. */
export function turnOf({ headingRad }: Lane): Turn {
  const angle = headingRad[headingRad.length - 1] - headingRad[0];
  return angle > TURN ? 'left' : angle < -TURN ? 'right' : 'straight';
}

/** Conflicts of every lane, by its index in the graph; `lane` of a conflict is an index in the graph too. */
export function findConflicts(graph: LaneGraph): ReadonlyMap<number, readonly LaneConflict[]> {
  const conflicts = new Map<number, LaneConflict[]>();
  const add = (lane: number, conflict: LaneConflict) => {
    const list = conflicts.get(lane);
    if (list) list.push(conflict);
    else conflicts.set(lane, [conflict]);
  };
  for (const [a, b] of candidates(graph)) {
    const overlap = overlapOf(a, b);
    if (!overlap) continue;
    const { from, to, otherFrom, otherTo } = overlap;
    const [aYields, bYields] = rightOfWay(graph, a, b);
    add(a.index, { lane: b.index, from, to, otherFrom, otherTo, yields: aYields });
    add(b.index, { lane: a.index, from: otherFrom, to: otherTo, otherFrom: from, otherTo: to, yields: bYields });
  }
  const mutual = (lane: number, { lane: other, yields }: LaneConflict) =>
    yields && (conflicts.get(other) ?? []).some((back) => back.lane === lane && back.yields);
  return new Map(
    [...conflicts].map(([lane, list]) => {
      const gives = (conflict: LaneConflict) => conflict.yields && !mutual(lane, conflict);
      const first = Math.min(...list.filter(gives).map(({ from }) => from));
      return [lane, list.map((conflict) => (gives(conflict) ? { ...conflict, from: first } : conflict))];
    }),
  );
}

/** Pairs of driving lanes of one junction, or with a successor in common, each once. */
function candidates({ lanes, junctions }: LaneGraph): (readonly [Lane, Lane])[] {
  const seen = new Set<string>();
  const pairs: (readonly [Lane, Lane])[] = [];
  const collect = (indices: readonly number[]) => {
    for (const i of indices)
      for (const j of indices) {
        const key = `${i},${j}`;
        if (i >= j || lanes[i].kind !== 'driving' || lanes[j].kind !== 'driving' || seen.has(key)) continue;
        seen.add(key);
        pairs.push([lanes[i], lanes[j]]);
      }
  };
  for (const junction of junctions) collect(junction.lanes);
  for (const lane of lanes) collect(lane.predecessors);
  return pairs;
}

type Overlap = Pick<LaneConflict, 'from' | 'to' | 'otherFrom' | 'otherTo'>;

/** The stretches along which two centre lines are nearer than SWEPT; both or none. */
function overlapOf(a: Lane, b: Lane): Overlap | undefined {
  const [pa, pb] = [pointsOf(a), pointsOf(b)];
  const overlap = {
    from: Number.POSITIVE_INFINITY,
    to: Number.NEGATIVE_INFINITY,
    otherFrom: Number.POSITIVE_INFINITY,
    otherTo: Number.NEGATIVE_INFINITY,
  };
  for (const p of pa)
    for (const q of pb) {
      if ((p.x - q.x) ** 2 + (p.y - q.y) ** 2 >= SWEPT * SWEPT) continue;
      overlap.from = Math.min(overlap.from, p.s);
      overlap.to = Math.max(overlap.to, p.s);
      overlap.otherFrom = Math.min(overlap.otherFrom, q.s);
      overlap.otherTo = Math.max(overlap.otherTo, q.s);
    }
  return overlap.from <= overlap.to ? overlap : undefined;
}

function pointsOf(lane: Lane) {
  const n = Math.max(1, Math.ceil(lane.length / STEP));
  return Array.from({ length: n + 1 }, (_, i) => {
    const s = (i / n) * lane.length;
    const { x, y } = lanePoseAt(lane, s);
    return { s, x, y };
  });
}

/** Whether a gives way to b, and b to a. */
function rightOfWay(graph: LaneGraph, a: Lane, b: Lane): readonly [boolean, boolean] {
  const none = [false, false] as const;
  if (a.predecessors.some((index) => b.predecessors.includes(index))) return none;
  const [ruleA, ruleB] = [ruleOf(graph, a), ruleOf(graph, b)];
  const [turnA, turnB] = [turnOf(a), turnOf(b)];
  if (ruleA?.kind === 'light' && ruleB?.kind === 'light') {
    const controller = (rule: StopLine) => graph.signals[rule.signal].controller;
    if (controller(ruleA) !== controller(ruleB)) return none;
    if (turnA !== turnB) return [rank(turnA) < rank(turnB), rank(turnB) < rank(turnA)];
  } else {
    const signed = (rule: StopLine | undefined) => rule?.kind === 'stop' || rule?.kind === 'yield';
    if (signed(ruleA) !== signed(ruleB)) return [signed(ruleA), signed(ruleB)];
    if (ruleA?.kind === 'stop' && ruleB?.kind === 'stop' && !opposed(a, b)) return [true, true];
    if (turnA !== turnB) return [rank(turnA) < rank(turnB), rank(turnB) < rank(turnA)];
  }
  const aYields = hasOnTheRight(a, b);
  return [aYields, !aYields];
}

/** Of two that meet, the lower gives way. */
const rank = (turn: Turn) => ({ left: 0, right: 1, straight: 2 })[turn];

/** What rules the lane that leads to this one. */
function ruleOf({ lanes }: LaneGraph, lane: Lane): StopLine | undefined {
  for (const index of lane.predecessors) {
    const line = lanes[index].stopLines.at(-1);
    if (line) return line;
  }
  return lane.stopLines[0];
}

/** Whether two lanes come from opposite sides. */
function opposed(a: Lane, b: Lane): boolean {
  return Math.abs(Math.abs(wrapAngle(b.headingRad[0] - a.headingRad[0])) - Math.PI) < TURN;
}

/** Whether `b` comes from the right of `a`; where neither does, they are ordered by index. */
function hasOnTheRight(a: Lane, b: Lane): boolean {
  const angle = wrapAngle(b.headingRad[0] - a.headingRad[0]);
  return opposed(a, b) || Math.abs(angle) < TURN ? a.index > b.index : angle > 0;
}

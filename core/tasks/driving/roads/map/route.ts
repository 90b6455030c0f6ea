/**
 * Routes over the lane graph: A* from a place on one lane to a place on another, along successors and lane changes.
 *
 * Cost is distance driven plus LANE_CHANGE_COST a change; the straight line to the goal is the heuristic, which never
 * overestimates because a change costs more than the width of any lane. A change is possible where the marks allow it
 * somewhere on the lane. Ties are broken by lane index, so a route is the same every time.
 */
import type { Lane, LaneGraph } from './lane-model.ts';
import { lanePoseAt } from './lane-index.ts';

/** What one lane change costs, m of detour. */
const LANE_CHANGE_COST = 20;

export interface LanePlaceOnRoute {
  readonly lane: number;
  readonly s: number;
}

export interface RouteStep {
  readonly lane: number;
  /** How the step is reached from the one before. */
  readonly by: 'start' | 'follow' | 'left' | 'right';
}

export interface Route {
  readonly steps: readonly RouteStep[];
  /** Distance driven along the lanes, m; a lane change counts as staying level. */
  readonly length: number;
}

interface Node {
  readonly lane: number;
  /** Where on the lane it begins: 0, or level with the start until the first successor. */
  readonly from: number;
  readonly by: RouteStep['by'];
  readonly parent: Node | undefined;
  /** Cost and distance up to `from`. */
  readonly cost: number;
  readonly driven: number;
  readonly estimate: number;
}

/** The cheapest route, or undefined when there is none. */
export function findRoute(graph: LaneGraph, from: LanePlaceOnRoute, to: LanePlaceOnRoute): Route | undefined {
  const { lanes } = graph;
  const goal = lanePoseAt(lanes[to.lane], to.s);
  const done = new Set<string>();
  const open = createHeap();
  const push = (lane: Lane, s: number, by: RouteStep['by'], parent: Node | undefined, cost: number, driven: number) => {
    if (done.has(keyOf(lane.index, s))) return;
    const pose = lanePoseAt(lane, s);
    const away = Math.sqrt((pose.x - goal.x) ** 2 + (pose.y - goal.y) ** 2);
    open.push({ lane: lane.index, from: s, by, parent, cost, driven, estimate: cost + away });
  };
  push(lanes[from.lane], from.s, 'start', undefined, 0, 0);
  for (let node = open.pop(); node; node = open.pop()) {
    const key = node.lane < 0 ? 'goal' : keyOf(node.lane, node.from);
    if (done.has(key)) continue;
    done.add(key);
    if (node.lane < 0) return routeOf(node);
    const lane = lanes[node.lane];
    if (node.lane === to.lane && to.s >= node.from) {
      const rest = to.s - node.from;
      const [cost, driven] = [node.cost + rest, node.driven + rest];
      open.push({ lane: -1, from: 0, by: 'follow', parent: node, cost, driven, estimate: cost });
    }
    const rest = lane.length - node.from;
    for (const next of lane.successors) push(lanes[next], 0, 'follow', node, node.cost + rest, node.driven + rest);
    const changes = [
      ['left', lane.left, lane.mayChangeLeft],
      ['right', lane.right, lane.mayChangeRight],
    ] as const;
    for (const [by, index, may] of changes) {
      if (index < 0 || !may.some(({ value }) => value)) continue;
      const level = node.from === 0 ? 0 : (node.from / lane.length) * lanes[index].length;
      push(lanes[index], level, by, node, node.cost + LANE_CHANGE_COST, node.driven);
    }
  }
  return undefined;
}

/** A lane begun at 0 is one node; begun level with the start it is another, since the goal may lie behind. */
const keyOf = (lane: number, from: number) => (from === 0 ? `${lane}` : `${lane}+`);

function routeOf(goal: Node): Route {
  const steps: RouteStep[] = [];
  for (let node = goal.parent; node; node = node.parent) steps.push({ lane: node.lane, by: node.by });
  return { steps: steps.reverse(), length: goal.driven };
}

/** Binary heap by estimate, then by lane. */
function createHeap(): { push(node: Node): void; pop(): Node | undefined } {
  const heap: Node[] = [];
  const before = (a: Node, b: Node) => a.estimate < b.estimate || (a.estimate === b.estimate && a.lane < b.lane);
  return {
    push(node) {
      let i = heap.length;
      heap.push(node);
      for (let up = (i - 1) >> 1; i > 0 && before(node, heap[up]); i = up, up = (i - 1) >> 1) heap[i] = heap[up];
      heap[i] = node;
    },
    pop() {
      const top = heap[0];
      const last = heap.pop();
      if (!last || heap.length === 0) return top;
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
        if (!before(heap[child], last)) break;
        heap[i] = heap[child];
        i = child;
      }
      heap[i] = last;
      return top;
    },
  };
}

/** Where on which lane, from the ego's route sideways. */
import type { BuiltRoad } from '../../roads/routes/built-road.ts';
import type { TrafficSpec } from '../../world/spec/spec.ts';
import type { LaneSpec } from '../../roads/road-spec.ts';

export type LanePlace = Pick<TrafficSpec, 'lane' | 's' | 'lanes'>;
export type Beside = 'own' | 'left' | 'right' | 'oncoming';

/** The lane of the route at `s`. */
function onRoute({ network, routeLanes }: BuiltRoad, s: number): { lane: number; s: number } {
  const at = routeLanes.findLast(({ fromS }) => fromS <= s) ?? routeLanes[0];
  return { lane: at.lane, s: Math.min(network.lanes[at.lane].length, at.laneS + Math.max(0, s - at.fromS)) };
}

/** The lane of the same direction beside `lane`, whether or not the marks allow a change; −1 where there is none. */
function neighbour({ network, map }: BuiltRoad, lane: number, side: 'left' | 'right'): number {
  const index = map?.byId.get(network.lanes[lane].id);
  if (!map || index === undefined) return network.lanes[lane][side];
  const beside = map.lanes[index][side];
  return beside < 0 ? -1 : network.lanes.findIndex(({ id }) => id === map.lanes[beside].id);
}

/** The place level with `s` of the route on the lane `beside` it; undefined where there is no such lane. */
export function besideRoute(drawn: BuiltRoad, s: number, beside: Beside): LanePlace | undefined {
  const { lanes } = drawn.network;
  const own = onRoute(drawn, s);
  const share = own.s / lanes[own.lane].length;
  if (beside === 'own') return { ...own, lanes: ownWay(drawn, own.lane) };
  const level = (lane: number, part: number): LanePlace | undefined =>
    lane < 0 ? undefined : { lane, s: part * lanes[lane].length, lanes: [lane] };
  if (beside !== 'oncoming') return level(neighbour(drawn, own.lane, beside), share);
  let leftmost = own.lane;
  for (let next = leftmost; next >= 0; next = neighbour(drawn, leftmost, 'left')) leftmost = next;
  return level(lanes[leftmost].oncoming, 1 - share);
}

/** Lanes of the route from `lane` on: who starts on the ego's lane goes the ego's way. */
function ownWay({ routeLanes }: BuiltRoad, lane: number): number[] {
  const from = routeLanes.findIndex((part) => part.lane === lane);
  return routeLanes.slice(Math.max(0, from)).map((part) => part.lane);
}

/** (s, lateral) of the route as a place on the same-direction lane it lies on. */
export function atLateral(drawn: BuiltRoad, s: number, lateral: number): LanePlace & { readonly lateral: number } {
  const { lanes } = drawn.network;
  const own = onRoute(drawn, s);
  const share = own.s / lanes[own.lane].length;
  let [index, rest] = [own.lane, lateral];
  for (let hops = 0; hops < 8; hops++) {
    const lane: LaneSpec = lanes[index];
    const side = rest > lane.width / 2 ? 1 : rest < -lane.width / 2 ? -1 : 0;
    const next = side > 0 ? lane.left : side < 0 ? lane.right : -1;
    if (next < 0) break;
    rest -= (side * (lane.width + lanes[next].width)) / 2;
    index = next;
  }
  const way = index === own.lane ? ownWay(drawn, index) : [index];
  return { lane: index, s: share * lanes[index].length, lanes: way, lateral: rest };
}

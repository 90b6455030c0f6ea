/** The road of a scenario with its numbers drawn: a chain of pieces, surveyed points, or a network with a route through it. */
import { chainRoad } from '../../roads/routes/chain-road.ts';
import type { Sampler, Range } from '../format/sample.ts';
import type { BuiltRoad } from '../../roads/routes/built-road.ts';
import type { Networks } from './network-road.ts';
import { type LinePiece, ROAD_DS, resampleRoad, joinPieces } from '../../roads/road.ts';
import type { RouteOffset, Scenario, ScenarioRoad } from '../format/schema.ts';

const LANE_WIDTH = 3.5;

interface RoadSampler extends Sampler {
  locate(id: string, place: RouteOffset): number;
}
type RoadPiece = NonNullable<ScenarioRoad['pieces']>[number];

/** The road last drawn of each scenario: one without ranges is built once, and its worlds share it. */
const chains = new WeakMap<ScenarioRoad, { readonly key: string; readonly drawn: BuiltRoad }>();

export function sampleRoad(scenario: Scenario, sampler: RoadSampler, networks: Networks | undefined): BuiltRoad {
  const { road } = scenario;
  const { number, pick, locate } = sampler;
  if (road.network) {
    if (!networks) throw new Error('nothing here builds road networks');
    const to = road.to && 'choice' in road.to ? pick(road.to.choice) : road.to;
    const drawn = networks.networkRoad(road, to, number(road.signalOffset ?? 0));
    const crossings = sampleCrossings(scenario, sampler);
    return { ...drawn, road: { ...drawn.road, crossings: [...drawn.road.crossings, ...crossings] } };
  }
  const pieces = road.pieces?.map((piece) => samplePiece(piece, sampler));
  const laneWidth = number(road.laneWidth ?? LANE_WIDTH);
  const limit = number(road.speedLimitMps ?? 0);
  const from = road.junction && locate('junction', road.junction);
  const junction = road.junction && from !== undefined ? { from, to: from + number(road.junction.length) } : undefined;
  const crossings = sampleCrossings(scenario, sampler);
  const light = scenario.light && {
    stopLineS: locate('light', scenario.light),
    green: number(scenario.light.green),
    yellow: number(scenario.light.yellow),
    red: number(scenario.light.red),
    offset: number(scenario.light.offset ?? 0),
  };
  const key = JSON.stringify([pieces, laneWidth, limit, junction, light]);
  const known = chains.get(road);
  const drawn = known?.key === key ? known.drawn : build();
  chains.set(road, { key, drawn });
  return crossings.length > 0 ? { ...drawn, road: { ...drawn.road, crossings } } : drawn;

  function build(): BuiltRoad {
    const shape = pieces ? joinPieces(pieces) : resampleRoad(road.points ?? []);
    return chainRoad({
      shape,
      laneWidth,
      lanesLeft: road.lanesLeft ?? 0,
      lanesRight: road.lanesRight ?? 0,
      oncomingLeft: road.oncomingLeft ?? 0,
      shoulder: road.shoulder ?? 0,
      speedLimitMps: limits(pieces ?? [], shape.x.length, limit),
      crossings: [],
      ...(junction && { junction }),
      ...(light && { light }),
    });
  }
}

function sampleCrossings({ crossings = [] }: Scenario, { locate, chance }: RoadSampler): number[] {
  return crossings.flatMap((crossing) => {
    const s = locate(crossing.id, crossing);
    return chance(crossing.painted) ? [s] : [];
  });
}

interface LimitedPiece extends LinePiece {
  readonly limitMps?: number;
}

function samplePiece(piece: RoadPiece, { number, pick }: Sampler): LimitedPiece {
  const length = number(piece.length);
  const limit = (range: Range | undefined) => (range === undefined ? {} : { limitMps: number(range) });
  if (piece.kind === 'straight') return { length, curvature: 0, ...limit(piece.speedLimitMps) };
  const of = (radius: Range | undefined) => (radius === undefined ? 0 : 1 / number(radius));
  const [curvature, end] =
    piece.kind === 'arc' ? [of(piece.radius), undefined] : [of(piece.fromRadius), of(piece.toRadius)];
  const sign = (typeof piece.turn === 'string' ? piece.turn : pick(piece.turn.choice)) === 'left' ? 1 : -1;
  return {
    length,
    curvature: sign * curvature,
    ...(end !== undefined && { curvatureEnd: sign * end }),
    ...limit(piece.speedLimitMps),
  };
}

/** Speed limit of every sample: the piece's own, else the road's. */
function limits(pieces: readonly LimitedPiece[], samples: number, limit: number): Float64Array {
  const column = new Float64Array(samples).fill(limit);
  let start = 0;
  for (const { length, limitMps } of pieces) {
    if (limitMps !== undefined)
      column.fill(limitMps, Math.ceil(start / ROAD_DS), Math.ceil((start + length) / ROAD_DS));
    start += length;
  }
  return column;
}

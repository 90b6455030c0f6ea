/**
 * A road written as one line (pieces, or surveyed points) with lanes beside it: the drawn line becomes the route, lanes come
 * from chain-lanes.ts. Cheap enough to draw anew for every seed.
 */
import { chainLanes } from './chain-lanes.ts';
import type { BuiltRoad } from './built-road.ts';
import type { RoadShape } from '../road.ts';
import type { SignalSpec } from '../road-spec.ts';

/** Extra drivable width on both sides inside a junction, m: room to turn. */
export const JUNCTION_WIDENING = 5;

/** The numbers of such a road, all drawn. */
export interface ChainRoad {
  readonly shape: RoadShape;
  readonly laneWidth: number;
  readonly lanesLeft: number;
  readonly lanesRight: number;
  /** How many of `lanesLeft` are oncoming. */
  readonly oncomingLeft: number;
  /** Drivable strip on both sides of the lanes, m. */
  readonly shoulder: number;
  readonly speedLimitMps: Float64Array;
  /** Stretch of the line that a cross road takes. */
  readonly junction?: { readonly from: number; readonly to: number };
  readonly light?: SignalSpec & { readonly stopLineS: number };
  readonly crossings: readonly number[];
}

export function chainRoad({ shape, junction, light, crossings, shoulder, ...lanes }: ChainRoad): BuiltRoad {
  const { laneWidth, lanesLeft, lanesRight, oncomingLeft, speedLimitMps } = lanes;
  const samples = shape.x.length;
  const edge = (lanesBeside: number) => {
    const column = new Float64Array(samples).fill(laneWidth * (0.5 + lanesBeside) + shoulder);
    if (junction)
      for (let i = Math.ceil(junction.from / shape.ds); i < samples && i * shape.ds <= junction.to; i++)
        column[i] += JUNCTION_WIDENING;
    return column;
  };
  const oncomingFrom = oncomingLeft > 0 ? laneWidth * (lanesLeft - oncomingLeft + 0.5) : Number.POSITIVE_INFINITY;
  const { network, routeLanes } = chainLanes(shape, {
    ...lanes,
    ...(light && { stopLineS: light.stopLineS }),
    ...(light && junction && { oncomingStopLineS: junction.to + Math.max(0, junction.from - light.stopLineS) }),
  });
  return {
    road: {
      ...shape,
      edgeLeft: edge(lanesLeft),
      edgeRight: edge(lanesRight),
      oncomingFrom: new Float64Array(samples).fill(oncomingFrom),
      speedLimitMps,
      laneWidth,
      lanesLeft,
      lanesRight,
      junctions: junction ? [junction] : [],
      crossings,
    },
    network,
    routeLanes,
    signals: light ? [{ green: light.green, yellow: light.yellow, red: light.red, offset: light.offset }] : [],
    lights: light ? [{ stopLineS: light.stopLineS, signal: 0 }] : [],
  };
}

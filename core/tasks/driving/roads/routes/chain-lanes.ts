/**
 * Lanes of a road that is one line: the ego's lane and its neighbours, made by moving that line sideways.
 *
 * The line is cut where it begins to bend or ends bending, so that "level with" (the same share of a lane's length) holds on
 * neighbours of another length. Stretch k has lanes `k.0` (the ego's, whose samples are the line's own), `k.1` … to the left and
 * `k.-1` … to the right; the outermost `oncomingLeft` of the left ones run against it.
 */
import { ROAD_DS, type RoadShape } from '../road.ts';
import { cos, sin } from '../../../../base/trigonometry.ts';
import type { LaneNetwork, LaneSpec, RouteLane } from '../road-spec.ts';

/** Longest stretch where the line bends or may bend, m: bounds the error of "level with". */
const BEND_STRETCH = 25;
/** Curvature below this counts as straight, 1/m. */
const STRAIGHT = 1e-6;

export interface ChainLanes {
  readonly laneWidth: number;
  readonly lanesLeft: number;
  readonly lanesRight: number;
  /** How many of the lanes to the left are oncoming. */
  readonly oncomingLeft: number;
  readonly speedLimitMps: Float64Array;
  /** A stop line across the lanes of the ego's direction, and the one across the oncoming lanes, m along the line. */
  readonly stopLineS?: number;
  readonly oncomingStopLineS?: number;
}

/** Lanes of `shape` with the ego's way through them; stop lines belong to signal 0. */
export function chainLanes(shape: RoadShape, chain: ChainLanes): { network: LaneNetwork; routeLanes: RouteLane[] } {
  const cuts = cutsOf(shape);
  const { lanesLeft, lanesRight, oncomingLeft } = chain;
  const across = lanesLeft + 1 + lanesRight;
  const firstOncoming = lanesLeft - oncomingLeft + 1;
  const stretches = cuts.length - 1;
  const indexOf = (stretch: number, k: number) =>
    stretch < 0 || stretch >= stretches || k > lanesLeft || k < -lanesRight ? -1 : stretch * across + k + lanesRight;
  const lanes: LaneSpec[] = [];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const [from, to] = [cuts[stretch], cuts[stretch + 1]];
    const span = (to - from) * ROAD_DS;
    const limit = chain.speedLimitMps.subarray(from, to + 1).reduce((least, value) => Math.min(least, value));
    for (let k = -lanesRight; k <= lanesLeft; k++) {
      const oncoming = k >= firstOncoming;
      const line = moved(shape, from, to, k * chain.laneWidth, oncoming);
      const [ahead, behind] = [indexOf(stretch + 1, k), indexOf(stretch - 1, k)].map((i) => (i < 0 ? [] : [i]));
      const stop = (oncoming ? chain.oncomingStopLineS : chain.stopLineS) ?? Number.NaN;
      const within = (stop - from * ROAD_DS) / span;
      const has = within >= 0 && within < 1;
      lanes.push({
        id: `${stretch}.${k}`,
        ...line,
        width: chain.laneWidth,
        speedLimitMps: limit,
        left: k === firstOncoming || k + 1 === firstOncoming ? -1 : indexOf(stretch, k + (oncoming ? -1 : 1)),
        right: indexOf(stretch, k + (oncoming ? 1 : -1)),
        oncoming:
          k === firstOncoming ? indexOf(stretch, k - 1) : k + 1 === firstOncoming ? indexOf(stretch, k + 1) : -1,
        next: oncoming ? behind : ahead,
        previous: oncoming ? ahead : behind,
        stopLineS: has ? (oncoming ? 1 - within : within) * line.length : Number.NaN,
        signal: has ? 0 : -1,
        conflicts: [],
      });
    }
  }
  const routeLanes = cuts.slice(0, -1).map((from, i) => ({ fromS: from * ROAD_DS, lane: indexOf(i, 0), laneS: 0 }));
  return { network: { ds: ROAD_DS, lanes }, routeLanes };
}

/** Samples at which stretches begin and end. */
function cutsOf({ curvature }: RoadShape): number[] {
  const last = curvature.length - 1;
  const cuts = [0];
  const bent = (i: number) => Math.abs(curvature[i]) > STRAIGHT;
  for (let i = 1; i < last; i++) {
    const since = i - cuts[cuts.length - 1];
    if (bent(i) !== bent(i - 1) || (bent(i) && since * ROAD_DS >= BEND_STRETCH)) cuts.push(i);
  }
  return [...cuts, last];
}

/** The line from sample `from` to `to`, moved `lateral` to the left, sampled anew every ROAD_DS along its own length. */
function moved(
  shape: RoadShape,
  from: number,
  to: number,
  lateral: number,
  reversed: boolean,
): Pick<LaneSpec, 'x' | 'y' | 'headingRad' | 'length'> {
  if (lateral === 0)
    return {
      x: shape.x.subarray(from, to + 1),
      y: shape.y.subarray(from, to + 1),
      headingRad: shape.headingRad.subarray(from, to + 1),
      length: (to - from) * ROAD_DS,
    };
  const n = to - from + 1;
  const [x, y, headingRad] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  let [h, c, d] = [shape.headingRad[from], cos(shape.headingRad[from]), sin(shape.headingRad[from])];
  for (let i = 0; i < n; i++) {
    const k = reversed ? to - i : from + i;
    if (shape.headingRad[k] !== h)
      [h, c, d] = [shape.headingRad[k], cos(shape.headingRad[k]), sin(shape.headingRad[k])];
    x[i] = shape.x[k] - lateral * d;
    y[i] = shape.y[k] + lateral * c;
    headingRad[i] = reversed ? h + Math.PI : h;
  }
  return equallySpaced(x, y, headingRad, ROAD_DS);
}

/**
 * A polyline sampled anew every `ds` along its chords. The last sample lies at or beyond `length`, straight on.
 * Headings must be unwrapped.
 */
function equallySpaced(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  headingRad: ArrayLike<number>,
  ds: number,
): Pick<LaneSpec, 'x' | 'y' | 'headingRad' | 'length'> {
  const at = new Float64Array(x.length);
  for (let i = 1; i < x.length; i++) {
    const [dx, dy] = [x[i] - x[i - 1], y[i] - y[i - 1]];
    at[i] = at[i - 1] + Math.sqrt(dx * dx + dy * dy);
  }
  const length = at[at.length - 1];
  const n = Math.max(2, Math.ceil(length / ds - 1e-9) + 1);
  const result = { x: new Float64Array(n), y: new Float64Array(n), headingRad: new Float64Array(n), length };
  let k = 0;
  for (let i = 0; i < n; i++) {
    while (k < at.length - 2 && at[k + 1] <= i * ds) k++;
    const span = at[k + 1] - at[k];
    const t = span > 0 ? (i * ds - at[k]) / span : 0;
    result.x[i] = x[k] + t * (x[k + 1] - x[k]);
    result.y[i] = y[k] + t * (y[k + 1] - y[k]);
    result.headingRad[i] = headingRad[k] + Math.min(1, t) * (headingRad[k + 1] - headingRad[k]);
  }
  return result;
}

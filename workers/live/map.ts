/**
 * A source's map as a drawing, and where its lanes are. OpenDRIVE is drawn as everywhere. A route of the embedded world (docs/proxy.md, traceway-route/1) is
 * drawn as the lab draws it when this lab ships the same scenario and it comes out the same, else from the route that was sent.
 */
import * as v from 'valibot';
import { surroundings } from '../../core/episode/frames-world.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { drawMap } from '../../core/tasks/driving/roads/drawing/drawing.ts';
import type { MapDrawing } from '../../core/tasks/driving/roads/drawing/model.ts';
import { drawRoute } from '../../core/tasks/driving/roads/drawing/route.ts';
import { laneGraphOf } from '../../core/tasks/driving/roads/map/lane-graph.ts';
import { createLaneIndex } from '../../core/tasks/driving/roads/map/lane-index.ts';
import { createOpenDriveReader } from '../../core/tasks/driving/roads/opendrive/opendrive.ts';
import { routeLaneDistance } from '../../core/tasks/driving/roads/drawing/route-lanes.ts';
import type { LiveMap } from '../contracts/proxy-protocol.ts';
import { bundledScenarios } from '../shipped/scenarios.ts';

const MAX_SAMPLES = 200_000;
/** Routes are sent in whole millimetres. */
const SAME = 0.0011;

const column = v.pipe(v.array(v.pipe(v.number(), v.finite())), v.maxLength(MAX_SAMPLES));
const few = v.pipe(v.array(v.pipe(v.number(), v.finite())), v.maxLength(10_000));
const lanes = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20));
const routeSchema = v.object({
  format: v.literal('traceway-route/1'),
  scenario: v.string(),
  route: v.object({
    ds: v.pipe(v.number(), v.minValue(0.01), v.maxValue(100)),
    x: v.pipe(column, v.minLength(2)),
    y: column,
    headingRad: column,
    edgeLeft: column,
    edgeRight: column,
    laneWidth: v.pipe(v.number(), v.minValue(0.5), v.maxValue(20)),
    lanesLeft: lanes,
    lanesRight: lanes,
    crossings: few,
    stopLines: few,
  }),
});
type Route = v.InferOutput<typeof routeSchema>;

/** Distance of a place from the centre of the nearest driving lane, m; NaN where none is near. */
export type LaneDistance = (x: number, y: number) => number;
/** A lane farther away is not the one driven on, m. */
const LANE_REACH = 50;

export interface DrawnMap {
  readonly drawing: MapDrawing;
  readonly laneDistance: LaneDistance;
}

/** @throws Error when the text is no map; DrawingError, OpenDriveError */
export function drawLiveMap({ name, format, text }: LiveMap, seed: number): DrawnMap {
  if (format === 'opendrive') {
    const reader = createOpenDriveReader(name);
    reader.write(text);
    const map = reader.end();
    const graph = laneGraphOf(map);
    const index = createLaneIndex(graph);
    const laneDistance: LaneDistance = (x, y) => index.nearest(x, y, LANE_REACH)?.distance ?? Number.NaN;
    return { drawing: drawMap(map, graph), laneDistance };
  }
  const parsed = v.safeParse(routeSchema, JSON.parse(text));
  if (!parsed.success) throw new Error(`The route ${name} is not in the format traceway-route/1.`);
  return {
    drawing: asInTheLab(parsed.output, seed) ?? asSent(parsed.output),
    laneDistance: routeLaneDistance(columnsOf(parsed.output)),
  };
}

/** The lab's own drawing of this scenario and seed, where they make the very route that was sent. */
function asInTheLab({ scenario: id, route }: Route, seed: number): MapDrawing | null {
  const scenario = bundledScenarios().get(id);
  if (!scenario) return null;
  const spec = instantiate(scenario, seed);
  const { x, y } = spec.road;
  const same = (own: Float64Array, sent: readonly number[]) =>
    own.length === sent.length && sent.every((value, i) => Math.abs(value - own[i]) < SAME);
  if (!same(x, route.x) || !same(y, route.y)) return null;
  return spec.map ? drawMap(spec.map.network, spec.map) : drawRoute(surroundings(spec, 0).road);
}

const columnsOf = ({ route }: Route) => ({
  ...route,
  x: Float64Array.from(route.x),
  y: Float64Array.from(route.y),
});

function asSent({ route }: Route): MapDrawing {
  const { x, edgeLeft, stopLines, headingRad, ...rest } = route;
  const full = [route.y, headingRad, edgeLeft, route.edgeRight];
  if (full.some(({ length }) => length !== x.length)) throw new Error('The columns of the route differ in length.');
  const lane = route.laneWidth / 2;
  return drawRoute({
    ...rest,
    x: Float64Array.from(x),
    y: Float64Array.from(route.y),
    heading: Float64Array.from(headingRad),
    edgeLeft: Float64Array.from(edgeLeft),
    edgeRight: Float64Array.from(route.edgeRight),
    oncomingFrom: Float64Array.from(edgeLeft, (edge) => Math.min(edge, lane)),
    junctions: [],
    lights: stopLines.map((stopLineS) => ({ stopLineS })),
  });
}

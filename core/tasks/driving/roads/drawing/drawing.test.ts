/** Facts of map drawings: what covers what, where paint lies, and that Town01's drawing is its file's. */
import { parse } from 'valibot';
import { describe, expect, test } from 'vitest';
import { drawMap } from './drawing.ts';
import { linesOf, paintedSpans, usualDash } from './marks.ts';
import {
  type MapDrawing,
  PAINT_BAR,
  PAINT_FAINT_WHITE,
  PAINT_WHITE,
  PAINT_YELLOW,
  SURFACE_KERB,
  SURFACE_ROAD,
  SURFACE_SIDEWALK,
  TILE_SIZES,
} from './model.ts';
import { laneGraphOf } from '../map/lane-graph.ts';
import { createLaneIndex } from '../map/lane-index.ts';
import { parseOpenDrive } from '../opendrive/opendrive.ts';
import { independentRoads } from '../map/testing-independent.ts';
import { buildRoads } from '../pieces/pieces.ts';
import { type RoadNetworkInput, RoadNetworkSchema } from '../pieces/schema.ts';
import { readMaps, readTown } from '../map/testing-maps.ts';

const built = (spec: RoadNetworkInput) => {
  const { map } = buildRoads(parse(RoadNetworkSchema, spec));
  const graph = laneGraphOf(map);
  return { map, graph, drawing: drawMap(map, graph) };
};
const straight = (length: number): RoadNetworkInput => ({ speedLimitMps: 14, pieces: [{ kind: 'straight', length }] });

type Visit = (material: number, corners: Float32Array, level: number) => void;
function eachTriangle({ tiles, position, material }: MapDrawing, visit: Visit): void {
  for (const { level, firstVertex, vertexCount } of tiles)
    for (let v = firstVertex; v < firstVertex + vertexCount; v += 3)
      visit(material[v], position.subarray(2 * v, 2 * v + 6), level);
}
const areaOf = ([ax, ay, bx, by, cx, cy]: Float32Array) => ((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) / 2;
function area(drawing: MapDrawing, level: number, ...materials: number[]): number {
  let sum = 0;
  eachTriangle(drawing, (material, corners, own) => {
    if (own === level && materials.includes(material)) sum += areaOf(corners);
  });
  return sum;
}
/** Whether some triangle of level 0 among `materials` covers a point. */
function covered(drawing: MapDrawing, x: number, y: number, materials?: readonly number[]): boolean {
  const { tiles, position, material } = drawing;
  return tiles.some(({ level, x0, y0, x1, y1, firstVertex, vertexCount }) => {
    if (level !== 0 || x < x0 || x > x1 || y < y0 || y > y1) return false;
    for (let v = firstVertex; v < firstVertex + vertexCount; v += 3) {
      if (materials && !materials.includes(material[v])) continue;
      const [ax, ay, bx, by, cx, cy] = position.subarray(2 * v, 2 * v + 6);
      const left = (px: number, py: number, qx: number, qy: number) =>
        (qx - px) * (y - py) - (qy - py) * (x - px) > -1e-3;
      if (left(ax, ay, bx, by) && left(bx, by, cx, cy) && left(cx, cy, ax, ay)) return true;
    }
    return false;
  });
}
/** Numbers 0..1 that look random, the same every time. */
function* numbers(): Generator<number, never> {
  for (let i = 1; ; i++) yield (i * 0.6180339887498949) % 1;
}

describe('a straight road', () => {
  const { drawing } = built({
    speedLimitMps: 14,
    lanes: { forward: 1, backward: 1, width: 3.5, sidewalk: 2 },
    pieces: [{ kind: 'straight', length: 200 }],
  });

  test('has the area of its lanes, and the few centimetres by which roads overlap', () => {
    expect(area(drawing, 0, SURFACE_ROAD)).toBeCloseTo(200.06 * 7, 1);
    expect(area(drawing, 0, SURFACE_SIDEWALK)).toBeCloseTo(200.06 * 4, 1);
  });

  test('looks the same from afar', () => {
    expect(area(drawing, 1, SURFACE_ROAD)).toBeCloseTo(area(drawing, 0, SURFACE_ROAD), 1);
    expect(area(drawing, 1, PAINT_FAINT_WHITE)).toBeCloseTo(2 * 200 * 0.3, 1);
  });

  test('has dashes of 3 m every 9 m between its directions, and solid edges', () => {
    expect(area(drawing, 0, PAINT_YELLOW)).toBeCloseTo(Math.ceil(200 / 9) * 3 * 0.12 - (23 * 9 - 6 - 200) * 0.12, 1);
    expect(area(drawing, 0, PAINT_WHITE)).toBeCloseTo(2 * 200 * 0.12, 1);
  });

  test('has a kerb along its pavements', () => {
    expect(area(drawing, 0, SURFACE_KERB)).toBeCloseTo(2 * 200.06 * 0.15, 1);
  });
});

describe('tiles', () => {
  test('hold only what lies in their square, all triangles counter-clockwise', () => {
    const { drawing } = built({
      speedLimitMps: 14,
      pieces: [{ kind: 'arc', length: 300, radius: 90, turn: 'left' }, { kind: 'fourWay' }],
    });
    const inside = (value: number, square: number, size: number) =>
      value >= square * size - 1e-3 && value <= (square + 1) * size + 1e-3;
    for (const tile of drawing.tiles) {
      const size = TILE_SIZES[tile.level];
      const [ix, iy] = [Math.floor((tile.x0 + tile.x1) / 2 / size), Math.floor((tile.y0 + tile.y1) / 2 / size)];
      const points = drawing.position.subarray(2 * tile.firstVertex, 2 * (tile.firstVertex + tile.vertexCount));
      expect(points.every((value, i) => inside(value, i % 2 === 0 ? ix : iy, size))).toBe(true);
    }
    eachTriangle(drawing, (_, corners) => expect(areaOf(corners)).toBeGreaterThan(0));
  });

  test('lose nothing where they are cut', () => {
    const { drawing } = built(straight(1000));
    expect(area(drawing, 0, SURFACE_ROAD)).toBeCloseTo(1000.06 * 7, 0);
  });

  test('list their triangles back to front', () => {
    const { drawing } = built({ speedLimitMps: 14, pieces: [{ kind: 'fourWay', crossings: true }] });
    for (const { firstVertex, vertexCount } of drawing.tiles) {
      const kinds = drawing.material.subarray(firstVertex, firstVertex + vertexCount);
      expect(kinds.every((kind, i) => i === 0 || kind >= kinds[i - 1])).toBe(true);
    }
  });
});

describe('junctions', () => {
  const spec = (piece: object): RoadNetworkInput => ({
    speedLimitMps: 14,
    lanes: { forward: 2, backward: 2, shoulder: 0.5, sidewalk: 2 },
    pieces: [{ kind: 'straight', length: 50 }, piece as never],
  });

  test.each([
    ['four-way', spec({ kind: 'fourWay' })],
    ['T', spec({ kind: 'tJunction', missing: 'left' })],
    ['wide arms', spec({ kind: 'fourWay', arms: { forward: 3, backward: 3 }, cornerRadius: 20 })],
  ])('a %s junction has no hole between its lanes', (_, input) => {
    const { drawing, graph } = built(input);
    const through = graph.lanes.filter(({ junction }) => junction !== undefined);
    const points = through.flatMap(({ x, y }) => Array.from(x, (value, i) => [value, y[i]] as const));
    const random = numbers();
    for (let i = 0; i < 400; i++) {
      // Between any two points of lanes: the area is convex but for its corners, which lie outside of such chords here.
      const [a, b, c] = [0, 0, 0].map(() => points[Math.floor(random.next().value * points.length)]);
      const [x, y] = [(a[0] + b[0] + c[0]) / 3, (a[1] + b[1] + c[1]) / 3];
      const near = Math.min(...points.map(([px, py]) => Math.hypot(px - x, py - y)));
      if (near < 5) expect(covered(drawing, x, y)).toBe(true);
    }
  });

  test('lead the pavement round their corners', () => {
    const { drawing } = built(spec({ kind: 'fourWay', arms: { forward: 1, backward: 1, shoulder: 0.5, sidewalk: 2 } }));
    const { drawing: bare } = built(spec({ kind: 'fourWay' }));
    expect(area(drawing, 0, SURFACE_SIDEWALK) - area(bare, 0, SURFACE_SIDEWALK)).toBeGreaterThan(100);
  });

  test('a crossing is as many bars as fit, a stop line spans its lane', () => {
    const { drawing } = built({
      speedLimitMps: 14,
      pieces: [
        { kind: 'straight', length: 50 },
        { kind: 'fourWay', crossings: true, control: 'allStop' },
      ],
    });
    // Four arms: 7 bars of 0.5 × 3 m, and one lane's line of 3.2 × 0.4 m each.
    expect(area(drawing, 0, PAINT_BAR)).toBeCloseTo(4 * (7 * 0.5 * 3 + 3.2 * 0.4), 1);
    expect(drawing.signals.map(({ kind }) => kind)).toEqual(['stop', 'stop', 'stop', 'stop']);
  });
});

describe('marks', () => {
  const mark = (type: string, more = {}) => ({ s: 0, type, laneChange: 'none' as const, ...more });

  test('a double line is two lines a width apart, the inner one first', () => {
    const [inner, outer] = linesOf(mark('solid broken', { width: 0.1 }), [3, 6], 1);
    expect([inner.offset, outer.offset]).toEqual([0.1, -0.1]);
    expect([inner.gap, outer.gap]).toEqual([0, 6]);
  });

  test('yellow is yellow, standard is white, none is nothing, a kerb is a kerb', () => {
    expect(linesOf(mark('solid', { color: 'yellow' }), [3, 6], 1)[0].material).toBe(PAINT_YELLOW);
    expect(linesOf(mark('solid'), [3, 6], 1)[0].material).toBe(PAINT_WHITE);
    expect(linesOf(mark('none'), [3, 6], 1)).toEqual([]);
    expect(linesOf(mark('curb'), [3, 6], 1)[0].material).toBe(SURFACE_KERB);
  });

  test('what a file spells out counts before what its type says', () => {
    const lines = [{ length: 4, space: 8, tOffset: 0.2, sOffset: 1, width: 0.15 }];
    const [line] = linesOf(mark('broken', { lines }), [3, 6], 1);
    expect(line).toMatchObject({ dash: 4, gap: 8, offset: 0.2, width: 0.15 });
    expect(paintedSpans(line, 10, 30)).toEqual([
      [11, 15],
      [23, 27],
    ]);
  });

  test('dashes are longer where one drives faster', () => {
    const on = (type: string) => usualDash({ types: [{ s: 0, type, mps: undefined }] } as never, 5);
    expect([on('town'), on('rural'), on('motorway')]).toEqual([
      [3, 6],
      [4, 8],
      [6, 12],
    ]);
  });

  test('dashes too close to tell apart are one line: a file cannot ask for millions', () => {
    const lines = [{ length: 1e-6, space: 1e-6, tOffset: 0, sOffset: 0, width: 0.1 }];
    const [line] = linesOf(mark('broken', { lines }), [3, 6], 1);
    expect(paintedSpans(line, 0, 1e6)).toEqual([[0, 1e6]]);
  });
});

const maps = readMaps('../shared/data/opendrive', ['Town01.xodr', 'e6mini.xodr']);
describe.runIf(maps.has('Town01.xodr'))('Town01', () => {
  // What is skipped is gathered, too, and must then find a map.
  const text = maps.get('Town01.xodr') ?? readTown();
  const map = parseOpenDrive(text, 'Town01.xodr');
  const graph = laneGraphOf(map);
  const drawing = drawMap(map, graph);

  test('fits in a megabyte, its far level in a third of the near one', () => {
    expect(drawing.position.byteLength + drawing.material.byteLength).toBeLessThan(1e6);
    const count = (level: number) =>
      drawing.tiles.filter((tile) => tile.level === level).reduce((sum, tile) => sum + tile.vertexCount, 0);
    expect(count(1)).toBeLessThan(count(0) / 2);
  });

  test('has the yellow its file asks for: every broken mark, 3 m in 9', () => {
    let painted = 0;
    for (const [, road, body] of text.matchAll(/<road ([^>]*)>([\s\S]*?)<\/road>/g)) {
      const end = Number(/length="([^"]*)"/.exec(road)?.[1]);
      const sections = [...body.matchAll(/<laneSection s="([^"]*)">([\s\S]*?)<\/laneSection>/g)];
      sections.forEach(([, s, lanes], i) => {
        const length = Number(sections[i + 1]?.[1] ?? end) - Number(s);
        for (const [, marks] of lanes.matchAll(/<lane ([\s\S]*?)<\/lane>/g)) {
          const all = [...marks.matchAll(/<roadMark sOffset="([^"]*)" type="(\w+)"/g)];
          all.forEach(([, from, type], k) => {
            if (type !== 'broken') return;
            const span = Math.min(length, Number(all[k + 1]?.[1] ?? length)) - Number(from);
            if (span > 1e-3) painted += Math.floor(span / 9) * 3 + Math.min(3, span % 9);
          });
        }
      });
    }
    expect(painted).toBeGreaterThan(500);
    expect(area(drawing, 0, PAINT_YELLOW) / (painted * 0.125)).toBeCloseTo(1, 2);
    expect(area(drawing, 0, PAINT_WHITE)).toBe(0);
  });

  test('its lanes have their area, road by road added up', () => {
    const roads = independentRoads(text);
    let walked = 0;
    for (const road of roads) {
      const steps = Math.ceil(road.length / 0.5);
      for (let i = 0; i < steps; i++) {
        const s = ((i + 0.5) / steps) * road.length;
        const { roads: parsed } = map;
        const types = parsed.get(road.id)?.sections.findLast((section) => section.s <= s);
        for (const { id, width } of road.lanes(s)) {
          const lane = [...(types?.left ?? []), ...(types?.right ?? [])].find((each) => each.id === id);
          if (lane?.type === 'driving') walked += (width * road.length) / steps;
        }
      }
    }
    // In bends a lane is longer or shorter than its reference line.
    expect(area(drawing, 0, SURFACE_ROAD) / walked).toBeCloseTo(1, 1);
  });

  test('every place on a lane is paved, at joints of roads too', () => {
    const places = graph.lanes.flatMap(({ x, y, headingRad, width, kind }) => {
      if (kind !== 'driving') return [];
      const n = x.length - 1;
      return [0, n].flatMap((i) =>
        [-0.45, 0, 0.45].map((share) => [
          x[i] - Math.sin(headingRad[i]) * share * width[i],
          y[i] + Math.cos(headingRad[i]) * share * width[i],
        ]),
      );
    });
    expect(places.length).toBeGreaterThan(500);
    expect(places.filter(([x, y]) => !covered(drawing, x, y))).toEqual([]);
  });

  test('its 36 lights stand beside the road and face the lanes that they rule', () => {
    const lights = drawing.signals.filter(({ kind }) => kind === 'trafficLight');
    expect(lights).toHaveLength(36);
    const index = createLaneIndex(graph);
    const speeds = drawing.signals.filter(({ kind }) => kind === 'speed').map((sign) => sign.text);
    expect(new Set(speeds)).toEqual(new Set(['30', '60', '90']));
    for (const { x, y, id } of lights) {
      const near = index.nearest(x, y, 30);
      expect(near && near.distance > 1.5 ? 'beside' : id).toBe('beside');
    }
    for (const signal of graph.signals)
      for (const lane of signal.lanes.slice(0, 1)) {
        const line = graph.lanes[lane].stopLines[0];
        const drawn = lights.find(({ id }) => id === signal.id);
        const turn = (drawn?.headingRad ?? Number.NaN) - graph.lanes[lane].headingRad[0];
        expect(line.s < 5 ? Math.cos(turn) : 1).toBeGreaterThan(0.9);
      }
  });
});

test.runIf(maps.has('e6mini.xodr'))('a motorway has the dashes its file spells out', () => {
  const drawing = drawMap(parseOpenDrive(maps.get('e6mini.xodr') as string));
  // 6 m in 18, two lanes each way: one broken line a direction and those beside the ramps' lanes.
  const spans = paintedSpans({ material: 0, width: 0.15, offset: 0, start: 0, dash: 6, gap: 12 }, 0, 180);
  expect(spans).toHaveLength(10);
  expect(area(drawing, 0, PAINT_WHITE)).toBeGreaterThan(1400 * 0.3 * 2);
});

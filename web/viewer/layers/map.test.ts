/** Facts of the roads' level of detail, and that nothing flat is ordered by depth. */
import { type BufferGeometry, type Material, type Mesh, type Object3D, Vector3 } from 'three';
import { parse } from 'valibot';
import { expect, test } from 'vitest';
import { drawMap } from '../../../core/tasks/driving/roads/drawing/drawing.ts';
import { type MapDrawing, TILE_SIZES } from '../../../core/tasks/driving/roads/drawing/model.ts';
import { buildRoads } from '../../../core/tasks/driving/roads/pieces/pieces.ts';
import { RoadNetworkSchema } from '../../../core/tasks/driving/roads/pieces/schema.ts';
import { FLAT_ROAD, type Frame } from '../layer.ts';
import { lookOf } from '../look.ts';
import type { Scene } from '../scene.ts';
import type { ViewerTheme } from '../theme.ts';
import { createMap } from './map.ts';

const grey = new Proxy({}, { get: (_, name) => (name === 'dark' ? true : [0.5, 0.5, 0.5]) }) as ViewerTheme;
const drawing = drawMap(
  buildRoads(
    parse(RoadNetworkSchema, {
      speedLimitMps: 14,
      pieces: [
        { kind: 'straight', length: 1500 },
        { kind: 'fourWay', crossings: true, armLength: 300 },
      ],
    }),
  ).map,
);

/** The roads as they are drawn for an eye there. */
function seenFrom(
  x: number,
  y: number,
  z: number,
  map: MapDrawing = drawing,
): readonly Mesh<BufferGeometry, Material>[] {
  const layer = createMap(true);
  layer.build({ frames: { map } } as Scene, grey, lookOf(grey));
  layer.update({ eye: new Vector3(x, y, z), headlights: null } as unknown as Frame);
  return layer.root.children.filter((child: Object3D) => child.visible) as Mesh<BufferGeometry, Material>[];
}
const tileOf = ({ geometry: { drawRange } }: Mesh) =>
  drawing.tiles.find(({ firstVertex }) => firstVertex === drawRange.start) as (typeof drawing.tiles)[number];
const vertices = (meshes: readonly Mesh[]) => meshes.reduce((sum, { geometry }) => sum + geometry.drawRange.count, 0);
const squareOf = ({ x0, y0, x1, y1 }: (typeof drawing.tiles)[number]) =>
  [(x0 + x1) / 2, (y0 + y1) / 2].map((v) => Math.floor(v / TILE_SIZES[1])).join(' ');

test('from the road near squares are fine and far ones coarse, never both and never neither', () => {
  const seen = seenFrom(20, 0, 5).map(tileOf);
  const levels = new Map<string, Set<number>>();
  for (const tile of seen) levels.set(squareOf(tile), (levels.get(squareOf(tile)) ?? new Set()).add(tile.level));
  expect([...levels.values()].every((found) => found.size === 1)).toBe(true);
  expect(new Set(drawing.tiles.map(squareOf))).toEqual(new Set(levels.keys()));
  const away = (tile: (typeof seen)[number]) => Math.max(0, tile.x0 - 20);
  expect(seen.filter((tile) => tile.level === 0).every((tile) => away(tile) < 240 + TILE_SIZES[1])).toBe(true);
  expect(seen.filter((tile) => tile.level === 1).every((tile) => away(tile) > 240)).toBe(true);
  expect(new Set(seen.map(({ level }) => level))).toEqual(new Set([0, 1]));
});

test('from high above everything is coarse: a fraction of the corners, a tile a square', () => {
  const high = seenFrom(700, 0, 900);
  expect(high.every((mesh) => tileOf(mesh).level === 1)).toBe(true);
  expect(new Set(high.map((mesh) => squareOf(tileOf(mesh)))).size).toBe(high.length);
  const fine = drawing.tiles.filter(({ level }) => level === 0).reduce((sum, tile) => sum + tile.vertexCount, 0);
  expect(vertices(high)).toBeLessThan(fine / 2);
});

test('the roads neither read nor write depth, and lie in one order with what else is flat', () => {
  for (const { material, renderOrder } of seenFrom(20, 0, 5)) {
    expect([material.depthTest, material.depthWrite, material.transparent]).toEqual([false, false, false]);
    expect(renderOrder).toBe(FLAT_ROAD);
  }
});

/**
 * The roads: the tiles of a map drawing, one draw call a tile. Near squares of TILE_SIZES[1] are drawn as their fine tiles, far ones as
 * one coarse tile; what is out of sight is not drawn. All tiles share one buffer and one material, whose colours are a table by
 * material number, so that theme and weather never touch the geometry. Flat and without depth, in the order the triangles come
 * in: nothing can z-fight, at any angle, from any height.
 */
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DoubleSide,
  Group,
  Mesh,
  ShaderMaterial,
  Sphere,
  UniformsLib,
  UniformsUtils,
  Vector3,
} from 'three';
import {
  type DrawingTile,
  type MapDrawing,
  MATERIALS,
  TILE_SIZES,
} from '../../../core/tasks/driving/roads/drawing/model.ts';
import { clearTree, FLAT_ROAD, type Layer, paint } from '../layer.ts';
import type { Look } from '../look.ts';
import { ROAD_LIGHT_GLSL, type RoadLight, roadLight } from '../road-shader.ts';

/** Squares farther from the camera than this are drawn coarsely, m. */
const COARSE_BEYOND = 240;

const VERTEX = /* glsl */ `
attribute float material;
uniform vec3 palette[${MATERIALS}];
uniform float roughness;
varying vec3 vTint;
varying vec2 vPlace;
varying float vRough;
#include <fog_pars_vertex>
void main() {
  int kind = int(material + 0.5);
  vTint = palette[kind];
  vRough = kind < 8 ? roughness : 0.35 * roughness;
  vPlace = position.xy;
  vec4 mvPosition = viewMatrix * vec4(position.xy, 0.0, 1.0);
  gl_Position = projectionMatrix * mvPosition;
  #include <fog_vertex>
}`;
const FRAGMENT = /* glsl */ `
varying vec3 vTint;
varying vec2 vPlace;
varying float vRough;
#include <common>
#include <fog_pars_fragment>
${ROAD_LIGHT_GLSL}
void main() {
#ifdef GRAIN
  float pixel = max(fwidth(vPlace.x), fwidth(vPlace.y));
  float grain = (hash2(floor(vPlace * 14.0)) - 0.5) * (1.0 - smoothstep(0.02, 0.08, pixel))
              + (noise2(vPlace * 0.55) - 0.5) * 0.9 * (1.0 - smoothstep(0.4, 1.6, pixel));
  vec3 color = vTint * (1.0 + 0.085 * vRough * grain);
#else
  vec3 color = vTint;
#endif
  gl_FragColor = vec4(lightRoad(color, vPlace, 1.0), 1.0);
  #include <colorspace_fragment>
  #include <fog_fragment>
}`;

interface Square {
  readonly coarse: Mesh | null;
  readonly fine: readonly Mesh[];
  /** x0, y0, x1, y1, m. */
  readonly box: readonly [number, number, number, number];
}

/** `grain`: asphalt with texture; costs a software GPU too much. */
export function createMap(grain: boolean): Layer {
  const root = new Group();
  let squares: Square[] = [];
  let light: RoadLight | null = null;
  return {
    root,
    build({ frames: { map } }, theme, look) {
      clearTree(root);
      squares = [];
      light = roadLight(look);
      if (!map || map.position.length === 0) return;
      const made = meshes(map, mapMaterial(look, theme.dark ? 1 : 0.5, light, grain));
      squares = made.squares;
      root.add(...made.all);
    },
    update({ eye, headlights }) {
      light?.aim(headlights);
      for (const { coarse, fine, box } of squares) {
        const [dx, dy] = [outside(eye.x, box[0], box[2]), outside(eye.y, box[1], box[3])];
        const far = coarse !== null && Math.hypot(dx, dy, eye.z) > COARSE_BEYOND;
        if (coarse) coarse.visible = far;
        for (const mesh of fine) mesh.visible = !far;
      }
    },
    dispose: () => clearTree(root),
  };
}

const outside = (value: number, low: number, high: number) => Math.max(0, low - value, value - high);

function mapMaterial({ palette }: Look, roughness: number, light: RoadLight, grain: boolean): ShaderMaterial {
  const material = new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: UniformsUtils.merge([
      UniformsLib.fog,
      { palette: { value: palette.map((color) => paint(new Color(), color)) }, roughness: { value: roughness } },
    ]),
    side: DoubleSide,
    depthTest: false,
    depthWrite: false,
    fog: true,
  });
  Object.assign(material.uniforms, light.uniforms);
  Object.assign(material.defines, light.defines, grain && { GRAIN: '' });
  return material;
}

function meshes({ position, material: kinds, tiles }: MapDrawing, material: ShaderMaterial) {
  const places = new BufferAttribute(position, 2);
  const materials = new BufferAttribute(kinds, 1);
  const meshOf = (tile: DrawingTile): Mesh => {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', places);
    geometry.setAttribute('material', materials);
    geometry.setDrawRange(tile.firstVertex, tile.vertexCount);
    const [x, y] = [(tile.x0 + tile.x1) / 2, (tile.y0 + tile.y1) / 2];
    geometry.boundingSphere = new Sphere(new Vector3(x, y, 0), Math.hypot(tile.x1 - x, tile.y1 - y));
    const mesh = new Mesh(geometry, material);
    mesh.renderOrder = FLAT_ROAD;
    mesh.matrixAutoUpdate = false;
    return mesh;
  };
  const groups = new Map<string, { coarse: DrawingTile | null; fine: DrawingTile[] }>();
  for (const tile of tiles) {
    const key = [(tile.x0 + tile.x1) / 2, (tile.y0 + tile.y1) / 2].map((v) => Math.floor(v / TILE_SIZES[1])).join(' ');
    const group = groups.get(key) ?? { coarse: null, fine: [] };
    if (tile.level === 1) group.coarse = tile;
    else group.fine.push(tile);
    groups.set(key, group);
  }
  const squares = [...groups.values()].map(({ coarse, fine }): Square => {
    const box = fine.reduce<[number, number, number, number]>(
      ([x0, y0, x1, y1], t) => [Math.min(x0, t.x0), Math.min(y0, t.y0), Math.max(x1, t.x1), Math.max(y1, t.y1)],
      [Infinity, Infinity, -Infinity, -Infinity],
    );
    return { coarse: coarse && meshOf(coarse), fine: fine.map(meshOf), box };
  });
  return { squares, all: squares.flatMap(({ coarse, fine }) => (coarse ? [coarse, ...fine] : fine)) };
}

/** Sky and ground: a quiet gradient dome, a plane to the horizon and a 10 m grid that fades before it can shimmer. */
import {
  BackSide,
  type BufferGeometry,
  Color,
  Float32BufferAttribute,
  Group,
  Mesh,
  PlaneGeometry,
  ShaderMaterial,
  SphereGeometry,
  UniformsLib,
  UniformsUtils,
  Vector3,
} from 'three';
import { clearTree, FLAT_GROUND, FLAT_SKY, type Layer, paint } from '../layer.ts';
import { ROAD_LIGHT_GLSL, type RoadLight, roadLight } from '../road-shader.ts';
import type { Rgb } from '../theme.ts';

/** Half the side of the ground plane, m; beyond it everything is fog. */
const REACH = 420;

const GROUND_VERTEX = /* glsl */ `
varying vec2 vPlace;
#include <fog_pars_vertex>
void main() {
  vec4 place = modelMatrix * vec4(position, 1.0);
  vPlace = place.xy;
  vec4 mvPosition = viewMatrix * place;
  gl_Position = projectionMatrix * mvPosition;
  #include <fog_vertex>
}`;
const GROUND_FRAGMENT = /* glsl */ `
uniform vec3 ground, grid;
varying vec2 vPlace;
#include <common>
#include <fog_pars_fragment>
${ROAD_LIGHT_GLSL}
float lines(vec2 place, float width) {
  vec2 cell = abs(fract(place - 0.5) - 0.5);
  vec2 soft = fwidth(place);
  vec2 line = 1.0 - smoothstep(soft * width, soft * (width + 1.0), cell);
  return max(line.x, line.y) * (1.0 - smoothstep(0.03, 0.22, max(soft.x, soft.y)));
}
void main() {
  vec3 color = mix(ground, grid, lines(vPlace / 10.0, 0.35));
  gl_FragColor = vec4(lightRoad(color, vPlace, 0.0), 1.0);
  #include <colorspace_fragment>
  #include <fog_fragment>
}`;

export function createGround(): Layer {
  const root = new Group();
  let light: RoadLight | null = null;
  return {
    root,
    build(_, __, look) {
      clearTree(root);
      const color = (rgb: Rgb) => ({ value: paint(new Color(), rgb) });
      light = roadLight({ ...look, wet: 0.4 * look.wet });
      const material = new ShaderMaterial({
        vertexShader: GROUND_VERTEX,
        fragmentShader: GROUND_FRAGMENT,
        uniforms: UniformsUtils.merge([UniformsLib.fog, { ground: color(look.ground), grid: color(look.grid) }]),
        fog: true,
        depthWrite: false,
        depthTest: false,
      });
      Object.assign(material.uniforms, light.uniforms);
      Object.assign(material.defines, light.defines);
      const plane = new Mesh(new PlaneGeometry(2 * REACH, 2 * REACH), material);
      plane.renderOrder = FLAT_GROUND;
      plane.frustumCulled = false;
      root.add(skyDome(look.horizon, look.zenith), plane);
    },
    update({ eye, target, headlights }) {
      if (root.children.length === 0) return;
      light?.aim(headlights);
      root.children[0].position.set(eye.x, eye.y, eye.z);
      root.children[1].position.set(target.x, target.y, 0);
      root.children[1].scale.setScalar(Math.max(1, eye.z / 120));
    },
    dispose: () => clearTree(root),
  };
}

/** A dome coloured by elevation; it moves with the camera and is drawn first, so its size means nothing. */
function skyDome(horizon: Rgb, zenith: Rgb): Mesh {
  const geometry: BufferGeometry = new SphereGeometry(50, 24, 10, 0, 2 * Math.PI, 0, Math.PI * 0.51).rotateX(
    Math.PI / 2,
  );
  const positions = geometry.getAttribute('position');
  const [low, high, at] = [paint(new Color(), horizon), paint(new Color(), zenith), new Vector3()];
  const colors: number[] = [];
  for (let i = 0; i < positions.count; i++) {
    const elevation = Math.max(0, at.fromBufferAttribute(positions, i).normalize().z);
    const { r, g, b } = new Color().lerpColors(low, high, Math.min(1, elevation * 2.2));
    colors.push(r, g, b);
  }
  geometry.setAttribute('color', new Float32BufferAttribute(colors, 3));
  const material = new ShaderMaterial({
    vertexColors: true,
    vertexShader: `varying vec3 vTint; void main() { vTint = color; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`,
    fragmentShader: `varying vec3 vTint; void main() { gl_FragColor = vec4(vTint, 1.0);
  #include <colorspace_fragment>
}`,
    side: BackSide,
    depthTest: false,
    depthWrite: false,
  });
  const dome = new Mesh(geometry, material);
  dome.renderOrder = FLAT_SKY;
  dome.frustumCulled = false;
  return dome;
}

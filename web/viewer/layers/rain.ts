/** Rain: streaks around the camera that fall with the scene's time, so that a paused picture stands still; they only hang with reduced motion. */
import {
  AdditiveBlending,
  BufferGeometry,
  Color,
  Float32BufferAttribute,
  Group,
  LineSegments,
  NormalBlending,
  ShaderMaterial,
} from 'three';
import { clearTree, type Layer, paint } from '../layer.ts';

/** Streaks of the heaviest rain, the box they fall through, m, and their speed, m/s. */
const STREAKS = 1400;
const BOX = 26;
const TALL = 16;
const SPEED = 11;

const VERTEX = /* glsl */ `
attribute vec4 seed;
uniform vec3 eye;
uniform float fallen;
varying float vFade;
void main() {
  vec3 box = vec3(${BOX.toFixed(1)}, ${BOX.toFixed(1)}, ${TALL.toFixed(1)});
  vec3 place = seed.xyz * box;
  place.z -= fallen * (0.85 + 0.3 * seed.x);
  place = mod(place - eye + 0.5 * box, box) - 0.5 * box + eye;
  place.z += seed.w * 0.42;
  vFade = (1.0 - smoothstep(0.3, 0.5, length((place.xy - eye.xy) / box.x))) * step(0.0, place.z);
  gl_Position = projectionMatrix * viewMatrix * vec4(place, 1.0);
}`;
const FRAGMENT = /* glsl */ `
uniform vec3 color;
uniform float opacity;
varying float vFade;
void main() {
  gl_FragColor = vec4(color, opacity * vFade);
  #include <colorspace_fragment>
}`;

export function createRain(): Layer {
  const root = new Group();
  let material: ShaderMaterial | null = null;
  return {
    root,
    build(_, theme, { rain }) {
      clearTree(root);
      material = null;
      if (rain <= 0) return;
      const seeds: number[] = [];
      for (let i = 0; i < Math.ceil(STREAKS * rain); i++) {
        const place = [0.754877, 0.569841, 0.346571].map((step) => ((i + 1) * step) % 1);
        seeds.push(...place, 0, ...place, 1);
      }
      const geometry = new BufferGeometry();
      geometry.setAttribute('position', new Float32BufferAttribute(new Float32Array((seeds.length / 4) * 3), 3));
      geometry.setAttribute('seed', new Float32BufferAttribute(seeds, 4));
      material = new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: {
          eye: { value: [0, 0, 0] },
          fallen: { value: 0 },
          color: { value: paint(new Color(), theme.dim) },
          opacity: { value: theme.dark ? 0.34 : 0.42 },
        },
        transparent: true,
        depthWrite: false,
        blending: theme.dark ? AdditiveBlending : NormalBlending,
      });
      const streaks = new LineSegments(geometry, material);
      streaks.frustumCulled = false;
      root.add(streaks);
    },
    update({ eye, time, scene, reducedMotion }) {
      if (!material) return;
      // From high above rain is not seen as streaks.
      root.visible = eye.z < 30;
      material.uniforms.eye.value = [eye.x, eye.y, eye.z];
      material.uniforms.fallen.value = reducedMotion ? 0 : time * scene.frames.dt * SPEED;
    },
    dispose: () => clearTree(root),
  };
}

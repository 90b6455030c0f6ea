/**
 * The few materials everything is drawn with. Solids are matt and lit (`solid`) with a thin bright outline (`outline`);
 * what is imagined rather than there (a counterfactual, an actor the ego can't see) has a dashed outline and hardly a body.
 * Paths on the ground are ribbons with one shader for all of them: solid, dashed, fading, cut at a moment in time.
 */
import {
  type BufferGeometry,
  Color,
  DoubleSide,
  EdgesGeometry,
  LineBasicMaterial,
  LineDashedMaterial,
  LineSegments,
  type Material,
  MeshLambertMaterial,
  ShaderMaterial,
  UniformsLib,
  UniformsUtils,
} from 'three';
import { paint } from './layer.ts';
import type { Rgb } from './theme.ts';

export function solid(color: Rgb, opacity = 1): MeshLambertMaterial {
  const material = new MeshLambertMaterial({ flatShading: true, transparent: opacity < 1, opacity });
  material.depthWrite = opacity === 1;
  paint(material.color, color);
  return material;
}

/** A material set back by a step of the depth buffer: for what has an `outline`, which is then before it and not in it. */
export function setBack<M extends Material>(material: M): M {
  return Object.assign(material, { polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1 });
}

/** Edges of a geometry sharper than `angleDegrees`, as lines; the caller disposes geometry and material. */
export function outline(geometry: BufferGeometry, color: Rgb, opacity = 0.9, angleDegrees = 24): LineSegments {
  const material = new LineBasicMaterial({ transparent: true, opacity });
  paint(material.color, color);
  return new LineSegments(new EdgesGeometry(geometry, angleDegrees), material);
}

/** The same, dashed: for what is not really there. */
export function dashedOutline(geometry: BufferGeometry, color: Rgb, opacity = 1, angleDegrees = 24): LineSegments {
  const material = new LineDashedMaterial({ dashSize: 0.16, gapSize: 0.12, transparent: true, opacity });
  paint(material.color, color);
  const lines = new LineSegments(new EdgesGeometry(geometry, angleDegrees), material);
  lines.computeLineDistances();
  return lines;
}

export interface PathStyle {
  readonly color: Rgb;
  readonly opacity: number;
  /** Length of dash and gap, m; gap 0 draws a solid line. */
  readonly dash?: number;
  readonly gap?: number;
  /** Fade from the near end (`head`) or the far end (`tail`) over this many steps; 0 = not. */
  readonly fadeSteps?: number;
}

const PATH_VERTEX = /* glsl */ `
attribute vec3 along;
varying vec3 vAlong;
#include <fog_pars_vertex>
void main() {
  vAlong = along;
  vec4 mvPosition = modelViewMatrix * vec4(position, 1.0);
  gl_Position = projectionMatrix * mvPosition;
  #include <fog_vertex>
}`;
const PATH_FRAGMENT = /* glsl */ `
uniform vec3 color;
uniform float opacity, dash, gap, fromStep, toStep, fadeSteps;
varying vec3 vAlong;
#include <common>
#include <fog_pars_fragment>
void main() {
  float step_ = vAlong.x;
  if (step_ < fromStep || step_ > toStep) discard;
  float alpha = opacity;
  float edge = fwidth(vAlong.z);
  alpha *= 1.0 - smoothstep(1.0 - edge, 1.0, abs(vAlong.z));
  if (gap > 0.0) {
    float phase = mod(vAlong.y, dash + gap);
    float soft = min(fwidth(vAlong.y), 0.3 * (dash + gap));
    alpha *= smoothstep(0.0, soft, phase) * (1.0 - smoothstep(dash, dash + soft, phase));
  }
  if (fadeSteps > 0.0) alpha *= clamp((step_ - fromStep) / fadeSteps, 0.0, 1.0);
  if (fadeSteps < 0.0) alpha *= clamp((toStep - step_) / -fadeSteps, 0.0, 1.0);
  gl_FragColor = vec4(color, alpha);
  #include <colorspace_fragment>
  #include <fog_fragment>
}`;

/**
 * Material of a path ribbon (shapes/path.ts). `fromStep`/`toStep` cut it in time; `fadeSteps` > 0 fades its old end,
 * < 0 its new end.
 */
export function pathMaterial(style: PathStyle): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader: PATH_VERTEX,
    fragmentShader: PATH_FRAGMENT,
    uniforms: UniformsUtils.merge([
      UniformsLib.fog,
      {
        color: { value: paint(new Color(), style.color) },
        opacity: { value: style.opacity },
        dash: { value: style.dash ?? 1 },
        gap: { value: style.gap ?? 0 },
        fadeSteps: { value: style.fadeSteps ?? 0 },
        fromStep: { value: -1e9 },
        toStep: { value: 1e9 },
      },
    ]),
    transparent: true,
    depthWrite: false,
    side: DoubleSide,
    fog: true,
  });
}

/** Cuts a path in time. */
export function cutPath(material: ShaderMaterial, fromStep: number, toStep: number): void {
  material.uniforms.fromStep.value = fromStep;
  material.uniforms.toStep.value = toStep;
}

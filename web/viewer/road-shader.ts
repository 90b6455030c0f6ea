/**
 * What ground and roads share in their shaders: headlights at night, and the sheen of a wet road, which mirrors the sky the more the
 * flatter one looks. `lightRoad` takes a colour and gives it lit; uniforms are made by `roadLight` and shared by reference.
 */
import { Color, type IUniform, Vector4 } from 'three';
import { paint } from './layer.ts';
import type { Look } from './look.ts';

export interface RoadLight {
  readonly uniforms: Readonly<Record<'night' | 'wet' | 'sheen' | 'lamp', IUniform>>;
  /** Parts of the shader that this weather needs; what it doesn't need is not compiled. */
  readonly defines: Readonly<Record<string, string>>;
  /** Where the headlights stand and point; none without a pose. */
  aim(pose: { readonly x: number; readonly y: number; readonly headingRad: number } | null): void;
}

export function roadLight({ night, wet, horizon, beam }: Look): RoadLight {
  const lamp = new Vector4(0, 0, 0, 0);
  return {
    defines: { ...(night > 0 && { NIGHT: '' }), ...(wet > 0 && { WET: '' }) },
    uniforms: {
      night: { value: night * beam },
      wet: { value: wet },
      sheen: { value: paint(new Color(), horizon) },
      lamp: { value: lamp },
    },
    aim(pose) {
      if (pose) lamp.set(pose.x, pose.y, Math.cos(pose.headingRad), Math.sin(pose.headingRad));
      else lamp.set(0, 0, 0, 0);
    },
  };
}

export const ROAD_LIGHT_GLSL = /* glsl */ `
/* night: says how much brighter headlights make the road. */
uniform float night, wet;
uniform vec3 sheen;
uniform vec4 lamp;
float hash2(vec2 p) {
  vec3 q = fract(vec3(p.xyx) * 0.1031);
  q += dot(q, q.yzx + 33.33);
  return fract((q.x + q.y) * q.z);
}
/* Smooth noise, 0..1. */
float noise2(vec2 p) {
  vec2 cell = floor(p), f = fract(p);
  f = f * f * (3.0 - 2.0 * f);
  return mix(mix(hash2(cell), hash2(cell + vec2(1.0, 0.0)), f.x),
             mix(hash2(cell + vec2(0.0, 1.0)), hash2(cell + vec2(1.0, 1.0)), f.x), f.y);
}
vec3 lightRoad(vec3 color, vec2 place, float glossy) {
#ifdef NIGHT
  {
    vec2 away = place - lamp.xy;
    float u = dot(away, lamp.zw) - 2.0, v = dot(away, vec2(-lamp.w, lamp.z));
    float beam = smoothstep(0.0, 5.0, u) * exp(-u / 16.0) * exp(-(v * v) / (1.1 + 0.055 * u * u));
    color += color * vec3(1.0, 0.95, 0.84) * night * beam;
  }
#endif
#ifdef WET
  {
    vec3 view = normalize(cameraPosition - vec3(place, 0.0));
    float mirror = pow(1.0 - clamp(view.z, 0.0, 1.0), 4.0);
    float puddle = glossy * smoothstep(0.25, 0.8, noise2(place * 0.35));
    color = mix(color, sheen * 1.25, wet * mirror * (0.28 + 0.5 * puddle));
  }
#endif
  return color;
}`;

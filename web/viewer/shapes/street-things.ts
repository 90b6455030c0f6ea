/** Fixed things in the way: traffic cones, barriers, boxes of any height. Own frame, the size of the collision box. */
import { BoxGeometry, CylinderGeometry, Group, Mesh } from 'three';
import { dashedOutline, outline, setBack, solid } from '../materials.ts';
import { mix, type Rgb, type ViewerTheme } from '../theme.ts';
import { shadow } from './car-model.ts';
import { type Part, tintedMesh } from './tinted.ts';

export interface ThingModel {
  readonly seen: Group;
  readonly unseen: Group;
  readonly height: number;
}

const CONE_HEIGHT = 0.75;
const BARRIER_HEIGHT = 1;

export function thingModel(
  kind: 'cone' | 'barrier' | 'box',
  length: number,
  width: number,
  boxHeight: number,
  theme: ViewerTheme,
): ThingModel {
  const orange: Rgb = theme.dark ? [0.86, 0.42, 0.16] : [0.9, 0.45, 0.14];
  const white: Rgb = theme.dark ? [0.78, 0.8, 0.82] : [0.97, 0.97, 0.97];
  const height = { cone: CONE_HEIGHT, barrier: BARRIER_HEIGHT, box: boxHeight }[kind];
  const seen = new Group();
  seen.add(shadow(length, width));
  if (kind === 'cone') seen.add(tintedMesh(coneParts(Math.min(length, width), orange, white)));
  else if (kind === 'barrier') seen.add(tintedMesh(barrierParts(length, width, orange, white)));
  else {
    const color = mix(theme.vehicle, theme.dim, 0.4);
    const shape = new BoxGeometry(length, width, height).translate(0, 0, height / 2);
    seen.add(new Mesh(shape, setBack(solid(mix(color, theme.road, 0.55)))), outline(shape, color));
  }
  const unseen = new Group();
  const box = new BoxGeometry(length, width, height).translate(0, 0, height / 2);
  unseen.add(new Mesh(box, solid(theme.dim, 0.06)), dashedOutline(box, theme.dim));
  return { seen, unseen, height };
}

/** A ring of a cone between two heights, radii by similar triangles. */
function coneParts(size: number, orange: Rgb, white: Rgb): Part[] {
  const base = size * 0.34;
  const radius = (z: number) => base * (1 - z / (CONE_HEIGHT * 1.12));
  const ring = (z0: number, z1: number, color: Rgb): Part => [
    new CylinderGeometry(radius(z1), radius(z0), z1 - z0, 14).rotateX(Math.PI / 2).translate(0, 0, (z0 + z1) / 2),
    color,
  ];
  return [
    [new BoxGeometry(size * 0.95, size * 0.95, 0.05).translate(0, 0, 0.025), orange],
    ring(0.05, 0.28, orange),
    ring(0.28, 0.4, white),
    ring(0.4, 0.54, orange),
    ring(0.54, 0.64, white),
    ring(0.64, CONE_HEIGHT, orange),
  ];
}

/** Striped boards along the longer side, on two feet. */
function barrierParts(length: number, width: number, orange: Rgb, white: Rgb): Part[] {
  const along = length >= width;
  const span = Math.max(length, width);
  const fields = Math.max(3, 2 * Math.round(span / 0.9) + 1);
  const part = (geometry: BoxGeometry, color: Rgb): Part => [along ? geometry : geometry.rotateZ(Math.PI / 2), color];
  const parts = Array.from({ length: fields }, (_, i) => {
    const x = -span / 2 + (span * (i + 0.5)) / fields;
    return part(new BoxGeometry(span / fields, 0.06, 0.3).translate(x, 0, 0.8), i % 2 === 0 ? orange : white);
  });
  for (const side of [-1, 1]) {
    const x = side * (span / 2 - 0.15);
    parts.push(part(new BoxGeometry(0.07, 0.07, 0.95).translate(x, 0, 0.475), white));
    parts.push(part(new BoxGeometry(0.1, Math.max(0.4, Math.min(length, width)), 0.06).translate(x, 0, 0.03), white));
  }
  return parts;
}

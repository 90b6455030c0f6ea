/** Parts of one thing joined into one mesh with a colour each: one draw call for what needs no moving parts. */
import { BufferGeometry, Color, Float32BufferAttribute, Mesh, MeshLambertMaterial } from 'three';
import { paint } from '../layer.ts';
import type { Rgb } from '../theme.ts';

export type Part = readonly [geometry: BufferGeometry, color: Rgb];

/** Joins parts; their geometries are given back. */
function tinted(parts: readonly Part[]): BufferGeometry {
  const columns = { position: [] as number[], normal: [] as number[], color: [] as number[] };
  const ink = new Color();
  for (const [part, rgb] of parts) {
    const flat = part.index ? part.toNonIndexed() : part;
    const { r, g, b } = paint(ink, rgb);
    for (const name of ['position', 'normal'] as const)
      for (const value of flat.getAttribute(name).array) columns[name].push(value);
    for (let i = flat.getAttribute('position').count; i > 0; i--) columns.color.push(r, g, b);
    if (flat !== part) flat.dispose();
    part.dispose();
  }
  const joined = new BufferGeometry();
  for (const [name, values] of Object.entries(columns))
    joined.setAttribute(name, new Float32BufferAttribute(values, 3));
  return joined;
}

export const tintedMesh = (parts: readonly Part[]): Mesh<BufferGeometry, MeshLambertMaterial> =>
  new Mesh(tinted(parts), new MeshLambertMaterial({ vertexColors: true, flatShading: true }));

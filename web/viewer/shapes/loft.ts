/**
 * Bodies by lofting: rings of equally many points joined into a closed, flat-shaded skin. Enough for cars, vans and people
 * that read well at 100 pixels, at a few hundred triangles each.
 */
import { BufferGeometry, Float32BufferAttribute } from 'three';

type MeshPoint = readonly [number, number, number];
export type Ring = readonly MeshPoint[];

/** Triangles of a skin over `rings`, ends closed by fans. Rings run counter-clockwise seen from the last ring's side. */
export function loft(rings: readonly Ring[]): BufferGeometry {
  const corners: number[] = [];
  const triangle = (a: MeshPoint, b: MeshPoint, c: MeshPoint) => corners.push(...a, ...b, ...c);
  for (let r = 1; r < rings.length; r++) {
    const [low, high] = [rings[r - 1], rings[r]];
    for (let i = 0; i < low.length; i++) {
      const j = (i + 1) % low.length;
      triangle(low[i], low[j], high[j]);
      triangle(low[i], high[j], high[i]);
    }
  }
  const [first, last] = [rings[0], rings[rings.length - 1]];
  for (let i = 1; i + 1 < first.length; i++) {
    triangle(first[0], first[i + 1], first[i]);
    triangle(last[0], last[i], last[i + 1]);
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(corners, 3));
  geometry.computeVertexNormals();
  return geometry;
}

/** A rectangle in the plane z = `z` with cut corners: 8 points, counter-clockwise from above, m. */
export function chamfered(x0: number, x1: number, halfWidth: number, z: number, cut: number): Ring {
  return [
    [x1, -halfWidth + cut, z],
    [x1, halfWidth - cut, z],
    [x1 - cut, halfWidth, z],
    [x0 + cut, halfWidth, z],
    [x0, halfWidth - cut, z],
    [x0, -halfWidth + cut, z],
    [x0 + cut, -halfWidth, z],
    [x1 - cut, -halfWidth, z],
  ];
}

/** Cross-section of a car body at `x`: sill, shoulder and deck, 8 points, m. Seen from the front, counter-clockwise. */
export function section(x: number, halfWidth: number, sill: number, shoulder: number, deck: number): Ring {
  const middle = sill + (shoulder - sill) * 0.35;
  const points: readonly (readonly [number, number])[] = [
    [-0.86, sill],
    [0.86, sill],
    [1, middle],
    [0.98, shoulder],
    [0.84, deck],
    [-0.84, deck],
    [-0.98, shoulder],
    [-1, middle],
  ];
  return points.map(([y, z]) => [x, y * halfWidth, z]);
}

/**
 * What stands beside the road and has no part in the drive: street lamps and low trees, in the colours of the verge. They
 * say how fast the car goes and where it is, and nothing else. Placed by arc length and a hash of it, so always the same.
 */
import {
  CylinderGeometry,
  Group,
  IcosahedronGeometry,
  InstancedMesh,
  Matrix4,
  type BufferGeometry,
  type Material,
  Vector3,
} from 'three';
import { clearTree, type Layer } from '../layer.ts';
import { solid } from '../materials.ts';
import { type Occupancy, occupancyOf } from '../occupancy.ts';
import { type DriveRoad, type RoadLine, roadEdges, roadLine } from '../road-line.ts';
import { merge } from '../shapes/vehicle.ts';
import { mix } from '../theme.ts';
import type { Point } from '../../../core/base/geometry.ts';

const LAMP_EVERY = 34;
const TREE_EVERY = 11;
/** Distance of lamps from the edge of the road, and of the nearest trees, m. */
const LAMP_ASIDE = 1.5;
const TREE_ASIDE = 6.5;
const TREE_SPREAD = 17;
/** How far beyond the route they stand, m. */
const BEYOND = 160;

interface Place {
  readonly at: Point;
  readonly headingRad: number;
  readonly size: number;
}

export function createRoadside(): Layer {
  const root = new Group();
  return {
    root,
    build({ drive, frames: { map } }, theme) {
      clearTree(root);
      // Of other simulators' maps we don't know what stands beside the road.
      if (!drive || !map) return;
      const { road } = drive.frames;
      const line = roadLine(road);
      const ground = occupancyOf(map);
      const metal = solid(mix(theme.dim, theme.verge, theme.dark ? 0.28 : 0.5));
      const leaf = solid(theme.dark ? mix(theme.vehicle, theme.verge, 0.13) : mix(theme.vehicle, theme.verge, 0.26));
      root.add(
        ...planted(lampShape(), metal, lamps(road, line, ground, drive.frames.map !== undefined)),
        ...planted(treeShape(), leaf, trees(road, line, ground)),
      );
    },
    update() {},
    dispose: () => clearTree(root),
  };
}

function planted(shape: BufferGeometry, material: Material, places: readonly Place[]): InstancedMesh[] {
  if (places.length === 0) return [];
  const mesh = new InstancedMesh(shape, material, places.length);
  const matrix = new Matrix4();
  const scale = new Vector3();
  places.forEach(({ at: [x, y], headingRad, size }, i) => {
    matrix.makeRotationZ(headingRad);
    mesh.setMatrixAt(i, matrix.scale(scale.setScalar(size)).setPosition(x, y, 0));
  });
  mesh.computeBoundingSphere();
  return [mesh];
}

/** A lamp to the right of the road, its arm towards it (+y). */
function lampShape(): BufferGeometry {
  const part = (geometry: BufferGeometry) => geometry.toNonIndexed();
  const post = part(new CylinderGeometry(0.05, 0.08, 7, 7).rotateX(Math.PI / 2)).translate(0, 0, 3.5);
  const arm = part(new CylinderGeometry(0.04, 0.04, 1.7, 6)).translate(0, 0.8, 7);
  const head = part(new CylinderGeometry(0.13, 0.16, 0.6, 8)).translate(0, 1.75, 6.96);
  return merge([post, arm, head]);
}

function treeShape(): BufferGeometry {
  const trunk = new CylinderGeometry(0.09, 0.13, 1.6, 6)
    .rotateX(Math.PI / 2)
    .toNonIndexed()
    .translate(0, 0, 0.8);
  const crown = new IcosahedronGeometry(1.25, 1).scale(1, 1, 1.25).translate(0, 0, 2.6);
  const top = new IcosahedronGeometry(0.8, 1).translate(0.45, 0.3, 3.7);
  return merge([trunk, crown, top]);
}

function lamps(road: DriveRoad, line: RoadLine, ground: Occupancy, mapped: boolean): Place[] {
  return along(line, LAMP_EVERY).flatMap((s, i) => {
    const { left, right } = roadEdges(road, s);
    const side = i % 2 === 0 ? right - LAMP_ASIDE : left + LAMP_ASIDE;
    const at = line.point(s, side);
    if (crossed(road, s) || (mapped && !ground.isClear(at[0], at[1], 0.5))) return [];
    return [{ at, headingRad: line.at(s).headingRad + (side < 0 ? 0 : Math.PI), size: 1 }];
  });
}

function trees(road: DriveRoad, line: RoadLine, ground: Occupancy): Place[] {
  return along(line, TREE_EVERY).flatMap((s, i) =>
    [1, -1].flatMap((side) => {
      const [a, b, c] = [0, 1, 2].map((k) => hash(i * 6 + k * 2 + (side > 0 ? 1 : 0)));
      const { left, right } = roadEdges(road, s);
      const aside = TREE_ASIDE + TREE_SPREAD * a * a;
      const at = line.point(s + (b - 0.5) * TREE_EVERY, side > 0 ? left + aside : right - aside);
      if (c < 0.3 || !ground.isClear(at[0], at[1], 3)) return [];
      return [{ at, headingRad: 6.28 * c, size: 0.7 + 0.7 * b }];
    }),
  );
}

function along(line: RoadLine, every: number): number[] {
  const count = Math.ceil((line.length + 2 * BEYOND) / every);
  return Array.from({ length: count }, (_, i) => -BEYOND + i * every);
}

/** A lamp stands on the pavement of its own road, never on another's lanes. */
const crossed = ({ junctions }: DriveRoad, s: number) => junctions.some(({ from, to }) => s > from - 8 && s < to + 8);

/** A number 0..1 that looks random, the same every time. */
function hash(n: number): number {
  let h = Math.imul(n + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return ((h ^ (h >>> 13)) >>> 0) / 4294967296;
}

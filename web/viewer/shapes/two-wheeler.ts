/**
 * A bicycle or motorcycle with its rider. Own frame: x forward, z up, wheels on the ground, the length of the collision box. Legs turn
 * with the metres ridden, so that scrubbing turns them backwards too.
 */
import {
  BoxGeometry,
  type BufferGeometry,
  CylinderGeometry,
  Group,
  IcosahedronGeometry,
  Mesh,
  TorusGeometry,
} from 'three';
import { dashedOutline, outline, setBack, solid } from '../materials.ts';
import { mix, type Rgb, type ViewerTheme } from '../theme.ts';
import { shadow } from './car-model.ts';
import { chamfered, loft } from './loft.ts';
import { tintedMesh } from './tinted.ts';
import { merge } from './vehicle.ts';

export const RIDER_HEIGHT = 1.75;
/** Metres ridden in one turn of the pedals. */
const TURN = 5;
const WHEEL = 0.34;

export interface RiderModel {
  readonly group: Group;
  setRide(metres: number): void;
}

const bar = (x0: number, z0: number, x1: number, z1: number, thick: number): BufferGeometry => {
  const length = Math.hypot(x1 - x0, z1 - z0);
  return new CylinderGeometry(thick, thick, length, 6)
    .rotateZ(-Math.PI / 2)
    .rotateY(-Math.atan2(z1 - z0, x1 - x0))
    .translate((x0 + x1) / 2, 0, (z0 + z1) / 2);
};

const trunk = () =>
  loft([
    chamfered(-0.32, -0.06, 0.16, 0.92, 0.07),
    chamfered(-0.24, 0.04, 0.2, 1.1, 0.08),
    chamfered(-0.06, 0.22, 0.23, 1.36, 0.08),
    chamfered(0.04, 0.2, 0.12, 1.48, 0.05),
  ]);
const head = () => new IcosahedronGeometry(0.15, 1).translate(0.2, 0, RIDER_HEIGHT - 0.14);
const wheel = (x: number, thick: number) =>
  new TorusGeometry(WHEEL - thick, thick, 6, 20).rotateX(Math.PI / 2).translate(x, 0, WHEEL);

export function riderModel(length: number, color: Rgb, heavy: boolean, theme: ViewerTheme): RiderModel {
  const group = new Group();
  const axle = Math.max(0.45, length / 2 - WHEEL);
  const dark: Rgb = theme.dark ? [0.06, 0.07, 0.09] : [0.2, 0.23, 0.28];
  const cloth = mix(color, theme.dark ? theme.road : [1, 1, 1], theme.dark ? 0.62 : 0.75);
  const frame = mix(color, theme.dim, 0.55);
  const thick = heavy ? 0.075 : 0.032;
  const body = trunk();
  const silhouette = outline(body, color, 0.75);
  const arms = [-0.2, 0.2].map((y) => bar(0.12, 1.34, axle * 0.7, 1.02, 0.045).translate(0, y, 0));
  const bicycle = [
    wheel(axle, thick),
    wheel(-axle, thick),
    bar(-axle, WHEEL, 0, 0.32, thick * 0.7),
    bar(0, 0.32, axle * 0.78, 0.86, thick * 0.8),
    bar(-0.2, 0.86, axle * 0.78, 0.86, thick * 0.8),
    bar(0, 0.32, -0.22, 0.92, thick * 0.7),
    bar(axle, WHEEL, axle * 0.7, 1.02, thick * 0.8),
  ];
  if (heavy) bicycle.push(new BoxGeometry(length * 0.5, 0.34, 0.42).translate(0, 0, 0.62));
  bicycle.push(new CylinderGeometry(0.02, 0.02, 0.5, 6).translate(axle * 0.7, 0, 1.02));
  const skin = mix(color, [1, 1, 1], 0.55);
  const still = tintedMesh([
    ...bicycle.map((part, i) => [part, i < 2 ? dark : frame] as const),
    [body, cloth],
    ...arms.map((part) => [part, cloth] as const),
    [head(), skin],
    [new IcosahedronGeometry(0.165, 1).scale(1.15, 0.95, 0.72).translate(0.17, 0, RIDER_HEIGHT - 0.06), color],
  ]);
  setBack(still.material);
  group.add(shadow(length * 0.9, 0.7), still, silhouette);
  const leg = () => loft([chamfered(-0.05, 0.06, 0.05, -0.66, 0.03), chamfered(-0.08, 0.1, 0.075, 0, 0.04)]);
  const ink = solid(mix(color, theme.dark ? [0, 0, 0] : [0.1, 0.12, 0.2], 0.42));
  const legs = [0.11, -0.11].map((y) => {
    const mesh = new Mesh(leg(), ink);
    mesh.position.set(-0.14, y, 0.96);
    group.add(mesh);
    return mesh;
  });
  return {
    group,
    setRide(metres) {
      const phase = (metres / TURN) * 2 * Math.PI;
      legs.forEach((mesh, i) => {
        mesh.rotation.y = -0.45 + (heavy ? 0 : 0.38 * Math.sin(phase + i * Math.PI));
      });
    },
  };
}

/** A rider the ego can't see: a dashed figure. */
export function imaginedRider(length: number, color: Rgb): Group {
  const group = new Group();
  const axle = Math.max(0.45, length / 2 - WHEEL);
  const figure = merge([trunk(), head(), ...[axle, -axle].map((x) => wheel(x, 0.04).toNonIndexed())]);
  group.add(new Mesh(figure, solid(color, 0.14)), dashedOutline(figure, color, 1, 40));
  return group;
}

/**
 * A pedestrian: head, tapered trunk, swinging arms and legs. Own frame: x forward, z up, feet on the ground. The pose is a
 * function of the metres walked, so that scrubbing moves the legs backwards too.
 */
import { Group, IcosahedronGeometry, Mesh } from 'three';
import { dashedOutline, outline, setBack, solid } from '../materials.ts';
import { mix, type Rgb, type ViewerTheme } from '../theme.ts';
import { shadow } from './car-model.ts';
import { chamfered, loft } from './loft.ts';
import { merge } from './vehicle.ts';

export const PERSON_HEIGHT = 1.78;
/** Metres walked in one full cycle of two paces. */
const CYCLE = 1.45;

export interface PersonModel {
  readonly group: Group;
  /** `swing` 0 stands, 1 walks. */
  setWalk(travelledMetres: number, swing: number): void;
}

const trunk = () =>
  loft([
    chamfered(-0.12, 0.12, 0.17, 0.82, 0.07),
    chamfered(-0.13, 0.13, 0.2, 1.05, 0.08),
    chamfered(-0.13, 0.14, 0.25, 1.36, 0.09),
    chamfered(-0.07, 0.08, 0.12, 1.5, 0.05),
  ]);
const limb = (length: number, thick: number) =>
  loft([chamfered(-thick * 0.7, thick * 0.8, thick * 0.7, -length, 0.03), chamfered(-thick, thick, thick, 0, 0.04)]);
const head = () => new IcosahedronGeometry(0.145, 1).translate(0.02, 0, PERSON_HEIGHT - 0.16);

export function personModel(color: Rgb, theme: ViewerTheme): PersonModel {
  const group = new Group();
  const cloth = setBack(solid(mix(color, theme.dark ? theme.road : [1, 1, 1], theme.dark ? 0.62 : 0.75)));
  const skin = solid(mix(color, [1, 1, 1], 0.55));
  const dark = solid(mix(color, theme.dark ? [0, 0, 0] : [0.1, 0.12, 0.2], 0.42));
  const body = trunk();
  const headShape = head();
  group.add(shadow(0.95, 0.75), new Mesh(body, cloth), outline(body, color, 0.75), new Mesh(headShape, skin));
  const legShape = limb(0.84, 0.085);
  const armShape = limb(0.6, 0.055);
  const hang = (mesh: Mesh, y: number, z: number) => {
    mesh.position.set(0, y, z);
    group.add(mesh);
    return mesh;
  };
  const legs = [hang(new Mesh(legShape, dark), 0.1, 0.85), hang(new Mesh(legShape, dark), -0.1, 0.85)];
  const arms = [hang(new Mesh(armShape, cloth), 0.28, 1.38), hang(new Mesh(armShape, cloth), -0.28, 1.38)];
  return {
    group,
    setWalk(travelledMetres, swing) {
      const angle = Math.sin((travelledMetres / CYCLE) * 2 * Math.PI) * 0.5 * swing;
      legs[0].rotation.y = angle;
      legs[1].rotation.y = -angle;
      arms[0].rotation.y = -angle * 0.8;
      arms[1].rotation.y = angle * 0.8;
    },
  };
}

/** Someone the ego can't see: a dashed figure. */
export function imaginedPerson(color: Rgb): Group {
  const group = new Group();
  const figure = merge([trunk(), head(), limb(0.84, 0.15).translate(0, 0, 0.85)]);
  group.add(new Mesh(figure, solid(color, 0.14)), dashedOutline(figure, color, 1, 40));
  return group;
}

/** The light bar of an emergency vehicle: two blue lamps that take turns, both lit where motion is not wanted, and their glow. */
import { BoxGeometry, Group, Mesh, MeshBasicMaterial, SphereGeometry } from 'three';
import { paint } from '../layer.ts';
import { solid } from '../materials.ts';
import type { Rgb } from '../theme.ts';

const LIT: Rgb = [0.28, 0.55, 1];
const OFF: Rgb = [0.08, 0.14, 0.3];
/** Changes a second: two flashes of each lamp. */
const CHANGES = 4;

export interface LightBar {
  readonly group: Group;
  /** `seconds` of the scene's time; `steady` instead of blinking. */
  setSiren(on: boolean, seconds: number, steady: boolean): void;
}

/** A bar for a roof `height` above the ground at `x`. */
export function lightBar(x: number, height: number, width: number): LightBar {
  const group = new Group();
  group.position.set(x, 0, height + 0.09);
  group.add(new Mesh(new BoxGeometry(0.24, width * 0.62, 0.05).translate(0, 0, -0.06), solid([0.1, 0.11, 0.14])));
  const lamps = [1, -1].map((side) => {
    const material = new MeshBasicMaterial();
    const y = side * width * 0.2;
    const halo = new MeshBasicMaterial({ transparent: true, opacity: 0.22, depthWrite: false });
    paint(halo.color, LIT);
    const glow = new Mesh(new SphereGeometry(0.42, 12, 8).translate(0, y, 0), halo);
    group.add(new Mesh(new BoxGeometry(0.2, width * 0.2, 0.13).translate(0, y, 0.02), material), glow);
    return { material, glow };
  });
  return {
    group,
    setSiren(on, seconds, steady) {
      const turn = Math.floor(seconds * CHANGES) % 2;
      lamps.forEach(({ material, glow }, i) => {
        const lit = on && (steady || turn === i);
        paint(material.color, lit ? LIT : OFF);
        glow.visible = lit;
      });
    },
  };
}

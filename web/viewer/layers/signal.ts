/**
 * The traffic light: a post beside the road with an arm over the lane, at the far side of the junction. Which lamp is lit
 * shows by place (red above, green below) and in words, not by colour alone.
 */
import { BoxGeometry, CylinderGeometry, Group, Mesh, MeshBasicMaterial, SphereGeometry } from 'three';
import { LIGHT_GREEN, LIGHT_NONE, LIGHT_RED, LIGHT_YELLOW } from '../../../core/world/layout.ts';
import { FRAME_LIGHT, FRAME_STRIDE } from '../../../workers/protocol.ts';
import { clearTree, type Layer, paint } from '../layer.ts';
import { outline, solid } from '../materials.ts';
import { roadEdges, roadLine } from '../road-line.ts';
import { mix, type Rgb } from '../theme.ts';

interface Lamp {
  readonly state: number;
  readonly word: 'red' | 'yellow' | 'green';
  readonly lit: Rgb;
  readonly z: number;
}
const LAMPS: readonly Lamp[] = [
  { state: LIGHT_RED, word: 'red', lit: [1, 0.27, 0.25], z: 5.5 },
  { state: LIGHT_YELLOW, word: 'yellow', lit: [1, 0.76, 0.2], z: 5.06 },
  { state: LIGHT_GREEN, word: 'green', lit: [0.25, 0.9, 0.5], z: 4.62 },
];
/** Where the signal stands without a junction: this far beyond the stop line, m. */
const BEYOND_LINE = 9;

export function createSignal(): Layer {
  const root = new Group();
  let materials: MeshBasicMaterial[] = [];
  let halos: Mesh[] = [];
  let off: Rgb = [0.1, 0.1, 0.1];
  return {
    root,
    build({ drive }, theme) {
      clearTree(root);
      materials = [];
      halos = [];
      const { road } = drive.frames;
      if (road.stopLineS === undefined || !Number.isFinite(road.stopLineS)) return;
      off = theme.dark ? [0.11, 0.13, 0.16] : [0.24, 0.27, 0.32];
      const at = roadLine(road).at(road.junction ? road.junction.to + 4.5 : road.stopLineS + BEYOND_LINE);
      root.position.set(at.x, at.y, 0);
      root.rotation.z = at.headingRad;
      const side = roadEdges(road).right - 1.6;
      const metal = solid(mix(theme.dim, theme.road, theme.dark ? 0.45 : 0.8));
      const post = new CylinderGeometry(0.075, 0.1, 6, 10).rotateX(Math.PI / 2).translate(0, side, 3);
      const arm = new CylinderGeometry(0.05, 0.06, -side, 8).translate(0, side / 2, 5.9);
      const head = new BoxGeometry(0.26, 0.5, 1.5).translate(0, 0, 5.06);
      const casing = solid(theme.dark ? [0.06, 0.07, 0.09] : [0.16, 0.18, 0.22]);
      root.add(new Mesh(post, metal), new Mesh(arm, metal), new Mesh(head, casing), outline(head, theme.dim, 0.7));
      for (const lamp of LAMPS) {
        const material = new MeshBasicMaterial();
        const bulb = new Mesh(new SphereGeometry(0.16, 14, 10), material);
        bulb.position.set(-0.12, 0, lamp.z);
        const glow = new MeshBasicMaterial({ transparent: true, opacity: 0.24, depthWrite: false });
        paint(glow.color, lamp.lit);
        const halo = new Mesh(new SphereGeometry(0.34, 14, 10), glow);
        halo.position.copy(bulb.position);
        materials.push(material);
        halos.push(halo);
        root.add(bulb, halo);
      }
    },
    update({ scene, step, labels }) {
      if (materials.length === 0) return;
      const state = scene.drive.frames.ego[step * FRAME_STRIDE + FRAME_LIGHT] || LIGHT_NONE;
      LAMPS.forEach((lamp, i) => {
        paint(materials[i].color, lamp.state === state ? lamp.lit : off);
        halos[i].visible = lamp.state === state;
        if (lamp.state === state) labels.show('light', lamp.word, lamp.word, root.position.x, root.position.y, 6.5);
      });
    },
    dispose: () => clearTree(root),
  };
}

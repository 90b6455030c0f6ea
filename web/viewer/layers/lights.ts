/**
 * Traffic lights, all of the map's: a post each, lamps at the post or on an arm over the lanes. Which lamp is lit shows by place (red
 * above, green below), and for the one ahead of the followed car in words, not by colour alone. Four draw calls however many there are.
 */
import {
  BoxGeometry,
  CircleGeometry,
  type BufferGeometry,
  Color,
  CylinderGeometry,
  Group,
  InstancedMesh,
  type Material,
  Matrix4,
  MeshBasicMaterial,
  SphereGeometry,
} from 'three';
import type { SceneLight } from '../../../core/episode/scene-frames.ts';
import { LIGHT_GREEN, LIGHT_RED, LIGHT_YELLOW } from '../../../core/abi/layout.ts';
import { clearTree, type Frame, type Layer, paint } from '../layer.ts';
import { solid } from '../materials.ts';
import { mix, type Rgb, type ViewerTheme } from '../theme.ts';

interface Lamp {
  readonly state: number;
  readonly word: 'red' | 'yellow' | 'green';
  readonly lit: Rgb;
  readonly z: number;
}
const LAMPS: readonly Lamp[] = [
  { state: LIGHT_RED, word: 'red', lit: [1, 0.27, 0.25], z: 0.44 },
  { state: LIGHT_YELLOW, word: 'yellow', lit: [1, 0.76, 0.2], z: 0 },
  { state: LIGHT_GREEN, word: 'green', lit: [0.25, 0.9, 0.5], z: -0.44 },
];
/** Height of the middle lamp at a post and on an arm, m. */
const AT_POST = 2.9;
const ON_ARM = 5.06;
/** The light ahead is named within this distance, m. */
const NAMED_WITHIN = 90;

export function createLights(): Layer {
  const root = new Group();
  let lights: readonly SceneLight[] = [];
  let theme: ViewerTheme | null = null;
  let bulbs: InstancedMesh | null = null;
  let halos: InstancedMesh | null = null;
  let shown = '';
  const hidden = new Matrix4().makeScale(0, 0, 0);
  const ink = new Color();

  const build = (next: readonly SceneLight[]) => {
    clearTree(root);
    lights = next.slice();
    shown = '';
    bulbs = halos = null;
    if (!theme || lights.length === 0) return;
    const metal = solid(mix(theme.dim, theme.road, theme.dark ? 0.45 : 0.8));
    const casing = solid(theme.dark ? [0.06, 0.07, 0.09] : [0.16, 0.18, 0.22]);
    const posts = placed(new CylinderGeometry(0.075, 0.1, 1, 8).rotateX(Math.PI / 2).translate(0, 0, 0.5), metal, (l) =>
      frameOf(l, 0, 0).scale3(1, 1, l.arm ? ON_ARM + 0.95 : AT_POST + 0.7),
    );
    const arms = placed(new CylinderGeometry(0.05, 0.06, 1, 6).translate(0, 0.5, 0), metal, (l) =>
      l.arm ? frameOf(l, 0, ON_ARM + 0.84).scale3(1, l.arm, 1) : hiddenFrame(),
    );
    const heads = placed(new BoxGeometry(0.26, 0.5, 1.5), casing, (l) => frameOf(l, 0, heightOf(l)));
    const each = lights.length * LAMPS.length;
    // Lamps are discs: they are only seen from the side they shine to.
    bulbs = new InstancedMesh(new CircleGeometry(0.17, 14).rotateY(-Math.PI / 2), new MeshBasicMaterial(), each);
    const glow = new MeshBasicMaterial({ transparent: true, opacity: 0.24, depthWrite: false });
    // Half a sphere: from behind and above one must not take a lamp's light for one's own.
    halos = new InstancedMesh(new SphereGeometry(0.34, 8, 6, -Math.PI / 2, Math.PI), glow, each);
    lights.forEach((light, i) => {
      LAMPS.forEach((lamp, k) => {
        bulbs?.setMatrixAt(i * LAMPS.length + k, frameOf(light, -0.14, heightOf(light) + lamp.z).matrix);
        bulbs?.setColorAt(i * LAMPS.length + k, ink);
        halos?.setColorAt(i * LAMPS.length + k, paint(ink, lamp.lit));
      });
    });
    for (const mesh of [bulbs, halos]) mesh.frustumCulled = false;
    root.add(posts, arms, heads, bulbs, halos);
  };
  const placed = (shape: BufferGeometry, material: Material, at: (light: SceneLight) => Placement) => {
    const mesh = new InstancedMesh(shape, material, lights.length);
    lights.forEach((light, i) => {
      mesh.setMatrixAt(i, at(light).matrix);
    });
    mesh.computeBoundingSphere();
    return mesh;
  };

  const show = (states: Uint8Array, row: number) => {
    const key = `${states.subarray(row, row + lights.length).join('')}`;
    if (!bulbs || !halos || !theme || key === shown) return;
    shown = key;
    const off: Rgb = theme.dark ? [0.11, 0.13, 0.16] : [0.24, 0.27, 0.32];
    lights.forEach((light, i) => {
      LAMPS.forEach((lamp, k) => {
        const lit = states[row + i] === lamp.state;
        const at = i * LAMPS.length + k;
        bulbs?.setColorAt(at, paint(ink, lit ? lamp.lit : off));
        halos?.setMatrixAt(at, lit ? frameOf(light, -0.14, heightOf(light) + lamp.z).matrix : hidden);
      });
    });
    halos.instanceMatrix.needsUpdate = true;
    if (bulbs.instanceColor) bulbs.instanceColor.needsUpdate = true;
  };
  return {
    root,
    build(scene, nextTheme) {
      theme = nextTheme;
      build(scene.frames.lights);
    },
    update(frame) {
      const { frames } = frame.scene;
      if (frames.lights.length !== lights.length) build(frames.lights);
      if (lights.length === 0) return;
      const row = frame.step * lights.length;
      show(frames.lightStates, row);
      const ahead = nextAhead(frame, lights);
      const lamp = LAMPS.find(({ state }) => ahead >= 0 && state === frames.lightStates[row + ahead]);
      if (!lamp) return;
      const { x, y, headingRad, arm = 0 } = lights[ahead];
      const [ax, ay] = [x - Math.sin(headingRad) * arm, y + Math.cos(headingRad) * arm];
      frame.labels.show('light', lamp.word, lamp.word, ax, ay, heightOf(lights[ahead]) + 1.1);
    },
    dispose: () => clearTree(root),
  };
}

interface Placement {
  readonly matrix: Matrix4;
  scale3(x: number, y: number, z: number): Placement;
}
function placement(matrix: Matrix4): Placement {
  return { matrix, scale3: (x, y, z) => placement(matrix.clone().multiply(new Matrix4().makeScale(x, y, z))) };
}
const hiddenFrame = () => placement(new Matrix4().makeScale(0, 0, 0));
const heightOf = ({ arm }: SceneLight) => (arm ? ON_ARM : AT_POST);

/** A place `ahead` of a light's post (or the end of its arm) at height `z`, turned with the travel it rules. */
function frameOf({ x, y, headingRad, arm = 0 }: SceneLight, ahead: number, z: number): Placement {
  const aside = z === 0 || z > ON_ARM + 0.5 ? 0 : arm;
  const [c, s] = [Math.cos(headingRad), Math.sin(headingRad)];
  return placement(
    new Matrix4().makeRotationZ(headingRad).setPosition(x + ahead * c - aside * s, y + ahead * s + aside * c, z),
  );
}

/** The nearest light ahead of the followed actor that rules its direction, or −1. */
function nextAhead({ focus }: Frame, lights: readonly SceneLight[]): number {
  let [best, distance] = [-1, NAMED_WITHIN];
  if (!focus) return best;
  const [c, s] = [Math.cos(focus.headingRad), Math.sin(focus.headingRad)];
  lights.forEach(({ x, y, headingRad }, i) => {
    const ahead = (x - focus.x) * c + (y - focus.y) * s;
    const aside = Math.abs(-(x - focus.x) * s + (y - focus.y) * c);
    const along = Math.cos(headingRad - focus.headingRad);
    if (along < 0.7 || ahead < 0 || aside > 14 || ahead > distance) return;
    [best, distance] = [i, ahead];
  });
  return best;
}

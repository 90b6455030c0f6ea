/**
 * Blocks on a table, as they stand, and beside them, faint and dashed, as they are to stand. Every block has a place of its own on the
 * table, so that the others stay where they are when one moves; between two states the block that moves is lifted over the rest.
 */
import {
  BoxGeometry,
  CanvasTexture,
  Group,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  type Object3D,
  SRGBColorSpace,
} from 'three';
import type { BlockState } from '../../../core/tasks/blocksworld/rules.ts';
import { clearTree, type Layer } from '../layer.ts';
import { dashedOutline, outline, setBack, solid } from '../materials.ts';
import type { Scene } from '../scene.ts';
import { css, mix, type Rgb, type ViewerTheme } from '../theme.ts';

/** Side of a block, and from the middle of one place to the next, m. */
const SIDE = 1;
const PITCH = 1.3;
/** Thickness of the tables, how far they reach beyond their places, and the space between the two, m. */
const TABLE = 0.16;
const RIM = 0.35;
const SPACE = 0.9;
/** Room kept free under a block that is carried over others, m. */
const CLEARANCE = 0.35;
/** Text on a face, px of its square. */
const FACE = 128;

export interface BlockPlace {
  readonly x: number;
  /** Of its underside. */
  readonly z: number;
}

/** Where a block stands on a table whose middle is at x = 0, m. */
function standing(state: BlockState, block: number): BlockPlace {
  let [foot, height] = [block, 0];
  for (; state[foot - 1] !== 0; foot = state[foot - 1]) height++;
  return { x: (foot - (state.length + 1) / 2) * PITCH, z: TABLE + height * SIDE };
}

/** Where each block is when `share` (0..1) of the way from a state to the next is done: up, across, down. */
export function blockPlaces(state: BlockState, next: BlockState, share: number): readonly BlockPlace[] {
  const top = Math.max(...[state, next].flatMap((each) => each.map((_, i) => standing(each, i + 1).z)));
  return state.map((below, i) => {
    const from = standing(state, i + 1);
    if (below === next[i]) return from;
    const to = standing(next, i + 1);
    const lifted = top + CLEARANCE;
    const across = ease(3 * share - 1);
    const z = share < 0.5 ? between(from.z, lifted, ease(3 * share)) : between(lifted, to.z, ease(3 * share - 2));
    return { x: between(from.x, to.x, across), z };
  });
}

const between = (a: number, b: number, share: number) => a + (b - a) * share;
/** 0..1, slow at both ends; what lies outside stands still. */
function ease(t: number): number {
  const s = Math.min(1, Math.max(0, t));
  return s * s * (3 - 2 * s);
}

const widthOf = (blocks: number) => (blocks - 1) * PITCH + SIDE + 2 * RIM;
/** Middle of the goal's table from that of the other, m. */
const goalX = (blocks: number) => widthOf(blocks) + SPACE;

/** What the two tables of so many blocks take up. */
export function tableBounds(blocks: number): Scene['bounds'] {
  const half = widthOf(blocks) / 2;
  return [-half - RIM, -SIDE, goalX(blocks) + half + RIM, SIDE, TABLE + (blocks + 0.4) * SIDE];
}

/** Makes the layer that draws `states[Frame.step]`. */
export function blocksLayer(states: readonly BlockState[], goal: BlockState): () => Layer {
  const count = goal.length;
  return () => {
    const root = new Group();
    const textures: CanvasTexture[] = [];
    let blocks: readonly Object3D[] = [];
    const clear = () => {
      clearTree(root);
      for (const texture of textures.splice(0)) texture.dispose();
    };
    const face = (block: number, ground: string, ink: string) => {
      const texture = numbered(block, ground, ink);
      textures.push(texture);
      return texture;
    };
    return {
      root,
      build(_, theme) {
        clear();
        blocks = goal.map((_, i) => {
          const color = colorOf(theme, i);
          return solidBlock(face(i + 1, css(color), css(inkOf(theme))), mix(color, theme.text, 0.55));
        });
        const ghosts = goal.map((_, i) => {
          const color = mix(colorOf(theme, i), theme.dim, 0.5);
          const block = faintBlock(face(i + 1, css(color, 0.1), css(color)), color);
          const { x, z } = standing(goal, i + 1);
          block.position.set(goalX(count) + x, 0, z);
          return block;
        });
        root.add(table(count, 0, theme), table(count, goalX(count), theme), ...blocks, ...ghosts);
      },
      update({ step, time, labels, reducedMotion }) {
        const state = states[step];
        const share = reducedMotion ? 0 : time - step;
        blockPlaces(state, states[step + 1] ?? state, share).forEach(({ x, z }, i) => blocks[i]?.position.set(x, 0, z));
        const top = (each: BlockState) => Math.max(...each.map((_, i) => standing(each, i + 1).z)) + SIDE;
        labels.show('now', 'now', 'vehicle', 0, 0, Math.max(top(state), top(states[step + 1] ?? state)) + 0.5);
        labels.show('goal', 'goal', 'static', goalX(count), 0, top(goal) + 0.5);
      },
      dispose: clear,
    };
  };
}

/** Colours tell the blocks apart at a glance; their numbers do so for everyone. */
function colorOf(theme: ViewerTheme, index: number): Rgb {
  const colors = [theme.ego, theme.expert, theme.pedestrian, theme.bicycle];
  return mix(colors[index % colors.length], theme.panel, theme.dark ? 0.62 : 0.72);
}
const inkOf = ({ dark, bg, text }: ViewerTheme): Rgb => (dark ? text : mix(bg, text, 0.06));

function table(blocks: number, x: number, theme: ViewerTheme): Object3D {
  const shape = new BoxGeometry(widthOf(blocks), SIDE + 2 * RIM, TABLE).translate(x, 0, TABLE / 2);
  const color = mix(theme.dim, theme.road, theme.dark ? 0.3 : 0.45);
  return new Group().add(new Mesh(shape, setBack(solid(color))), outline(shape, theme.dim, 0.5));
}

/** A box that stands on its origin, its texture upright on all sides and, from before it, on top. */
const box = () => new BoxGeometry(SIDE, SIDE, SIDE).rotateX(Math.PI / 2).translate(0, 0, SIDE / 2);

function solidBlock(map: CanvasTexture, edges: Rgb): Object3D {
  const shape = box();
  // Half of its light is its own: the sun stands behind it, and its numbers face the camera.
  const material = setBack(
    new MeshLambertMaterial({ map, emissiveMap: map, emissive: 0xffffff, emissiveIntensity: 0.5, flatShading: true }),
  );
  return new Group().add(new Mesh(shape, material), outline(shape, edges, 0.7));
}

function faintBlock(map: CanvasTexture, edges: Rgb): Object3D {
  const shape = box();
  const material = new MeshBasicMaterial({ map, transparent: true, depthWrite: false });
  return new Group().add(new Mesh(shape, setBack(material)), dashedOutline(shape, edges, 0.9));
}

function numbered(block: number, ground: string, ink: string): CanvasTexture {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = FACE;
  const pen = canvas.getContext('2d');
  if (pen) {
    pen.fillStyle = ground;
    pen.fillRect(0, 0, FACE, FACE);
    pen.fillStyle = ink;
    pen.font = `600 ${FACE * 0.56}px Inter, system-ui, sans-serif`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(String(block), FACE / 2, FACE * 0.54);
  }
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  return texture;
}

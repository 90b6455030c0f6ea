/**
 * Where everybody else was: a thin trail behind each actor near the picture's middle, in the colour of its kind, fading over a few
 * seconds. Whom the camera follows has a wider one of its own (trail.ts). Ribbons are laid anew when the step changes; of all that come,
 * the nearest, and never more than the buffers hold.
 */
import { BufferGeometry, Color, DynamicDrawUsage, Float32BufferAttribute, Group, Mesh, MeshBasicMaterial } from 'three';
import { SCENE_X, SCENE_Y, type SceneActor, sceneRow } from '../../../core/episode/scene-frames.ts';
import { shapeRow } from '../../../core/tasks/driving/kinds/kinds.ts';
import { clearTree, FLAT_PATH, type Frame, type Layer, paint } from '../layer.ts';
import type { Rgb, ViewerTheme } from '../theme.ts';

const TRAIL_SECONDS = 4;
/** Between the points of a trail, s. */
const EVERY_SECONDS = 0.2;
const PIECES = Math.round(TRAIL_SECONDS / EVERY_SECONDS);
/** Trails at most, and how far from what is looked at they are drawn, m. */
const MOST = 48;
const REACH = 120;
const WIDTH = 0.16;
const HEIGHT = 0.018;
const OPACITY = 0.5;
/** Who has moved farther between two points was set down elsewhere; nearer, it stood, m. */
const LEAP = 20;
const STOOD = 0.02;

export function createPaths(): Layer {
  const root = new Group();
  const positions = new Float32Array(MOST * PIECES * 6 * 3);
  const colors = new Float32Array(MOST * PIECES * 6 * 4);
  let mesh: Mesh<BufferGeometry, MeshBasicMaterial> | null = null;
  let theme: ViewerTheme | null = null;
  let shown = '';
  const tint = new Color();

  const lay = ({ scene: { frames }, step, target, focusIndex }: Frame): number => {
    const near = frames.actors.flatMap((actor, i) => {
      const at = i === focusIndex || actor.width < 0.3 ? -1 : sceneRow(actor, step);
      const away =
        at < 0 ? REACH : Math.hypot(actor.rows[at + SCENE_X] - target.x, actor.rows[at + SCENE_Y] - target.y);
      return away < REACH ? [{ actor, away, ego: i === frames.ego }] : [];
    });
    const every = Math.max(1, Math.round(EVERY_SECONDS / frames.dt));
    let vertex = 0;
    for (const { actor, ego } of near.toSorted((a, b) => a.away - b.away).slice(0, MOST)) {
      if (theme) paint(tint, ego ? theme.ego : colorOf(actor, theme));
      for (let piece = 0; piece < PIECES; piece++) {
        const ends = [step - piece * every, step - (piece + 1) * every] as const;
        vertex = layPiece(actor, ends, [1 - piece / PIECES, 1 - (piece + 1) / PIECES], vertex);
      }
    }
    return vertex;
  };

  /** Two triangles between the places at two steps; returns the next free vertex. */
  const layPiece = (
    actor: SceneActor,
    [to, from]: readonly [number, number],
    [bright, faint]: readonly [number, number],
    vertex: number,
  ): number => {
    const [a, z] = [sceneRow(actor, to), sceneRow(actor, from)];
    if (a < 0 || z < 0) return vertex;
    const [ax, ay] = [actor.rows[a + SCENE_X], actor.rows[a + SCENE_Y]];
    const [zx, zy] = [actor.rows[z + SCENE_X], actor.rows[z + SCENE_Y]];
    const length = Math.hypot(ax - zx, ay - zy);
    if (length < STOOD || length > LEAP) return vertex;
    const [nx, ny] = [(-(ay - zy) / length) * (WIDTH / 2), ((ax - zx) / length) * (WIDTH / 2)];
    const corners = [
      [ax + nx, ay + ny, bright],
      [zx + nx, zy + ny, faint],
      [zx - nx, zy - ny, faint],
      [ax - nx, ay - ny, bright],
    ];
    for (const corner of [0, 1, 2, 0, 2, 3]) {
      const [x, y, share] = corners[corner];
      positions.set([x, y, HEIGHT], 3 * vertex);
      colors.set([tint.r, tint.g, tint.b, OPACITY * share], 4 * vertex);
      vertex++;
    }
    return vertex;
  };

  return {
    root,
    build(_, next) {
      clearTree(root);
      theme = next;
      shown = '';
      const geometry = new BufferGeometry();
      geometry.setAttribute('position', new Float32BufferAttribute(positions, 3).setUsage(DynamicDrawUsage));
      geometry.setAttribute('color', new Float32BufferAttribute(colors, 4).setUsage(DynamicDrawUsage));
      geometry.setDrawRange(0, 0);
      mesh = new Mesh(geometry, new MeshBasicMaterial({ vertexColors: true, transparent: true, depthWrite: false }));
      mesh.renderOrder = FLAT_PATH;
      mesh.frustumCulled = false;
      root.add(mesh);
    },
    update(frame) {
      if (!mesh) return;
      const key = `${frame.step} ${frame.focusIndex} ${frame.scene.frames.steps}`;
      if (key === shown) return;
      shown = key;
      const vertices = lay(frame);
      const { position, color } = mesh.geometry.attributes;
      mesh.geometry.setDrawRange(0, vertices);
      mesh.visible = vertices > 0;
      for (const [attribute, values] of [
        [position, positions],
        [color, colors],
      ] as const) {
        attribute.array.set(values.subarray(0, vertices * attribute.itemSize));
        attribute.needsUpdate = true;
      }
    },
    dispose: () => clearTree(root),
  };
}

function colorOf({ kind }: SceneActor, theme: ViewerTheme): Rgb {
  const { tone } = shapeRow(kind);
  return tone === 'pedestrian' || tone === 'bicycle' ? theme[tone] : theme.vehicle;
}

/** Where the followed actor was (a trail that fades) and, as far as that is known already, where it goes over the look-ahead. */
import { type BufferGeometry, Group, Mesh, type ShaderMaterial } from 'three';
import { type SceneActor, SCENE_X, SCENE_Y, sceneRow } from '../../../core/episode/scene-frames.ts';
import { clearTree, FLAT_PATH, type Frame, type Layer, paint } from '../layer.ts';
import { cutPath, pathMaterial } from '../materials.ts';
import { pathGeometry } from '../shapes/path.ts';
import type { Rgb } from '../theme.ts';
import type { Point } from '../../../core/base/geometry.ts';

const TRAIL_SECONDS = 6;
const AHEAD_FADES_SECONDS = 0.8;
/** Rows of the track that are in the ribbon around now, made anew when now leaves the middle of them. */
const WINDOW = 400;

export function createTrail(): Layer {
  const root = new Group();
  let trail: Mesh<BufferGeometry, ShaderMaterial> | null = null;
  let ahead: Mesh<BufferGeometry, ShaderMaterial> | null = null;
  let shown = '';
  let colors: { readonly ego: Rgb; readonly other: Rgb } | null = null;

  const lay = (actor: SceneActor, middle: number) => {
    const points: Point[] = [];
    const steps: number[] = [];
    for (let step = middle - WINDOW; step <= middle + WINDOW; step++) {
      const at = sceneRow(actor, step);
      if (at < 0) continue;
      points.push([actor.rows[at + SCENE_X], actor.rows[at + SCENE_Y]]);
      steps.push(step);
    }
    for (const [mesh, width, z] of [
      [trail, 0.26, 0.02],
      [ahead, actor.width * 0.86, 0.015],
    ] as const) {
      mesh?.geometry.dispose();
      if (mesh) mesh.geometry = pathGeometry(points, steps, width, z);
    }
  };
  return {
    root,
    build({ frames: { dt } }, theme) {
      clearTree(root);
      shown = '';
      colors = { ego: theme.ego, other: theme.dim };
      const ribbon = (opacity: number, fadeSteps: number) =>
        new Mesh(pathGeometry([], [], 0, 0), pathMaterial({ color: theme.ego, opacity, fadeSteps }));
      trail = ribbon(0.34, TRAIL_SECONDS / dt);
      ahead = ribbon(theme.dark ? 0.2 : 0.24, -AHEAD_FADES_SECONDS / dt);
      for (const mesh of [trail, ahead]) {
        mesh.renderOrder = FLAT_PATH;
        mesh.frustumCulled = false;
        root.add(mesh);
      }
    },
    update({ scene, time, focusIndex, focus, lookAheadSeconds }: Frame) {
      if (!trail || !ahead) return;
      trail.visible = focus !== null;
      ahead.visible = focus !== null && lookAheadSeconds > 0;
      const actor = scene.frames.actors[focusIndex];
      if (!focus || !actor) return;
      const middle = Math.round(time / (WINDOW / 2)) * (WINDOW / 2);
      const key = `${actor.id} ${middle} ${actor.rowCount}`;
      if (key !== shown) {
        lay(actor, middle);
        const color = focusIndex === scene.frames.ego ? colors?.ego : colors?.other;
        for (const { material } of [trail, ahead]) if (color) paint(material.uniforms.color.value, color);
      }
      shown = key;
      cutPath(trail.material, time - TRAIL_SECONDS / scene.frames.dt, time);
      cutPath(ahead.material, time, time + lookAheadSeconds / scene.frames.dt);
    },
    dispose: () => clearTree(root),
  };
}

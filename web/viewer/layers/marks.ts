/** Where something happened: a ring on the ground for a moment around its step, and what it was. */
import { DoubleSide, Group, Mesh, MeshBasicMaterial, RingGeometry } from 'three';
import { clearTree, FLAT_PATH, type Layer, paint } from '../layer.ts';

/** Shown from this long before to this long after, s. */
const BEFORE = 0.2;
const AFTER = 3;

export function createMarks(): Layer {
  const root = new Group();
  let ring: Mesh<RingGeometry, MeshBasicMaterial> | null = null;
  return {
    root,
    build({ frames }, theme) {
      clearTree(root);
      ring = null;
      if (!frames.marks) return;
      const material = new MeshBasicMaterial({ transparent: true, opacity: 0.85, depthWrite: false, side: DoubleSide });
      paint(material.color, theme.error);
      ring = new Mesh(new RingGeometry(1.6, 1.85, 40), material);
      ring.renderOrder = FLAT_PATH + 5;
      root.add(ring);
    },
    update({ scene: { frames }, time, labels }) {
      if (!ring) return;
      const mark = frames.marks?.findLast(
        ({ step }) => (time - step) * frames.dt > -BEFORE && (time - step) * frames.dt < AFTER,
      );
      ring.visible = mark !== undefined;
      if (!mark) return;
      ring.position.set(mark.x, mark.y, 0.05);
      labels.show('mark', mark.text, 'red', mark.x, mark.y, 2.6);
    },
    dispose: () => clearTree(root),
  };
}

/**
 * What reinforcement learning changed: a ring where the frozen imitation model had put a waypoint, a line from there to where
 * the waypoint is now. Shown at every second of the plan, in the text's colour: it is a note about the plan, not part of it.
 */
import {
  BufferGeometry,
  Color,
  DoubleSide,
  Float32BufferAttribute,
  Group,
  InstancedMesh,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  MeshBasicMaterial,
  RingGeometry,
} from 'three';
import { FLAT_PATH, type Frame, type Layer, clearTree, paint } from '../layer.ts';
import { planPoints } from '../plan-points.ts';

/** Waypoints shown: 1 and 2 s. */
const SHOWN = [9, 19];
const HEIGHT = 0.06;

export function createResidual(): Layer {
  const root = new Group();
  const matrix = new Matrix4();
  let rings: InstancedMesh | null = null;
  let arrows: LineSegments | null = null;
  let shown: object | null = null;

  const place = (frame: Frame) => {
    const plan = frame.scene.drive && planPoints(frame.scene.drive, frame.decision);
    root.visible = plan?.frozen != null;
    if (plan === shown || !plan?.frozen || !rings || !arrows) return;
    shown = plan;
    const ends = arrows.geometry.getAttribute('position');
    SHOWN.forEach((waypoint, i) => {
      const [x, y] = plan.frozen?.[waypoint] ?? plan.points[waypoint];
      const [toX, toY] = plan.points[waypoint];
      rings?.setMatrixAt(i, matrix.makeTranslation(x, y, HEIGHT));
      ends.setXYZ(2 * i, x, y, HEIGHT).setXYZ(2 * i + 1, toX, toY, HEIGHT);
    });
    ends.needsUpdate = true;
    rings.instanceMatrix.needsUpdate = true;
  };

  return {
    root,
    build(_, theme) {
      clearTree(root);
      shown = null;
      const color = paint(new Color(), theme.text);
      const look = { color, transparent: true, opacity: 0.75, depthWrite: false };
      rings = new InstancedMesh(
        new RingGeometry(0.24, 0.32, 24),
        new MeshBasicMaterial({ ...look, side: DoubleSide }),
        SHOWN.length,
      );
      const ends = new Float32BufferAttribute(new Float32Array(SHOWN.length * 6), 3);
      arrows = new LineSegments(new BufferGeometry().setAttribute('position', ends), new LineBasicMaterial(look));
      for (const each of [rings, arrows]) {
        each.renderOrder = FLAT_PATH + 4;
        each.frustumCulled = false;
      }
      root.add(rings, arrows);
    },
    update: place,
    dispose: () => clearTree(root),
  };
}

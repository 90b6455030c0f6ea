/**
 * The plan in force: the 20 waypoints of the current decision where the policy put them, bigger where it was surer, over a
 * thin line. They lie flat, so that perspective keeps them apart. Waypoints whose time has passed are dim. The plan is exact, never interpolated: it is what was decided.
 */
import {
  type BufferGeometry,
  CircleGeometry,
  Color,
  DynamicDrawUsage,
  Float32BufferAttribute,
  Group,
  InstancedMesh,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  type ShaderMaterial,
} from 'three';
import { WAYPOINTS } from '../../../core/abi/layout.ts';
import { clearTree, FLAT_PATH, type Frame, type Layer, paint } from '../layer.ts';
import { cutPath, pathMaterial } from '../materials.ts';
import { planPoints } from '../plan-points.ts';
import { pathGeometry } from '../shapes/path.ts';
import { mix } from '../theme.ts';

/** Radius of a waypoint of confidence 0 and 1, m. */
const SMALL = 0.12;
const LARGE = 0.3;
const HEIGHT = 0.05;

export function createPlan(): Layer {
  const root = new Group();
  const matrix = new Matrix4();
  const [coming, passed] = [new Color(), new Color()];
  let dots: InstancedMesh | null = null;
  let line: Mesh<BufferGeometry, ShaderMaterial> | null = null;
  let shown = -1;

  const showPlan = (frame: Frame) => {
    if (!dots || !line) return;
    shown = frame.decision;
    const plan = frame.scene.drive && planPoints(frame.scene.drive, frame.decision);
    line.visible = dots.visible = plan !== null;
    if (!plan) return;
    line.geometry.dispose();
    line.geometry = pathGeometry(plan.points, plan.steps, 0.07, 0.03);
  };
  return {
    root,
    build(_, theme) {
      clearTree(root);
      shown = -1;
      paint(coming, theme.dark ? mix(theme.ego, [1, 1, 1], 0.88) : theme.ego);
      paint(passed, mix(theme.ego, theme.road, 0.35));
      dots = new InstancedMesh(
        new CircleGeometry(1, 28),
        new MeshBasicMaterial({ transparent: true, depthWrite: false }),
        WAYPOINTS,
      );
      dots.instanceMatrix.setUsage(DynamicDrawUsage);
      for (let i = 0; i < WAYPOINTS; i++) dots.setColorAt(i, coming);
      dots.frustumCulled = false;
      line = new Mesh(pathGeometry([], [], 0, 0), pathMaterial({ color: theme.ego, opacity: 0.75 }));
      line.geometry.setAttribute('position', new Float32BufferAttribute([], 3));
      line.renderOrder = FLAT_PATH + 1;
      line.frustumCulled = false;
      dots.renderOrder = FLAT_PATH + 3;
      line.visible = dots.visible = false;
      root.add(line, dots);
    },
    update(frame) {
      if (!dots || !line) return;
      if (frame.decision !== shown) showPlan(frame);
      const plan = frame.scene.drive && planPoints(frame.scene.drive, frame.decision);
      if (!plan) return;
      const until = frame.time + Math.max(1, frame.lookAheadSeconds * 10);
      plan.points.forEach(([x, y], i) => {
        const step = plan.steps[i];
        const radius = step > until ? 0 : SMALL + (LARGE - SMALL) * plan.confidence[i];
        matrix.makeScale(radius, radius, radius).setPosition(x, y, HEIGHT);
        dots?.setMatrixAt(i, matrix);
        dots?.setColorAt(i, step < frame.time ? passed : coming);
      });
      dots.instanceMatrix.needsUpdate = true;
      if (dots.instanceColor) dots.instanceColor.needsUpdate = true;
      cutPath(line.material, frame.time, until);
    },
    dispose: () => clearTree(root),
  };
}

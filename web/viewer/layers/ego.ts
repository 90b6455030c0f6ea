/** The ego car, where it was (a trail that fades) and where it will go (the driven path over the look-ahead). */
import { Group, Mesh, type ShaderMaterial } from 'three';
import { EGO_LENGTH, EGO_WIDTH } from '../../../core/world/layout.ts';
import { FRAME_STRIDE } from '../../../workers/protocol.ts';
import { clearTree, FLAT_PATH, type Layer } from '../layer.ts';
import { cutPath, pathMaterial } from '../materials.ts';
import { sampleAt } from '../pose.ts';
import { type CarModel, carModel } from '../shapes/car-model.ts';
import { pathGeometry, trackPoints } from '../shapes/path.ts';

/** Deceleration above which the brake lamps light, m/s². */
const BRAKING = 0.35;
const TRAIL_STEPS = 60;

export function createEgo(): Layer {
  const root = new Group();
  let car: CarModel | null = null;
  let trail: ShaderMaterial | null = null;
  let ahead: ShaderMaterial | null = null;
  let travelled: Float32Array = new Float32Array(1);
  return {
    root,
    build({ drive: { frames } }, theme) {
      clearTree(root);
      car = carModel({ kind: 'car', length: EGO_LENGTH, width: EGO_WIDTH, color: theme.ego }, theme);
      const { points, steps } = trackPoints(frames.ego, FRAME_STRIDE);
      travelled = new Float32Array(points.length);
      for (let i = 1; i < points.length; i++)
        travelled[i] = travelled[i - 1] + Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]);
      trail = pathMaterial({ color: theme.ego, opacity: 0.34, fadeSteps: TRAIL_STEPS });
      ahead = pathMaterial({ color: theme.ego, opacity: theme.dark ? 0.2 : 0.24, fadeSteps: -8 });
      const ribbons = [
        new Mesh(pathGeometry(points, steps, 0.26, 0.02), trail),
        new Mesh(pathGeometry(points, steps, EGO_WIDTH * 0.86, 0.015), ahead),
      ];
      for (const ribbon of ribbons) {
        ribbon.renderOrder = FLAT_PATH;
        ribbon.frustumCulled = false;
      }
      root.add(...ribbons, car.group);
    },
    update({ ego, time, lookAheadSeconds }) {
      if (!car || !trail || !ahead) return;
      car.group.position.set(ego.x, ego.y, 0);
      car.group.rotation.z = ego.headingRad;
      car.setWheels(ego.steerRad, sampleAt(travelled, time));
      car.setBraking(ego.accelMps2 < -BRAKING || ego.speedMps < 0.05);
      cutPath(trail, time - TRAIL_STEPS, time);
      cutPath(ahead, time, time + lookAheadSeconds * 10);
    },
    dispose: () => clearTree(root),
  };
}

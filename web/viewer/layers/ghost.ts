/**
 * Who might have been or was there instead, drawn so that nobody takes them for real: the counterfactual ego (dashed, with
 * its path and its distance from the ego) and, for imported logs, the recorded human (the expert's colour, dotted).
 */
import {
  BufferGeometry,
  Float32BufferAttribute,
  Group,
  Line,
  LineDashedMaterial,
  Mesh,
  type ShaderMaterial,
} from 'three';
import { EGO_LENGTH, EGO_WIDTH } from '../../../core/abi/layout.ts';
import { STATE_STRIDE } from '../../../workers/contracts/protocol.ts';
import { clearTree, FLAT_PATH, type Frame, type Layer, paint } from '../layer.ts';
import { cutPath, pathMaterial, type PathStyle } from '../materials.ts';
import { egoAt, humanAt, type MovingPose } from '../pose.ts';
import { imaginedCar } from '../shapes/car-model.ts';
import { carShape } from '../shapes/vehicle.ts';
import { pathGeometry, trackPoints } from '../shapes/path.ts';
import type { Rgb } from '../theme.ts';

/** Ghosts closer to the ego than this are not drawn over it, m. */
const TOUCHING = 0.35;

interface Phantom {
  readonly root: Group;
  show(frame: Frame, pose: MovingPose | null): void;
}

export function createGhost(): Layer {
  const root = new Group();
  let counterfactual: Phantom | null = null;
  let human: Phantom | null = null;
  return {
    root,
    build(scene, theme) {
      clearTree(root);
      counterfactual = human = null;
      const { ghost, drive } = scene;
      if (ghost) {
        const track = trackPoints(ghost.frames.ego, STATE_STRIDE, ghost.fromStep);
        counterfactual = phantom('ghost', 'cf', theme.counterfactual, track, { dash: 1.1, gap: 0.8 });
        root.add(counterfactual.root);
      }
      if (drive?.frames.human) {
        const track = trackPoints(drive.frames.human, 4);
        human = phantom('human', 'expert', theme.expert, track, { dash: 0.35, gap: 0.55 });
        root.add(human.root);
      }
    },
    update(frame) {
      const { ghost, drive } = frame.scene;
      if (ghost) counterfactual?.show(frame, frame.time > ghost.fromStep ? egoAt(ghost.frames, frame.time) : null);
      if (drive) human?.show(frame, humanAt(drive.frames, frame.time));
    },
    dispose: () => clearTree(root),
  };
}

/** A dashed car, its path so far and ahead, and a line to the ego with the distance on it. */
function phantom(
  name: 'ghost' | 'human',
  tone: 'cf' | 'expert',
  color: Rgb,
  track: ReturnType<typeof trackPoints>,
  dashes: Pick<PathStyle, 'dash' | 'gap'>,
): Phantom {
  const root = new Group();
  const car = imaginedCar({ shape: carShape, length: EGO_LENGTH, width: EGO_WIDTH, color }, 0.12);
  const driven: ShaderMaterial = pathMaterial({ color, opacity: 0.95, ...dashes });
  const ahead: ShaderMaterial = pathMaterial({ color, opacity: 0.42, ...dashes, fadeSteps: -20 });
  for (const material of [driven, ahead]) {
    const ribbon = new Mesh(pathGeometry(track.points, track.steps, 0.2, 0.04), material);
    ribbon.renderOrder = FLAT_PATH + 2;
    ribbon.frustumCulled = false;
    root.add(ribbon);
  }
  const tether = new Line(
    new BufferGeometry().setAttribute('position', new Float32BufferAttribute(new Float32Array(6), 3)),
    new LineDashedMaterial({ dashSize: 0.3, gapSize: 0.3, transparent: true, opacity: 0.8 }),
  );
  paint(tether.material.color, color);
  tether.frustumCulled = false;
  root.add(tether, car);
  return {
    root,
    show(frame, pose) {
      const { focus: ego, time } = frame;
      const distance = pose && ego ? Math.hypot(pose.x - ego.x, pose.y - ego.y) : 0;
      car.visible = tether.visible = pose !== null && distance > TOUCHING;
      cutPath(driven, time - 60, time);
      cutPath(ahead, time, time + 10 * Math.max(2, frame.lookAheadSeconds));
      if (!pose || !ego || !car.visible) return;
      car.position.set(pose.x, pose.y, 0);
      car.rotation.z = pose.headingRad;
      const ends = tether.geometry.getAttribute('position');
      ends.setXYZ(0, ego.x, ego.y, 1.6).setXYZ(1, pose.x, pose.y, 1.6);
      ends.needsUpdate = true;
      tether.computeLineDistances();
      frame.labels.avoid(pose.x, pose.y, 1.5, 1.1);
      frame.labels.show(name, `${name} ${distance.toFixed(1)} m`, tone, pose.x, pose.y, 1.9);
    },
  };
}

/**
 * Everybody else: cars, vans, pedestrians, boxes. What the ego sees is solid; what it does not see (occluded, or out of
 * range) is a dashed outline labelled "not seen", so the person knows more than the policy and can tell which.
 */
import { BoxGeometry, Group, Mesh } from 'three';
import { KIND_PEDESTRIAN, KIND_STATIC } from '../../../core/world/layout.ts';
import { clearTree, type Layer } from '../layer.ts';
import type { LabelTone } from '../labels.ts';
import { dashedOutline, outline, solid } from '../materials.ts';
import { type ActorPose, actorAt, sampleAt, travelled } from '../pose.ts';
import type { Scene } from '../scene.ts';
import { type CarModel, carModel, imaginedCar, shadow } from '../shapes/car-model.ts';
import { imaginedPerson, PERSON_HEIGHT, type PersonModel, personModel } from '../shapes/person.ts';
import { mix, type ViewerTheme } from '../theme.ts';

type ActorInfo = Scene['drive']['frames']['actorInfo'][number];

/** Anything longer than this that only stands there is drawn as a van, m. */
const VAN_LENGTH = 3.5;
/** Deceleration above which brake lamps light, m/s². */
const BRAKING = 0.5;

interface ActorModel {
  readonly seen: Group;
  readonly unseen: Group;
  readonly height: number;
  readonly tone: LabelTone;
  readonly travelled: Float32Array;
  move(pose: ActorPose, metres: number): void;
}

export function createActors(): Layer {
  const root = new Group();
  let models: ActorModel[] = [];
  return {
    root,
    build({ drive: { frames } }, theme) {
      clearTree(root);
      models = frames.actorInfo.map((info, index) => actorModel(info, travelled(frames, index), theme));
      for (const model of models) root.add(model.seen, model.unseen);
    },
    update({ scene, time, labels }) {
      const { frames } = scene.drive;
      models.forEach((model, index) => {
        const pose = actorAt(frames, index, time);
        model.seen.visible = pose.present && pose.visible;
        model.unseen.visible = pose.present && !pose.visible;
        if (!pose.present) return;
        for (const group of [model.seen, model.unseen]) {
          group.position.set(pose.x, pose.y, 0);
          group.rotation.z = pose.headingRad;
        }
        model.move(pose, sampleAt(model.travelled, time));
        const label = frames.actorInfo[index].label.split(' ')[0];
        const text = pose.visible ? label : `${label} not seen`;
        labels.show(label, text, pose.visible ? model.tone : 'unseen', pose.x, pose.y, model.height + 0.35);
      });
    },
    dispose: () => clearTree(root),
  };
}

function actorModel(info: ActorInfo, distance: Float32Array, theme: ViewerTheme): ActorModel {
  if (info.kind === KIND_PEDESTRIAN) {
    const person: PersonModel = personModel(theme.pedestrian, theme);
    return {
      seen: person.group,
      unseen: imaginedPerson(theme.pedestrian),
      height: PERSON_HEIGHT,
      tone: 'pedestrian',
      travelled: distance,
      move: (pose, metres) => person.setWalk(metres, Math.min(1, pose.speedMps)),
    };
  }
  const still = info.kind === KIND_STATIC;
  const color = still ? mix(theme.vehicle, theme.dim, 0.62) : theme.vehicle;
  if (still && info.length < VAN_LENGTH) return { ...boxModel(info, theme), travelled: distance };
  const options = { kind: still ? 'van' : 'car', length: info.length, width: info.width, color } as const;
  const car: CarModel = carModel(options, theme);
  return {
    seen: car.group,
    unseen: imaginedCar(options, 0.06),
    height: car.height,
    tone: still ? 'static' : 'vehicle',
    travelled: distance,
    move(pose, metres) {
      car.setWheels(0, metres);
      car.setBraking(!still && (pose.accelMps2 < -BRAKING || pose.speedMps < 0.05));
    },
  };
}

/** A crate: something that stands in the way and has no wheels. */
function boxModel(info: ActorInfo, theme: ViewerTheme): Omit<ActorModel, 'travelled'> {
  const height = 1.1;
  const shape = () => new BoxGeometry(info.length, info.width, height).translate(0, 0, height / 2);
  const color = mix(theme.vehicle, theme.dim, 0.4);
  const seen = new Group();
  const body = shape();
  seen.add(shadow(info.length, info.width), new Mesh(body, solid(mix(color, theme.road, 0.55))), outline(body, color));
  const unseen = new Group();
  const ghost = shape();
  unseen.add(new Mesh(ghost, solid(color, 0.06)), dashedOutline(ghost, color));
  return { seen, unseen, height, tone: 'static', move() {} };
}

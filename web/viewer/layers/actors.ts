/**
 * Everybody: the ego, cars, trucks, people, cyclists, fixed things. What the ego sees is solid; what it does not see (occluded, or out of
 * range) is a dashed outline labelled "not seen", so the person knows more than the policy and can tell which. Who is far away is one
 * plain mesh. Models are made when somebody first comes into the picture, so a live source may add actors at any time.
 */
import { Group } from 'three';
import {
  SCENE_BRAKE,
  SCENE_LEFT,
  SCENE_RIGHT,
  SCENE_SEEN,
  SCENE_SIREN,
  type SceneActor,
} from '../../../core/episode/scene-frames.ts';
import { type SceneKind, shapeRow } from '../../../core/tasks/driving/kinds/kinds.ts';
import { clearTree, type Frame, type Layer } from '../layer.ts';
import type { LabelTone } from '../labels.ts';
import { egoAt } from '../pose.ts';
import { Odometer, sceneActorAt, type ScenePose } from '../scene-pose.ts';
import { carModel, type CarOptions, distantCar, imaginedCar } from '../shapes/car-model.ts';
import { lightBar } from '../shapes/emergency.ts';
import { busShape, truckShape } from '../shapes/heavy.ts';
import { imaginedPerson, PERSON_HEIGHT, personModel } from '../shapes/person.ts';
import { thingModel } from '../shapes/street-things.ts';
import { tramShape } from '../shapes/tram.ts';
import { imaginedRider, RIDER_HEIGHT, riderModel } from '../shapes/two-wheeler.ts';
import { carShape, vanShape } from '../shapes/vehicle.ts';
import { mix, type Rgb, type ViewerTheme } from '../theme.ts';

/** Vehicles farther from the camera than this are drawn plainly, and beyond the second distance nobody's label is shown, m. */
const PLAIN_BEYOND = 75;
/** Flashes of an indicator, 1/s. */
const FLASHES = 1.5;

interface ActorModel {
  readonly seen: Group;
  readonly unseen: Group;
  readonly plain?: Group;
  readonly height: number;
  readonly tone: LabelTone;
  move(pose: ScenePose, metres: number, frame: Frame): void;
}
interface Known {
  readonly model: ActorModel;
  readonly odometer: Odometer;
}

export function createActors(): Layer {
  const root = new Group();
  const known = new Map<string, Known>();
  let theme: ViewerTheme | null = null;

  const modelOf = (actor: SceneActor, isEgo: boolean): Known => {
    let entry = known.get(actor.id);
    if (!entry && theme) {
      entry = { model: actorModel(actor, isEgo, theme), odometer: new Odometer() };
      known.set(actor.id, entry);
      const { seen, unseen, plain } = entry.model;
      root.add(seen, unseen);
      if (plain) root.add(plain);
    }
    return entry as Known;
  };
  return {
    root,
    build(scene, next) {
      clearTree(root);
      known.clear();
      theme = next;
      // Those who are there at the start; the rest when they come.
      scene.frames.actors.forEach((actor, i) => {
        if (actor.firstStep === 0) modelOf(actor, i === scene.frames.ego);
      });
    },
    update(frame) {
      const { frames } = frame.scene;
      for (const { model } of known.values()) hide(model);
      frames.actors.forEach((actor, index) => {
        const pose = sceneActorAt(actor, frame.time, frames.steps);
        if (!pose || index === frame.hidden) return;
        const { model, odometer } = modelOf(actor, index === frames.ego);
        const seen = (pose.flags & SCENE_SEEN) !== 0;
        const away = Math.hypot(pose.x - frame.eye.x, pose.y - frame.eye.y, frame.eye.z);
        const shown = !seen ? model.unseen : model.plain && away > PLAIN_BEYOND ? model.plain : model.seen;
        shown.visible = true;
        shown.position.set(pose.x, pose.y, 0);
        shown.rotation.z = pose.headingRad;
        if (shown === model.seen) model.move(pose, odometer.at(actor, frame.time, pose), frame);
        frame.labels.avoid(pose.x, pose.y, model.height, Math.min(actor.length, 2.2) / 2);
        if (!actor.label) return;
        const text = seen ? actor.label : `${actor.label} not seen`;
        frame.labels.show(actor.id, text, seen ? model.tone : 'unseen', pose.x, pose.y, model.height + 0.35);
      });
    },
    dispose() {
      known.clear();
      clearTree(root);
    },
  };
}

function hide({ seen, unseen, plain }: ActorModel): void {
  seen.visible = unseen.visible = false;
  if (plain) plain.visible = false;
}

type Drawing = (actor: SceneActor, isEgo: boolean, theme: ViewerTheme) => Omit<ActorModel, 'tone'>;

const thing =
  (kind: 'cone' | 'barrier' | 'box'): Drawing =>
  ({ length, width, height }, _, theme) => ({ ...thingModel(kind, length, width, height, theme), move() {} });

const rider =
  (heavy: boolean): Drawing =>
  ({ length }, _, theme) => {
    const model = riderModel(length, theme.bicycle, heavy, theme);
    return {
      seen: model.group,
      unseen: imaginedRider(length, theme.bicycle),
      height: RIDER_HEIGHT,
      move: (__, metres) => model.setRide(metres),
    };
  };

/** How each is drawn. */
const DRAWINGS: Readonly<Record<SceneKind, Drawing>> = {
  car: vehicle(carShape),
  van: vehicle(vanShape),
  truck: vehicle(truckShape),
  bus: vehicle(busShape),
  tram: vehicle(tramShape),
  emergency: emergencyVehicle,
  motorcycle: rider(true),
  bicycle: rider(false),
  pedestrian: (_, __, theme) => {
    const person = personModel(theme.pedestrian, theme);
    return {
      seen: person.group,
      unseen: imaginedPerson(theme.pedestrian),
      height: PERSON_HEIGHT,
      move: (pose, metres) => person.setWalk(metres, Math.min(1, pose.speedMps)),
    };
  },
  cone: thing('cone'),
  barrier: thing('barrier'),
  box: thing('box'),
};

function actorModel(actor: SceneActor, isEgo: boolean, theme: ViewerTheme): ActorModel {
  const { tone } = shapeRow(actor.kind);
  return { ...DRAWINGS[actor.kind](actor, isEgo, theme), tone: isEgo ? 'ego' : tone };
}

function vehicle(shape: CarOptions['shape']): Drawing {
  return (actor, isEgo, theme) => vehicleModel(shape, isEgo ? theme.ego : theme.vehicle, false, actor, isEgo, theme);
}

function emergencyVehicle(actor: SceneActor, isEgo: boolean, theme: ViewerTheme): Omit<ActorModel, 'tone'> {
  const color = isEgo ? theme.ego : mix(theme.accent, theme.text, 0.6);
  return vehicleModel(actor.length > 5.2 ? vanShape : carShape, color, true, actor, isEgo, theme);
}

function vehicleModel(
  shape: CarOptions['shape'],
  color: Rgb,
  siren: boolean,
  { length, width }: SceneActor,
  isEgo: boolean,
  theme: ViewerTheme,
): Omit<ActorModel, 'tone'> {
  const options: CarOptions = { shape, length, width, color };
  const car = carModel(options, theme);
  const bar = siren ? lightBar(shape === vanShape ? length / 2 - 2.3 : -0.35, car.height, width) : null;
  if (bar) car.group.add(bar.group);
  const plain = new Group().add(distantCar(options, theme));
  return {
    seen: car.group,
    unseen: imaginedCar(options, 0.06),
    plain,
    height: car.height + (bar ? 0.2 : 0),
    move(pose, metres, { scene, time, reducedMotion }) {
      const seconds = time * scene.frames.dt;
      const steer = isEgo && scene.drive ? egoAt(scene.drive.frames, time).steerRad : 0;
      const lit = reducedMotion || Math.floor(seconds * 2 * FLASHES) % 2 === 0;
      car.setWheels(steer, metres);
      car.setBraking((pose.flags & SCENE_BRAKE) !== 0);
      car.setSignals(lit && (pose.flags & SCENE_LEFT) !== 0, lit && (pose.flags & SCENE_RIGHT) !== 0);
      bar?.setSiren((pose.flags & SCENE_SIREN) !== 0, seconds, reducedMotion);
    },
  };
}

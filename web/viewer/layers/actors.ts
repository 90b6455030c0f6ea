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
import { clearTree, type Frame, type Layer } from '../layer.ts';
import type { LabelTone } from '../labels.ts';
import { egoAt } from '../pose.ts';
import { Odometer, sceneActorAt, type ScenePose } from '../scene-pose.ts';
import { carModel, type CarOptions, distantCar, imaginedCar } from '../shapes/car-model.ts';
import { lightBar } from '../shapes/emergency.ts';
import { imaginedPerson, PERSON_HEIGHT, personModel } from '../shapes/person.ts';
import { thingModel } from '../shapes/street-things.ts';
import { imaginedRider, RIDER_HEIGHT, riderModel } from '../shapes/two-wheeler.ts';
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

function actorModel(actor: SceneActor, isEgo: boolean, theme: ViewerTheme): ActorModel {
  const { kind, length, width } = actor;
  switch (kind) {
    case 'pedestrian': {
      const person = personModel(theme.pedestrian, theme);
      return {
        seen: person.group,
        unseen: imaginedPerson(theme.pedestrian),
        height: PERSON_HEIGHT,
        tone: 'pedestrian',
        move: (pose, metres) => person.setWalk(metres, Math.min(1, pose.speedMps)),
      };
    }
    case 'bicycle':
    case 'motorcycle': {
      const rider = riderModel(length, theme.bicycle, kind === 'motorcycle', theme);
      return {
        seen: rider.group,
        unseen: imaginedRider(length, theme.bicycle),
        height: RIDER_HEIGHT,
        tone: 'bicycle',
        move: (_, metres) => rider.setRide(metres),
      };
    }
    case 'cone':
    case 'barrier':
    case 'box':
      return { ...thingModel(kind, length, width, actor.height, theme), tone: 'static', move() {} };
    default:
      return vehicleModel(actor, isEgo, theme);
  }
}

function vehicleModel({ kind, length, width }: SceneActor, isEgo: boolean, theme: ViewerTheme): ActorModel {
  const siren = kind === 'emergency';
  const body: CarOptions['kind'] = siren
    ? length > 5.2
      ? 'van'
      : 'car'
    : kind === 'van' || kind === 'truck' || kind === 'bus'
      ? kind
      : 'car';
  const color: Rgb = isEgo ? theme.ego : siren ? mix(theme.accent, theme.text, 0.6) : theme.vehicle;
  const options: CarOptions = { kind: body, length, width, color };
  const car = carModel(options, theme);
  const bar = siren ? lightBar(body === 'van' ? length / 2 - 2.3 : -0.35, car.height, width) : null;
  if (bar) car.group.add(bar.group);
  const plain = new Group().add(distantCar(options, theme));
  return {
    seen: car.group,
    unseen: imaginedCar(options, 0.06),
    plain,
    height: car.height + (bar ? 0.2 : 0),
    tone: isEgo ? 'ego' : siren ? 'emergency' : 'vehicle',
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

/**
 * A CARLA server's frames as episodes and frames of the feed. They are in our frame and units already; here they are sorted into
 * actors (vehicles, walkers, the spectator, sensors) and lights. Signs stand on the map and are left out.
 */
import { shapeOfBlueprint } from '../../../core/tasks/driving/kinds/kinds.ts';
import { ActorKind, EventKind, LightState } from '../../generated/traceway/v1/frame_pb.ts';
import {
  ACTOR_VISIBLE,
  EGO_COLLISION,
  EGO_OFF_ROAD,
  EGO_RED_LIGHT,
  type EgoRow,
  type EpisodeStart,
  type FeedEvent,
  type FrameContent,
  type FrameWriter,
} from '../../feed/columns.ts';
import type { EgoEvent, EgoReadouts } from './ego.ts';
import type { ActorFrame, ActorInfo, CarlaActorKind, CarlaFrame } from '../../carla/client/frames.ts';
import type { TrafficLightState } from '../../carla/client/types.ts';

const KINDS: Readonly<Partial<Record<CarlaActorKind, ActorKind>>> = {
  vehicle: ActorKind.VEHICLE,
  walker: ActorKind.PEDESTRIAN,
  sensor: ActorKind.SENSOR,
  spectator: ActorKind.SPECTATOR,
  other: ActorKind.OTHER,
};
const LIGHTS: Readonly<Record<TrafficLightState, LightState>> = {
  green: LightState.GREEN,
  yellow: LightState.YELLOW,
  red: LightState.RED,
  off: LightState.OFF,
  unknown: LightState.UNSPECIFIED,
};
const HERO = /^(hero|ego|ego_vehicle)$/;

/** A light's post stands with its x axis to the right of the travel that it rules (core/io/recordings/recording-scene.ts). */
const ACROSS = Math.PI / 2;

/** CARLA calls them vehicles. */
const isBicycle = ({ kind, blueprint }: ActorInfo) =>
  kind === 'vehicle' && shapeOfBlueprint('vehicle', blueprint)?.key === 'bicycle';
const isActor = ({ kind }: ActorInfo) => KINDS[kind] !== undefined;
const isHero = ({ kind, role }: ActorInfo) => kind === 'vehicle' && HERO.test(role);

export function actorInfo(info: ActorInfo): EpisodeStart['actors'][number] {
  const { id, kind, blueprint, role, parentId, box } = info;
  return {
    actorId: id,
    kind: isBicycle(info) ? ActorKind.BICYCLE : (KINDS[kind] ?? ActorKind.OTHER),
    typeId: blueprint,
    roleName: role,
    length: 2 * box.halfSize.x,
    width: 2 * box.halfSize.y,
    height: 2 * box.halfSize.z,
    centreX: box.centre.x,
    centreY: box.centre.y,
    centreZ: box.centre.z,
    parentId,
  };
}

export interface CarlaMap {
  readonly name: string;
  readonly sha256: string;
}

/** What an episode begins with: whoever and whatever stands in its first frame. */
export function carlaEpisode(frame: CarlaFrame, map: CarlaMap, stepSeconds: number): EpisodeStart {
  const infos = frame.actors.map(({ info }) => info);
  return {
    name: `CARLA episode ${frame.episodeId}`,
    seed: 0,
    mapName: map.name,
    mapSha256: map.sha256,
    originX: 0,
    originY: 0,
    egoId: infos.find(isHero)?.id ?? 0,
    stepSeconds,
    driver: 'external',
    actors: infos.filter(isActor).map(actorInfo),
    lights: frame.actors.flatMap(({ id, light, x, y, z, headingRad }) =>
      light ? [{ lightId: id, signalId: light.signId, x, y, z, heading: headingRad + ACROSS }] : [],
    ),
  };
}

/** Actors of a frame that `known` does not have, which it then has. */
export function newcomers(frame: CarlaFrame, known: Set<number>): ActorInfo[] {
  const found: ActorInfo[] = [];
  for (const { id, info } of frame.actors) {
    if (known.has(id)) continue;
    known.add(id);
    if (isActor(info)) found.push(info);
  }
  return found;
}

/** Whoever is driven: the one with a hero's role. */
export const heroOf = (frame: CarlaFrame): ActorFrame | undefined => frame.actors.find(({ info }) => isHero(info));

/** `ego`: what the frame says of whoever is driven (carla-ego.ts). */
export function carlaFrame(writer: FrameWriter, frame: CarlaFrame, ego: EgoReadouts | undefined): FrameContent {
  for (const actor of frame.actors) {
    if (actor.light) writer.light({ lightId: actor.id, state: LIGHTS[actor.light.state] });
    if (!isActor(actor.info)) continue;
    writer.actor({
      actorId: actor.id,
      x: actor.x,
      y: actor.y,
      z: actor.z,
      heading: actor.headingRad,
      pitch: actor.pitchRad,
      roll: actor.rollRad,
      velocityX: actor.velocity.x,
      velocityY: actor.velocity.y,
      velocityZ: actor.velocity.z,
      yawRate: actor.angularVelocity.z,
      flags: ACTOR_VISIBLE,
    });
  }
  // CARLA counts frames in 64 bits; what a recording of a session needs fits in 32.
  return writer.take(frame.frame >>> 0, frame.timeS, ego ? egoRow(ego) : null, ego ? eventsOf(ego) : []);
}

function egoRow({ lane, ...view }: EgoReadouts): EgoRow {
  return {
    acceleration: view.accelMps2,
    steering: view.steerRad,
    throttle: view.throttle,
    brake: view.brake,
    reward: 0,
    timeToCollision: view.timeToCollisionS,
    routeS: 0,
    lateral: lane?.place?.lateral ?? Number.NaN,
    routeCompletion: 0,
    flags:
      (view.events.some(({ kind }) => kind === 'collision') ? EGO_COLLISION : 0) |
      (lane?.nonDrivable ? EGO_OFF_ROAD : 0) |
      (lane?.ranRedLight ? EGO_RED_LIGHT : 0),
  };
}

const EVENTS: Readonly<Record<EgoEvent['kind'], EventKind>> = {
  collision: EventKind.COLLISION,
  'lane-invasion': EventKind.LANE_INVASION,
  'red-light': EventKind.RED_LIGHT,
  'off-road': EventKind.OFF_ROAD,
};
const eventsOf = ({ id, events }: EgoReadouts): FeedEvent[] =>
  events.map(({ kind, otherId, text }) => ({ kind: EVENTS[kind], actorId: id, otherId, text }));

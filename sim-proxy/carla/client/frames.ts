/**
 * Frames as the rest of the product sees them: right-handed, metres, radians, seconds, each actor with what its kind adds. Made of an
 * episode state and of what is known of its actors.
 */
import {
  fromCarlaAngularVelocity,
  fromCarlaPose,
  fromCarlaVector,
  type Point3,
  type Pose3,
} from '../../../core/io/recordings/carla-frame.ts';
import { type EpisodeState, readTrafficLight, readTrafficSign, readVehicle, readWalker } from './streams.ts';
import { type Actor, TRAFFIC_LIGHT_STATES, type TrafficLightState } from './types.ts';

export type CarlaActorKind = 'vehicle' | 'walker' | 'traffic-light' | 'traffic-sign' | 'sensor' | 'spectator' | 'other';

/** What does not change while an actor lives. */
export interface ActorInfo {
  readonly id: number;
  readonly kind: CarlaActorKind;
  /** "vehicle.tesla.model3"; empty when the server no longer knew it. */
  readonly blueprint: string;
  readonly role: string;
  /** 0: none. */
  readonly parentId: number;
  /** Centre in the actor's frame and half sizes, m, and how far it is turned there. A sign's box is where the sign holds. */
  readonly box: { readonly centre: Point3; readonly halfSize: Point3; readonly headingRad?: number };
}

export interface ActorFrame extends Pose3 {
  readonly id: number;
  readonly info: ActorInfo;
  /** m/s, m/s², rad/s; world frame. */
  readonly velocity: Point3;
  readonly acceleration: Point3;
  readonly angularVelocity: Point3;
  readonly vehicle?: {
    /** 0 … 1, steer −1 … 1 positive to the left. */
    readonly throttle: number;
    readonly steer: number;
    readonly brake: number;
    readonly handBrake: boolean;
    readonly reverse: boolean;
    readonly gear: number;
    readonly speedLimitMps: number;
    /** The light that governs it, or null. */
    readonly light: { readonly id: number; readonly state: TrafficLightState } | null;
  };
  readonly walker?: { readonly direction: Point3; readonly speedMps: number };
  readonly light?: {
    /** OpenDRIVE signal. */
    readonly signId: string;
    readonly state: TrafficLightState;
    readonly frozen: boolean;
    readonly elapsedS: number;
    readonly times: { readonly greenS: number; readonly yellowS: number; readonly redS: number };
  };
  readonly signId?: string;
}

export interface CarlaFrame {
  readonly frame: number;
  readonly timeS: number;
  readonly deltaS: number;
  /** Decimal text: 64 bits do not fit into a number. */
  readonly episodeId: string;
  readonly actors: readonly ActorFrame[];
}

function kindOfBlueprint(blueprint: string): CarlaActorKind {
  if (blueprint.startsWith('vehicle.')) return 'vehicle';
  if (blueprint.startsWith('walker.')) return 'walker';
  if (blueprint === 'traffic.traffic_light') return 'traffic-light';
  if (blueprint.startsWith('traffic.')) return 'traffic-sign';
  if (blueprint.startsWith('sensor.')) return 'sensor';
  return blueprint === 'spectator' ? 'spectator' : 'other';
}

export function infoOf(actor: Actor): ActorInfo {
  const { id, parentId, description, boundingBox } = actor;
  const { x, y, z } = boundingBox.extent;
  const { headingRad } = fromCarlaPose(boundingBox.location, boundingBox.rotation);
  return {
    id,
    kind: kindOfBlueprint(description.id),
    blueprint: description.id,
    role: description.attributes.find((attribute) => attribute.id === 'role_name')?.value ?? '',
    parentId,
    box: {
      centre: fromCarlaVector(boundingBox.location),
      halfSize: { x, y, z },
      ...(headingRad !== 0 && { headingRad }),
    },
  };
}

/** An actor that the server did not tell about. */
export const unknownActor = (id: number): ActorInfo => {
  const none = { x: 0, y: 0, z: 0 };
  return { id, kind: 'other', blueprint: '', role: '', parentId: 0, box: { centre: none, halfSize: none } };
};

const lightState = (state: number): TrafficLightState => TRAFFIC_LIGHT_STATES[state] ?? 'unknown';

export function frameOf(state: EpisodeState, infoOf: (id: number) => ActorInfo): CarlaFrame {
  return {
    frame: state.frame,
    timeS: state.timestamp,
    deltaS: state.deltaSeconds,
    episodeId: String(state.episodeId),
    actors: state.actors.map((actor) => {
      const info = infoOf(actor.id);
      return {
        ...fromCarlaPose(actor.location, actor.rotation),
        id: actor.id,
        info,
        velocity: fromCarlaVector(actor.velocity),
        acceleration: fromCarlaVector(actor.acceleration),
        angularVelocity: fromCarlaAngularVelocity(actor.angularVelocity),
        ...detailOf(info.kind, actor.union),
      };
    }),
  };
}

function detailOf(
  kind: CarlaActorKind,
  union: Uint8Array,
): Pick<ActorFrame, 'vehicle' | 'walker' | 'light' | 'signId'> {
  if (kind === 'vehicle') {
    const { throttle, steer, brake, handBrake, reverse, gear, ...rest } = readVehicle(union);
    const light = rest.hasTrafficLight ? { id: rest.trafficLightId, state: lightState(rest.trafficLightState) } : null;
    const speedLimitMps = rest.speedLimitKmh / 3.6;
    return { vehicle: { throttle, steer: 0 - steer, brake, handBrake, reverse, gear, speedLimitMps, light } };
  }
  if (kind === 'walker') {
    const { direction, speed } = readWalker(union);
    return { walker: { direction: fromCarlaVector(direction), speedMps: speed } };
  }
  if (kind === 'traffic-light') {
    const { signId, state, frozen, elapsedTime, greenTime, yellowTime, redTime } = readTrafficLight(union);
    const times = { greenS: greenTime, yellowS: yellowTime, redS: redTime };
    return { light: { signId, state: lightState(state), frozen, elapsedS: elapsedTime, times } };
  }
  return kind === 'traffic-sign' ? { signId: readTrafficSign(union) } : {};
}

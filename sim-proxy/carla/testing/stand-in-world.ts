/** Test only: the world of the stand-in server: bodies that move straight ahead or turn, and what its sensors measure. */
import type { Dialect } from '../client/dialect.ts';
import { type CarlaActorState, type SensorCodecs, type SensorHeader, UNION_BYTES } from '../client/streams.ts';
import type { Actor, ActorDefinition, Transform, VehicleControl, WalkerControl } from '../client/types.ts';
import { encodeCamera, encodeMeasurement, encodeTrafficLight, encodeVehicle } from './encode-streams.ts';

export const ZERO = { x: 0, y: 0, z: 0 };
export const LEVEL = { pitch: 0, yaw: 0, roll: 0 };
const RAD = Math.PI / 180;
/** m on the ground. */
const METRES_A_DEGREE = 111_320;

export interface Body {
  readonly actor: Actor;
  place: Transform;
  speed: number;
  /** Over the last step: m/s² along the heading, degrees/s. */
  accel: number;
  yawRate: number;
  control: VehicleControl;
  /** How a walker goes: metres a second in its direction. */
  walker?: WalkerControl;
  light: number;
  /** Flags of a vehicle's lights. */
  lamps?: number;
  /** OpenDRIVE signal of a traffic light. */
  readonly signal: string;
}
export type Bodies = ReadonlyMap<number, Body>;

const blueprint = (uid: number, id: string, attributes: ActorDefinition['attributes'] = []): ActorDefinition => ({
  uid,
  id,
  tags: id.replaceAll('.', ','),
  attributes,
});
const modifiable = (id: string, type: number, value: string) => ({
  id,
  type,
  value,
  recommended: [],
  modifiable: true,
  restricted: false,
});

/** What the server can spawn, with attribute types numbered as its version does. */
export function definitions({ attributeTypeBase }: Dialect): readonly ActorDefinition[] {
  const [int, text] = [1 + attributeTypeBase, 3 + attributeTypeBase];
  return [
    blueprint(1, 'vehicle.tesla.model3', [modifiable('role_name', text, 'autopilot')]),
    blueprint(7, 'vehicle.carlamotors.firetruck', [modifiable('role_name', text, 'autopilot')]),
    blueprint(6, 'walker.pedestrian.0001', [modifiable('role_name', text, 'pedestrian')]),
    blueprint(2, 'sensor.other.gnss'),
    blueprint(3, 'sensor.other.imu'),
    blueprint(4, 'sensor.other.collision'),
    blueprint(5, 'sensor.camera.rgb', [modifiable('image_size_x', int, '8'), modifiable('image_size_y', int, '6')]),
  ];
}

/** What a collision sensor calls things of the map. */
const BUILDING: Actor = {
  id: 0,
  parentId: 0,
  description: { uid: 0, id: 'static.building', attributes: [] },
  boundingBox: { location: ZERO, extent: ZERO, rotation: LEVEL, actorId: 0 },
  semanticTags: new Uint8Array(0),
  streamToken: new Uint8Array(0),
};

const WHEELBASE = 2.9;
/** Front wheels' largest angle, degrees. */
const MAX_STEER = 70;

/** Moves a vehicle as a bicycle about its rear axle, and a child with its parent. */
export function move(bodies: Bodies, body: Body, deltaSeconds: number): void {
  const parent = bodies.get(body.actor.parentId);
  if (parent) body.place = parent.place;
  if (body.walker) {
    const { direction, speed } = body.walker;
    const { location } = body.place;
    const [x, y] = [location.x + direction.x * speed * deltaSeconds, location.y + direction.y * speed * deltaSeconds];
    body.place = { ...body.place, location: { ...location, x, y } };
    body.speed = speed;
  }
  if (!body.actor.description.id.startsWith('vehicle.')) return;
  const before = body.speed;
  body.speed = Math.max(0, before + (4 * body.control.throttle - 8 * body.control.brake) * deltaSeconds);
  body.accel = (body.speed - before) / deltaSeconds;
  body.yawRate = (body.speed * Math.tan(body.control.steer * MAX_STEER * RAD)) / WHEELBASE / RAD;
  const { location, rotation } = body.place;
  const yaw = rotation.yaw + body.yawRate * deltaSeconds;
  const x = location.x + Math.cos(yaw * RAD) * body.speed * deltaSeconds;
  const y = location.y + Math.sin(yaw * RAD) * body.speed * deltaSeconds;
  body.place = { location: { ...location, x, y }, rotation: { ...rotation, yaw } };
}

/** What a sensor sends in this frame, or null. */
export function measure(
  { bodies, walls }: { readonly bodies: Bodies; readonly walls: readonly Transform[] },
  sensors: SensorCodecs,
  { actor, place }: Body,
  header: (sensorType: number, place: Transform) => SensorHeader,
): Uint8Array | null {
  const { x, y, z } = place.location;
  switch (actor.description.id) {
    case 'sensor.other.gnss': {
      const value = { latitude: -y / METRES_A_DEGREE, longitude: x / METRES_A_DEGREE, altitude: z };
      return encodeMeasurement(header(4, place), sensors.gnss, value);
    }
    case 'sensor.other.imu': {
      const compass = Math.PI / 2 + place.rotation.yaw * RAD;
      const value = { accelerometer: { x: 0, y: 0, z: 9.81 }, gyroscope: ZERO, compass };
      return encodeMeasurement(header(5, place), sensors.imu, value);
    }
    case 'sensor.other.collision': {
      const parent = bodies.get(actor.parentId);
      const other = [...bodies.values()].find(
        (body) => body !== parent && body.actor.description.id.startsWith('vehicle.') && near(body.place, place),
      );
      const hit = other?.actor ?? (walls.some((wall) => near(wall, place)) ? BUILDING : undefined);
      if (!parent || !hit) return null;
      const value = { actor: parent.actor, other: hit, normalImpulse: { x: 1000, y: 0, z: 0 } };
      return encodeMeasurement(header(0, place), sensors.collision, value);
    }
    case 'sensor.camera.rgb': {
      const side = (id: string) => Number(actor.description.attributes.find((each) => each.id === id)?.value);
      const [width, height] = [side('image_size_x'), side('image_size_y')];
      const bgra = new Uint8Array(width * height * 4).fill(header(14, place).frame & 255);
      return encodeCamera(header(14, place), { width, height, fov: 90, bgra });
    }
    default:
      return null;
  }
}

/** An actor's part of the episode's stream. */
export function stateOf(body: Body, frozen: boolean): CarlaActorState {
  const { actor, place, speed, accel, yawRate, control } = body;
  const forward = { x: Math.cos(place.rotation.yaw * RAD), y: Math.sin(place.rotation.yaw * RAD), z: 0 };
  const { id } = actor.description;
  let union: Uint8Array = new Uint8Array(UNION_BYTES);
  if (id.startsWith('vehicle.')) {
    union = encodeVehicle({
      ...control,
      speedLimitKmh: 36,
      trafficLightState: 2,
      hasTrafficLight: false,
      trafficLightId: 0,
      failure: 0,
    });
  } else if (id === 'traffic.traffic_light') {
    const times = { greenTime: 10, yellowTime: 3, redTime: 2, elapsedTime: 0 };
    union = encodeTrafficLight({ signId: body.signal, ...times, poleIndex: 0, frozen, state: body.light });
  }
  return {
    id: actor.id,
    state: 1,
    ...place,
    velocity: { x: forward.x * speed, y: forward.y * speed, z: 0 },
    angularVelocity: { x: 0, y: 0, z: yawRate },
    acceleration: { x: forward.x * accel, y: forward.y * accel, z: 0 },
    union,
  };
}

export const near = (a: Transform, b: Transform) =>
  Math.hypot(a.location.x - b.location.x, a.location.y - b.location.y) < 3;
/** An actor's stream, −1 without one. */
export const streamOf = ({ streamToken }: Actor) =>
  streamToken.length > 0 ? new DataView(streamToken.buffer, streamToken.byteOffset).getUint32(0, true) : -1;

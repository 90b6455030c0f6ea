/**
 * The structs of CARLA's RPC, as codecs for one dialect. Fields keep CARLA's meaning: LEFT-handed frame (x forward, y right, z
 * up), metres, degrees; `frame.ts` turns what leaves this folder into ours. Field order is the array's order.
 * Source: LibCarla `carla/rpc/*.h` of each version.
 */
import { bin, bool, f32, f64, i32, list, optional, str, struct, u32, u64, u8, type Value } from './codec.ts';
import type { Dialect } from './dialect.ts';

export const vector3 = struct('Vector3D', { x: f32, y: f32, z: f32 });
/** Degrees: pitch up, yaw from x towards y (clockwise from above), roll clockwise seen from behind. */
const rotation = struct('Rotation', { pitch: f32, yaw: f32, roll: f32 });
export const transform = struct('Transform', { location: vector3, rotation });
export const geoLocation = struct('GeoLocation', { latitude: f64, longitude: f64, altitude: f64 });
export const vehicleControl = struct('VehicleControl', {
  throttle: f32,
  /** −1 … 1, positive to the right. */
  steer: f32,
  brake: f32,
  handBrake: bool,
  reverse: bool,
  manualGearShift: bool,
  gear: i32,
});
export const ackermannControl = struct('VehicleAckermannControl', {
  steer: f32,
  steerSpeed: f32,
  speed: f32,
  acceleration: f32,
  jerk: f32,
});
export const walkerControl = struct('WalkerControl', { direction: vector3, speed: f32, jump: bool });
const attributeValue = struct('ActorAttributeValue', { id: str, type: u8, value: str });
const attribute = struct('ActorAttribute', {
  id: str,
  type: u8,
  value: str,
  recommended: list(str),
  modifiable: bool,
  restricted: bool,
});
export const actorDefinition = struct('ActorDefinition', { uid: u32, id: str, tags: str, attributes: list(attribute) });
export const actorDescription = struct('ActorDescription', { uid: u32, id: str, attributes: list(attributeValue) });
export const token = struct('Token', { bytes: bin });
export const episodeInfo = struct('EpisodeInfo', { id: u64, token });
export const mapInfo = struct('MapInfo', { name: str, spawnPoints: list(transform) });
export const vehicleLights = struct('VehicleLightState', { flags: u32 });
/** A vehicle's lights, in the list of all. */
export const vehicleLightOf = struct('VehicleLightState of a vehicle', { id: u32, flags: u32 });
const color = struct('Color', { r: u8, g: u8, b: u8 });
export const lightState = struct('LightState', {
  id: i32,
  location: vector3,
  intensity: f32,
  group: u8,
  color,
  active: bool,
});
export const openDriveParameters = struct('OpendriveGenerationParameters', {
  vertexDistance: f64,
  maxRoadLength: f64,
  wallHeight: f64,
  additionalWidth: f64,
  smoothJunctions: bool,
  meshVisibility: bool,
  pedestrianNavigation: bool,
});

const WEATHER = {
  cloudiness: f32,
  precipitation: f32,
  precipitationDeposits: f32,
  windIntensity: f32,
  sunAzimuthAngle: f32,
  sunAltitudeAngle: f32,
  fogDensity: f32,
  fogDistance: f32,
  fogFalloff: f32,
  wetness: f32,
  scatteringIntensity: f32,
  mieScatteringScale: f32,
  rayleighScatteringScale: f32,
  dustStorm: f32,
};

/** Structs that depend on the version. */
export function carlaTypes(dialect: Dialect) {
  const boundingBox = struct(
    'BoundingBox',
    { location: vector3, extent: vector3, rotation, actorId: u32 },
    dialect.boxFields,
  );
  const episodeSettings = struct(
    'EpisodeSettings',
    {
      synchronousMode: bool,
      noRenderingMode: bool,
      fixedDeltaSeconds: optional(f64, { nil: false }),
      substepping: bool,
      maxSubstepDeltaTime: f64,
      maxSubsteps: i32,
      maxCullingDistance: f32,
      deterministicRagdolls: bool,
      tileStreamDistance: f32,
      actorActiveDistance: f32,
      spectatorAsEgo: bool,
    },
    dialect.settingsFields,
  );
  const weather = struct('WeatherParameters', WEATHER, dialect.weatherFields);
  const actor = struct('Actor', {
    id: u32,
    /** 0: none. */
    parentId: u32,
    description: actorDescription,
    boundingBox,
    semanticTags: bin,
    /** Empty, or the 24 bytes of a stream token. */
    streamToken: bin,
  });
  return { boundingBox, episodeSettings, weather, actor };
}

export type Vector3 = Value<typeof vector3>;
export type Rotation = Value<typeof rotation>;
export type Transform = Value<typeof transform>;
export type VehicleControl = Value<typeof vehicleControl>;
export type WalkerControl = Value<typeof walkerControl>;
export type ActorDefinition = Value<typeof actorDefinition>;
export type ActorDescription = Value<typeof actorDescription>;
export type MapInfo = Value<typeof mapInfo>;
export type CarlaEpisodeInfo = Value<typeof episodeInfo>;
type Types = ReturnType<typeof carlaTypes>;
export type EpisodeSettings = Value<Types['episodeSettings']>;
export type Weather = Value<Types['weather']>;
export type Actor = Value<Types['actor']>;

/** Red 0, yellow 1, green 2, off 3, unknown 4. */
export const TRAFFIC_LIGHT_STATES = ['red', 'yellow', 'green', 'off', 'unknown'] as const;
export type TrafficLightState = (typeof TRAFFIC_LIGHT_STATES)[number];
/** Bits of a vehicle's light state: the blue lights of an emergency vehicle. */
export const EMERGENCY_LIGHTS = 512 | 1024;
/** How a child follows its parent. */
export const ATTACHMENT = { rigid: 0, springArm: 1, springArmGhost: 2 } as const;

const ATTRIBUTE_TYPES = ['bool', 'int', 'float', 'string', 'color'] as const;
/** The integer that stands for a type of attribute in this dialect. */
export const attributeTypeOf = (type: (typeof ATTRIBUTE_TYPES)[number], { attributeTypeBase }: Dialect): number =>
  ATTRIBUTE_TYPES.indexOf(type) + attributeTypeBase;

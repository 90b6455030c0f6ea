/** Enumerations of traceway.v1 as the names that the page uses, and sources and commands in those terms. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { LightState } from '../generated/traceway/v1/frame_pb.ts';
import {
  Capability,
  type ControlSourceRequestSchema,
  MapFormat,
  type Source,
  SourceKind,
  SourceMode,
  SourceState,
} from '../generated/traceway/v1/source_pb.ts';
import type {
  CapabilityName,
  LiveCommand,
  LiveMap,
  LiveSource,
  SourceKindName,
  SourceStateName,
} from '../contracts/proxy-protocol.ts';

const KINDS: Readonly<Partial<Record<SourceKind, SourceKindName>>> = {
  [SourceKind.EMBEDDED]: 'embedded',
  [SourceKind.CARLA]: 'carla',
  [SourceKind.PUSH]: 'push',
  [SourceKind.ENVIRONMENT]: 'environment',
};
const STATES: Readonly<Partial<Record<SourceState, SourceStateName>>> = {
  [SourceState.IDLE]: 'idle',
  [SourceState.RUNNING]: 'running',
  [SourceState.PAUSED]: 'paused',
  [SourceState.RECONNECTING]: 'reconnecting',
  [SourceState.STUCK]: 'stuck',
  [SourceState.FAILED]: 'failed',
};
const CAPABILITIES: Readonly<Partial<Record<Capability, CapabilityName>>> = {
  [Capability.MAP]: 'map',
  [Capability.ENVIRONMENT]: 'environment',
  [Capability.START_DRIVE]: 'start-drive',
  [Capability.PAUSE]: 'pause',
  [Capability.RATE]: 'rate',
  [Capability.SPAWN]: 'spawn',
  [Capability.VEHICLE_CONTROL]: 'vehicle-control',
  [Capability.WEATHER]: 'weather',
  [Capability.LOAD_MAP]: 'load-map',
  [Capability.LIGHTS]: 'lights',
  [Capability.MODE]: 'mode',
  [Capability.CONNECT]: 'connect',
  [Capability.CAMERA]: 'camera',
};
const LIGHTS = {
  green: LightState.GREEN,
  yellow: LightState.YELLOW,
  red: LightState.RED,
  off: LightState.OFF,
} as const;

export const stateName = (state: SourceState): SourceStateName => STATES[state] ?? 'unknown';
export const mapFormat = (format: MapFormat): LiveMap['format'] =>
  format === MapFormat.OPENDRIVE ? 'opendrive' : 'route-json';

export const readSource = (source: Source): LiveSource => ({
  id: source.sourceId,
  kind: KINDS[source.kind] ?? 'unknown',
  name: source.name,
  version: source.version,
  mapName: source.mapName,
  synchronous: source.mode === SourceMode.SYNCHRONOUS,
  state: stateName(source.state),
  problem: source.problem,
  capabilities: source.capabilities.flatMap((capability) => CAPABILITIES[capability] ?? []),
  watchers: source.watchers,
  framesPerSecond: source.framesPerSecond,
  frames: Number(source.latestSequence),
  reconnects: source.reconnects,
  missedFrames: Number(source.missedFrames),
});

type Command = NonNullable<MessageInitShape<typeof ControlSourceRequestSchema>['command']>;

export function commandMessage(command: LiveCommand): Command {
  switch (command.kind) {
    case 'start-drive': {
      const { scenario, seed, driver, repeat } = command;
      return { case: 'startDrive', value: { scenarioId: scenario, seed, driver, repeat } };
    }
    case 'pause':
      return { case: 'setPaused', value: { paused: command.paused, steps: command.steps ?? 0 } };
    case 'rate':
      return { case: 'setRate', value: { hertz: command.hertz } };
    case 'mode': {
      const mode = command.synchronous ? SourceMode.SYNCHRONOUS : SourceMode.ASYNCHRONOUS;
      return { case: 'setMode', value: { mode, stepSeconds: command.stepSeconds ?? 0 } };
    }
    case 'spawn': {
      const { type, x, y, z, heading, attributes = {} } = command;
      return { case: 'spawnActor', value: { typeId: type, pose: { x, y, z, heading }, attributes: { ...attributes } } };
    }
    case 'destroy':
      return { case: 'destroyActor', value: { actorId: command.actorId } };
    case 'control': {
      const { actorId, throttle, brake, steering } = command;
      return { case: 'controlVehicle', value: { actorId, throttle, brake, steering } };
    }
    case 'weather':
      return { case: 'setWeather', value: { ...command.weather } };
    case 'load-map':
      return { case: 'loadMap', value: { mapName: command.map } };
    case 'connect':
      return { case: 'connect', value: { host: command.host, port: command.port } };
    case 'light':
      return { case: 'setLight', value: { lightId: command.lightId, state: LIGHTS[command.state] } };
  }
}

/**
 * Commands of `apply_batch`: each is `[[index, struct]]`, and the index depends on the version. A caller names the kind.
 * Source: LibCarla `carla/rpc/Command.h`.
 */
import { bool, type Codec, type Differences, f32, list, optional, str, struct, u32, u8, type Value } from './codec.ts';
import type { Dialect } from './dialect.ts';
import { CarlaError } from './errors.ts';
import type { MsgValue, MsgWriter } from './msgpack.ts';
import {
  ackermannControl,
  type ActorDescription,
  actorDescription,
  type Transform,
  transform,
  vector3,
  vehicleControl,
  walkerControl,
} from './types.ts';

const onActor = { id: u32 };
const PLAIN = {
  destroyActor: struct('DestroyActor', onActor),
  applyVehicleControl: struct('ApplyVehicleControl', { ...onActor, control: vehicleControl }),
  applyVehicleAckermannControl: struct('ApplyVehicleAckermannControl', { ...onActor, control: ackermannControl }),
  applyWalkerControl: struct('ApplyWalkerControl', { ...onActor, control: walkerControl }),
  applyTransform: struct('ApplyTransform', { ...onActor, transform }),
  applyWalkerState: struct('ApplyWalkerState', { ...onActor, transform, speed: f32 }),
  applyTargetVelocity: struct('ApplyTargetVelocity', { ...onActor, velocity: vector3 }),
  applyTargetAngularVelocity: struct('ApplyTargetAngularVelocity', { ...onActor, angularVelocity: vector3 }),
  applyImpulse: struct('ApplyImpulse', { ...onActor, impulse: vector3 }),
  applyForce: struct('ApplyForce', { ...onActor, force: vector3 }),
  applyAngularImpulse: struct('ApplyAngularImpulse', { ...onActor, impulse: vector3 }),
  applyTorque: struct('ApplyTorque', { ...onActor, torque: vector3 }),
  setSimulatePhysics: struct('SetSimulatePhysics', { ...onActor, enabled: bool }),
  setEnableGravity: struct('SetEnableGravity', { ...onActor, enabled: bool }),
  setAutopilot: struct('SetAutopilot', { ...onActor, enabled: bool }),
  showDebugTelemetry: struct('ShowDebugTelemetry', { ...onActor, enabled: bool }),
  setVehicleLightState: struct('SetVehicleLightState', { ...onActor, flags: u32 }),
  applyLocation: struct('ApplyLocation', { ...onActor, location: vector3 }),
  consoleCommand: struct('ConsoleCommand', { command: str }),
  setTrafficLightState: struct('SetTrafficLightState', { ...onActor, state: u8 }),
};
type PlainKind = keyof typeof PLAIN;
type PlainCommand = { [K in PlainKind]: { readonly kind: K } & Value<(typeof PLAIN)[K]> }[PlainKind];

interface SpawnCommand {
  readonly kind: 'spawnActor';
  readonly description: ActorDescription;
  readonly transform: Transform;
  readonly parent: number | null;
  /** 0.9.16 only. */
  readonly attachment?: number;
  readonly socketName?: string;
  /** Commands on the new actor; an id of 0 in them means it. */
  readonly doAfter: readonly CarlaCommand[];
}
export type CarlaCommand = PlainCommand | SpawnCommand;
type CommandKind = CarlaCommand['kind'];

/** Kinds in the order of their index, from 0.9.14 on; null stands for the physics control, which this client does not send. */
const ORDER: readonly (CommandKind | null)[] = [
  'spawnActor',
  'destroyActor',
  'applyVehicleControl',
  'applyVehicleAckermannControl',
  'applyWalkerControl',
  null,
  'applyTransform',
  'applyWalkerState',
  'applyTargetVelocity',
  'applyTargetAngularVelocity',
  'applyImpulse',
  'applyForce',
  'applyAngularImpulse',
  'applyTorque',
  'setSimulatePhysics',
  'setEnableGravity',
  'setAutopilot',
  'showDebugTelemetry',
  'setVehicleLightState',
  'applyLocation',
  'consoleCommand',
  'setTrafficLightState',
];
const LATE: readonly (CommandKind | null)[] = ['applyLocation', 'consoleCommand', 'setTrafficLightState'];

/** The command codec of one dialect. Writing a kind that the version has not throws CarlaError `unsupported`. */
export function commandCodec(dialect: Dialect): Codec<CarlaCommand> {
  const kinds = ORDER.filter(
    (kind) =>
      (dialect.ackermann || kind !== 'applyVehicleAckermannControl') && (dialect.lateCommands || !LATE.includes(kind)),
  );
  const command: Codec<CarlaCommand> = {
    write: (out, value) => {
      const index = kinds.indexOf(value.kind);
      if (index < 0)
        throw new CarlaError('unsupported', `CARLA ${dialect.version} has no batch command ${value.kind}.`);
      out.array(1);
      out.array(2);
      out.int(index);
      codecOf(value.kind).write(out, value);
    },
    read: (value, differences) => {
      const [index, body] = variantOf(value);
      const kind = kinds[index];
      if (!kind) throw new CarlaError('wrong-type', `Command ${index} is not known to CARLA ${dialect.version}.`);
      return { kind, ...(codecOf(kind).read(body, differences) as object) } as CarlaCommand;
    },
    zero: () => ({ kind: 'destroyActor', id: 0 }),
  };
  const start = { description: actorDescription, transform, parent: optional(u32) };
  const doAfter = list(lazy(() => command));
  const spawn: Codec<unknown> = dialect.socketName
    ? struct('SpawnActor', { ...start, attachment: u8, socketName: str, doAfter })
    : struct('SpawnActor', { ...start, doAfter });
  const spawnActor: Codec<unknown> = {
    write: (out: MsgWriter, value) => spawn.write(out, { attachment: 0, socketName: '', ...(value as SpawnCommand) }),
    read: (value: MsgValue, differences: Differences) => spawn.read(value, differences),
    zero: () => spawn.zero(),
  };
  const codecOf = (kind: CommandKind): Codec<unknown> => (kind === 'spawnActor' ? spawnActor : PLAIN[kind]);
  return command;
}

function variantOf(value: MsgValue): [number, MsgValue] {
  const inner: MsgValue = Array.isArray(value) && value.length === 1 ? value[0] : null;
  if (!Array.isArray(inner) || inner.length !== 2 || typeof inner[0] !== 'number') {
    throw new CarlaError('wrong-type', 'A batch command is not [[index, fields]].');
  }
  return [inner[0], inner[1]];
}

/** A codec that is defined later: commands nest commands. */
function lazy<T>(codec: () => Codec<T>): Codec<T> {
  return {
    write: (out, value) => codec().write(out, value),
    read: (value, differences) => codec().read(value, differences),
    zero: () => codec().zero(),
  };
}

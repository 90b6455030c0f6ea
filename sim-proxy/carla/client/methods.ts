/**
 * The RPC methods of a CARLA server with the types of their arguments and results, and the messages that call and answer them.
 *
 *   request   [0, id, method, [metadata, …args]]      metadata = [async]; async true means "the answer will be ignored"
 *   response  [1, id, error, result]                  error is nil or a text of rpclib itself
 *   result    [[1, value]] | [[0, [message]]]         Response<T>;  [[false]] | [[true, [message]]] is Response<void>
 *
 * `apply_batch` alone answers with a bare list of Response<ActorId>. Source: `carla/client/detail/Client.cpp`,
 * `CarlaServer.cpp`; checked byte for byte against LibCarla 0.9.15's own client.
 */
import { bin, bool, type Codec, count64, type Differences, f32, f64, list, str, u16, u32, u8 } from './codec.ts';
import { type CarlaCommand, commandCodec } from './commands.ts';
import type { Dialect } from './dialect.ts';
import { CarlaError } from './errors.ts';
import { type MsgValue, MsgWriter } from './msgpack.ts';
import * as t from './types.ts';

/** What a server answers to one call. */
export type Outcome<R> = { readonly value: R } | { readonly error: string };

export interface Method<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  readonly name: string;
  readonly args: { readonly [K in keyof A]: Codec<A[K]> };
  readonly result: Codec<Outcome<R>>;
}
const none: Codec<void> = { write: () => {}, read: () => undefined, zero: () => undefined };

/** Response<T>. */
function response<R>(value: Codec<R>, isVoid: boolean): Codec<Outcome<R>> {
  const error = (message: string) => (isVoid ? [true, [message]] : [0, [message]]) as MsgValue[];
  return {
    write: (out, outcome) => {
      out.array(1);
      if ('error' in outcome) return writePlain(out, error(outcome.error));
      out.array(isVoid ? 1 : 2);
      if (isVoid) out.bool(false);
      else out.int(1);
      value.write(out, outcome.value);
    },
    read: (raw, differences) => {
      const inner: MsgValue = Array.isArray(raw) && raw.length === 1 ? raw[0] : null;
      if (!Array.isArray(inner)) throw new CarlaError('wrong-type', 'The result is not a CARLA response.');
      const [tag, body] = inner as MsgValue[];
      if (tag === 0 || (isVoid && tag === true)) {
        const message = Array.isArray(body) ? body[0] : body;
        return { error: typeof message === 'string' ? message : 'error without a message' };
      }
      if (tag !== 1 && !(isVoid && tag === false))
        throw new CarlaError('wrong-type', 'The result is not a CARLA response.');
      return { value: value.read(body ?? null, differences) };
    },
    zero: () => ({ value: value.zero() }),
  };
}

/** A result that is no Response. */
function bare<R>(value: Codec<R>): Codec<Outcome<R>> {
  return {
    write: (out, outcome) => ('error' in outcome ? out.nil() : value.write(out, outcome.value)),
    read: (raw, differences) => ({ value: value.read(raw, differences) }),
    zero: () => ({ value: value.zero() }),
  };
}

type Args<A extends readonly unknown[]> = { readonly [K in keyof A]: Codec<A[K]> };
const get = <A extends readonly unknown[], R>(name: string, result: Codec<R>, ...args: Args<A>): Method<A, R> => ({
  name,
  args,
  result: response(result, false),
});
const act = <A extends readonly unknown[]>(name: string, ...args: Args<A>): Method<A, void> => ({
  name,
  args,
  result: response(none, true),
});
const batch = (
  name: string,
  command: Codec<CarlaCommand>,
): Method<[readonly CarlaCommand[], boolean], readonly Outcome<number>[]> => ({
  name,
  args: [list(command), bool],
  result: bare(list(response(u32, false))),
});

/** All methods this client calls, in the shapes of one dialect. */
export function carlaMethods(dialect: Dialect) {
  const types = t.carlaTypes(dialect);
  const { actor, episodeSettings, weather } = types;
  const spawnChild = [t.actorDescription, t.transform, u32, u8] as const;
  const socket: readonly Codec<string>[] = dialect.socketName ? [str] : [];
  return {
    version: get('version', str),
    getEpisodeInfo: get('get_episode_info', t.episodeInfo),
    getMapInfo: get('get_map_info', t.mapInfo),
    /** OpenDRIVE text. */
    getMapData: get('get_map_data', str),
    getAvailableMaps: get('get_available_maps', list(str)),
    /** Map name, whether to reset the settings, map layers (65535: all). */
    loadNewEpisode: act('load_new_episode', str, bool, u16),
    copyOpenDriveToFile: act('copy_opendrive_to_file', str, t.openDriveParameters),
    getRequiredFiles: get('get_required_files', list(str), str),
    requestFile: get('request_file', bin, str),
    getNavigationMesh: get('get_navigation_mesh', bin),
    getEpisodeSettings: get('get_episode_settings', episodeSettings),
    /** Answers the frame. */
    setEpisodeSettings: get('set_episode_settings', count64, episodeSettings),
    /** Answers the frame that will be simulated. */
    tickCue: get('tick_cue', count64),
    getActorDefinitions: get('get_actor_definitions', list(t.actorDefinition)),
    getSpectator: get('get_spectator', actor),
    getActorsById: get('get_actors_by_id', list(actor), list(u32)),
    spawnActor: get('spawn_actor', actor, t.actorDescription, t.transform),
    /** Description, transform relative to the parent, parent, attachment, (0.9.16) socket name. */
    spawnActorWithParent: get('spawn_actor_with_parent', actor, ...spawnChild, ...socket),
    destroyActor: get('destroy_actor', bool, u32),
    setActorLocation: act('set_actor_location', u32, t.vector3),
    setActorTransform: act('set_actor_transform', u32, t.transform),
    setActorTargetVelocity: act('set_actor_target_velocity', u32, t.vector3),
    setActorSimulatePhysics: act('set_actor_simulate_physics', u32, bool),
    setActorEnableGravity: act('set_actor_enable_gravity', u32, bool),
    applyControlToVehicle: act('apply_control_to_vehicle', u32, t.vehicleControl),
    applyAckermannControlToVehicle: act('apply_ackermann_control_to_vehicle', u32, t.ackermannControl),
    applyControlToWalker: act('apply_control_to_walker', u32, t.walkerControl),
    setActorAutopilot: act('set_actor_autopilot', u32, bool),
    setVehicleLightState: act('set_vehicle_light_state', u32, t.vehicleLights),
    /** Of every vehicle: VEHICLE_LIGHTS flags. */
    getVehicleLightStates: get('get_vehicle_light_states', list(t.vehicleLightOf)),
    setTrafficLightState: act('set_traffic_light_state', u32, u8),
    setTrafficLightGreenTime: act('set_traffic_light_green_time', u32, f32),
    setTrafficLightYellowTime: act('set_traffic_light_yellow_time', u32, f32),
    setTrafficLightRedTime: act('set_traffic_light_red_time', u32, f32),
    freezeTrafficLight: act('freeze_traffic_light', u32, bool),
    freezeAllTrafficLights: act('freeze_all_traffic_lights', bool),
    resetTrafficLightGroup: act('reset_traffic_light_group', u32),
    resetAllTrafficLights: act('reset_all_traffic_lights'),
    getGroupTrafficLights: get('get_group_traffic_lights', list(u32), u32),
    getLightBoxes: get('get_light_boxes', list(types.boundingBox), u32),
    /** The client's name, "host:port". */
    queryLightsState: get('query_lights_state', list(t.lightState), str),
    getWeather: get('get_weather_parameters', weather),
    setWeather: act('set_weather_parameters', weather),
    /** Commands, and whether to tick after them; answers one outcome a command, the actor's id. */
    applyBatch: batch('apply_batch', commandCodec(dialect)),
    /** Stream id; also switches the stream on. From 0.9.14. */
    getSensorToken: get('get_sensor_token', t.token, u32),
    startRecorder: get('start_recorder', str, str, bool),
    stopRecorder: act('stop_recorder'),
    replayFile: get('replay_file', str, str, f64, f64, u32, bool),
    stopReplayer: act('stop_replayer', bool),
  };
}
export type Methods = ReturnType<typeof carlaMethods>;

/** The bytes of a call. `ignoreAnswer` is the metadata's async flag. @throws RangeError on values out of a type's range */
export function encodeCall<A extends readonly unknown[], R>(
  id: number,
  method: Method<A, R>,
  args: A,
  ignoreAnswer = false,
): Uint8Array<ArrayBuffer> {
  const out = new MsgWriter();
  out.array(4);
  out.int(0);
  out.int(id);
  out.str(method.name);
  out.array(1 + method.args.length);
  out.array(1);
  out.bool(ignoreAnswer);
  method.args.forEach((codec, i) => (codec as Codec<unknown>).write(out, args[i]));
  return out.take();
}

/** The bytes of an answer. `rpcError` is rpclib's own ("could not find function …"), and stands instead of an outcome. */
export function encodeAnswer<R>(
  id: number,
  codec: Codec<Outcome<R>>,
  answer: Outcome<R> | { readonly rpcError: string },
): Uint8Array<ArrayBuffer> {
  const out = new MsgWriter();
  out.array(4);
  out.int(1);
  out.int(id);
  if ('rpcError' in answer) {
    out.str(answer.rpcError);
    out.nil();
  } else {
    out.nil();
    codec.write(out, answer);
  }
  return out.take();
}

export interface RpcCall {
  readonly id: number;
  readonly method: string;
  readonly ignoreAnswer: boolean;
  readonly args: readonly MsgValue[];
}
/** A request as the server sees it. @throws CarlaError `garbage` */
export function readCall(message: MsgValue): RpcCall {
  const [type, id, method, args] = Array.isArray(message) ? (message as MsgValue[]) : [];
  if (type !== 0 || typeof id !== 'number' || typeof method !== 'string' || !Array.isArray(args)) {
    throw new CarlaError('garbage', 'A message is no msgpack-rpc request.');
  }
  const [metadata, ...rest] = args as MsgValue[];
  return { id, method, ignoreAnswer: Array.isArray(metadata) && metadata[0] === true, args: rest };
}

export interface RpcAnswer {
  readonly id: number;
  readonly rpcError: string | null;
  readonly result: MsgValue;
}
/** An answer before its method is known. @throws CarlaError `garbage` */
export function readAnswer(message: MsgValue): RpcAnswer {
  const [type, id, error, result] = Array.isArray(message) && message.length === 4 ? (message as MsgValue[]) : [];
  if (type !== 1 || typeof id !== 'number') {
    throw new CarlaError('garbage', 'What answers on this port does not speak CARLA’s protocol (msgpack-rpc).');
  }
  return { id, rpcError: error === null ? null : typeof error === 'string' ? error : 'unknown rpc error', result };
}

/** What rpclib itself refuses, before CARLA sees the call, as an error of its own kind. Source: rpclib `dispatcher.cc`. */
export function rpcRefusal(method: string, rpcError: string): CarlaError {
  if (rpcError.includes('could not find function')) {
    return new CarlaError('missing', `This server has no function ${method}.`);
  }
  const arity = rpcError.includes('invalid number of arguments');
  return new CarlaError(arity ? 'arity' : 'server', `CARLA refused ${method}: ${rpcError.replace(/\.$/, '')}.`);
}

/** The typed outcome of an answer. @throws CarlaError `wrong-type` naming the method */
export function readOutcome<A extends readonly unknown[], R>(
  method: Method<A, R>,
  { rpcError, result }: RpcAnswer,
  differences: Differences,
): Outcome<R> {
  if (rpcError !== null) return { error: rpcError };
  try {
    return method.result.read(result, differences);
  } catch (error) {
    if (error instanceof CarlaError) throw new CarlaError(error.code, `${method.name}: ${error.message}`);
    throw error;
  }
}

function writePlain(out: MsgWriter, value: MsgValue): void {
  if (typeof value === 'boolean') out.bool(value);
  else if (typeof value === 'number') out.int(value);
  else if (typeof value === 'string') out.str(value);
  else if (Array.isArray(value)) {
    out.array(value.length);
    for (const item of value as MsgValue[]) writePlain(out, item);
  } else out.nil();
}

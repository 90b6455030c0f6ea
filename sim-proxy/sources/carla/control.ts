/** Commands on what stands in a CARLA server's world: actors, weather, lights, the map. */
import { LightState } from '../../generated/traceway/v1/frame_pb.ts';
import { ProxyError } from '../../feed/errors.ts';
import type { CarlaClient } from '../../carla/client/client.ts';
import type { Weather } from '../../carla/client/types.ts';
import type { ControlCommand } from '../source.ts';

const LIGHT_NAMES = {
  [LightState.GREEN]: 'green',
  [LightState.YELLOW]: 'yellow',
  [LightState.RED]: 'red',
  [LightState.OFF]: 'off',
} as const;

/** The actor that was spawned, or 0. @throws ProxyError `unsupported` for a command that is none of these; CarlaError, RangeError */
export async function controlWorld(client: CarlaClient, command: ControlCommand): Promise<number> {
  switch (command.case) {
    case 'spawnActor': {
      const { typeId, attributes, parentId, pose } = command.value;
      const { x = 0, y = 0, z = 0, heading = 0, pitch = 0, roll = 0 } = pose ?? {};
      const place = { x, y, z, headingRad: heading, pitchRad: pitch, rollRad: roll };
      const parent = parentId > 0 ? { parentId } : {};
      return (await client.spawn({ blueprint: typeId, attributes, pose: place, ...parent })).id;
    }
    case 'destroyActor':
      if (!(await client.destroy(command.value.actorId))) {
        throw new ProxyError('not-found', 'no-actor', `There is no actor ${command.value.actorId}.`, 'actor_id');
      }
      return 0;
    case 'controlVehicle': {
      const { actorId, throttle, brake, steering, handBrake, reverse } = command.value;
      client.control(actorId, { throttle, brake, steer: steering, handBrake, reverse });
      return 0;
    }
    case 'setWeather': {
      const now = await client.call((m) => m.getWeather);
      const given = Object.entries(command.value).filter(([name, value]) => name in now && Number.isFinite(value));
      await client.setWeather({ ...now, ...(Object.fromEntries(given) as Partial<Weather>) });
      return 0;
    }
    case 'loadMap':
      await client.loadMap(command.value.mapName);
      return 0;
    case 'setLight': {
      const name = LIGHT_NAMES[command.value.state as keyof typeof LIGHT_NAMES];
      if (!name) throw new ProxyError('invalid', 'bad-light', 'state must be green, yellow, red or off.', 'state');
      await client.setLight(command.value.lightId, name);
      return 0;
    }
    default: {
      const what = `A CARLA server has no command ${command.case ?? '(none)'}.`;
      throw new ProxyError('unsupported', 'no-capability', what);
    }
  }
}

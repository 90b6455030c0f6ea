/** A task's hero on a server: its weather set, the car spawned a little above the road and at rest on its wheels. */
import { attemptCall } from '../client/attempt.ts';
import type { CarlaClient } from '../client/client.ts';
import type { Actor } from '../client/types.ts';
import type { CarlaTask } from './tasks.ts';
import { setWeather } from '../hero/weather.ts';

const HERO_BLUEPRINT = 'vehicle.tesla.model3';
/** Spawned this far above the road, so that wheels do not start in it, m. */
const DROP_M = 0.3;
/** Ticks for the car to come to rest on its wheels. */
const SETTLE_TICKS = 10;

/** The server must step synchronously. Rejects with CarlaError, the hero gone again, when the server refuses or goes away. */
export async function placeHero(
  client: CarlaClient,
  { weather, start }: Pick<CarlaTask, 'weather' | 'start'>,
  blueprint?: string,
): Promise<Actor> {
  await setWeather(client, weather);
  const pose = { ...start, z: start.z + DROP_M };
  const known = blueprint ?? (await heroOn(client));
  const hero = await client.spawn({ blueprint: known, attributes: { role_name: 'hero' }, pose });
  try {
    for (let i = 0; i < SETTLE_TICKS; i++) await client.tick();
  } catch (error) {
    if (client.status.state === 'live') await client.destroy(hero.id).catch(() => {});
    throw error;
  }
  return hero;
}

/** The usual hero, or the first vehicle of a server that has it not. */
async function heroOn(client: CarlaClient): Promise<string> {
  const definitions = (await attemptCall(client, client.blueprints())) ?? [];
  const known = definitions.some(({ id }) => id === HERO_BLUEPRINT);
  return (known ? null : definitions.find(({ id }) => id.startsWith('vehicle.'))?.id) ?? HERO_BLUEPRINT;
}

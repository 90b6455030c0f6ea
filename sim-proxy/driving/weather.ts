/** The lab's six weather numbers in the weather that a server has. */
import type { WeatherParameters } from '../../core/world/weather.ts';
import type { CarlaClient } from '../sources/carla/client.ts';
import type { Weather } from '../sources/carla/types.ts';

export async function withWeather(client: CarlaClient, weather: WeatherParameters): Promise<Weather> {
  const now = await client.call((m) => m.getWeather);
  const { sunAltitudeDeg, cloudiness, precipitation, fogDensity, fogDistance, wetness } = weather;
  return { ...now, sunAltitudeAngle: sunAltitudeDeg, cloudiness, precipitation, fogDensity, fogDistance, wetness };
}

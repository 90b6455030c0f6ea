/** The lab's six weather numbers in the weather that a server has. */
import type { WeatherParameters } from '../../../core/tasks/driving/world/spec/weather.ts';
import { attemptCall } from '../client/attempt.ts';
import type { CarlaClient } from '../client/client.ts';

/** Sets them; a server without weather is left as it is. Rejects with CarlaError when the server goes away. */
export async function setWeather(client: CarlaClient, weather: WeatherParameters): Promise<void> {
  const now = await attemptCall(
    client,
    client.call((m) => m.getWeather),
  );
  if (!now) return;
  const { sunAltitudeDeg, cloudiness, precipitation, fogDensity, fogDistance, wetness } = weather;
  const given = { sunAltitudeAngle: sunAltitudeDeg, cloudiness, precipitation, fogDensity, fogDistance, wetness };
  await attemptCall(client, client.setWeather({ ...now, ...given }));
}

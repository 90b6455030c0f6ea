/** Weather asked of a source, and shown in the picture once the source has taken it. */
import { control } from './live.ts';
import { liveStore } from './live-state.ts';

/** CARLA's parameters: degrees, percent. */
export interface WeatherValues {
  readonly sunAltitudeAngle: number;
  readonly cloudiness: number;
  readonly precipitation: number;
  readonly wetness: number;
  readonly fogDensity: number;
}

export async function setLiveWeather(values: WeatherValues): Promise<void> {
  const { precipitation, wetness } = values;
  const deposits = Math.max(wetness / 2, precipitation / 2);
  const weather = { ...values, precipitationDeposits: deposits };
  if (!(await control({ kind: 'weather', weather }))) return;
  const { newest } = liveStore.getState();
  if (!newest) return;
  const { sunAltitudeAngle: sunAltitudeDeg, cloudiness, fogDensity } = values;
  newest.weather = { sunAltitudeDeg, cloudiness, precipitation, fogDensity, fogDistance: 0, wetness };
  liveStore.setState(({ built }) => ({ built: built + 1 }));
}

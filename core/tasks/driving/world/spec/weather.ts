/**
 * Weather: CARLA's parameters, the five presets, and what they come to for driving.
 *
 * One documented mapping, monotone in each parameter, for everything that is not overridden:
 *   light      = daylight from the sun's altitude, 0 at −6° (end of civil twilight) to 1 at 20°, times 1 − 0.4·cloudiness
 *   friction   = 0.9 dry; wetness and precipitation (whichever is more) take up to 0.4 of it: 0.5 on a soaked road
 *   sight      = 80 m, cut by fog and rain: 80 / (1 + 2.2·fog + 0.7·rain), where fog counts the less the farther off it begins
 *   sightUnlit = sight · (0.45 + 0.55·light) for what carries no lights
 * with cloudiness, precipitation, fog density and wetness as shares 0..1. Friction of wet asphalt after Wong, Theory of Ground
 * Vehicles (0.8–0.9 dry, 0.5–0.7 wet); headlights show an unlit pedestrian at about 40 m.
 */
import { VIEW_RANGE } from '../../observe/observation.ts';
import type { WeatherSpec } from './spec.ts';

/** CARLA's WeatherParameters: degrees; percent; percent; percent; m; percent. */
export type WeatherParameters = Pick<
  WeatherSpec,
  'sunAltitudeDeg' | 'cloudiness' | 'precipitation' | 'fogDensity' | 'fogDistance' | 'wetness'
>;

export const WEATHER_PRESETS = {
  clear: preset(70, 0, 0, 0, 0, 0),
  cloudy: preset(30, 80, 0, 10, 50, 20),
  night: preset(-90, 20, 0, 5, 30, 0),
  rain: preset(45, 60, 80, 20, 40, 80),
  fog: preset(40, 60, 0, 70, 20, 20),
} as const satisfies Record<string, WeatherParameters>;
export type WeatherName = keyof typeof WEATHER_PRESETS;

function preset(
  sunAltitudeDeg: number,
  cloudiness: number,
  precipitation: number,
  fogDensity: number,
  fogDistance: number,
  wetness: number,
): WeatherParameters {
  return { sunAltitudeDeg, cloudiness, precipitation, fogDensity, fogDistance, wetness };
}

/** The weather of a world. `friction` overrides what the parameters say. */
export function weatherOf(parameters: WeatherParameters, friction?: number): WeatherSpec {
  const { sunAltitudeDeg, cloudiness, precipitation, fogDensity, fogDistance, wetness } = parameters;
  const daylight = Math.min(1, Math.max(0, (sunAltitudeDeg + 6) / 26));
  const light = daylight * (1 - (0.4 * cloudiness) / 100);
  const water = Math.max(wetness, precipitation) / 100;
  const fog = (fogDensity / 100) * (FOG_FAR / (FOG_FAR + fogDistance));
  const sightM = VIEW_RANGE / (1 + 2.2 * fog + (0.7 * precipitation) / 100);
  return {
    ...parameters,
    friction: friction ?? 0.9 - 0.4 * water,
    sightM,
    sightUnlitM: sightM * (0.45 + 0.55 * light),
    light,
  };
}

/** Fog that begins here counts half, m. */
const FOG_FAR = 100;

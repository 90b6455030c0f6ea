/**
 * An OpenSCENARIO environment as CARLA's six weather numbers. Sun: elevation. Clouds by their word. Fog: the density at which the lab
 * (weather.ts) sees as far as the file says. Precipitation: intensity 0..1 (1.0) or mm/h (1.1; 10 mm/h is heavy rain, 100); a
 * road is as wet as it rains. The time of day is not turned into a sun.
 */
import type { XmlElement } from '../../base/xml.ts';
import { WEATHER_PRESETS } from '../../tasks/driving/world/spec/weather.ts';
import type { Skips } from '../logs/log.ts';
import type { Action } from './model.ts';
import { child, numberAttribute } from '../logs/xml-file.ts';

const CLOUDS: Readonly<Record<string, number>> = {
  skyOff: 0,
  skyoff: 0,
  free: 0,
  cloudy: 60,
  overcast: 100,
  rainy: 90,
  zeroOktas: 0,
  oneOktas: 12.5,
  twoOktas: 25,
  threeOktas: 37.5,
  fourOktas: 50,
  fiveOktas: 62.5,
  sixOktas: 75,
  sevenOktas: 87.5,
  eightOktas: 100,
};
/** The lab sees this far at most, m. */
const SIGHT = 80;
const HEAVY_MM_H = 10;

/** Undefined for an environment in a catalogue. @throws ImportError for a number that is none. */
export function readEnvironment(action: XmlElement, skips: Skips): Action | undefined {
  const environment = child(action, 'Environment');
  const weather = environment && child(environment, 'Weather');
  if (!weather) {
    skips.add('action EnvironmentAction', environment ? 'it says no weather' : 'catalogues are other files');
    return undefined;
  }
  if (child(environment, 'TimeOfDay')) skips.add('TimeOfDay', 'the sun stands where the weather says');
  const [sun, fog, rain] = ['Sun', 'Fog', 'Precipitation'].map((name) => child(weather, name));
  const road = child(environment, 'RoadCondition');
  const value = (element: XmlElement | undefined, name: string) =>
    element?.attributes.has(name) ? numberAttribute(element, name) : undefined;
  const clouds = weather.attributes.get('fractionalCloudCover') ?? weather.attributes.get('cloudState') ?? '';
  const sight = Math.max(1, value(fog, 'visualRange') ?? 1e5);
  const dry = rain?.attributes.get('precipitationType') === 'dry';
  const mmPerHour = value(rain, 'precipitationIntensity');
  const share = mmPerHour === undefined ? (value(rain, 'intensity') ?? 0) : mmPerHour / HEAVY_MM_H;
  const precipitation = dry ? 0 : percent(100 * share);
  const elevation = value(sun, 'elevation');
  const friction = value(road, 'frictionScaleFactor');
  return {
    kind: 'weather',
    weather: {
      sunAltitudeDeg:
        elevation === undefined
          ? WEATHER_PRESETS.clear.sunAltitudeDeg
          : Math.max(-90, Math.min(90, (elevation * 180) / Math.PI)),
      cloudiness: Object.hasOwn(CLOUDS, clouds) ? CLOUDS[clouds] : 0,
      precipitation,
      fogDensity: percent((100 * (SIGHT / sight - 1)) / 2.2),
      fogDistance: 0,
      wetness: precipitation,
    },
    friction: friction === undefined || friction === 1 ? undefined : friction,
  };
}

const percent = (value: number) => Math.max(0, Math.min(100, value)) + 0;

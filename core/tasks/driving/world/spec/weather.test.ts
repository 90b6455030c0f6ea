import { expect, test } from 'vitest';
import { WEATHER_PRESETS, type WeatherParameters, weatherOf } from './weather.ts';

test('the presets are CARLA’s numbers: sun altitude, cloudiness, precipitation, fog density, fog distance, wetness', () => {
  const numbers = (w: WeatherParameters) => [
    w.sunAltitudeDeg,
    w.cloudiness,
    w.precipitation,
    w.fogDensity,
    w.fogDistance,
    w.wetness,
  ];
  expect(numbers(WEATHER_PRESETS.clear)).toEqual([70, 0, 0, 0, 0, 0]);
  expect(numbers(WEATHER_PRESETS.cloudy)).toEqual([30, 80, 0, 10, 50, 20]);
  expect(numbers(WEATHER_PRESETS.night)).toEqual([-90, 20, 0, 5, 30, 0]);
  expect(numbers(WEATHER_PRESETS.rain)).toEqual([45, 60, 80, 20, 40, 80]);
});

test('a clear dry day has friction 0.9 and shows everything 80 m away', () => {
  expect(weatherOf(WEATHER_PRESETS.clear)).toMatchObject({ friction: 0.9, sightM: 80, sightUnlitM: 80, light: 1 });
  expect(weatherOf(WEATHER_PRESETS.clear, 0.3).friction).toBe(0.3);
});

test('nothing gets better as a parameter gets worse', () => {
  const worse: [keyof WeatherParameters, number[]][] = [
    ['sunAltitudeDeg', [90, 40, 15, 0, -5, -40]],
    ['cloudiness', [0, 30, 60, 100]],
    ['precipitation', [0, 30, 60, 100]],
    ['fogDensity', [0, 30, 60, 100]],
    ['fogDistance', [200, 100, 30, 0]],
    ['wetness', [0, 30, 60, 100]],
  ];
  for (const base of Object.values(WEATHER_PRESETS))
    for (const [name, values] of worse) {
      const row = values.map((value) => weatherOf({ ...base, [name]: value }));
      for (const key of ['friction', 'sightM', 'sightUnlitM', 'light'] as const)
        for (let i = 1; i < row.length; i++) expect(row[i][key]).toBeLessThanOrEqual(row[i - 1][key]);
      for (const w of row) {
        expect(w.friction).toBeGreaterThanOrEqual(0.5 - 1e-9);
        expect(w.sightUnlitM).toBeGreaterThan(8);
        expect(w.sightUnlitM).toBeLessThanOrEqual(w.sightM);
      }
    }
});

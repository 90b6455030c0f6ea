/**
 * What theme and weather come to: the colours of everything on the ground, sky, light, fog, wetness. The theme decides first: weather
 * bends its colours and never takes the contrast that reading needs. Night halves what is not lit by headlights; rain wets the road and
 * greys the sky; fog begins where the weather says and ends where its density says.
 */
import type { SceneWeather } from '../../core/episode/scene-frames.ts';
import { PAINT_FAINT_WHITE } from '../../core/tasks/driving/roads/drawing/model.ts';
import { mix, type Rgb, type ViewerTheme } from './theme.ts';

export interface Look {
  readonly horizon: Rgb;
  readonly zenith: Rgb;
  readonly ground: Rgb;
  readonly grid: Rgb;
  /** Colours by material number (drawing-model.ts). */
  readonly palette: readonly Rgb[];
  /** Shares 0..1. */
  readonly night: number;
  /** How much brighter headlights make what they fall on. */
  readonly beam: number;
  readonly wet: number;
  readonly rain: number;
  /** Where fog begins and hides all, m, for a camera near the ground. */
  readonly fogNear: number;
  readonly fogFar: number;
  readonly sunIntensity: number;
  readonly skyIntensity: number;
  readonly skyGround: Rgb;
  /** Direction to the sun. */
  readonly sun: readonly [number, number, number];
}

const CLEAR: SceneWeather = {
  sunAltitudeDeg: 60,
  cloudiness: 0,
  precipitation: 0,
  fogDensity: 0,
  fogDistance: 0,
  wetness: 0,
};
/** Sun altitudes between which day becomes night, degrees. */
const DUSK = [-6, 12] as const;
/** Haze of a clear day, m. */
const HAZE = [20, 190] as const;
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [1, 1, 1];

const share = (value: number) => Math.min(1, Math.max(0, value));

export function lookOf(theme: ViewerTheme, weather: SceneWeather = CLEAR): Look {
  const { dark } = theme;
  const night = 1 - share((weather.sunAltitudeDeg - DUSK[0]) / (DUSK[1] - DUSK[0]));
  const cloud = share(weather.cloudiness / 100);
  const fog = share(weather.fogDensity / 100);
  const rain = share(weather.precipitation / 100);
  const wet = share(weather.wetness / 100);
  const ink: Rgb = dark ? [0.015, 0.02, 0.04] : [0.17, 0.21, 0.32];
  const darkened = (color: Rgb): Rgb => mix(color, ink, 1 - (dark ? 0.5 : 0.58) * night);
  const grey: Rgb = dark ? mix(theme.dim, theme.verge, 0.26) : [0.8, 0.82, 0.84];
  const clear = dark ? mix(theme.line, theme.verge, 0.42) : mix(WHITE, theme.verge, 0.55);
  const top: Rgb = dark ? theme.bg : mix(theme.accent, WHITE, 0.13);
  const horizon = darkened(mix(grey, clear, Math.max(0.75 * fog, 0.3 * cloud)));
  const altitude = (Math.max(8, Math.abs(weather.sunAltitudeDeg)) * Math.PI) / 180;
  const fogged = fog > 0.02;
  const reach = fogged ? weather.fogDistance + 26 + 420 * (1 - fog) ** 2 : HAZE[1];
  return {
    horizon,
    zenith: darkened(mix(grey, top, Math.max(0.85 * fog, 0.6 * cloud))),
    ground: darkened(theme.verge),
    grid: darkened(mix(theme.dim, theme.verge, dark ? 0.11 : 0.13)),
    // Paint throws light back: it darkens least.
    palette: paletteOf(theme).map((color, kind) =>
      kind >= PAINT_FAINT_WHITE
        ? mix(color, ink, 1 - (dark ? 0.3 : 0.2) * night)
        : darkened(mix(BLACK, color, (dark ? 0.3 : 0.2) * wet)),
    ),
    beam: dark ? 2.6 : 0.75,
    night,
    wet,
    rain,
    fogNear: Math.min(HAZE[0], fogged ? weather.fogDistance * 0.5 : HAZE[0]),
    fogFar: Math.min(HAZE[1], reach),
    sunIntensity: (dark ? 2 : 1.5) * (1 - 0.55 * cloud) * (1 - 0.72 * night),
    skyIntensity: (dark ? 1.9 : 2.1) * (1 - 0.5 * night),
    skyGround: dark ? [0.5, 0.54, 0.6] : [0.78, 0.8, 0.82],
    sun: [-0.58 * Math.cos(altitude), 0.81 * Math.cos(altitude), Math.sin(altitude)],
  };
}

/** In the order of the material numbers. */
function paletteOf({ dark, road, verge, mark, dim, expert, vehicle, bicycle }: ViewerTheme): Rgb[] {
  const asphalt = mix(dark ? WHITE : BLACK, road, dark ? 0.012 : 0.02);
  const white = mix(mark, road, dark ? 0.92 : 1);
  const yellow = mix(expert, white, dark ? 0.62 : 0.5);
  const pale = (color: Rgb) => mix(color, asphalt, dark ? 0.5 : 0.7);
  return [
    asphalt,
    dark ? mix(dim, verge, 0.22) : mix(dim, WHITE, 0.26),
    mix(vehicle, verge, dark ? 0.08 : 0.16),
    mix(dim, road, 0.08),
    mix(dark ? BLACK : dim, road, dark ? 0.14 : 0.12),
    mix(bicycle, road, dark ? 0.16 : 0.2),
    asphalt,
    dark ? mix(dim, verge, 0.42) : mix(dim, WHITE, 0.5),
    pale(white),
    pale(yellow),
    white,
    yellow,
    mix(mark, road, dark ? 0.74 : 0.92),
  ];
}

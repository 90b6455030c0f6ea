/**
 * What a map says of a recorded drive, column by column (lane-watch.ts), and which recorded traffic light is which of the map's. A map fits a recording when the hero drives on its lanes; names alone prove nothing.
 */
import { LIGHT_NONE } from '../../abi/layout.ts';
import type { LaneGraph } from '../../tasks/driving/roads/map/lane-model.ts';
import type { MarkCrossing } from '../../tasks/driving/roads/survey/lane-invasion.ts';
import { LaneWatch } from '../../tasks/driving/roads/survey/lane-watch.ts';
import type { RoadMap } from '../../tasks/driving/roads/survey/road-map.ts';
import type { Track } from '../logs/tracks.ts';
import type { SceneFrames } from '../../episode/scene-frames.ts';

/** A drive is on the map when this share of its positions lies within reach of a lane's centre, m. */
const FIT_SHARE = 0.5;
const FIT_REACH = 6;
/** A recorded light is the map's signal when they stand this near, m. */
const SAME_POST = 3;

/** Share of a drive's positions that lie on or beside a driving lane of the map. */
export function shareOnMap({ index }: RoadMap, { x, y, present }: Track): number {
  const stride = Math.max(1, Math.floor(present.length / 500));
  let [all, on] = [0, 0];
  for (let i = 0; i < present.length; i += stride) {
    if (!present[i]) continue;
    all++;
    on += +(index.nearest(x[i], y[i], FIT_REACH) !== undefined);
  }
  return all > 0 ? on / all : 0;
}

export const fitsMap = (map: RoadMap, track: Track): boolean => shareOnMap(map, track) >= FIT_SHARE;

/** What holds along a drive, a row a step; `lateral` and `lane` are NaN and −1 where no lane is near. */
export interface LaneColumns {
  readonly lane: Int32Array;
  readonly lateral: Float64Array;
  readonly speedLimitMps: Float64Array;
  readonly multipleLanes: Uint8Array;
  readonly nonDrivable: Uint8Array;
  readonly oncoming: Uint8Array;
  readonly intersection: Uint8Array;
  readonly redLight: Uint8Array;
  /** LIGHT_* of the next stop line within sight. */
  readonly light: Uint8Array;
  /** Marks crossed, ascending by row. */
  readonly invasions: readonly { readonly row: number; readonly crossings: readonly MarkCrossing[] }[];
}

/** `scene` has the recorded lights; `heights`, where known, tell bridges from the roads below, m, a row a step. */
export function laneColumns(map: RoadMap, track: Track, scene: SceneFrames, heights?: Float64Array): LaneColumns {
  const rows = track.present.length;
  const bytes = () => new Uint8Array(rows);
  const invasions: { row: number; crossings: readonly MarkCrossing[] }[] = [];
  const out: LaneColumns = {
    lane: new Int32Array(rows).fill(-1),
    lateral: new Float64Array(rows).fill(Number.NaN),
    speedLimitMps: new Float64Array(rows).fill(Number.POSITIVE_INFINITY),
    multipleLanes: bytes(),
    nonDrivable: bytes(),
    oncoming: bytes(),
    intersection: bytes(),
    redLight: bytes(),
    light: bytes().fill(LIGHT_NONE),
    invasions,
  };
  const lightOf = signalLights(map.graph, scene);
  const watch = new LaneWatch(map);
  const { length, width } = track;
  for (let row = 0; row < rows; row++) {
    if (!track.present[row]) continue;
    const [x, y, headingRad] = [track.x[row], track.y[row], track.headingRad[row]];
    const view = watch.look({ x, y, headingRad, length, width, ...(heights && { z: heights[row] }) }, (signal) => {
      const light = lightOf.get(signal);
      return light === undefined ? LIGHT_NONE : scene.lightStates[row * scene.lights.length + light];
    });
    if (view.place) {
      out.lane[row] = view.place.lane.index;
      out.lateral[row] = view.place.lateral;
    }
    out.speedLimitMps[row] = view.speedLimitMps;
    out.multipleLanes[row] = +view.multipleLanes;
    out.nonDrivable[row] = +view.nonDrivable;
    out.oncoming[row] = +view.oncoming;
    out.intersection[row] = +view.intersection;
    out.redLight[row] = +view.ranRedLight;
    out.light[row] = view.light;
    if (view.crossings.length > 0) invasions.push({ row, crossings: view.crossings });
  }
  return out;
}

/** Which recorded light stands where the map's signal does, by signal. */
function signalLights({ signals }: LaneGraph, { lights }: SceneFrames): Map<number, number> {
  const found = new Map<number, number>();
  signals.forEach(({ kind, x, y }, signal) => {
    if (kind !== 'trafficLight') return;
    let [best, least] = [-1, SAME_POST];
    lights.forEach((light, i) => {
      const away = Math.hypot(light.x - x, light.y - y);
      if (away < least) [best, least] = [i, away];
    });
    if (best >= 0) found.set(signal, best);
  });
  return found;
}

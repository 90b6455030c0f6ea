/**
 * What stands around a replayed drive and does not depend on how it was driven: its road, lights with their states, weather.
 *
 * Lights of a map stand at their own posts and show the signal that their lanes obey; on a road without a map a light stands on the right
 * beyond the junction, or beyond its stop line, with an arm over the lanes.
 */
import { drawnSignals } from '../tasks/driving/roads/drawing/things.ts';
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';
import type { RoadSpec } from '../tasks/driving/roads/road-spec.ts';
import { signalAt } from '../tasks/driving/world/twin/signals.ts';
import type { DriveStates, LightPost, RoadFrames } from './frames.ts';

/** Where a light without a map stands: this far beyond the junction, or without one beyond the stop line, and beside the road, m. */
const BEYOND_JUNCTION = 4.5;
const BEYOND_LINE = 9;
const ASIDE = 1.6;

/** Road, lights, signal states and weather of a drive of `steps` steps. */
export function surroundings(
  spec: WorldSpec,
  steps: number,
): Pick<DriveStates, 'road' | 'lights' | 'signals' | 'signalStates' | 'weather'> {
  const { signals, weather } = spec;
  const signalStates = new Uint8Array((steps + 1) * signals.length);
  for (let step = 0; step <= steps; step++)
    signals.forEach((signal, i) => {
      signalStates[step * signals.length + i] = signalAt(signal, step);
    });
  return { road: roadFrames(spec), lights: lightPosts(spec), signals: signals.length, signalStates, weather };
}

function roadFrames({ road, goalS, lights }: WorldSpec): RoadFrames {
  const { headingRad, curvature: _, ...rest } = road;
  return { ...rest, heading: headingRad, goalS, lights };
}

/** Where its lights stand, and the signal that each shows. */
export function lightPosts(spec: WorldSpec): LightPost[] {
  const { map, network, road, lights } = spec;
  if (!map) return lights.map((light, i) => postBeside(road, light.stopLineS, light.signal, i));
  const signalOf = new Map(network.lanes.map(({ id, signal }) => [id, signal]));
  return drawnSignals(map.network, map).flatMap(({ id, kind, x, y, headingRad }): LightPost[] => {
    if (kind !== 'trafficLight') return [];
    const lanes = map.signals.find((signal) => signal.id === id)?.lanes ?? [];
    const signal = lanes.map((lane) => signalOf.get(map.lanes[lane].id) ?? -1).find((index) => index >= 0);
    return signal === undefined ? [] : [{ id, x, y, headingRad, signal }];
  });
}

function postBeside(road: RoadSpec, stopLineS: number, signal: number, index: number): LightPost {
  const ahead = road.junctions.find(({ from, to }) => stopLineS <= to && stopLineS >= from - 15);
  const s = ahead ? ahead.to + BEYOND_JUNCTION : stopLineS + BEYOND_LINE;
  const at = Math.min(road.x.length - 1, Math.max(0, Math.round(s / road.ds)));
  const headingRad = road.headingRad[at];
  const aside = road.edgeRight[at] + ASIDE;
  const [x, y] = [road.x[at] + aside * Math.sin(headingRad), road.y[at] - aside * Math.cos(headingRad)];
  return { id: `light ${index + 1}`, x, y, headingRad, signal, arm: aside };
}

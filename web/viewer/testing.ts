/** Material for viewer tests: small drives and scenes. */
import type { DriveStates, RoadFrames } from '../../core/episode/frames.ts';
import { WEATHER_PRESETS, weatherOf } from '../../core/tasks/driving/world/spec/weather.ts';
import { STATE_STRIDE } from '../../workers/contracts/protocol.ts';

/** A quarter circle to the left, radius 20 m, from the origin along x; a lane to the left, two to the right. */
export function bend(): RoadFrames {
  const count = 33;
  const ds = (20 * Math.PI) / 2 / (count - 1);
  const angle = Float64Array.from({ length: count }, (_, i) => (i * ds) / 20);
  const filled = (value: number) => new Float64Array(count).fill(value);
  return {
    ds,
    x: angle.map((a) => 20 * Math.sin(a)),
    y: angle.map((a) => 20 * (1 - Math.cos(a))),
    heading: angle,
    edgeLeft: filled(5.25),
    edgeRight: filled(8.75),
    oncomingFrom: filled(1.75),
    speedLimitMps: filled(10),
    laneWidth: 3.5,
    lanesLeft: 1,
    lanesRight: 2,
    goalS: 30,
    junctions: [],
    crossings: [],
    lights: [],
  };
}

/** Ego at (step, 0) heading `headings[step]`, shifted from step 2 on; nobody else. */
export function driveFrames(headings: readonly number[], shift = 0): DriveStates {
  const steps = headings.length - 1;
  const ego = new Float64Array((steps + 1) * STATE_STRIDE);
  headings.forEach((heading, step) => {
    ego.set([step + (step > 1 ? shift : 0), 0, heading, 10], step * STATE_STRIDE);
  });
  return {
    steps,
    dt: 0.1,
    ego,
    actors: new Float64Array(0),
    actorInfo: [],
    road: bend(),
    lights: [],
    signals: 0,
    signalStates: new Uint8Array(0),
    weather: weatherOf(WEATHER_PRESETS.clear),
    verified: true,
  };
}

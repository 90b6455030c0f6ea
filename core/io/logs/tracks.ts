/**
 * Recorded motions of road users at the lab's 10 Hz: columns of numbers, and the interpolation of a log with another step
 * onto them (positions and speeds linearly, headings along the shorter way round).
 */
import { DT } from '../../abi/layout.ts';
import { wrapAngle } from '../../tasks/driving/roads/road.ts';

/** One road user, one entry a step; where `present` is 0 the others say nothing. Positions of the centre, m, rad, m/s. */
export interface Track {
  readonly id: string;
  readonly kind: string;
  readonly length: number;
  readonly width: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
  readonly speedMps: Float64Array;
  readonly present: Uint8Array;
}

/** A road user's states at times of its own, ascending, s. */
export interface TimedState {
  readonly time: number;
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly speedMps: number;
}

type Box = Pick<Track, 'id' | 'kind' | 'length' | 'width'>;

export function emptyTrack(box: Box, steps: number): Track {
  return {
    ...box,
    x: new Float64Array(steps),
    y: new Float64Array(steps),
    headingRad: new Float64Array(steps),
    speedMps: new Float64Array(steps),
    present: new Uint8Array(steps),
  };
}

/** Interpolates `states` at `from`, `from` + 0.1 s, …; absent before the first and after the last of them. */
export function resampleTrack(box: Box, states: readonly TimedState[], from: number, steps: number): Track {
  const track = emptyTrack(box, steps);
  let k = 0;
  for (let step = 0; step < steps; step++) {
    const time = from + step * DT;
    while (k + 1 < states.length && states[k + 1].time <= time + 1e-6) k++;
    const [a, b] = [states[k], states[Math.min(k + 1, states.length - 1)]];
    if (time < a.time - 1e-6 || time > b.time + 1e-6) continue;
    const u = b.time > a.time ? Math.min(1, Math.max(0, (time - a.time) / (b.time - a.time))) : 0;
    track.x[step] = a.x + u * (b.x - a.x);
    track.y[step] = a.y + u * (b.y - a.y);
    track.headingRad[step] = a.headingRad + u * wrapAngle(b.headingRad - a.headingRad);
    track.speedMps[step] = a.speedMps + u * (b.speedMps - a.speedMps);
    track.present[step] = 1;
  }
  return track;
}

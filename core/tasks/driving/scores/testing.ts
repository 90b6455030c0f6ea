/** Hand-made drives for the metrics' tests. */
import type { ActorTrack, AreaTrack, DriveTrack } from './track.ts';

export interface TestDrive {
  readonly rows?: number;
  readonly speed?: number;
  /** Speed at a row; overrides `speed`. */
  readonly speedAt?: (row: number) => number;
  readonly actors?: readonly ActorTrack[];
  readonly area?: Partial<AreaTrack>;
  readonly lateral?: number;
  readonly speedLimit?: number;
  readonly goalS?: number;
}

/** Straight along +x from 0, 5 × 2 m, rear axle 1.5 m behind the centre, 10 Hz, goal at 100 m. */
export function testDrive(options: TestDrive = {}): DriveTrack {
  const { rows = 41, speed = 10, speedAt = () => speed, actors = [], area, lateral = 0 } = options;
  const { speedLimit = 15, goalS = 100 } = options;
  const speedMps = Float64Array.from({ length: rows }, (_, row) => speedAt(row));
  const x = new Float64Array(rows);
  for (let row = 1; row < rows; row++) x[row] = x[row - 1] + 0.1 * speedMps[row - 1];
  const none = () => new Uint8Array(rows);
  return {
    dtSeconds: 0.1,
    rows,
    length: 5,
    width: 2,
    rearAxleToCentre: 1.5,
    x,
    y: new Float64Array(rows).fill(lateral),
    headingRad: new Float64Array(rows),
    speedMps,
    accelMps2: Float64Array.from({ length: rows }, (_, i) => (i === 0 ? 0 : (speedMps[i] - speedMps[i - 1]) / 0.1)),
    yawRateRadps: new Float64Array(rows),
    actors,
    route: {
      s: x,
      lateral: new Float64Array(rows).fill(lateral),
      startS: 0,
      goalS,
      speedLimitMps: new Float64Array(rows).fill(speedLimit),
    },
    area: {
      multipleLanes: none(),
      nonDrivable: none(),
      oncoming: none(),
      intersection: none(),
      redLight: none(),
      ...area,
    },
  };
}

/** The same drive on a straight route of 400 m whose edges are 4 m to both sides. */
export function withPath(track: DriveTrack): DriveTrack {
  const points = 401;
  const line = (at: (i: number) => number) => Float64Array.from({ length: points }, (_, i) => at(i));
  const path = {
    ds: 1,
    x: line((i) => i),
    y: line(() => 0),
    headingRad: line(() => 0),
    edgeLeft: line(() => 4),
    edgeRight: line(() => 4),
  };
  return { ...track, route: { ...track.route, path } };
}

/** 1 from row `from` until before row `to`. */
export function flags(rows: number, from: number, to: number = rows): Uint8Array {
  return new Uint8Array(rows).fill(1, from, to);
}

export interface TestActor {
  readonly id?: string;
  readonly kind?: ActorTrack['kind'];
  readonly x: number;
  readonly y?: number;
  readonly heading?: number;
  readonly speed?: number;
  readonly rows?: number;
}

/** An actor of 4 × 2 m at constant velocity. */
export function testActor(options: TestActor): ActorTrack {
  const { id = 'a', kind = 'vehicle', x, y = 0, heading = 0, speed = 0, rows = 41 } = options;
  const line = (start: number, rate: number) =>
    Float64Array.from({ length: rows }, (_, row) => start + rate * row * 0.1);
  return {
    id,
    kind,
    length: 4,
    width: 2,
    x: line(x, speed * Math.cos(heading)),
    y: line(y, speed * Math.sin(heading)),
    headingRad: line(heading, 0),
    speedMps: line(speed, 0),
    present: new Uint8Array(rows).fill(1),
  };
}

/**
 * Curves of a recorded drive for plots: what the simulator wrote, at its own frames (speed, controls, distance to the lane's centre), and
 * what needs even steps, at 10 Hz (acceleration and jerk as the comfort metrics filter them, distance to the nearest other
 * box, time to collision). A curve that cannot be drawn says what is missing instead.
 *
 * The distance to the lane's centre is from the actor's own origin to the centre line of the nearest driving lane, whichever way that
 * goes, without sign: the figure of CARLA's own DistanceToLaneCenter metric.
 */
import { DT } from '../../abi/layout.ts';
import type { RoadMap } from '../../tasks/driving/roads/survey/road-map.ts';
import type { CarlaRecording, RecordedActor } from './carla-log-recording.ts';
import { type Clock, FrameReader, lastFrame, rowOf } from './recording-actors.ts';
import { gaps, type RecordedDrive } from './recording-drive.ts';

/** Points of one curve; frames beyond are thinned evenly. */
const MAX_POINTS = 20_000;
const TTC_SHOWN = 8;
/** A lane farther away is not the one driven on, m. */
const LANE_REACH = 50;

export interface RecordedSeries {
  readonly key: 'speed' | 'lane' | 'gap' | 'ttc' | 'accel' | 'jerk' | 'throttle' | 'brake' | 'steer';
  /** "distance to lane centre m". */
  readonly title: string;
  /** s since the first frame. */
  readonly x: Float64Array;
  /** NaN where there is no value. */
  readonly y: Float64Array;
  /** Why there is no curve. */
  readonly missing?: string;
}

/** `map` null: none, or one that does not fit; `mapName` is the one that the recording names. */
export function recordedSeries(
  recording: CarlaRecording,
  actor: RecordedActor,
  clock: Clock,
  drive: RecordedDrive,
  map: RoadMap | null,
  mapName: string,
): RecordedSeries[] {
  const { times } = recording;
  const [from, to] = [actor.firstFrame, lastFrame(actor, times.length)];
  const stride = Math.ceil((to - from + 1) / MAX_POINTS);
  const frames = Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, i) => from + i * stride);
  const x = Float64Array.from(frames, (frame) => times[frame] - times[0]);
  const pose = new Float64Array(4);
  const reader = new FrameReader(actor);
  const [speed, lane] = [new Float64Array(frames.length).fill(NaN), new Float64Array(frames.length).fill(NaN)];
  frames.forEach((frame, i) => {
    if (!reader.read(frame, pose)) return;
    speed[i] = pose[3];
    const at = map && rowOf(actor.poses, frame);
    if (at) lane[i] = map.index.nearest(at[0], at[1], LANE_REACH)?.distance ?? NaN;
  });
  const steps = Float64Array.from({ length: clock.steps + 1 }, (_, i) => i * DT);
  const { comfort, ttc, track } = drive;
  const bare = new Float64Array(0);
  const filtered = (key: 'accel' | 'jerk', title: string, signal: 'lonAccel' | 'lonJerk'): RecordedSeries =>
    comfort
      ? { key, title, x: steps, y: comfort[signal] }
      : { key, title, x: bare, y: bare, missing: 'The recording is too short to filter.' };
  const alone = track.actors.length === 0 ? 'Nobody else comes within 150 m.' : undefined;
  const control = (key: 'throttle' | 'brake' | 'steer', title: string, column: number): RecordedSeries => ({
    key,
    title,
    x,
    y: Float64Array.from(frames, (frame) => rowOf(actor.controls, frame)?.[column] ?? NaN),
  });
  return [
    Number.isNaN(speed.find((v) => !Number.isNaN(v)) ?? NaN)
      ? { key: 'speed', title: 'speed m/s', x: steps, y: track.speedMps }
      : { key: 'speed', title: 'speed m/s', x, y: speed },
    map
      ? { key: 'lane', title: 'distance to lane centre m', x, y: lane }
      : {
          key: 'lane',
          title: 'distance to lane centre m',
          x: bare,
          y: bare,
          missing: `Drop the map ${mapName}.xodr to plot it.`,
        },
    alone
      ? { key: 'gap', title: 'nearest other m', x: bare, y: bare, missing: alone }
      : { key: 'gap', title: 'nearest other m', x: steps, y: gaps(track) },
    alone
      ? { key: 'ttc', title: 'TTC s', x: bare, y: bare, missing: alone }
      : { key: 'ttc', title: 'TTC s', x: steps, y: ttc.map((value) => (value < TTC_SHOWN ? value : NaN)) },
    filtered('accel', 'acceleration m/s²', 'lonAccel'),
    filtered('jerk', 'jerk m/s³', 'lonJerk'),
    ...(actor.controls.rows > 0
      ? [control('throttle', 'throttle', 1), control('brake', 'brake', 2), control('steer', 'steer, left +', 0)]
      : []),
  ];
}

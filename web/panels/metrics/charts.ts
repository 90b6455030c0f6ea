/** What the charts show, as plain data: training curves in the order of interest, and a drive's columns over time. */
import {
  type DriveFrames,
  FRAME_ACCEL,
  FRAME_REWARD,
  FRAME_SPEED,
  FRAME_STRIDE,
  FRAME_TTC,
  type RecordedSeries,
  type StageName,
} from '../../../workers/protocol.ts';
import type { Curve } from '../../stores/training.ts';

export interface Series {
  readonly name: string;
  /** Custom property that colours it. */
  readonly tone: 'accent' | 'ego' | 'error' | 'warn' | 'counterfactual';
  readonly dashed: boolean;
  readonly y: readonly (number | null)[];
}
export interface ChartData {
  readonly key: string;
  readonly title: string;
  readonly xName: string;
  readonly x: readonly number[];
  readonly series: readonly Series[];
  readonly latest: number;
  /** Fixed range of y, where the quantity has one. */
  readonly range?: readonly [number, number];
  /** Why there is no curve, in place of it. */
  readonly missing?: string;
  /** False where the drive's playhead means nothing. */
  readonly playhead?: false;
  /** Training curves know their stage; a drive's charts have none. */
  readonly stage: StageName | null;
}

const ORDER = ['return', 'KL', 'entropy', 'collisions / 100', 'token loss', 'waypoint loss', 'value loss'];
const TONES: Readonly<Record<string, Series['tone']>> = {
  return: 'ego',
  'collisions / 100': 'error',
  'token loss': 'warn',
  'waypoint loss': 'warn',
};
const rank = (name: string): number => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);

/** Training curves: PPO's first once it runs, each a chart. */
export function trainingCharts(curves: readonly Curve[]): readonly ChartData[] {
  return curves
    .filter(({ x }) => x.length > 0)
    .toSorted((a, b) => rank(a.name) - rank(b.name))
    .map(({ stage, name, x, y }) => ({
      key: `${stage} ${name}`,
      title: name,
      xName: stage === 'ppo' ? 'iteration' : 'step',
      x,
      series: [{ name, tone: TONES[name] ?? 'accent', dashed: false, y }],
      latest: y[y.length - 1],
      stage,
    }));
}

/** TTC is shown up to this many seconds; beyond it nothing is near. */
const TTC_SHOWN = 8;

const column = (frames: DriveFrames, at: number, steps: number): (number | null)[] =>
  Array.from({ length: steps + 1 }, (_, step) => (step > frames.steps ? null : frames.ego[step * FRAME_STRIDE + at]));
const summed = (values: readonly (number | null)[]): (number | null)[] => {
  let sum = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum += value;
    return sum;
  });
};
const capped = (values: readonly (number | null)[]): (number | null)[] =>
  values.map((value) => (value === null || !(value < TTC_SHOWN) ? null : value));

/** Speed, acceleration, time to collision and return of a drive over its time; a counterfactual's dashed beside them. */
export function driveCharts(frames: DriveFrames | null, ghost: DriveFrames | null): readonly ChartData[] {
  if (!frames) return [];
  const steps = Math.max(frames.steps, ghost?.steps ?? 0);
  const x = Array.from({ length: steps + 1 }, (_, step) => step * frames.dt);
  const chart = (
    title: string,
    at: number,
    tone: Series['tone'],
    map: (values: readonly (number | null)[]) => (number | null)[] = (values) => [...values],
    range?: readonly [number, number],
  ): ChartData => {
    const own = map(column(frames, at, steps));
    const series: Series[] = [{ name: 'drive', tone, dashed: false, y: own }];
    if (ghost)
      series.push({ name: 'counterfactual', tone: 'counterfactual', dashed: true, y: map(column(ghost, at, steps)) });
    const latest = own.findLast((value) => value !== null) ?? Number.NaN;
    return { key: title, title, xName: 's', x, series, latest, stage: null, range };
  };
  return [
    chart('speed m/s', FRAME_SPEED, 'ego'),
    chart('TTC s', FRAME_TTC, 'warn', capped, [0, TTC_SHOWN]),
    chart('acceleration m/s²', FRAME_ACCEL, 'accent'),
    chart('return', FRAME_REWARD, 'accent', summed),
  ];
}

const RECORDED_TONES: Readonly<Record<RecordedSeries['key'], Series['tone']>> = {
  speed: 'ego',
  lane: 'accent',
  gap: 'accent',
  ttc: 'warn',
  accel: 'accent',
  jerk: 'accent',
  throttle: 'ego',
  brake: 'error',
  steer: 'ego',
};

const RECORDED_RANGES: Readonly<Partial<Record<RecordedSeries['key'], readonly [number, number]>>> = {
  ttc: [0, TTC_SHOWN],
  throttle: [0, 1],
  brake: [0, 1],
  steer: [-1, 1],
};

/** Curves of a recording, each over its own times; those that cannot be drawn last. */
export function recordedCharts(series: readonly RecordedSeries[]): readonly ChartData[] {
  const drawn = series.toSorted((a, b) => Number(a.missing !== undefined) - Number(b.missing !== undefined));
  return drawn.map(({ key, title, x, y, missing }) => {
    const values = Array.from(y, (value) => (Number.isNaN(value) ? null : Math.round(value * 1e6) / 1e6));
    const level = values.every((value) => value === values[0]) ? values[0] : null;
    const range =
      RECORDED_RANGES[key] ?? (level === null || level === undefined ? undefined : ([level - 1, level + 1] as const));
    return {
      key: title,
      title,
      xName: 's',
      x: [...x],
      series: [{ name: 'recorded', tone: RECORDED_TONES[key], dashed: false, y: values }],
      latest: values.findLast((value) => value !== null) ?? Number.NaN,
      ...(range && { range }),
      ...(missing !== undefined && { missing }),
      stage: null,
    };
  });
}

/** Value of a chart at a time: of the last x that is not later. */
export function valueAt({ x, series }: ChartData, time: number): number | null {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] <= time + 1e-9) low = middle + 1;
    else high = middle;
  }
  return low > 0 ? (series[0]?.y[low - 1] ?? null) : null;
}

/** What the charts show, as plain data: training curves in the order of interest, and the curves of what is shown over its time. */
import type { Curve } from '../../../core/io/recordings/scene-curves.ts';
import { STAGES } from '../../../core/learn/stages.ts';
import type { TrainingCurve } from '../../stores/training.ts';

interface ChartSeries {
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
  readonly series: readonly ChartSeries[];
  readonly latest: number;
  /** Fixed range of y, where the quantity has one. */
  readonly range?: readonly [number, number];
  /** Why there is no curve, in place of it. */
  readonly missing?: string;
  /** Training curves know their stage; others have none, and a playhead. */
  readonly stage: string | null;
}

const ORDER = ['return', 'KL', 'entropy', 'collisions / 100', 'token loss', 'waypoint loss', 'value loss'];
const TONES: Readonly<Record<string, ChartSeries['tone']>> = {
  return: 'ego',
  'collisions / 100': 'error',
  'token loss': 'warn',
  'waypoint loss': 'warn',
};
const rank = (name: string): number => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);

/** Training curves: PPO's first once it runs, each a chart. */
export function trainingCharts(curves: readonly TrainingCurve[]): readonly ChartData[] {
  return curves
    .filter(({ x }) => x.length > 0)
    .toSorted((a, b) => rank(a.name) - rank(b.name))
    .map(({ stage, name, x, y }) => ({
      key: `${stage} ${name}`,
      title: name,
      xName: STAGES.find(({ id }) => id === stage)?.counts ?? 'step',
      x,
      series: [{ name, tone: TONES[name] ?? 'accent', dashed: false, y }],
      latest: y[y.length - 1],
      stage,
    }));
}

/** TTC is shown up to this many seconds; beyond it nothing is near. */
const TTC_SHOWN = 8;

interface Look {
  readonly title: string;
  readonly tone: ChartSeries['tone'];
  readonly range?: readonly [number, number];
}
/** Every curve that there is, in the order in which charts stand. */
const LOOKS: Readonly<Record<Curve['key'], Look>> = {
  speed: { title: 'speed m/s', tone: 'ego' },
  ttc: { title: 'TTC s', tone: 'warn', range: [0, TTC_SHOWN] },
  return: { title: 'return', tone: 'accent' },
  lane: { title: 'distance to lane centre m', tone: 'accent' },
  gap: { title: 'nearest other m', tone: 'accent' },
  accel: { title: 'acceleration m/s²', tone: 'accent' },
  jerk: { title: 'jerk m/s³', tone: 'accent' },
  throttle: { title: 'throttle', tone: 'ego', range: [0, 1] },
  brake: { title: 'brake', tone: 'error', range: [0, 1] },
  steer: { title: 'steer, left +', tone: 'ego', range: [-1, 1] },
  wheels: { title: 'front wheels °, left +', tone: 'ego' },
};
const KEYS = Object.keys(LOOKS);

/** Values as a chart takes them: none is null, a long TTC too; rounded to a thousandth, so that noise makes no axis. */
const shown = (key: Curve['key'], y: ArrayLike<number>): (number | null)[] =>
  Array.from(y, (value) =>
    Number.isFinite(value) && !(key === 'ttc' && value >= TTC_SHOWN) ? Math.round(value * 1e3) / 1e3 : null,
  );

/** Charts of curves, a counterfactual's dashed beside them; those that cannot be drawn last. */
export function curveCharts(curves: readonly Curve[], ghost: readonly Curve[] = []): readonly ChartData[] {
  const place = ({ key, missing }: Curve) => KEYS.indexOf(key) + (missing === undefined ? 0 : KEYS.length);
  return curves
    .toSorted((a, b) => place(a) - place(b))
    .map((curve) => {
      const { key, missing } = curve;
      const { title, tone, range } = LOOKS[key];
      const other = ghost.find((each) => each.key === key);
      const longer = other && other.x.length > curve.x.length ? other : curve;
      const own = shown(key, curve.y);
      const y = [...own, ...Array<null>(longer.x.length - own.length).fill(null)];
      const series: ChartSeries[] = [{ name: 'drive', tone, dashed: false, y }];
      if (other) {
        const beside = shown(key, other.y);
        const rest = Array<null>(longer.x.length - beside.length).fill(null);
        series.push({ name: 'counterfactual', tone: 'counterfactual', dashed: true, y: [...beside, ...rest] });
      }
      const known = other ? [] : own.filter((value) => value !== null);
      const level = known.length > 0 && known.every((value) => value === known[0]) ? known[0] : null;
      const fixed = range ?? (level === null ? undefined : ([level - 1, level + 1] as const));
      return {
        key: title,
        title,
        xName: 's',
        x: Array.from(longer.x),
        series,
        latest: own.findLast((value) => value !== null) ?? Number.NaN,
        ...(fixed && { range: fixed }),
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

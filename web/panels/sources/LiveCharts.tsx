/** Curves of what is watched, while it comes: the followed actor's speed, the ego's acceleration, time to collision and pedals. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useLive, useView } from '../../stores/hooks.ts';
import { seekLive } from '../../stores/live-clock.ts';
import { LIVE_EGO_STRIDE, type LiveScene } from '../../stores/live-scene.ts';
import { sceneStore } from '../../stores/scene.ts';
import { viewStore } from '../../stores/view.ts';
import { short } from '../format.ts';
import { Chart } from '../metrics/Chart.tsx';
import type { ChartData, Series } from '../metrics/charts.ts';
import { MetricsTable } from '../metrics/MetricsTable.tsx';
import { TTC_TOP } from '../timeline/lanes.ts';
import { valuesOf } from './LiveLanes.tsx';
import '../../styles/metrics.css';

/** Curves are drawn anew so often, s of the source, and have so many points at most. */
const EVERY_S = 1;
const POINTS = 600;

export default function LiveCharts() {
  const scene = useLive((state) => state.scene);
  const steps = useLive((state) => state.steps);
  const follow = useStore(sceneStore, (state) => state.follow);
  const dark = useView((state) => state.dark);
  const asTable = useView((state) => state.metricsAsTable);
  const upTo = scene ? steps - (steps % Math.max(1, Math.round(EVERY_S / scene.dt))) : 0;
  const charts = useMemo(() => (scene && upTo > 0 ? liveCharts(scene, upTo, follow) : []), [scene, upTo, follow]);
  const seek = (x: number) => {
    if (!scene) return;
    const later = scene.times.subarray(0, scene.steps + 1).findIndex((time) => time - scene.times[0] >= x);
    seekLive(later < 0 ? scene.steps : later);
  };
  return (
    <section className="panel metrics" aria-label="Metrics">
      <div className="head">
        <h2>Metrics</h2>
        <span>of the live source</span>
        <span className="grow" />
        <label className="check">
          <input
            type="checkbox"
            checked={asTable}
            onChange={(event) => viewStore.setState({ metricsAsTable: event.target.checked })}
          />
          Table
        </label>
      </div>
      {charts.length === 0 && <p className="empty">Curves begin with the first second of frames.</p>}
      {asTable ? (
        <MetricsTable charts={charts} />
      ) : (
        <div className="charts scroll" hidden={charts.length === 0}>
          {charts.map((chart) => (
            <figure key={chart.key} aria-label={`${chart.title}, newest ${short(chart.latest)}`}>
              <figcaption className="head">
                <h3>{chart.title}</h3>
                <span className="note">{short(chart.latest)}</span>
              </figcaption>
              <Chart key={`${dark}`} chart={chart} group="live" onPick={seek} />
            </figure>
          ))}
        </div>
      )}
    </section>
  );
}

function liveCharts(scene: LiveScene, steps: number, follow: number): readonly ChartData[] {
  const every = Math.max(1, Math.ceil(steps / POINTS));
  const rows = Array.from({ length: Math.floor(steps / every) + 1 }, (_, i) => i * every);
  const x = rows.map((step) => scene.times[step] - scene.times[0]);
  const chart = (
    title: string,
    tone: Series['tone'],
    value: (step: number) => number,
    range?: readonly [number, number],
  ): ChartData => {
    const y = rows.map((step) => (Number.isFinite(value(step)) ? value(step) : null));
    const latest = y.findLast((each) => each !== null) ?? Number.NaN;
    const series = [{ name: 'live', tone, dashed: false, y }];
    return { key: title, title, xName: 's', x, series, latest, stage: null, playhead: false, range };
  };
  const ego = (column: number) => (step: number) => scene.egoRows[step * LIVE_EGO_STRIDE + column];
  const speed = chart('speed m/s', 'ego', valuesOf('speed', scene, follow));
  if (!scene.hasEgo || (follow >= 0 && follow !== scene.ego)) return [speed];
  return [
    speed,
    chart('acceleration m/s²', 'accent', ego(0)),
    chart('TTC s', 'warn', valuesOf('TTC', scene, follow), [0, TTC_TOP]),
    ...(scene.hasPedals ? [chart('brake', 'error', ego(3), [0, 1])] : []),
  ];
}

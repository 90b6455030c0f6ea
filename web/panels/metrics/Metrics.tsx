/**
 * The metrics: curves of the training that runs, or of the drive on the screen (with its counterfactual dashed). Charts are
 * uPlot with linked cursors; the same numbers stand in a table; a click on a training curve opens the drive nearest to it.
 */
import { useMemo, useState } from 'react';
import { useDrive, useRecording, useTraining, useView } from '../../stores/hooks.ts';
import { seek } from '../../stores/drive.ts';
import { openNearest } from '../../stores/training.ts';
import { viewStore } from '../../stores/view.ts';
import { Segments } from '../Segments.tsx';
import { short } from '../format.ts';
import { Chart } from './Chart.tsx';
import { type ChartData, driveCharts, recordedCharts, trainingCharts, valueAt } from './charts.ts';
import { MetricsTable } from './MetricsTable.tsx';
import '../../styles/metrics.css';

type Source = 'drive' | 'training';

export default function Metrics() {
  const active = useTraining((state) => state.active);
  const curves = useTraining((state) => state.curves);
  const frames = useDrive((state) => state.frames);
  const ghost = useDrive((state) => state.ghost);
  const asTable = useView((state) => state.metricsAsTable);
  const dark = useView((state) => state.dark);
  const preset = useView((state) => state.preset);
  const [chosen, setChosen] = useState<Source | null>(null);
  const source = chosen ?? (active || preset === 'train' ? 'training' : 'drive');
  const recorded = useRecording((state) => state.view?.series);
  const ofDrive = useMemo(
    () => (recorded ? recordedCharts(recorded) : driveCharts(frames, ghost?.frames ?? null)),
    [recorded, frames, ghost],
  );
  const charts = source === 'training' ? trainingCharts(curves) : ofDrive;
  return (
    <section className="panel metrics" aria-label="Metrics">
      <div className="head">
        <h2>Metrics</h2>
        <Segments
          label="Metrics of"
          options={[
            { value: 'drive', text: 'This drive' },
            { value: 'training', text: 'Training run' },
          ]}
          value={source}
          onChange={setChosen}
        />
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
      {charts.length === 0 && (
        <p className="empty">
          {source === 'training'
            ? active
              ? 'Curves begin with the first steps of SFT.'
              : 'No training has run in this tab yet. Return, KL, entropy and collisions are drawn here, live.'
            : 'No drive is open.'}
        </p>
      )}
      {asTable ? (
        <MetricsTable charts={charts} />
      ) : (
        <div className="charts scroll" hidden={charts.length === 0}>
          {charts.map((chart) => (
            <figure key={chart.key} aria-label={`${chart.title}, newest ${short(chart.latest)}`}>
              <figcaption className="head">
                <h3>{chart.title}</h3>
                <Figure chart={chart} />
              </figcaption>
              {chart.missing ? (
                <p className="empty">{chart.missing}</p>
              ) : (
                <Chart
                  key={`${dark} ${chart.series.length}`}
                  chart={chart}
                  group={source}
                  onPick={(x) =>
                    chart.stage ? void openNearest(chart.stage, x) : frames && seek(Math.round(x / frames.dt))
                  }
                />
              )}
            </figure>
          ))}
        </div>
      )}
    </section>
  );
}

/** The number beside a title: a curve's newest, or the drive's at the playhead. */
function Figure({ chart }: { readonly chart: ChartData }) {
  const step = useDrive((state) => state.step);
  const dt = useDrive((state) => state.frames?.dt ?? 0);
  const value = chart.stage ? chart.latest : valueAt(chart, step * dt);
  return <span className="note">{value === null ? '–' : short(value)}</span>;
}

/**
 * The metrics: curves of the training that runs, or of what is on the screen: a drive (with its counterfactual dashed), a recording, a live
 * source. Charts are uPlot with linked cursors; the same numbers stand in a table; a click goes to the moment, on a training curve to
 * the drive nearest to it.
 */
import { useState } from 'react';
import { useCan, usePlayer } from '../../shown/hooks.ts';
import { useTraining, useView } from '../../stores/hooks.ts';
import { openNearest } from '../../stores/training.ts';
import { viewStore } from '../../stores/view.ts';
import { Segments } from '../../ui/Segments.tsx';
import { short } from '../../ui/format.ts';
import { Chart } from './Chart.tsx';
import { type ChartData, trainingCharts, valueAt } from './charts.ts';
import { MetricsTable } from './MetricsTable.tsx';
import { type Moving, useMovingCharts } from './moving.ts';
import './metrics.css';

type Source = 'drive' | 'training';

export default function Metrics() {
  const active = useTraining((state) => state.active);
  const ofSource = useCan('source');
  const preset = useView((state) => state.preset);
  const [chosen, setChosen] = useState<Source | null>(null);
  const source = chosen ?? ((active && !ofSource) || preset === 'train' ? 'training' : 'drive');
  const choice = { source, choose: setChosen, name: ofSource ? 'This source' : 'This drive' };
  if (source === 'training') return <TrainingCharts {...choice} />;
  return <MovingCharts {...choice} />;
}

interface Choice {
  readonly source: Source;
  readonly choose: (source: Source) => void;
  /** Of what is shown. */
  readonly name: string;
}

function TrainingCharts(choice: Choice) {
  const active = useTraining((state) => state.active);
  const curves = useTraining((state) => state.curves);
  const empty = active
    ? 'Curves begin with the first steps of SFT.'
    : 'No training has run in this tab yet. Return, KL, entropy and collisions are drawn here, live.';
  return <Board {...choice} charts={trainingCharts(curves)} moving={null} empty={empty} />;
}

function MovingCharts(choice: Choice) {
  const moving = useMovingCharts();
  const open = usePlayer() !== null;
  const ofSource = useCan('source');
  const empty = ofSource
    ? 'Curves begin with the first second of frames, and with somebody who is followed.'
    : open
      ? 'No curves.'
      : 'No drive is open.';
  return <Board {...choice} charts={moving.charts} moving={moving} empty={empty} />;
}

interface BoardProps extends Choice {
  readonly charts: readonly ChartData[];
  /** null: of a training. */
  readonly moving: Moving | null;
  readonly empty: string;
}

function Board({ source, choose, name, charts, moving, empty }: BoardProps) {
  const asTable = useView((state) => state.metricsAsTable);
  const dark = useView((state) => state.dark);
  const pick = ({ stage }: ChartData, x: number) => (stage ? void openNearest(stage, x) : moving?.goTo(x));
  return (
    <section className="panel metrics" aria-label="Metrics">
      <div className="head">
        <h2>Metrics</h2>
        <Segments
          label="Metrics of"
          options={[
            { value: 'drive', text: name },
            { value: 'training', text: 'Training run' },
          ]}
          value={source}
          onChange={choose}
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
      {charts.length === 0 && <p className="empty">{empty}</p>}
      {asTable ? (
        <MetricsTable charts={charts} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus
        <div className="charts scroll" hidden={charts.length === 0} tabIndex={0} role="group" aria-label="Curves">
          {charts.map((chart) => (
            <figure key={chart.key} aria-label={`${chart.title}, newest ${short(chart.latest)}`}>
              <figcaption className="head">
                <h3>{chart.title}</h3>
                <span className="note">{figureOf(chart, moving)}</span>
              </figcaption>
              {chart.missing ? (
                <p className="empty">{chart.missing}</p>
              ) : (
                <Chart
                  key={`${dark} ${chart.series.length}`}
                  chart={chart}
                  group={source}
                  playhead={moving?.playhead ?? null}
                  onPick={(x) => pick(chart, x)}
                />
              )}
            </figure>
          ))}
        </div>
      )}
    </section>
  );
}

/** The number beside a title: a training curve's newest, or that of the moment shown. */
function figureOf(chart: ChartData, moving: Moving | null): string {
  const value = moving ? valueAt(chart, moving.now) : chart.latest;
  return value === null ? '–' : short(value);
}

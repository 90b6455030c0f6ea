/** Whether the offline error ranks a run's checkpoints as driving does: scatter of ADE against a closed-loop score, Spearman, and the table. */
import { useStore } from 'zustand';
import { scoreInfo } from '../../../core/tasks/driving/scores/score-list.ts';
import {
  cancelMeasuring,
  correlationOf,
  correlationStore,
  MAX_CORRELATION_SEEDS,
  measureRun,
} from '../../stores/report-correlation.ts';
import { reportsStore } from '../../stores/reports.ts';
import { trainingStore } from '../../stores/training.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { scoreFigure } from './figures.ts';
import { Scatter } from './Scatter.tsx';

/** Two points always lie in rank order, one way or the other. */
const LEAST_RANKED = 3;

export function CorrelationReport() {
  const { run, seeds, running, done, total, points, failure } = useStore(correlationStore);
  const score = useStore(reportsStore, (state) => state.score);
  const chosen = useStore(reportsStore, (state) => state.chosen.size);
  const busy = useStore(reportsStore, (state) => state.running);
  const runs = useStore(trainingStore, (state) => state.runs).filter(({ checkpoint }) => checkpoint !== null);
  const wrong = !(Number.isInteger(seeds) && seeds >= 1 && seeds <= MAX_CORRELATION_SEEDS);
  const asked = runs.find(({ id }) => id === run)?.id ?? runs[0]?.id;
  const { title, better } = scoreInfo(score);
  if (!asked)
    return (
      <p className="empty">
        A training run keeps its checkpoints here. Train one, then see whether its error against the expert tells how it
        drives.
      </p>
    );
  const correlation = correlationOf(points, score);
  const few = correlation !== null && correlation.points.length < LEAST_RANKED;
  return (
    <>
      <form
        className="pairhead"
        aria-label="Correlation"
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong && !busy) void measureRun(asked);
        }}
      >
        <select
          className="field"
          aria-label="Run"
          value={asked}
          disabled={running}
          onChange={(event) => correlationStore.setState({ run: event.target.value, points: [] })}
        >
          {runs.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <label className="named">
          Seeds
          <input
            className="field mono seeds"
            type="number"
            min={1}
            max={MAX_CORRELATION_SEEDS}
            value={Number.isNaN(seeds) ? '' : seeds}
            aria-invalid={wrong}
            disabled={running}
            onChange={(event) => correlationStore.setState({ seeds: event.target.valueAsNumber })}
          />
        </label>
        {running ? (
          <button type="button" className="btn danger" onClick={() => void cancelMeasuring()}>
            Cancel
          </button>
        ) : (
          <button type="submit" className="btn primary" disabled={wrong || busy || chosen === 0}>
            Measure
          </button>
        )}
      </form>
      {failure && <FailureBox failure={failure} />}
      {running && (
        <p className="dim verdict" role="status">
          {done} of {total || '…'} checkpoints measured on {chosen} scenarios
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus */}
      <div className="scroll grow" tabIndex={0} role="group" aria-label="Offline against closed loop">
        {correlation ? (
          <>
            <p className="verdict">
              <b>{signedRho(few ? Number.NaN : correlation.spearman)}</b>
              <span className="dim"> Spearman over {correlation.points.length} checkpoints</span>
              <span className="dim block">
                {few
                  ? 'A rank correlation takes three checkpoints or more.'
                  : Number.isNaN(correlation.spearman)
                    ? `${title} is the same for all of them.`
                    : `A smaller error should mean ${better === 'higher' ? 'more' : 'less'} ${title}: ρ should be near ${correlation.wanted === 'negative' ? '−1' : '+1'}.`}
              </span>
            </p>
            <Scatter points={correlation.points} x="ADE against the expert, m" y={title} />
          </>
        ) : (
          !running && <p className="empty">Measure drives every checkpoint of the run on the chosen scenarios.</p>
        )}
        {points.length > 0 && (
          <table className="score">
            <caption>Checkpoints</caption>
            <thead>
              <tr>
                <th scope="col">checkpoint</th>
                <th scope="col">ADE, m</th>
                <th scope="col">FDE, m</th>
                <th scope="col">{title}</th>
              </tr>
            </thead>
            <tbody>
              {points.map(({ id, openLoop, scores }) => (
                <tr key={id}>
                  <th scope="row" className="mono">
                    {id}
                  </th>
                  <td>{openLoop.ade.toFixed(3)}</td>
                  <td>{openLoop.fde.toFixed(3)}</td>
                  <td>{scoreFigure(scores[score], score)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </>
  );
}

const signedRho = (rho: number): string =>
  Number.isNaN(rho) ? 'ρ –' : `ρ ${rho < 0 ? '−' : '+'}${Math.abs(rho).toFixed(3)}`;

/** What the recorded drive scores, and the steps that cost it. */
import { seek } from '../../stores/drive.ts';
import { useRecording } from '../../stores/hooks.ts';
import { FailureBox } from '../Failure.tsx';
import { COST_TEXTS, Others } from '../reports/Parts.tsx';

const SHOWN = 12;

export function RecordedScores() {
  const score = useRecording((state) => state.details?.view.score.score);
  const audit = useRecording((state) => state.audit);
  const failure = useRecording((state) => state.auditFailure);
  const map = useRecording((state) => state.details?.map);
  return (
    <section aria-label="Scores of the hero" className="recorded-scores">
      <div className="head">
        <h3>Score of the hero</h3>
        <span className="note">{score?.toFixed(3)}</span>
      </div>
      {!map && <p className="dim">Without the map, lanes, speed limits and red lights count as kept.</p>}
      {failure && <FailureBox failure={failure} kept="The recording plays all the same." />}
      {audit && (
        <>
          {audit.costs.length === 0 && <p className="empty">No step cost a point.</p>}
          <ul className="costs" aria-label="Steps that cost points">
            {audit.costs.slice(0, SHOWN).map((cost) => (
              <li key={`${cost.part} ${cost.from}`}>
                <button type="button" className="link" title="Go there" onClick={() => seek(cost.from)}>
                  {cost.from === cost.to ? `step ${cost.from}` : `steps ${cost.from}–${cost.to}`}
                </button>
                <span className="grow clip">{COST_TEXTS[cost.part]}</span>
                <span className="track" aria-hidden="true">
                  <i style={{ width: `${100 * Math.min(1, cost.points)}%` }} />
                </span>
                <span className="mono points">−{cost.points.toFixed(3)}</span>
              </li>
            ))}
            {audit.costs.length > SHOWN && <li className="dim">and {audit.costs.length - SHOWN} smaller ones</li>}
          </ul>
          {audit.others && <Others others={audit.others} onStep={seek} />}
        </>
      )}
    </section>
  );
}

/** What the recorded drive scores, and the steps that cost it. */
import { seek } from '../../stores/drive.ts';
import { useRecording } from '../../stores/hooks.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { partText } from '../reports/figures.ts';
import { Published } from '../reports/Published.tsx';

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
          {audit.labCosts.length === 0 && <p className="empty">No step cost a point.</p>}
          <ul className="costs" aria-label="Steps that cost points">
            {audit.labCosts.slice(0, SHOWN).map((cost) => (
              <li key={`${cost.part} ${cost.from}`}>
                <button type="button" className="link" title="Go there" onClick={() => seek(cost.from)}>
                  {cost.from === cost.to ? `step ${cost.from}` : `steps ${cost.from}–${cost.to}`}
                </button>
                <span className="grow clip">{partText(cost.part)}</span>
                <span className="track" aria-hidden="true">
                  <i style={{ width: `${100 * Math.min(1, cost.points)}%` }} />
                </span>
                <span className="mono points">−{cost.points.toFixed(3)}</span>
              </li>
            ))}
            {audit.labCosts.length > SHOWN && <li className="dim">and {audit.labCosts.length - SHOWN} smaller ones</li>}
          </ul>
          <Published report={audit} onStep={seek} />
        </>
      )}
    </section>
  );
}

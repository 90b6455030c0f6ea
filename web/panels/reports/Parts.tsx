/** A score of one drive opened up: its parts, the steps that cost points, every other score of the drive, and who was there. */
import { useStore } from 'zustand';
import { SCORE_LIST, scoreInfo } from '../../../core/tasks/driving/scores/score-list.ts';
import { SCORE_WEIGHTS } from '../../../core/tasks/driving/scores/lab/score.ts';
import { valueOf } from '../../../core/evaluate/report.ts';
import type { DriveAudit, ReportedId, ScoredRow, ScoreId } from '../../../workers/contracts/protocol.ts';
import { closeParts, type OpenedDrive, openRow } from '../../stores/report-drives.ts';
import { chooseScore, reportsStore } from '../../stores/reports.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { scoreFigure, partText } from './figures.ts';
import { Scenes } from './Scenes.tsx';

export function Parts({ opened }: { readonly opened: OpenedDrive }) {
  const { row, policy, audit, failure } = opened;
  const score = useStore(reportsStore, (state) => state.score);
  const open = (step: number) => void openRow(policy, row, step);
  return (
    <section className="parts" aria-label={`Parts of seed ${row.seed}`}>
      <div className="head">
        <h2>
          {scoreInfo(score).title} {scoreFigure(valueOf(row, score), score)}
          {formula(row, score, audit)}
        </h2>
        <span className="grow" />
        <button type="button" className="icon" aria-label="Close the parts" onClick={closeParts}>
          <Icon name="close" />
        </button>
      </div>
      {failure && <FailureBox failure={failure} kept="The report’s numbers stand." />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus */}
      <div className="scroll" tabIndex={0} role="group" aria-label="What cost points">
        {!audit && !failure && <p className="empty">Driving it again…</p>}
        {audit && (
          <>
            <Costs score={score} audit={audit} onStep={open} />
            {isNavsim(score) && <Scenes score={score} scenes={audit.scenes} onStep={open} />}
            <AllScores row={row} shown={score} audit={audit} />
            <Actors audit={audit} />
          </>
        )}
      </div>
    </section>
  );
}

const isNavsim = (score: ReportedId) => score.startsWith('pdms') || score.startsWith('epdms');

interface Step {
  readonly part: string;
  readonly from: number;
  readonly to: number;
  readonly actor?: string;
  readonly points?: number;
}

/** Steps that cost the score something; the lab's own parts are opened with the lab score. */
function stepsOf(score: ReportedId, audit: DriveAudit): readonly Step[] {
  if (score === 'lab') return audit.labCosts;
  if (score.startsWith('lab_')) return audit.labCosts.filter(({ part }) => `lab${snake(part)}` === score);
  return audit.costs[score as ScoreId] ?? [];
}
const snake = (part: string) => `_${part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;

interface CostsProps {
  readonly score: ReportedId;
  readonly audit: DriveAudit;
  readonly onStep: (step: number) => void;
}

function Costs({ score, audit, onStep }: CostsProps) {
  const steps = stepsOf(score, audit);
  const { full, digits } = scoreInfo(score);
  if (steps.length === 0) return <p className="empty">No step cost a point.</p>;
  const names = new Map(audit.actors.map(({ id, name }) => [id, name]));
  return (
    <ul className="costs" aria-label="Steps that cost points">
      {steps.map(({ part, from, to, actor, points }) => (
        <li key={`${part} ${from} ${actor}`}>
          <button type="button" className="link" title="Show this step in the lab" onClick={() => onStep(from)}>
            {from === to ? `step ${from}` : `steps ${from}–${to}`}
          </button>
          <span className="grow clip">
            {partText(part, isNavsim(score))}
            {actor && <span className="dim"> · {[names.get(actor), actor].filter(Boolean).join(' ')}</span>}
          </span>
          {points !== undefined && (
            <>
              <span className="track" aria-hidden="true">
                <i style={{ width: `${100 * Math.min(1, points / (full || 1))}%` }} />
              </span>
              <span className="mono points">
                {full === 0 ? '+' : '−'}
                {points.toFixed(Math.max(2, digits + (full === 100 ? 0 : 1)))}
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** How the number comes about, where that fits on a line. */
function formula(row: ScoredRow, score: ReportedId, audit: DriveAudit | null): string {
  const weighted = (weights: Readonly<Record<string, number>>, parts: Readonly<Record<string, number>>) =>
    `(${Object.entries(weights)
      .map(([name, weight]) => `${weight}·${parts[name].toFixed(2)}`)
      .join(' + ')})/16`;
  if (score === 'lab') {
    const { noCollision, onRoad, noRedLight, progress, ttc, speed, comfort } = row.score;
    return ` = ${noCollision}·${onRoad}·${noRedLight}·${weighted(SCORE_WEIGHTS, { progress, ttc, speed, comfort })}`;
  }
  const parts = audit?.parts[score as ScoreId];
  if (!parts) return '';
  if (score === 'nuplan') {
    const { noCollision, drivableArea, makingProgress, drivingDirection } = parts;
    return ` = ${noCollision}·${drivableArea}·${makingProgress}·${drivingDirection}·${weighted(SCORE_WEIGHTS, parts)}`;
  }
  if ('penalty' in parts) return ` = ${parts.route.toFixed(1)} % · ${parts.penalty.toFixed(3)}`;
  const broken = Object.entries(parts).filter(([, kept]) => kept === 0);
  return broken.length === 0 ? '' : `: ${broken.map(([name]) => partText(name)).join(', ')}`;
}

interface AllProps {
  readonly row: ScoredRow;
  readonly shown: ReportedId;
  readonly audit: DriveAudit;
}

/** Every score of the drive; one opens into its own parts. */
function AllScores({ row, shown, audit }: AllProps) {
  const known = SCORE_LIST.filter(({ id }) => row.scores[id] !== null && !id.startsWith('lab_'));
  return (
    <table className="score others">
      <caption>Every score of this drive</caption>
      <tbody>
        {known.map(({ id, title, text }) => {
          const steps = stepsOf(id, audit).length;
          return (
            <tr key={id} className={id === shown ? 'sel' : ''}>
              <th scope="row">
                <button
                  type="button"
                  className="link"
                  title={text}
                  aria-pressed={id === shown}
                  onClick={() => void chooseScore(id)}
                >
                  {title}
                </button>
              </th>
              <td className="mono">{scoreFigure(row.scores[id], id)}</td>
              <td className="dim from">{steps === 0 ? '' : steps === 1 ? '1 place' : `${steps} places`}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const CONDUCT = { reactive: 'reactive', replayed: 'replayed from a log', fixed: 'stands' } as const;

/** Whether each of the others acted on what the ego did. */
function Actors({ audit: { actors } }: { readonly audit: DriveAudit }) {
  if (actors.length === 0) return <p className="empty">Nobody else was there.</p>;
  return (
    <table className="score">
      <caption>Actors</caption>
      <tbody>
        {actors.map(({ id, name, conduct }) => (
          <tr key={id}>
            <th scope="row">{id}</th>
            <td className="dim">{name}</td>
            <td>{CONDUCT[conduct]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

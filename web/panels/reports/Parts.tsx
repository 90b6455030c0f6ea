/** A score opened up: its parts, the steps that cost points, and what the published scores say of the same drive. */
import { SCORE_WEIGHTS } from '../../../core/evaluate/score.ts';
import type { Audit, EpisodeRow, ScoreCost } from '../../../workers/protocol.ts';
import { type OpenedDrive, closeParts, openRow } from '../../stores/report-drives.ts';
import { FailureBox } from '../Failure.tsx';
import { Icon } from '../Icon.tsx';

export const COST_TEXTS: Readonly<Record<ScoreCost['part'], string>> = {
  noCollision: 'collision',
  onRoad: 'off the road',
  noRedLight: 'ran a red light',
  progress: 'route not finished',
  ttc: 'time to collision below 1 s',
  speed: 'above the speed limit',
  comfort: 'uncomfortable',
  unfinished: 'steps never driven',
};

export function Parts({ opened }: { readonly opened: OpenedDrive }) {
  const { row, policy, audit, failure } = opened;
  return (
    <section className="parts" aria-label={`Parts of seed ${row.seed}`}>
      <div className="head">
        <h2>
          {row.score.score.toFixed(3)} = {formula(row)}
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
            {audit.costs.length === 0 ? (
              <p className="empty">No step cost a point.</p>
            ) : (
              <ul className="costs" aria-label="Steps that cost points">
                {audit.costs.map((cost) => (
                  <li key={`${cost.part} ${cost.from}`}>
                    <button
                      type="button"
                      className="link"
                      title="Show this step in the lab"
                      onClick={() => void openRow(policy, row, cost.from)}
                    >
                      {cost.from === cost.to ? `step ${cost.from}` : `steps ${cost.from}–${cost.to}`}
                    </button>
                    <span className="grow clip">{COST_TEXTS[cost.part]}</span>
                    <span className="track" aria-hidden="true">
                      <i style={{ width: `${100 * Math.min(1, cost.points)}%` }} />
                    </span>
                    <span className="mono points">−{cost.points.toFixed(4)}</span>
                  </li>
                ))}
              </ul>
            )}
            {audit.others && <Others others={audit.others} onStep={(step) => void openRow(policy, row, step)} />}
          </>
        )}
      </div>
    </section>
  );
}

/** "1·1·1·(5·1.00 + 5·0.98 + 4·1.00 + 2·0.95)/16". */
function formula({ score }: EpisodeRow): string {
  const { noCollision, onRoad, noRedLight, progress, ttc, speed, comfort } = score;
  const terms = [
    [SCORE_WEIGHTS.progress, progress],
    [SCORE_WEIGHTS.ttc, ttc],
    [SCORE_WEIGHTS.speed, speed],
    [SCORE_WEIGHTS.comfort, comfort],
  ].map(([weight, value]) => `${weight}·${value.toFixed(2)}`);
  return `${noCollision}·${onRoad}·${noRedLight}·(${terms.join(' + ')})/16`;
}

/** "comfort.lonAccel" and "collision-vehicle" as words. */
const plain = (part: string): string =>
  part
    .replace(/^comfort\./, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replaceAll('-', ' ');

interface OthersProps {
  readonly others: NonNullable<Audit['others']>;
  readonly onStep: (step: number) => void;
}

/** The published scores, each with the steps that cost it something. */
export function Others({ others: { scores, costs }, onStep }: OthersProps) {
  const rows = [
    {
      name: 'CARLA 2.1',
      value: scores.carla_2_1.toFixed(1),
      from: costs.carla['2.1'].map(({ kind, step }) => [kind, step] as const),
    },
    {
      name: 'CARLA 2.0',
      value: scores.carla_2_0.toFixed(1),
      from: costs.carla['2.0'].map(({ kind, step }) => [kind, step] as const),
    },
    {
      name: 'nuPlan',
      value: scores.nuplan.toFixed(3),
      from: costs.nuplan.map(({ part, step }) => [part, step] as const),
    },
    {
      name: 'Comfort',
      value: scores.comfort.toFixed(0),
      from: costs.comfort.map(({ part, step }) => [part, step] as const),
    },
    {
      name: 'RSS violations',
      value: String(scores.rss_violations),
      from: costs.rss.map(({ part, step }) => [part, step] as const),
    },
  ];
  return (
    <table className="score others">
      <caption>Published scores of the same drive</caption>
      <tbody>
        {rows.map(({ name, value, from }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="mono">{value}</td>
            <td className="dim from">
              {from.slice(0, 4).map(([what, step]) => (
                <button
                  key={`${what} ${step}`}
                  type="button"
                  className="link"
                  title={`${plain(what)} at step ${step}`}
                  onClick={() => onStep(step)}
                >
                  {plain(what)} {step}
                </button>
              ))}
              {from.length > 4 && ` and ${from.length - 4} more`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

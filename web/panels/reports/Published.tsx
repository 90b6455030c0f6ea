/** The published scores of one drive, each with the first steps that cost it something. */
import { SCORE_LIST } from '../../../core/tasks/driving/scores/score-list.ts';
import type { DriveAudit, ScoreId } from '../../../workers/contracts/protocol.ts';
import { scoreFigure, partText } from './figures.ts';

const SHOWN = 4;

interface Props {
  readonly report: Pick<DriveAudit, 'scores' | 'costs'>;
  readonly onStep: (step: number) => void;
}

export function Published({ report: { scores, costs }, onStep }: Props) {
  const values = scores as Readonly<Partial<Record<ScoreId, number | null>>>;
  const known = SCORE_LIST.filter(({ id }) => typeof values[id] === 'number');
  return (
    <table className="score others">
      <caption>Published scores of the same drive</caption>
      <tbody>
        {known.map(({ id, title, text }) => {
          const steps = costs[id as ScoreId] ?? [];
          const words = (part: string) => partText(part, id.includes('pdms'));
          return (
            <tr key={id} title={text}>
              <th scope="row">{title}</th>
              <td className="mono">{scoreFigure(values[id], id)}</td>
              <td className="dim from">
                {steps.slice(0, SHOWN).map(({ part, from, actor }) => (
                  <button
                    key={`${part} ${from} ${actor}`}
                    type="button"
                    className="link"
                    title={`${words(part)} at step ${from}`}
                    onClick={() => onStep(from)}
                  >
                    {words(part)} {from}
                  </button>
                ))}
                {steps.length > SHOWN && ` and ${steps.length - SHOWN} more`}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

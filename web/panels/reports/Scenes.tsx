/** The 4 s scenes of a drive as PDMS or EPDMS scores them: each whole, before anything is averaged. */
import type { DriveAudit, ReportedId } from '../../../workers/contracts/protocol.ts';
import { partText } from './figures.ts';

interface Props {
  readonly score: ReportedId;
  readonly scenes: DriveAudit['scenes'];
  readonly onStep: (step: number) => void;
}

export function Scenes({ score, scenes, onStep }: Props) {
  const extended = score.startsWith('epdms');
  return (
    <table className="score">
      <caption>Scenes of 4 s, beside what PDM-Closed would have covered</caption>
      <thead>
        <tr>
          <th scope="col">steps</th>
          <th scope="col">score</th>
          <th scope="col">lost by</th>
          <th scope="col">PDM-Closed</th>
        </tr>
      </thead>
      <tbody>
        {scenes.map(({ from, to, pdmClosed, corrected, exact }) => {
          const { pdms, epdms, pdmParts, parts } = score.endsWith('navsim_exact') ? exact : corrected;
          const lost = Object.entries(extended ? parts : pdmParts).filter(
            ([name, value]) => value < 1 && !(extended && name === 'comfort'),
          );
          return (
            <tr key={from}>
              <th scope="row">
                <button type="button" className="link" title="Show this scene in the lab" onClick={() => onStep(from)}>
                  {from}–{to}
                </button>
              </th>
              <td className="mono">{(extended ? epdms : pdms).toFixed(3)}</td>
              <td className="dim">
                {lost.map(([name, value]) => `${partText(name, true)} ${value.toFixed(2)}`).join(', ') || 'nothing'}
              </td>
              <td className="mono">{pdmClosed.metres.toFixed(1)} m</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

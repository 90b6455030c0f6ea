/** Which score the page shows: of all drives at once, nothing is driven again. */
import { useStore } from 'zustand';
import { REPORTED, scoreInfo } from '../../../core/tasks/driving/scores/score-list.ts';
import type { ReportedId } from '../../../workers/contracts/protocol.ts';
import { chooseScore, reportsStore } from '../../stores/reports.ts';

const GROUPS = [...new Set(REPORTED.map(({ group }) => group))];

export function ScoreChoice() {
  const score = useStore(reportsStore, (state) => state.score);
  return (
    <label className="named" title={scoreInfo(score).text}>
      Show
      <select
        className="field"
        value={score}
        onChange={(event) => void chooseScore(event.target.value as ReportedId)}
        aria-label="Score shown"
      >
        {GROUPS.map((group) => (
          <optgroup key={group} label={group}>
            {REPORTED.filter((info) => info.group === group).map(({ id, title, unit }) => (
              <option key={id} value={id}>
                {unit ? `${title}, ${unit}` : title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

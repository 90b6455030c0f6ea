/** What the current token's position attended to: last layer, mean over heads, strongest first. */
import { useDrive } from '../../stores/hooks.ts';
import { formatProbability } from '../../ui/format.ts';

const SHOWN = 3;

export function LooksAt() {
  const attention = useDrive((state) => state.thoughts.get(state.decision)?.tokens[state.token]?.attention);
  const byModel = useDrive((state) => state.thoughts.get(state.decision)?.byModel ?? true);
  if (!byModel) return null;
  const shown = attention?.slice(0, SHOWN) ?? [];
  return (
    <>
      <div className="head">
        <h3>Looks at</h3>
        <span className="note">last layer · all heads</span>
      </div>
      <ul className="bars three mono" aria-label="Looks at">
        {shown.map(({ label, weight }) => (
          <li key={label} className="bar">
            <span className="clip" title={label}>
              {label}
            </span>
            <span className="track">
              <i className="look" style={{ width: `${weight * 100}%` }} />
            </span>
            <span className="figure">{formatProbability(weight)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

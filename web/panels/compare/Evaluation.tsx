/** What the closed-loop evaluation of the run gave: a row a policy, and the paired difference with its interval. */
import { useTraining } from '../../stores/hooks.ts';
import { signed } from '../../ui/format.ts';

export function EvaluationTable() {
  const rows = useTraining((state) => state.rows);
  const paired = useTraining((state) => state.paired);
  return (
    <>
      <div className="head">
        <h3>Held-out evaluation</h3>
      </div>
      <table className="score">
        <caption className="hidden">Closed-loop scores on held-out seeds</caption>
        <thead>
          <tr>
            <th scope="col">policy</th>
            <th scope="col">score [95 %]</th>
            <th scope="col">collisions / 100</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.policy}>
              <th scope="row">{row.policy}</th>
              <td>
                {row.mean.toFixed(3)}{' '}
                <span className="dim">
                  [{row.low.toFixed(3)}, {row.high.toFixed(3)}]
                </span>
              </td>
              <td>{row.collisionsPer100.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {paired && (
        <p className="empty">
          {rows.at(-1)?.policy} − SFT, paired over {paired.pairs} drives: <b>{signed(paired.mean, 4)}</b>{' '}
          <span className="dim">
            [{signed(paired.low, 4)}, {signed(paired.high, 4)}]
          </span>
        </p>
      )}
    </>
  );
}

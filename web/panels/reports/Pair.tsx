/** Two policies on the same seeds: the paired difference with its interval, by scenario, and drive by drive, side by side in the lab. One seed has no interval. */
import { useStore } from 'zustand';
import { scoreInfo } from '../../../core/tasks/driving/scores/score-list.ts';
import { valueOf } from '../../../core/evaluate/report.ts';
import type { Interval, ReportComparison, ReportedId } from '../../../workers/contracts/protocol.ts';
import { type PolicyIdentity, policyKey } from '../../../core/models/identity.ts';
import { cellKey, columns, comparePair, policyLabel, reportsStore } from '../../stores/reports.ts';
import { openPair } from '../../stores/report-drives.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { signed } from '../../ui/format.ts';

/** Drives shown of those that differ most. */
const MOST = 12;

export function Pair() {
  const state = useStore(reportsStore);
  const { pair, comparison, comparisonFailure, scenarios, running, cells, score } = state;
  const { digits, better } = scoreInfo(score);
  const policies = columns(state);
  const lone = state.shown?.seeds === 1;
  const titles = new Map(scenarios.map(({ id, title }) => [id, title]));
  if (cells.size === 0 || running)
    return (
      <p className="empty">Two policies can be compared when the report is there: drive by drive, on the same seeds.</p>
    );
  const choose = (index: 0 | 1) => (
    <select
      className="field"
      aria-label={index === 0 ? 'Policy' : 'Baseline'}
      value={policyKey(pair[index])}
      onChange={(event) => {
        const other = policies[event.target.selectedIndex];
        void comparePair(index === 0 ? [other, pair[1]] : [pair[0], other]);
      }}
    >
      {policies.map((policy) => (
        <option key={policyKey(policy)} value={policyKey(policy)}>
          {policyLabel(policy)}
        </option>
      ))}
    </select>
  );
  return (
    <>
      <div className="pairhead">
        {choose(0)}
        <span aria-hidden="true">−</span>
        {choose(1)}
      </div>
      {comparisonFailure && <FailureBox failure={comparisonFailure} />}
      {comparison && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus
        <div className="scroll grow" tabIndex={0} role="group" aria-label="Paired comparison">
          <p className="verdict">
            <b className={lone ? '' : tone(comparison.difference, better)}>
              {signed(comparison.difference.mean, digits + 1)}
            </b>
            <span className="dim">
              {' '}
              {lone
                ? 'one seed: no interval'
                : `95 % ${signed(comparison.difference.low, digits + 1)} … ${signed(comparison.difference.high, digits + 1)}`}
            </span>
            <span className="dim block">
              {scoreInfo(comparison.score).title}, {comparison.difference.pairs} pairs
              {lone ? ':' : ', paired bootstrap:'} {comparison.better} better, {comparison.same} the same,{' '}
              {comparison.worse} worse. {lone ? 'An interval takes two seeds or more.' : words(comparison.difference)}
            </span>
            <span className="dim block">
              Probability of improvement {share(comparison, better, 'mean')}
              {!lone && ` (95 % ${share(comparison, better, 'low')} … ${share(comparison, better, 'high')})`}.
              Collisions only in the first {comparison.collisions.onlyFirst}, only in the second{' '}
              {comparison.collisions.onlySecond}: McNemar, exact, p = {comparison.collisions.twoSided.toPrecision(2)}.
            </span>
          </p>
          <table className="score">
            <caption className="hidden">Paired difference by scenario</caption>
            <thead>
              <tr>
                <th scope="col">scenario</th>
                <th scope="col">difference</th>
                {!lone && <th scope="col">95 %</th>}
              </tr>
            </thead>
            <tbody>
              {Object.entries(comparison.byScenario).map(([id, difference]) => (
                <tr key={id}>
                  <th scope="row">{titles.get(id) ?? id}</th>
                  <td className={lone ? '' : tone(difference, better)}>{signed(difference.mean, digits)}</td>
                  {!lone && (
                    <td className="dim">
                      {signed(difference.low, digits)} … {signed(difference.high, digits)}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
          <Furthest score={score} pair={pair} scenarios={Object.keys(comparison.byScenario)} titles={titles} />
        </div>
      )}
    </>
  );
}

const tone = ({ low, high }: Interval, better: 'higher' | 'lower'): string => {
  if (low <= 0 && high >= 0) return 'dim';
  return low > 0 === (better === 'higher') ? 'ok' : 'bad';
};
/** P(the first does better); where less is better, of its complement. */
function share({ improvement }: ReportComparison, better: 'higher' | 'lower', of: keyof Interval): string {
  const other = { mean: 'mean', low: 'high', high: 'low' } as const;
  return (better === 'higher' ? improvement[of] : 1 - improvement[other[of]]).toFixed(3);
}
const words = ({ low, high }: Interval): string =>
  low > 0 ? 'The interval lies above 0.' : high < 0 ? 'The interval lies below 0.' : 'The interval includes 0.';

interface FurthestProps {
  readonly score: ReportedId;
  readonly pair: readonly [PolicyIdentity, PolicyIdentity];
  readonly scenarios: readonly string[];
  readonly titles: ReadonlyMap<string, string>;
}

/** The drives in which the two differ most; each opens in the lab as drive and ghost. */
function Furthest({ score, pair: [a, b], scenarios, titles }: FurthestProps) {
  const { digits, better } = scoreInfo(score);
  const cells = useStore(reportsStore, (state) => state.cells);
  const drives = scenarios.flatMap((scenario) => {
    const theirs = cells.get(cellKey(b, scenario))?.rows ?? [];
    return (cells.get(cellKey(a, scenario))?.rows ?? []).flatMap((row, i) => {
      const [x, y] = [valueOf(row, score), valueOf(theirs[i], score)];
      return x === null || y === null ? [] : [{ row, other: theirs[i], difference: x - y }];
    });
  });
  const most = drives
    .filter(({ difference }) => Math.abs(difference) >= 0.5 * 10 ** -digits)
    .toSorted((x, y) => Math.abs(y.difference) - Math.abs(x.difference))
    .slice(0, MOST);
  if (most.length === 0) return <p className="empty">No drive differs.</p>;
  return (
    <table className="score">
      <caption>Drives that differ most</caption>
      <tbody>
        {most.map(({ row, other, difference }) => (
          <tr key={`${row.scenario} ${row.seed}`}>
            <th scope="row">
              {titles.get(row.scenario) ?? row.scenario} <span className="dim mono">{row.seed}</span>
            </th>
            <td className={difference > 0 === (better === 'higher') ? 'ok' : 'bad'}>{signed(difference, digits)}</td>
            <td>
              <button
                type="button"
                className="btn small"
                aria-label={`${row.scenario}, seed ${row.seed}: both side by side`}
                title="Open both in the lab, synchronised: the baseline is the ghost"
                onClick={() => void openPair(a, b, other)}
              >
                Side by side
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

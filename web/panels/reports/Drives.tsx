/** The drives of one cell, worst first, by any column; a drive opens in the lab, a score opens into its parts. */
import { useState } from 'react';
import { useStore } from 'zustand';
import type { EpisodeRow } from '../../../workers/protocol.ts';
import { cellKey, policyName, reportsStore } from '../../stores/reports.ts';
import { closeParts, openParts, openRow, reportDriveStore } from '../../stores/report-drives.ts';
import { Parts } from './Parts.tsx';

interface Column {
  readonly name: string;
  readonly title: string;
  readonly of: (row: EpisodeRow) => number;
  readonly digits: number;
  /** Left out where there is little room. */
  readonly extra?: true;
}
const COLUMNS: readonly Column[] = [
  { name: 'seed', title: 'Seed', of: (row) => row.seed, digits: 0 },
  { name: 'score', title: 'Score, 0 to 1', of: (row) => row.score.score, digits: 3 },
  { name: 'route', title: 'Share of the route driven', of: (row) => row.score.progress, digits: 2 },
  { name: 'TTC', title: 'Share of steps with time to collision of 1 s or more', of: (row) => row.score.ttc, digits: 2 },
  {
    name: 'speed',
    title: 'Share of steps within the speed limit',
    of: (row) => row.score.speed,
    digits: 2,
    extra: true,
  },
  { name: 'comfort', title: 'Share of comfortable steps', of: (row) => row.score.comfort, digits: 2 },
  { name: 'steps', title: 'Steps of 0.1 s', of: (row) => row.steps, digits: 0, extra: true },
];

const infractions = (row: EpisodeRow): string =>
  [row.collision && '✕ collision', row.offRoad && '⤫ off road', row.redLight && '● red light']
    .filter(Boolean)
    .join(', ');

export function Drives() {
  const cell = useStore(reportsStore, (state) => state.cell);
  const found = useStore(reportsStore, (state) => cell && state.cells.get(cellKey(cell.policy, cell.scenario)));
  const available = useStore(reportsStore, (state) => state.available);
  const scenario = useStore(reportsStore, (state) => state.scenarios.find(({ id }) => id === cell?.scenario));
  const opened = useStore(reportDriveStore, (state) => state.opened);
  const [sort, setSort] = useState({ by: 'score', down: false });
  if (!cell || !found) {
    return <p className="empty">Choose a cell of the matrix: its drives are listed here, worst first.</p>;
  }
  const column = COLUMNS.find(({ name }) => name === sort.by) ?? COLUMNS[1];
  const rows = found.rows.toSorted((a, b) => (column.of(a) - column.of(b) || a.seed - b.seed) * (sort.down ? -1 : 1));
  return (
    <>
      <div className="cellhead">
        <b className="clip">{scenario?.title ?? cell.scenario}</b>
        <span className="dim clip">
          {policyName(cell.policy, available)} · {found.rows.length} drives · {found.collisions} collisions
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus */}
      <div className="scroll grow" tabIndex={0} role="group" aria-label="Drives of the cell">
        <table className="drives">
          <caption className="hidden">Drives, seed by seed</caption>
          <thead>
            <tr>
              {COLUMNS.map(({ name, title, extra }) => (
                <th
                  key={name}
                  className={extra && 'extra'}
                  scope="col"
                  aria-sort={sort.by === name ? (sort.down ? 'descending' : 'ascending') : undefined}
                >
                  <button
                    type="button"
                    title={title}
                    onClick={() => setSort({ by: name, down: sort.by === name && !sort.down })}
                  >
                    {name}
                    <span aria-hidden="true">{sort.by === name ? (sort.down ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                </th>
              ))}
              <th scope="col">
                <span className="hidden">Open</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.seed} className={opened?.row === row ? 'sel' : ''}>
                {COLUMNS.map(({ name, of, digits, extra }) =>
                  name === 'seed' ? (
                    <th key={name} scope="row" className="mono">
                      {row.seed}
                      {infractions(row) && <span className="bad"> {infractions(row)}</span>}
                    </th>
                  ) : (
                    <td key={name} className={extra && 'extra'}>
                      {name === 'score' ? (
                        <button
                          type="button"
                          className="link"
                          aria-expanded={opened?.row === row}
                          aria-label={`Score ${row.score.score.toFixed(3)} of seed ${row.seed}, its parts`}
                          onClick={() => (opened?.row === row ? closeParts() : void openParts(cell.policy, row))}
                        >
                          {row.score.score.toFixed(digits)}
                        </button>
                      ) : (
                        of(row).toFixed(digits)
                      )}
                    </td>
                  ),
                )}
                <td>
                  <button
                    type="button"
                    className="btn small"
                    aria-label={`Open the drive of seed ${row.seed}`}
                    title="Drive it again in the lab: the identical drive"
                    onClick={() => void openRow(cell.policy, row)}
                  >
                    Open
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {opened && opened.policy === cell.policy && found.rows.includes(opened.row) && <Parts opened={opened} />}
    </>
  );
}

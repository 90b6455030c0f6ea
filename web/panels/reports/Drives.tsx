/** The drives of one cell, worst first, by any column; a drive opens in the lab, a score opens into its parts. */
import { useState } from 'react';
import { useStore } from 'zustand';
import { scoreInfo } from '../../../core/tasks/driving/scores/score-list.ts';
import { valueOf } from '../../../core/evaluate/report.ts';
import type { ReportedId, ScoredRow } from '../../../workers/contracts/protocol.ts';
import { cellKey, policyLabel, reportsStore } from '../../stores/reports.ts';
import { closeParts, openParts, openRow, reportDriveStore } from '../../stores/report-drives.ts';
import { scoreFigure } from './figures.ts';
import { Parts } from './Parts.tsx';

interface Column {
  readonly name: string;
  readonly title: string;
  /** NaN sorts last. */
  readonly of: (row: ScoredRow) => number;
  readonly text: (row: ScoredRow) => string;
  /** Left out where there is little room. */
  readonly extra?: true;
}
const SCORE = 'score';

function columnOf(name: string, id: ReportedId, extra?: true): Column {
  const { title, text } = scoreInfo(id);
  return {
    name,
    title: `${title}: ${text}`,
    of: (row) => valueOf(row, id) ?? Number.NaN,
    text: (row) => scoreFigure(valueOf(row, id), id),
    ...(extra && { extra }),
  };
}

/** Seed, the chosen score, and what stands beside it: the lab score's parts, or the other scores people ask for first. */
function columnsOf(score: ReportedId): readonly Column[] {
  const seed: Column = { name: 'seed', title: 'Seed', of: (row) => row.seed, text: (row) => String(row.seed) };
  const steps: Column = {
    name: 'steps',
    title: 'Steps of 0.1 s',
    of: (row) => row.steps,
    text: (row) => String(row.steps),
    extra: true,
  };
  const beside =
    score === 'lab'
      ? [
          columnOf('route', 'lab_progress'),
          columnOf('TTC', 'lab_ttc'),
          columnOf('speed', 'lab_speed', true),
          columnOf('comfort', 'lab_comfort'),
        ]
      : [columnOf('lab', 'lab'), columnOf('route', 'route_completion'), columnOf('CARLA', 'carla_2_1', true)];
  return [seed, columnOf(SCORE, score), ...beside, steps];
}

const infractions = (row: ScoredRow): string =>
  [row.collision && '✕ collision', row.offRoad && '⤫ off road', row.redLight && '● red light']
    .filter(Boolean)
    .join(', ');

export function Drives() {
  const cell = useStore(reportsStore, (state) => state.cell);
  const found = useStore(reportsStore, (state) => cell && state.cells.get(cellKey(cell.policy, cell.scenario)));
  const scenario = useStore(reportsStore, (state) => state.scenarios.find(({ id }) => id === cell?.scenario));
  const opened = useStore(reportDriveStore, (state) => state.opened);
  const score = useStore(reportsStore, (state) => state.score);
  const [sort, setSort] = useState({ by: SCORE, down: false });
  if (!cell || !found) {
    return <p className="empty">Choose a cell of the matrix: its drives are listed here, worst first.</p>;
  }
  const columns = columnsOf(score);
  const column = columns.find(({ name }) => name === sort.by) ?? columns[1];
  // Worst first: a score of which less is better sorts the other way round.
  const worst = column.name === SCORE && scoreInfo(score).better === 'lower' ? -1 : 1;
  const rows = found.rows.toSorted((a, b) => {
    const [x, y] = [column.of(a), column.of(b)];
    if (Number.isNaN(x) || Number.isNaN(y)) return +Number.isNaN(x) - +Number.isNaN(y);
    return ((x - y) * worst || a.seed - b.seed) * (sort.down ? -1 : 1);
  });
  return (
    <>
      <div className="cellhead">
        <b className="clip">{scenario?.title ?? cell.scenario}</b>
        <span className="dim clip">
          {policyLabel(cell.policy)} · {found.rows.length} drives · {found.collisions} collisions
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus */}
      <div className="scroll grow" tabIndex={0} role="group" aria-label="Drives of the cell">
        <table className="drives">
          <caption className="hidden">Drives, seed by seed</caption>
          <thead>
            <tr>
              {columns.map(({ name, title, extra }) => (
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
                {columns.map(({ name, text, extra }) =>
                  name === 'seed' ? (
                    <th key={name} scope="row" className="mono">
                      {row.seed}
                      {infractions(row) && <span className="bad"> {infractions(row)}</span>}
                    </th>
                  ) : (
                    <td key={name} className={extra && 'extra'}>
                      {name === SCORE ? (
                        <button
                          type="button"
                          className="link"
                          aria-expanded={opened?.row === row}
                          aria-label={`Score ${text(row)} of seed ${row.seed}, its parts`}
                          onClick={() => (opened?.row === row ? closeParts() : void openParts(cell.policy, row))}
                        >
                          {text(row)}
                        </button>
                      ) : (
                        text(row)
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

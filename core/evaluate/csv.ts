/** Every drive as a line of CSV (RFC 4180), for a spreadsheet or a data frame; unknown numbers are empty. */
import { SCORE_IDS } from '../tasks/driving/scores/score-list.ts';
import type { ScoredRow } from './suite.ts';

type Cell = string | number | null;

/** The columns, left to right; every score and `ClosedLoopMetrics` field under its own name. */
const COLUMNS: readonly (readonly [name: string, of: (row: ScoredRow) => Cell])[] = [
  ['scenario', (row) => row.scenario],
  ['seed', (row) => row.seed],
  ['score', (row) => row.score.score],
  ['success', (row) => +row.score.success],
  ['collision', (row) => +row.collision],
  ['off_road', (row) => +row.offRoad],
  ['red_light', (row) => +row.redLight],
  ['return', (row) => row.score.return],
  ['min_gap_m', (row) => row.score.minGap],
  ['steps', (row) => row.steps],
  ['hash', (row) => row.hash],
  ['actors_reactive', (row) => row.actors.reactive],
  ['actors_replayed', (row) => row.actors.replayed],
  ...SCORE_IDS.filter((id) => id !== 'lab').map((id) => [id, (row: ScoredRow) => row.scores[id]] as const),
  ...(
    [
      'route_completion',
      'collision_count',
      'offroad_count',
      'route_deviation_avg',
      'route_deviation_max',
      'episode_time',
      'num_waypoints_reached',
      'total_waypoints',
    ] as const
  ).map((name) => [name, (row: ScoredRow) => row.metrics[name]] as const),
  ['infractions', (row) => row.infractions.map(({ kind, step }) => `${kind}@${step}`).join(' ')],
];

export function resultsCsv(results: ReadonlyMap<string, readonly ScoredRow[]>): string {
  const quoted = (value: Cell) => {
    const text = value === null ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [...results].flatMap(([policy, rows]) =>
    rows.map((row) => [policy, ...COLUMNS.map(([, of]) => of(row))]),
  );
  return [['policy', ...COLUMNS.map(([name]) => name)], ...lines]
    .map((line) => `${line.map(quoted).join(',')}\r\n`)
    .join('');
}

/**
 * One policy's evaluation as `lab evaluate --json` prints it, `metrics.json` keeps it and the Reports page exports it: every
 * drive with its score opened up, the policy's line, and the report beside random and expert on the same seeds.
 *
 * Made in one place so that page and command line cannot differ; a test compares their text.
 */
import { makeReport, type PolicyLine, type Report } from './report.ts';
import type { EpisodeRow } from './suite.ts';

/** What a checkpoint's frozen imitation part is called beside it. */
export const withoutResidual = (name: string): string => `${name} without residual`;

export interface EvaluationOf {
  readonly policy: string;
  /** Of a checkpoint: SHA-256 of its parameters. Its drives without residual are then paired with it. */
  readonly checkpointHash?: string;
  /** In the order in which they are listed. */
  readonly scenarios: readonly string[];
  /** Seeds a scenario, and the first of them. */
  readonly seeds: number;
  readonly firstSeed: number;
}

export interface DriveEntry {
  readonly seed: number;
  readonly steps: number;
  readonly hash: string;
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly success: boolean;
  readonly return: number;
  readonly minTtc: number | null;
  readonly minGap: number | null;
  readonly infractions: Readonly<Record<'collision' | 'offRoad' | 'redLight', boolean>>;
  readonly decisions: number;
  readonly validTraces: number | null;
}

export interface Evaluation extends Omit<EvaluationOf, 'scenarios'> {
  /** What computed the policy; null for the built-in ones. */
  readonly engine: 'wasm' | null;
  readonly scenarios: readonly { readonly id: string; readonly episodes: readonly DriveEntry[] }[];
  readonly aggregate: PolicyLine | undefined;
  readonly report: Report;
}

/**
 * The evaluation of one policy. `results` has the rows of `random`, of `expert`, of the policy and, for a checkpoint, of
 * `withoutResidual(policy)`; others are left out. Throws RangeError when one of these is missing.
 */
export function makeEvaluation(of: EvaluationOf, results: ReadonlyMap<string, readonly EpisodeRow[]>): Evaluation {
  const { policy, checkpointHash, seeds, firstSeed } = of;
  const bare = withoutResidual(policy);
  const names = ['random', 'expert', ...(checkpointHash === undefined ? [] : [bare, policy])];
  const rowsOf = (name: string) => {
    const rows = results.get(name);
    if (!rows) throw new RangeError(`There are no drives of "${name}"`);
    return rows;
  };
  const own = rowsOf(policy);
  const report = makeReport(
    new Map(names.map((name) => [name, rowsOf(name)])),
    checkpointHash === undefined ? [] : [[policy, bare]],
  );
  return {
    policy,
    ...(checkpointHash !== undefined && { checkpointHash }),
    engine: checkpointHash === undefined ? null : 'wasm',
    seeds,
    firstSeed,
    scenarios: of.scenarios.map((id) => ({
      id,
      episodes: own.filter(({ scenario }) => scenario === id).map(driveEntry),
    })),
    aggregate: report.lines.find((line) => line.policy === policy),
    report,
  };
}

function driveEntry({ seed, steps, hash, score, collision, offRoad, redLight, decisions, validTraces }: EpisodeRow) {
  const { score: total, success, return: returned, minTtc, minGap, steps: _, ...parts } = score;
  const infractions = { collision, offRoad, redLight };
  return {
    seed,
    steps,
    hash,
    score: total,
    parts,
    success,
    return: returned,
    minTtc,
    minGap,
    infractions,
    decisions,
    validTraces,
  } satisfies DriveEntry;
}

const CSV_COLUMNS = [
  'policy',
  'scenario',
  'seed',
  'score',
  'success',
  'collision',
  'off_road',
  'red_light',
  'progress',
  'ttc',
  'speed',
  'comfort',
  'return',
  'min_ttc_s',
  'min_gap_m',
  'steps',
  'hash',
] as const;

/** Every drive as a line of CSV (RFC 4180), for a spreadsheet or a data frame; unknown numbers are empty. */
export function resultsCsv(results: ReadonlyMap<string, readonly EpisodeRow[]>): string {
  const lines = [...results].flatMap(([policy, rows]) =>
    rows.map(({ scenario, seed, score, collision, offRoad, redLight, steps, hash }) => {
      const { success, progress, ttc, speed, comfort, minTtc, minGap } = score;
      const flags = [success, collision, offRoad, redLight].map(Number);
      const parts = [progress, ttc, speed, comfort, score.return, minTtc ?? '', minGap ?? ''];
      return [policy, scenario, seed, score.score, ...flags, ...parts, steps, hash];
    }),
  );
  const quoted = (value: string | number) =>
    /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  return [CSV_COLUMNS, ...lines].map((line) => `${line.map(quoted).join(',')}\r\n`).join('');
}

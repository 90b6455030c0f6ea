/**
 * Rows of drives made into a report: a line a policy, paired differences, Markdown and JSON.
 *
 * Aggregation and intervals: statistics.ts (seeds within scenarios first; the bootstrap redraws seeds, never scenarios). The
 * success rate's interval is Clopper–Pearson over all drives. Format validity is the share of all decisions.
 */
import {
  type BootstrapOptions,
  bootstrapMean,
  clopperPearson,
  type Interval,
  mean,
  pairedBootstrap,
} from './statistics.ts';
import type { EpisodeRow } from './suite.ts';

export const REPORT_FORMAT = 'traceway-report/1';

export interface PolicyLine {
  readonly policy: string;
  readonly drives: number;
  /** Closed-loop score, 0..1. */
  readonly score: Interval;
  readonly success: Interval;
  readonly collisionsPer100: number;
  readonly offRoadPer100: number;
  readonly redLightsPer100: number;
  readonly return: number;
  /** Share of decisions with a well-formed trace; null for a policy that writes none. */
  readonly formatValid: number | null;
  /** Mean score by scenario. */
  readonly byScenario: Readonly<Record<string, number>>;
}

export interface PairedLine {
  readonly policy: string;
  readonly baseline: string;
  /** Score of `policy` minus score of `baseline`, drive by drive. */
  readonly difference: Interval & { readonly pairs: number };
}

export interface Report {
  readonly format: typeof REPORT_FORMAT;
  readonly scenarios: readonly string[];
  /** Distinct seeds. */
  readonly seeds: number;
  readonly lines: readonly PolicyLine[];
  readonly paired: readonly PairedLine[];
}

type Options = Partial<BootstrapOptions>;

/** A policy's line of the report. Throws RangeError without rows. */
export function summarise(policy: string, rows: readonly EpisodeRow[], options: Options = {}): PolicyLine {
  const groups = byScenario(rows);
  const per100 = (flag: (row: EpisodeRow) => boolean) => (100 * rows.filter(flag).length) / rows.length;
  const wrote = rows.filter((row) => row.validTraces !== null);
  const decisions = sum(wrote.map((row) => row.decisions));
  return {
    policy,
    drives: rows.length,
    score: bootstrapMean(scoresOf(groups), options),
    success: clopperPearson(rows.filter((row) => row.score.success).length, rows.length, options.level),
    collisionsPer100: per100((row) => row.collision),
    offRoadPer100: per100((row) => row.offRoad),
    redLightsPer100: per100((row) => row.redLight),
    return: mean(rows.map((row) => row.score.return)),
    formatValid: decisions === 0 ? null : sum(wrote.map((row) => row.validTraces ?? 0)) / decisions,
    byScenario: Object.fromEntries([...groups].map(([id, group]) => [id, mean(group.map((row) => row.score.score))])),
  };
}

/** Paired difference of two policies' scores. Throws RangeError unless both drove exactly the same scenarios and seeds. */
export function compare(
  policy: readonly EpisodeRow[],
  baseline: readonly EpisodeRow[],
  options: Options = {},
): PairedLine['difference'] {
  const left = byScenario(policy);
  const right = byScenario(baseline);
  const drives = (groups: Map<string, EpisodeRow[]>) =>
    [...groups].map(([id, rows]) => `${id}:${rows.map((row) => row.seed).join()}`).join(' ');
  if (drives(left) !== drives(right))
    throw new RangeError('Only policies that drove the same scenarios and seeds compare');
  return pairedBootstrap(scoresOf(left), scoresOf(right), options);
}

/** The whole report. `pairs` names [policy, baseline] among the keys of `results`. */
export function makeReport(
  results: ReadonlyMap<string, readonly EpisodeRow[]>,
  pairs: readonly (readonly [string, string])[],
  options: Options = {},
): Report {
  const rowsOf = (policy: string) => {
    const rows = results.get(policy);
    if (!rows) throw new RangeError(`There are no drives of "${policy}"`);
    return rows;
  };
  const all = [...results.values()].flat();
  return {
    format: REPORT_FORMAT,
    scenarios: [...new Set(all.map((row) => row.scenario))].sort(),
    seeds: new Set(all.map((row) => row.seed)).size,
    lines: [...results].map(([policy, rows]) => summarise(policy, rows, options)),
    paired: pairs.map(([policy, baseline]) => ({
      policy,
      baseline,
      difference: compare(rowsOf(policy), rowsOf(baseline), options),
    })),
  };
}

/** The report as Markdown tables. */
export function reportMarkdown({ lines, paired, scenarios, seeds }: Report): string {
  const table = (head: readonly string[], body: readonly (readonly string[])[]) =>
    [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  const policies = table(
    [
      'policy',
      'score',
      '95 % interval',
      'success',
      'collisions / 100',
      'off road / 100',
      'red lights / 100',
      'format valid',
    ],
    lines.map((line) => [
      line.policy,
      line.score.mean.toFixed(4),
      `${line.score.low.toFixed(4)} … ${line.score.high.toFixed(4)}`,
      `${share(line.success.mean)} (${share(line.success.low)} … ${share(line.success.high)})`,
      line.collisionsPer100.toFixed(2),
      line.offRoadPer100.toFixed(2),
      line.redLightsPer100.toFixed(2),
      line.formatValid === null ? '–' : `${(100 * line.formatValid).toFixed(2)} %`,
    ]),
  );
  const byScenarioTable = table(
    ['scenario', ...lines.map((line) => line.policy)],
    scenarios.map((id) => [id, ...lines.map((line) => line.byScenario[id]?.toFixed(4) ?? '–')]),
  );
  const differences = paired.map(
    ({ policy, baseline, difference: { mean: centre, low, high, pairs } }) =>
      `${policy} − ${baseline}: ${signed(centre)} (95 % ${signed(low)} … ${signed(high)}, ${pairs} pairs, paired bootstrap)`,
  );
  return [
    `${scenarios.length} scenarios × ${seeds} seeds.`,
    policies,
    ...(differences.length > 0 ? [differences.map((line) => `- ${line}`).join('\n')] : []),
    byScenarioTable,
  ]
    .join('\n\n')
    .concat('\n');
}

/** Rows by scenario id and, within, by seed, so that two policies' rows line up. */
function byScenario(rows: readonly EpisodeRow[]): Map<string, EpisodeRow[]> {
  const groups = new Map<string, EpisodeRow[]>();
  const sorted = rows.toSorted((a, b) =>
    a.scenario === b.scenario ? a.seed - b.seed : a.scenario < b.scenario ? -1 : 1,
  );
  for (const row of sorted) {
    const group = groups.get(row.scenario);
    if (group) group.push(row);
    else groups.set(row.scenario, [row]);
  }
  return groups;
}

const scoresOf = (groups: ReadonlyMap<string, readonly EpisodeRow[]>) =>
  [...groups.values()].map((rows) => Float64Array.from(rows, (row) => row.score.score));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;

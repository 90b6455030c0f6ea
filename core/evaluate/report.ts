/**
 * Rows of drives made into a report: a line a policy, paired comparisons, JSON (Markdown: markdown.ts).
 *
 * Order of aggregation, for every score alike: whole per drive → mean over seeds within a scenario → mean over scenarios. Intervals:
 * statistics.ts (the bootstrap redraws seeds, never scenarios). The success rate's interval is Clopper–Pearson over all drives, the
 * interquartile mean pools all drives, format validity is the share of all decisions. Drives in which a score has no meaning are left out of it.
 */
import { type McNemar, mcNemar } from './association.ts';
import { bootstrapStatistic, interquartileMean, probabilityOfImprovement } from './robust.ts';
import { REPORTED, type ReportedId } from '../tasks/driving/scores/score-list.ts';
import {
  type BootstrapOptions,
  bootstrapMean,
  clopperPearson,
  type Interval,
  mean,
  pairedBootstrap,
} from '../base/statistics.ts';
import type { EpisodeRow, ScoredRow } from './suite.ts';

const REPORT_FORMAT = 'traceway-report/1';

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
  /** Interquartile mean of the score over all drives. */
  readonly iqm: number;
  /** Mean score by scenario. */
  readonly byScenario: Readonly<Record<string, number>>;
  /** Every published score and metric; absent when the drives were not scored. Null where no drive has a value. */
  readonly scores?: Readonly<Record<ReportedId, ScoreSummary | null>>;
}

/** A score over a policy's drives. */
export interface ScoreSummary extends Interval {
  readonly iqm: number;
  /** Drives that have a value. */
  readonly drives: number;
}

export interface PairedLine {
  readonly policy: string;
  readonly baseline: string;
  /** Score of `policy` minus score of `baseline`, drive by drive. */
  readonly difference: Interval & { readonly pairs: number };
  /** P(a drive of `policy` scores more than one of `baseline` in the same scenario), ties half. */
  readonly improvement: Interval;
  /** Exact McNemar on collisions, drive by drive: `first` is `policy`. */
  readonly collisions: McNemar;
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
/** Resamples for intervals beside the main one. */
const FEWER = 2000;

/** A drive's value of a score or metric; null where it has none. Rows without published scores only know the lab's. */
export function valueOf(row: EpisodeRow | ScoredRow, id: ReportedId): number | null {
  if ('scores' in row) return id in row.scores ? row.scores[id as keyof ScoredRow['scores']] : metricOf(row, id);
  return id === 'lab' ? row.score.score : null;
}
const metricOf = ({ metrics }: ScoredRow, id: ReportedId) => Number(metrics[id as keyof ScoredRow['metrics']]);

/** One score over drives: seeds within scenarios first. Null when no drive has a value. */
export function summariseScore(
  rows: readonly EpisodeRow[],
  id: ReportedId,
  options: Options = {},
): ScoreSummary | null {
  const groups = [...byScenario(rows).values()]
    .map((group) => Float64Array.from(group.map((row) => valueOf(row, id)).filter((value) => value !== null)))
    .filter((group) => group.length > 0);
  if (groups.length === 0) return null;
  const drives = sum(groups.map((group) => group.length));
  return { ...bootstrapMean(groups, { resamples: FEWER, ...options }), iqm: interquartileMean(groups), drives };
}

/** A policy's line of the report. Throws RangeError without rows. */
export function summarisePolicy(policy: string, rows: readonly EpisodeRow[], options: Options = {}): PolicyLine {
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
    iqm: interquartileMean(scoresOf(groups)),
    byScenario: Object.fromEntries([...groups].map(([id, group]) => [id, mean(group.map((row) => row.score.score))])),
    ...(rows.every((row) => 'scores' in row) && { scores: allSummaries(rows, options) }),
  };
}

/** Every score and metric over some drives. */
export function allSummaries(rows: readonly EpisodeRow[], options: Options = {}): NonNullable<PolicyLine['scores']> {
  const entries = REPORTED.map(({ id }) => [id, summariseScore(rows, id, options)] as const);
  return Object.fromEntries(entries) as NonNullable<PolicyLine['scores']>;
}

/**
 * Two policies on the same drives, by any score. Drives in which either has no value are left out. Throws RangeError unless both drove
 * exactly the same scenarios and seeds, and when no drive has a value.
 */
export function compare(
  policy: readonly EpisodeRow[],
  baseline: readonly EpisodeRow[],
  id: ReportedId = 'lab',
  options: Options = {},
): Omit<PairedLine, 'policy' | 'baseline'> {
  const left = byScenario(policy);
  const right = byScenario(baseline);
  const drives = (groups: Map<string, EpisodeRow[]>) =>
    [...groups].map(([id, rows]) => `${id}:${rows.map((row) => row.seed).join()}`).join(' ');
  if (drives(left) !== drives(right))
    throw new RangeError('Only policies that drove the same scenarios and seeds compare');
  const pairs = [...left].flatMap(([scenario, rows]) => {
    const both = rows.flatMap((row, i) => {
      const [a, b] = [valueOf(row, id), valueOf((right.get(scenario) ?? [])[i], id)];
      return a === null || b === null ? [] : [[a, b] as const];
    });
    return both.length === 0 ? [] : [both];
  });
  const [ours, theirs] = [0, 1].map((side) => pairs.map((group) => Float64Array.from(group, (pair) => pair[side])));
  const flags = (groups: Map<string, EpisodeRow[]>) => [...groups.values()].flat().map((row) => row.collision);
  const count = ours.length;
  return {
    difference: pairedBootstrap(ours, theirs, options),
    improvement: bootstrapStatistic(
      [...ours, ...theirs],
      (groups) => probabilityOfImprovement(groups.slice(0, count), groups.slice(count)),
      { resamples: FEWER / 4, ...options },
    ),
    collisions: mcNemar(flags(left), flags(right)),
  };
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
    lines: [...results].map(([policy, rows]) => summarisePolicy(policy, rows, options)),
    paired: pairs.map(([policy, baseline]) => ({
      policy,
      baseline,
      ...compare(rowsOf(policy), rowsOf(baseline), 'lab', options),
    })),
  };
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

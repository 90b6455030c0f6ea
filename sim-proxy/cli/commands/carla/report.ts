/**
 * What `lab carla evaluate` prints: one JSON object, or a table. The first policy's drives stand at the top, as in `lab evaluate`; the
 * others', on the same scenarios and seeds, under `others`. Scores of several drives are means of whole drives' scores.
 */
import { carlaGlobal, type CarlaRoute } from '../../../../core/tasks/driving/scores/carla/carla.ts';
import type { Unjudged } from '../../../../core/tasks/driving/scores/carla/infractions.ts';
import type { DriveReport } from '../../../../core/tasks/driving/scores/drive-scores.ts';
import type { CarlaEpisode } from '../../../carla/drive/online-runner.ts';
import { CarlaError } from '../../../carla/client/errors.ts';
import type { LoggedInvasion } from './lane-log.ts';
import type { EvaluatedDriver, EvaluationPlan } from './plan.ts';

export interface CarlaRow {
  readonly driver: EvaluatedDriver;
  readonly episode: CarlaEpisode;
  readonly laneInvasions: readonly LoggedInvasion[];
}

/** What a storyboard's drives said beside their scores. */
export interface StoryNotes {
  readonly notes: string[];
  readonly skipped: { readonly what: string; readonly count: number; readonly why: string }[];
  /** What the server did not do of the storyboard's wishes, in sentences. */
  readonly troubles: string[];
}

export interface RunFacts {
  readonly server: { readonly version: string; readonly map: string | null; readonly differences?: readonly string[] };
  readonly seeds: number;
  readonly planned: number;
  /** What ended it before everything was driven. */
  readonly stopped?: unknown;
  readonly story?: StoryNotes;
  readonly unstaged: readonly UnstagedScenario[];
  readonly undriven: readonly UndrivenTask[];
}

/** A scenario or route that the map has no place for. */
export interface UndrivenTask {
  readonly id: string;
  readonly seed: number;
  readonly why: string;
}

/** A scenario of a route file that was not staged, and why. */
export interface UnstagedScenario {
  readonly route: string;
  readonly name: string;
  readonly type: string;
  readonly why: string;
}

/** A failure that the printed result already tells. */
export class ToldError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export type CarlaResult = ReturnType<typeof resultOf>;

/** Of leaderboards 1.0, 2.0 and 2.1, 0..100. */
export const drivingScores = ({ scores }: DriveReport): readonly number[] =>
  [scores.carla_1_0, scores.carla_2_0, scores.carla_2_1].map((score) => score ?? 0);

export function resultOf({ drivers }: EvaluationPlan, rows: readonly CarlaRow[], facts: RunFacts) {
  const { server, seeds, planned, stopped, story, unstaged, undriven } = facts;
  const [first, ...others] = drivers.map((driver) => ({
    policy: driver.policy,
    engine: driver.engine,
    ...partOf(rows.filter((row) => row.driver === driver)),
  }));
  return {
    policy: first.policy,
    engine: first.engine,
    server,
    seeds,
    complete: stopped === undefined,
    ...(stopped !== undefined && { stopped: { driven: rows.length, planned, ...reasonOf(stopped) } }),
    scenarios: first.scenarios,
    aggregate: first.aggregate,
    others,
    unjudged: unjudgedIn(rows),
    ...(undriven.length > 0 && { undriven }),
    ...(unstaged.length > 0 && { unstaged }),
    ...(story && { story }),
  };
}

const reasonOf = (error: unknown) => ({
  ...(error instanceof CarlaError && { code: error.code }),
  why: error instanceof Error ? error.message : String(error),
});

function partOf(rows: readonly CarlaRow[]) {
  const ids = [...new Set(rows.map(({ episode }) => episode.task.id))];
  return {
    scenarios: ids.map((id) => ({ id, episodes: rows.filter(({ episode }) => episode.task.id === id).map(entryOf) })),
    aggregate: aggregateOf(rows.map(({ episode }) => episode)),
  };
}

const entryOf = ({ episode: { seed, end, steps, seconds, report }, laneInvasions }: CarlaRow) => ({
  seed,
  end,
  steps,
  seconds,
  scores: report.scores,
  metrics: report.metrics,
  infractions: report.infractions,
  costs: {
    carla_1_0: report.costs.carla_1_0,
    carla_2_0: report.costs.carla_2_0,
    carla_2_1: report.costs.carla_2_1,
  },
  unjudged: report.unjudged,
  laneInvasions,
});

/** Leaderboard scores are means over routes, each route scored whole first; infractions are pooled over the way. */
function aggregateOf(episodes: readonly CarlaEpisode[]) {
  const mean = (of: (episode: CarlaEpisode) => number) =>
    episodes.length === 0 ? null : episodes.reduce((sum, episode) => sum + of(episode), 0) / episodes.length;
  return {
    drives: episodes.length,
    carla_1_0: mean(({ report }) => drivingScores(report)[0]),
    carla_2_0: mean(({ report }) => drivingScores(report)[1]),
    carla_2_1: mean(({ report }) => drivingScores(report)[2]),
    route_completion: mean(({ report }) => report.metrics.route_completion),
    success: mean(({ report }) => Number(report.metrics.success)),
    per_kilometre: episodes.length === 0 ? null : carlaGlobal(episodes.map(routeOf), '2.1').perKilometre,
  };
}

const routeOf = ({ track, report }: CarlaEpisode): CarlaRoute => ({
  lengthMetres: track.route.goalS - track.route.startS,
  completionPercent: report.parts.carla_2_1?.route ?? 0,
  infractions: report.infractions.map(({ value, ...infraction }) => ({
    ...infraction,
    ...(value !== undefined && { percent: value }),
  })),
});

/** What drives were not judged by, with the number of drives. */
function unjudgedIn(rows: readonly CarlaRow[]): (Unjudged & { readonly drives: number })[] {
  const found = new Map<string, Unjudged & { drives: number }>();
  for (const { episode } of rows)
    for (const each of episode.report.unjudged) {
      const key = `${each.kind}: ${each.why}`;
      found.set(key, { ...each, drives: (found.get(key)?.drives ?? 0) + 1 });
    }
  return [...found.values()];
}

const drivesOf = (count: number) => `${count} ${count === 1 ? 'drive' : 'drives'}`;

export function tableOf(
  rows: readonly CarlaRow[],
  { unjudged, undriven, unstaged, stopped, story }: CarlaResult,
): string {
  const head = ['scenario', 'seed', 'policy', 'end', 'route %', 'DS 1.0', 'DS 2.0', 'DS 2.1', 'infractions'];
  const lines = rows.map(({ driver, episode: { task, seed, end, report } }) => [
    task.id,
    String(seed),
    driver.policy,
    end,
    (100 * report.metrics.route_completion).toFixed(0),
    ...drivingScores(report).map((score) => score.toFixed(1)),
    report.infractions
      .map(({ kind, from, step }) => `${kind}@${from === undefined ? '' : `${from}–`}${step}`)
      .join(' ') || '–',
  ]);
  for (const driver of new Set(rows.map((row) => row.driver))) {
    const episodes = rows.filter((row) => row.driver === driver).map(({ episode }) => episode);
    const { route_completion: route, carla_1_0, carla_2_0, carla_2_1, drives } = aggregateOf(episodes);
    const scores = [carla_1_0, carla_2_0, carla_2_1].map((score) => (score ?? 0).toFixed(1));
    lines.push(['mean', '', driver.policy, drivesOf(drives), (100 * (route ?? 0)).toFixed(0), ...scores, '']);
  }
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i].length)));
  const table = [head, ...lines].map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
  const not = unjudged.map(({ kind, why, drives }) => `not judged: ${kind} (${drivesOf(drives)}): ${why}`);
  const unset = (unstaged ?? []).map(
    ({ route, name, type, why }) => `not staged: ${type} ${name} of route ${route}: ${why}`,
  );
  const left = (undriven ?? []).map(({ id, seed, why }) => `not driven: ${id} seed ${seed}: ${why}`);
  const troubles = (story?.troubles ?? []).map((trouble) => `trouble: ${trouble}`);
  const ended = stopped ? [`stopped after ${stopped.driven} of ${stopped.planned} drives: ${stopped.why}`] : [];
  return [...table, ...not, ...left, ...unset, ...troubles, ...ended].join('\n');
}

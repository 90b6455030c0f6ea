/**
 * Every score of one closed-loop drive at once, with what cost points in each: what `lab evaluate` prints and the report page opens.
 *
 * A score never leaves here without its costs; a cost names the step. Scores keep their own scale: CARLA's 0..100, the others 0..1.
 * Aggregating over drives: score each drive whole (this file), then average over seeds within a scenario, then over scenarios
 * (statistics.ts); pooled statistics are in robust.ts.
 */
import { carlaDrivingScore, type Infraction, type LeaderboardVersion } from './carla.ts';
import { carlaRoute } from './carla-infractions.ts';
import { type ClosedLoopMetrics, closedLoopMetrics } from './closed-loop.ts';
import { trackComfort } from './comfort.ts';
import { scoreNuplan } from './nuplan.ts';
import { rssCosts } from './rss.ts';
import { bench2driveComfort } from './segment-comfort.ts';
import type { Cost, DriveTrack, Form } from './track.ts';
import { nuplanTtc } from './ttc.ts';

export interface DriveScores {
  readonly carla_1_0: number;
  readonly carla_2_0: number;
  readonly carla_2_1: number;
  readonly nuplan: number;
  /** 1 when all six signals hold over the whole drive. */
  readonly comfort: number;
  /** Share of comfortable 2 s segments. */
  readonly comfort_segments: number;
  /** Least nuPlan TTC, s; null when nothing came within 3 s. */
  readonly min_ttc: number | null;
  /** Times a situation turned dangerous by RSS that was the ego's to mind. */
  readonly rss_violations: number;
}

export interface DriveReport {
  readonly scores: DriveScores;
  readonly metrics: ClosedLoopMetrics;
  readonly infractions: readonly Infraction[];
  /** By score: what lost points, and where. CARLA's carry points. */
  readonly costs: {
    readonly carla: Readonly<Record<LeaderboardVersion, readonly (Infraction & { readonly points: number })[]>>;
    readonly nuplan: readonly Cost[];
    readonly comfort: readonly Cost[];
    readonly rss: readonly Cost[];
  };
}

export interface DriveScoreOptions {
  /** The world's own verdict; by default the metrics' rule (closed-loop.ts). */
  readonly success?: boolean;
  /** What the expert covers along the route in this scenario, m; by default the whole route. */
  readonly expertWayMetres?: number;
  /** Infractions that the track cannot show (stop signs, minimum speed, scenario timeout). */
  readonly moreInfractions?: readonly Infraction[];
  readonly form?: Form;
}

/** Scores a drive of at least 5 rows. Throws RangeError below that: comfort needs a window. */
export function driveScores(track: DriveTrack, options: DriveScoreOptions = {}): DriveReport {
  const { success, form = 'corrected', moreInfractions } = options;
  const { route } = track;
  const carla = carlaRoute(track, moreInfractions);
  const of = (version: LeaderboardVersion) => carlaDrivingScore(carla, version);
  const [first, second, third, bench] = [of('1.0'), of('2.0'), of('2.1'), of('bench2drive')];
  const nuplan = scoreNuplan(track, options.expertWayMetres ?? route.goalS - route.startS, form);
  const comfort = trackComfort(track, form);
  const rss = rssCosts(track);
  const closest = Math.min(...nuplanTtc(track));
  return {
    scores: {
      carla_1_0: first.composed,
      carla_2_0: second.composed,
      carla_2_1: third.composed,
      nuplan: nuplan.score,
      comfort: +comfort.comfortable,
      comfort_segments: bench2driveComfort(track),
      min_ttc: Number.isFinite(closest) ? closest : null,
      rss_violations: rss.length,
    },
    metrics: closedLoopMetrics(track, success),
    infractions: carla.infractions,
    costs: {
      carla: { '1.0': first.costs, '2.0': second.costs, '2.1': third.costs, bench2drive: bench.costs },
      nuplan: nuplan.costs,
      comfort: comfort.costs,
      rss,
    },
  };
}

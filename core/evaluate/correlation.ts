/**
 * Whether an offline error tells which checkpoint drives better: open-loop error against the expert on one side, closed-loop scores on the
 * other, one point a checkpoint, Spearman's ρ over them (association.ts).
 *
 * Offline: the expert drives held-out seeds; at each of its decisions the checkpoint plans from the same observation, and the distance
 * between the two plans is the error (ADE over 2 s, FDE at its end; means over all decisions pooled). The checkpoint's own mistakes never
 * lead anywhere here, which is what closed loop adds. Held-out seeds are the ones that no training has seen.
 */
import { WAYPOINTS } from '../abi/layout.ts';
import type { PolicyAct, ActRequest } from '../task/policy.ts';
import type { DrivingExtra, DrivingPolicy } from '../tasks/driving/policy/driver.ts';
import { type Correlation, offlineVersusClosedLoop } from './association.ts';
import { REPORTED, type ReportedId, scoreInfo } from '../tasks/driving/scores/score-list.ts';
import { summariseScore } from './report.ts';
import type { EpisodeRow } from './suite.ts';

export interface OpenLoopErrors {
  /** m, means over decisions; NaN without any. */
  readonly ade: number;
  readonly fde: number;
  readonly decisions: number;
}

/** Drives as the first driver does, and measures how far the second's plans are from its own. */
export class OpenLoopMeter implements DrivingPolicy {
  readonly name = 'open loop';
  readonly #leader: DrivingPolicy;
  readonly #measured: DrivingPolicy;
  #ade = 0;
  #fde = 0;
  #decisions = 0;

  constructor(leader: DrivingPolicy, measured: DrivingPolicy) {
    this.#leader = leader;
    this.#measured = measured;
  }

  get errors(): OpenLoopErrors {
    return { ade: this.#ade / this.#decisions, fde: this.#fde / this.#decisions, decisions: this.#decisions };
  }

  async act(request: ActRequest): Promise<PolicyAct<DrivingExtra>> {
    const [plans, others] = [await this.#leader.act(request), await this.#measured.act(request)];
    for (let row = 0; row < request.batch; row++) {
      let error = 0;
      for (let i = 0; i < WAYPOINTS; i++) {
        const at = 2 * (row * WAYPOINTS + i);
        error = Math.hypot(plans.actions[at] - others.actions[at], plans.actions[at + 1] - others.actions[at + 1]);
        this.#ade += error / WAYPOINTS;
      }
      this.#fde += error;
      this.#decisions++;
    }
    return plans;
  }
}

/** Pooled over parts of one measurement. */
export function poolErrors(parts: readonly OpenLoopErrors[]): OpenLoopErrors {
  const filled = parts.filter(({ decisions }) => decisions > 0);
  const decisions = filled.reduce((sum, part) => sum + part.decisions, 0);
  const mean = (of: (part: OpenLoopErrors) => number) =>
    filled.reduce((sum, part) => sum + of(part) * part.decisions, 0) / decisions;
  return { ade: mean((part) => part.ade), fde: mean((part) => part.fde), decisions };
}

/** A checkpoint of a run, measured both ways. */
export interface CheckpointPoint {
  /** Its name within the run. */
  readonly id: string;
  readonly openLoop: OpenLoopErrors;
  /** Mean over scenarios of the mean over seeds; null where no drive has a value. */
  readonly scores: Readonly<Record<ReportedId, number | null>>;
}

/** Means alone, without their intervals: points of a scatter plot. */
export function checkpointPoint(id: string, openLoop: OpenLoopErrors, rows: readonly EpisodeRow[]): CheckpointPoint {
  const scores = REPORTED.map((info) => [info.id, summariseScore(rows, info.id, { resamples: 1 })?.mean ?? null]);
  return { id, openLoop, scores: Object.fromEntries(scores) as CheckpointPoint['scores'] };
}

export interface OfflineCorrelation extends Correlation {
  readonly score: ReportedId;
  /** Which sign of ρ says that the offline error ranks checkpoints rightly. */
  readonly wanted: 'negative' | 'positive';
}

/** ADE against one closed-loop score; checkpoints without a value are left out. Null below two points. */
export function correlate(points: readonly CheckpointPoint[], score: ReportedId): OfflineCorrelation | null {
  const pairs = points.flatMap(({ id, openLoop, scores }) => {
    const closedLoop = scores[score];
    return closedLoop === null || !Number.isFinite(openLoop.ade) ? [] : [{ id, offline: openLoop.ade, closedLoop }];
  });
  if (pairs.length < 2) return null;
  const wanted = scoreInfo(score).better === 'higher' ? 'negative' : 'positive';
  return { score, wanted, ...offlineVersusClosedLoop(pairs) };
}

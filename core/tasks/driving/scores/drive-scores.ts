/**
 * Every published score of one closed-loop drive at once, with what cost points in each: what `lab evaluate` prints and the report page
 * opens.
 *
 * A score never leaves here without its parts and costs; a cost names its steps. Scores keep their own scale: CARLA's 0..100, the others
 * 0..1 (score-list.ts). Aggregating over drives: score each drive whole (this file), then average over seeds within a scenario, then over
 * scenarios (statistics.ts); pooled statistics are in robust.ts.
 */
import type { ScoreBreakdown } from './lab/score.ts';
import { carlaDrivingScore, type Infraction, type LeaderboardVersion } from './carla/carla.ts';
import { type CarlaKnowledge, carlaRoute, type Unjudged, unjudged } from './carla/infractions.ts';
import { type ClosedLoopMetrics, closedLoopMetrics } from './closed-loop.ts';
import { trackComfort } from './comfort.ts';
import { gainsOf } from './navsim/navsim.ts';
import { navsimScenes, type NavsimSceneScores, sceneCosts, sceneMean } from './navsim/scenes.ts';
import { nuplanScore, scoreNuplan } from './nuplan/nuplan.ts';
import { rssSummary } from './rss.ts';
import type { DriveScores, ScoreId } from './score-list.ts';
import { comfortSegments } from './segment-comfort.ts';
import type { Cost, DriveTrack } from './track.ts';
import { nuplanTtc } from './ttc.ts';
import { routeWaymax } from './waymax/waymax.ts';

/** Scores whose parts come from the world's own totals (score.ts). */
type LabId = Extract<ScoreId, 'lab' | `lab_${string}`>;
type OpenLoopId = 'ade' | 'fde' | 'min_ade' | 'miss_rate';
export type PublishedScores = Omit<DriveScores, LabId | OpenLoopId>;
/** Errors of a policy's plans against the human it is put in the place of. */
export type OpenLoopScores = Readonly<Record<OpenLoopId, number>>;

/** Steps that cost a score something. */
interface ScoreStep {
  readonly part: string;
  /** First and last row. */
  readonly from: number;
  readonly to: number;
  readonly actor?: string;
  /** The number that broke the bound, in the part's unit. */
  readonly value?: number;
  /** What the score would gain without it, on the score's scale; where that can be said. */
  readonly points?: number;
}

/** What went wrong in a drive, in order of time; `value`: a percentage (outside lanes, minimum speed). */
export interface DriveInfraction {
  readonly kind: Infraction['kind'];
  readonly step: number;
  /** Where it began, if earlier. */
  readonly from?: number;
  readonly actor?: string;
  readonly value?: number;
}

export interface DriveReport {
  readonly scores: PublishedScores;
  readonly metrics: ClosedLoopMetrics;
  readonly infractions: readonly DriveInfraction[];
  /** Kinds of infraction that nothing in the drive's record tells of, with the reason. */
  readonly unjudged: readonly Unjudged[];
  /** By score: the parts its formula is made of. PDMS and EPDMS have theirs scene by scene. */
  readonly parts: Readonly<Partial<Record<ScoreId, Readonly<Record<string, number>>>>>;
  readonly scenes: readonly NavsimSceneScores[];
  /** By score: what lost points, dearest first where points are known. */
  readonly costs: Readonly<Partial<Record<ScoreId, readonly ScoreStep[]>>>;
}

export interface DriveScoreOptions {
  /** The world's own verdict; by default the metrics' rule (closed-loop.ts). */
  readonly success?: boolean;
  /** What the expert covers along the route in this scenario, m; by default the human's way, or the whole route. */
  readonly expertWayMetres?: number;
  /** What the track cannot show of infractions. */
  readonly carla?: CarlaKnowledge;
  /** The human's drive in the same world, where a log exists. */
  readonly human?: DriveTrack;
}

const VERSIONS = {
  carla_1_0: '1.0',
  carla_2_0: '2.0',
  carla_2_1: '2.1',
  bench2drive: 'bench2drive',
} as const satisfies Readonly<Record<string, LeaderboardVersion>>;

/** Scores a drive of any length; comfort judges nothing below 5 rows. */
export function driveScores(track: DriveTrack, options: DriveScoreOptions = {}): DriveReport {
  const { success, carla: knowledge = {}, human } = options;
  const { route } = track;
  const carla = carlaRoute(track, knowledge);
  const [first, second, third, bench] = Object.values(VERSIONS).map((version) =>
    carlaDrivingScore(version === '1.0' ? carlaRoute(track, knowledge, version) : carla, version),
  );
  const succeeded = bench.status !== 'Failed' && carla.infractions.every(({ kind }) => kind === 'min-speed');
  const humanWay = human && human.route.s[human.rows - 1] - human.route.s[0];
  const nuplan = scoreNuplan(track, options.expertWayMetres ?? humanWay ?? route.goalS - route.startS);
  const comfort = trackComfort(track);
  const exactComfort = trackComfort(track, 'navsim-exact');
  const segments = comfortSegments(track);
  const rss = rssSummary(track);
  const ttc = nuplanTtc(track);
  const closest = ttc.indexOf(Math.min(...ttc));
  const waymax = routeWaymax(track, human);
  const scenes = navsimScenes(track, human);
  const rate = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
  const point = (cost: Cost | null): ScoreStep[] => (cost ? [stepOf(cost)] : []);
  const carlaSteps = (score: typeof first) =>
    score.costs.map(({ kind, step, from = step, actor, percent: value, points }) => ({
      part: kind,
      from,
      to: step,
      ...(actor !== undefined && { actor }),
      ...(value !== undefined && { value }),
      points,
    }));
  const gains = gainsOf(nuplan.parts, nuplanScore);

  return {
    scores: {
      carla_1_0: first.composed,
      carla_2_0: second.composed,
      carla_2_1: third.composed,
      bench2drive: bench.composed,
      bench2drive_success: +succeeded,
      nuplan: nuplan.score,
      pdms: sceneMean(scenes, (scene) => scene.corrected.pdms),
      pdms_navsim_exact: sceneMean(scenes, (scene) => scene.exact.pdms),
      epdms: sceneMean(scenes, (scene) => scene.corrected.epdms),
      epdms_navsim_exact: sceneMean(scenes, (scene) => scene.exact.epdms),
      comfort: +comfort.comfortable,
      comfort_navsim_exact: +exactComfort.comfortable,
      comfort_segments: segments.filter((segment) => segment.comfortable).length / segments.length,
      min_ttc: Number.isFinite(ttc[closest]) ? ttc[closest] : null,
      rss_violations: rss.costs.length,
      rss_margin: rss.least?.value ?? null,
      rss_margin_longitudinal: rss.longitudinal?.value ?? null,
      rss_margin_lateral: rss.lateral?.value ?? null,
      waymax_overlap_rate: rate(waymax.overlap),
      waymax_offroad_rate: rate(waymax.offroad),
      waymax_wrong_way_rate: rate(waymax.wrongWay),
      waymax_off_route_rate: rate(waymax.offRoute),
      waymax_infeasible_rate: rate(waymax.infeasible),
      waymax_progression: waymax.progression,
      waymax_log_divergence: waymax.logDivergence,
    },
    metrics: closedLoopMetrics(track, success),
    infractions: carla.infractions.map(({ kind, step, from, actor, percent }) => ({
      kind,
      step,
      ...(from !== undefined && from < step && { from }),
      ...(actor !== undefined && { actor }),
      ...(percent !== undefined && { value: percent }),
    })),
    unjudged: unjudged(track, knowledge),
    parts: {
      ...Object.fromEntries(
        Object.keys(VERSIONS).map((id, i) => {
          const { route: way, penalty } = [first, second, third, bench][i];
          return [id, { route: way, penalty }];
        }),
      ),
      nuplan: { ...nuplan.parts },
      comfort: numbers(comfort.ok),
      comfort_navsim_exact: numbers(exactComfort.ok),
    },
    scenes,
    costs: {
      carla_1_0: dearestFirst(carlaSteps(first)),
      carla_2_0: dearestFirst(carlaSteps(second)),
      carla_2_1: dearestFirst(carlaSteps(third)),
      bench2drive: dearestFirst(carlaSteps(bench)),
      bench2drive_success: succeeded
        ? []
        : bench.costs.map(({ kind, step, from = step, actor }) => ({
            part: kind,
            from,
            to: step,
            ...(actor !== undefined && { actor }),
          })),
      nuplan: dearestFirst(nuplan.costs.map((cost) => shared(cost, nuplan.costs, gains))),
      pdms: dearestFirst(sceneCosts(scenes, 'pdms', 'corrected').map(stepOf)),
      pdms_navsim_exact: dearestFirst(sceneCosts(scenes, 'pdms', 'navsim-exact').map(stepOf)),
      epdms: dearestFirst(sceneCosts(scenes, 'epdms', 'corrected').map(stepOf)),
      epdms_navsim_exact: dearestFirst(sceneCosts(scenes, 'epdms', 'navsim-exact').map(stepOf)),
      comfort: comfort.costs.map(stepOf),
      comfort_navsim_exact: exactComfort.costs.map(stepOf),
      comfort_segments: segments
        .filter((segment) => !segment.comfortable)
        .map(({ from, to }) => ({ part: 'comfort', from, to: to - 1, points: 1 / segments.length })),
      min_ttc: Number.isFinite(ttc[closest]) ? [{ part: 'ttc', from: closest, to: closest, value: ttc[closest] }] : [],
      rss_violations: rss.costs.map(stepOf),
      rss_margin: point(rss.least),
      rss_margin_longitudinal: point(rss.longitudinal),
      rss_margin_lateral: point(rss.lateral),
      waymax_overlap_rate: spans(waymax.overlap, 'overlap'),
      waymax_offroad_rate: spans(waymax.offroad, 'offroad'),
      waymax_wrong_way_rate: spans(waymax.wrongWay, 'wrongWay'),
      waymax_off_route_rate: spans(waymax.offRoute, 'offRoute'),
      waymax_infeasible_rate: spans(waymax.infeasible, 'infeasible'),
    },
  };
}

/** The lab's own score as entries of `DriveScores`. */
function labScores(score: ScoreBreakdown): Pick<DriveScores, LabId> {
  return {
    lab: score.score,
    lab_no_collision: score.noCollision,
    lab_on_road: score.onRoad,
    lab_no_red_light: score.noRedLight,
    lab_progress: score.progress,
    lab_ttc: score.ttc,
    lab_speed: score.speed,
    lab_comfort: score.comfort,
  };
}

const NO_LOG = { ade: null, fde: null, min_ade: null, miss_rate: null } as const;

/** All scores of a drive. */
export function allScores(lab: ScoreBreakdown, published: PublishedScores, openLoop?: OpenLoopScores): DriveScores {
  return { ...labScores(lab), ...published, ...(openLoop ?? NO_LOG) };
}

function stepOf({ step, ...cost }: Cost & { readonly points?: number }): ScoreStep {
  return { from: step, to: step, ...cost };
}

/** A cost with its share of what its part would add to the score. */
function shared(cost: Cost, all: readonly Cost[], gains: Readonly<Record<string, number>>): ScoreStep {
  const part = (of: Cost) => of.part.split('.')[0];
  const gain = gains[part(cost)];
  const steps = all.filter((other) => part(other) === part(cost)).length;
  return { ...stepOf(cost), ...(gain !== undefined && { points: gain / steps }) };
}

const dearestFirst = (steps: readonly ScoreStep[]): readonly ScoreStep[] =>
  steps.toSorted((a, b) => (b.points ?? 0) - (a.points ?? 0) || a.from - b.from);

/** Stretches of flagged rows, each with its share of the rate. */
function spans(flags: Uint8Array, part: string): ScoreStep[] {
  const out: ScoreStep[] = [];
  for (let from = flags.indexOf(1); from >= 0; from = flags.indexOf(1, from)) {
    const end = flags.indexOf(0, from);
    const to = (end < 0 ? flags.length : end) - 1;
    out.push({ part, from, to, points: (to - from + 1) / flags.length });
    from = to + 1;
  }
  return out;
}

const numbers = (flags: Readonly<Record<string, boolean>>): Record<string, number> =>
  Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, +flag]));

/**
 * The scores of a drive by name: what each is called, which way is better, and its scale. The page's menu, the exports' columns and
 * the documentation read this list; `DriveScores` has exactly these keys.
 *
 * Every score is of one whole drive; null where it has no meaning there (nobody came near, there is no human log).
 */

export interface ScoreInfo {
  readonly id: string;
  readonly title: string;
  /** One sentence for a tooltip. */
  readonly text: string;
  readonly better: 'higher' | 'lower';
  /** Best possible value where there is one; null = unbounded. */
  readonly full: number | null;
  readonly unit?: 's' | 'm';
  readonly digits: number;
  readonly group: 'lab' | 'CARLA' | 'nuPlan' | 'NAVSIM' | 'comfort' | 'safety' | 'Waymax' | 'open loop' | 'drive';
}

const share = { better: 'higher', full: 1, digits: 3 } as const;
const rate = { better: 'lower', full: 0, digits: 3 } as const;
const metres = { better: 'higher', full: null, digits: 2, unit: 'm' } as const;
const error = { better: 'lower', full: 0, digits: 2, unit: 'm', group: 'open loop' } as const;
const points = { better: 'higher', full: 100, digits: 1, group: 'CARLA' } as const;

export const SCORE_LIST = [
  { id: 'lab', title: 'Lab score', text: 'The lab’s own score, 0 to 1.', ...share, group: 'lab' },
  { id: 'lab_no_collision', title: 'No collision', text: 'Part of the lab score: 0 or 1.', ...share, group: 'lab' },
  { id: 'lab_on_road', title: 'On the road', text: 'Part of the lab score: 0 or 1.', ...share, group: 'lab' },
  { id: 'lab_no_red_light', title: 'No red light', text: 'Part of the lab score: 0 or 1.', ...share, group: 'lab' },
  { id: 'lab_progress', title: 'Progress', text: 'Part of the lab score: share of the route.', ...share, group: 'lab' },
  {
    id: 'lab_ttc',
    title: 'TTC kept',
    text: 'Part of the lab score: share of steps with a TTC of 1 s or more.',
    ...share,
    group: 'lab',
  },
  {
    id: 'lab_speed',
    title: 'Speed kept',
    text: 'Part of the lab score: share of steps within the limit.',
    ...share,
    group: 'lab',
  },
  {
    id: 'lab_comfort',
    title: 'Comfort kept',
    text: 'Part of the lab score: share of comfortable steps.',
    ...share,
    group: 'lab',
  },
  { id: 'carla_1_0', title: 'CARLA 1.0', text: 'Driving score of leaderboard 1.0, 0 to 100.', ...points },
  { id: 'carla_2_0', title: 'CARLA 2.0', text: 'Driving score of leaderboard 2.0, 0 to 100.', ...points },
  { id: 'carla_2_1', title: 'CARLA 2.1', text: 'Driving score of leaderboard 2.1, 0 to 100.', ...points },
  { id: 'bench2drive', title: 'Bench2Drive', text: 'Driving score of Bench2Drive, 0 to 100.', ...points },
  {
    id: 'bench2drive_success',
    title: 'Bench2Drive success',
    text: 'Complete and without an infraction.',
    ...share,
    group: 'CARLA',
  },
  { id: 'nuplan', title: 'nuPlan', text: 'nuPlan’s closed-loop score, 0 to 1.', ...share, group: 'nuPlan' },
  {
    id: 'pdms',
    title: 'PDMS',
    text: 'NAVSIM v1 score of the driven 4 s scenes, corrected.',
    ...share,
    group: 'NAVSIM',
  },
  {
    id: 'pdms_navsim_exact',
    title: 'PDMS, exact',
    text: 'NAVSIM v1 score with the published code’s quirks.',
    ...share,
    group: 'NAVSIM',
  },
  {
    id: 'epdms',
    title: 'EPDMS',
    text: 'NAVSIM v2 score of the driven 4 s scenes, corrected.',
    ...share,
    group: 'NAVSIM',
  },
  {
    id: 'epdms_navsim_exact',
    title: 'EPDMS, exact',
    text: 'NAVSIM v2 score with the published code’s quirks.',
    ...share,
    group: 'NAVSIM',
  },
  {
    id: 'comfort',
    title: 'Comfort',
    text: '1 when all six signals stay within nuPlan’s bounds.',
    ...share,
    group: 'comfort',
  },
  {
    id: 'comfort_navsim_exact',
    title: 'Comfort, exact',
    text: 'The same with NAVSIM’s windows and without lateral acceleration.',
    ...share,
    group: 'comfort',
  },
  {
    id: 'comfort_segments',
    title: 'Comfortable segments',
    text: 'Share of comfortable 2 s segments (Bench2Drive).',
    ...share,
    group: 'comfort',
  },
  {
    id: 'min_ttc',
    title: 'Least TTC',
    text: 'Least nuPlan time to collision; none when nobody came within 3 s.',
    better: 'higher',
    full: null,
    unit: 's',
    digits: 2,
    group: 'safety',
  },
  {
    id: 'rss_violations',
    title: 'RSS violations',
    text: 'Times a situation turned dangerous that was the ego’s to mind.',
    better: 'lower',
    full: 0,
    digits: 1,
    group: 'safety',
  },
  {
    id: 'rss_margin',
    title: 'RSS margin',
    text: 'Least RSS margin; negative is dangerous.',
    ...metres,
    group: 'safety',
  },
  {
    id: 'rss_margin_longitudinal',
    title: 'RSS margin ahead',
    text: 'Least longitudinal margin to whoever is beside no safe lateral distance.',
    ...metres,
    group: 'safety',
  },
  {
    id: 'rss_margin_lateral',
    title: 'RSS margin beside',
    text: 'Least lateral margin to whoever is within the longitudinal one.',
    ...metres,
    group: 'safety',
  },
  { id: 'waymax_overlap_rate', title: 'Overlap', text: 'Share of steps in a box.', ...rate, group: 'Waymax' },
  { id: 'waymax_offroad_rate', title: 'Off road', text: 'Share of steps off the road.', ...rate, group: 'Waymax' },
  {
    id: 'waymax_wrong_way_rate',
    title: 'Wrong way',
    text: 'Share of steps against traffic.',
    ...rate,
    group: 'Waymax',
  },
  {
    id: 'waymax_off_route_rate',
    title: 'Off route',
    text: 'Share of steps more than 5 m off the route.',
    ...rate,
    group: 'Waymax',
  },
  {
    id: 'waymax_infeasible_rate',
    title: 'Infeasible',
    text: 'Share of steps no bicycle can drive.',
    ...rate,
    group: 'Waymax',
  },
  {
    id: 'waymax_progression',
    title: 'Progression',
    text: 'Way along the route over the log’s, or over the route’s length.',
    ...share,
    group: 'Waymax',
  },
  {
    id: 'waymax_log_divergence',
    title: 'Log divergence',
    text: 'Mean distance to the human’s drive.',
    ...error,
    group: 'Waymax',
  },
  { id: 'ade', title: 'ADE', text: 'Mean error of plans against the human, 2 s.', ...error },
  { id: 'fde', title: 'FDE', text: 'Final error of plans against the human, 2 s.', ...error },
  { id: 'min_ade', title: 'minADE', text: 'ADE of the best mode; the policy has one.', ...error },
  {
    id: 'miss_rate',
    title: 'Miss rate',
    text: 'Share of plans that end more than 2 m off the human.',
    ...rate,
    group: 'open loop',
  },
] as const satisfies readonly ScoreInfo[];

export type ScoreId = (typeof SCORE_LIST)[number]['id'];
export type DriveScores = Readonly<Record<ScoreId, number | null>>;
export const SCORE_IDS: readonly ScoreId[] = SCORE_LIST.map(({ id }) => id);

/** Numbers of a drive that are no scores but can be reported alike, by their `ClosedLoopMetrics` names. */
const METRIC_LIST = [
  { id: 'success', title: 'Success', text: 'Goal reached without a fault.', ...share, group: 'drive' },
  { id: 'route_completion', title: 'Route completion', text: 'Share of the route driven.', ...share, group: 'drive' },
  {
    id: 'collision_count',
    title: 'Collisions',
    text: 'Contacts of boxes.',
    better: 'lower',
    full: 0,
    digits: 2,
    group: 'drive',
  },
  {
    id: 'offroad_count',
    title: 'Off-road count',
    text: 'Times a corner left the road.',
    better: 'lower',
    full: 0,
    digits: 2,
    group: 'drive',
  },
  {
    id: 'route_deviation_avg',
    title: 'Mean deviation',
    text: 'Mean distance from the route’s centre.',
    better: 'lower',
    full: 0,
    digits: 2,
    unit: 'm',
    group: 'drive',
  },
  {
    id: 'episode_time',
    title: 'Episode time',
    text: 'Time driven.',
    better: 'lower',
    full: null,
    digits: 1,
    unit: 's',
    group: 'drive',
  },
] as const satisfies readonly ScoreInfo[];
type MetricId = (typeof METRIC_LIST)[number]['id'];
/** Whatever a report can show of a drive. */
export type ReportedId = ScoreId | MetricId;

export const REPORTED: readonly (ScoreInfo & { readonly id: ReportedId })[] = [...SCORE_LIST, ...METRIC_LIST];
const BY_ID = new Map(REPORTED.map((info) => [info.id, info]));

/** Throws RangeError for a name that is not in the list. */
export function scoreInfo(id: ReportedId): ScoreInfo {
  const info = BY_ID.get(id);
  if (!info) throw new RangeError(`There is no score "${id}"`);
  return info;
}

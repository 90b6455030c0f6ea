/**
 * CARLA's driving score, leaderboards 1.0, 2.0 and 2.1, and Bench2Drive's.
 *
 * A route's score = route completion (%) · penalty. 1.0 and 2.0: the penalty is a product, a factor an infraction. 2.1: Π(1 − outside%/100) /
 * (1 + Σ c). The leaderboard's score is the mean over routes of the routes' scores, never the product of mean completion and mean penalty.
 * Tables from the leaderboard's `statistics_manager.py` (branches leaderboard-1.0, -2.0, -2.1): 1.0 knows neither scenario timeout,
 * emergency vehicle nor minimum speed. Bench2Drive is 2.0 without minimum speed, over always 220 routes.
 */

export type LeaderboardVersion = '1.0' | '2.0' | '2.1' | 'bench2drive';

export type InfractionKind =
  | 'collision-pedestrian'
  | 'collision-vehicle'
  | 'collision-layout'
  | 'red-light'
  | 'stop-sign'
  | 'scenario-timeout'
  | 'yield-emergency'
  | 'min-speed'
  | 'outside-lanes'
  | 'route-deviation'
  | 'vehicle-blocked'
  | 'route-timeout';

export interface Infraction {
  readonly kind: InfractionKind;
  readonly step: number;
  /** Where it began, if earlier than the step at which it counted. */
  readonly from?: number;
  /** Whom or what it was against: an actor, a sign, a scenario. */
  readonly actor?: string;
  /** 'outside-lanes': share of the route driven outside, %; 'min-speed': own mean speed over the traffic's, %. */
  readonly percent?: number;
}

/** 1.0 and 2.0: factor of one infraction; 2.1: what it adds to the denominator. Kinds left out cost nothing there. */
const PENALTIES: Readonly<Record<LeaderboardVersion, Partial<Readonly<Record<InfractionKind, number>>>>> = {
  '1.0': {
    'collision-pedestrian': 0.5,
    'collision-vehicle': 0.6,
    'collision-layout': 0.65,
    'red-light': 0.7,
    'stop-sign': 0.8,
  },
  '2.0': {
    'collision-pedestrian': 0.5,
    'collision-vehicle': 0.6,
    'collision-layout': 0.65,
    'red-light': 0.7,
    'stop-sign': 0.8,
    'scenario-timeout': 0.7,
    'yield-emergency': 0.7,
    'min-speed': 0.7,
  },
  '2.1': {
    'collision-pedestrian': 1,
    'collision-vehicle': 0.7,
    'collision-layout': 0.6,
    'red-light': 0.4,
    'stop-sign': 0.25,
    'scenario-timeout': 0.4,
    'yield-emergency': 0.4,
    'min-speed': 0.4,
  },
  bench2drive: {
    'collision-pedestrian': 0.5,
    'collision-vehicle': 0.6,
    'collision-layout': 0.65,
    'red-light': 0.7,
    'stop-sign': 0.8,
    'scenario-timeout': 0.7,
    'yield-emergency': 0.7,
  },
};

/** Ends a drive rather than costing it points, in every version. */
const ENDINGS: readonly InfractionKind[] = ['route-deviation', 'vehicle-blocked', 'route-timeout'];

/** Whether a version counts an infraction at all, in points or as the end of a drive. */
const counts = (kind: InfractionKind, version: LeaderboardVersion): boolean =>
  kind === 'outside-lanes' || ENDINGS.includes(kind) || PENALTIES[version][kind] !== undefined;

/** 0..1 of a percentage. */
const share = (percent = 0) => Math.max(0, Math.min(1, percent / 100));

/** The penalty, 0..1, of all infractions of a route. */
export function carlaPenalty(infractions: readonly Infraction[], version: LeaderboardVersion): number {
  const table = PENALTIES[version];
  let [product, sum] = [1, 0];
  for (const { kind, percent } of infractions) {
    const unit = table[kind];
    if (kind === 'outside-lanes') product *= 1 - share(percent);
    else if (unit === undefined) continue;
    else if (version === '2.1') sum += kind === 'min-speed' ? unit * (1 - share(percent)) : unit;
    else product *= kind === 'min-speed' ? 1 - (1 - unit) * (1 - share(percent)) : unit;
  }
  return product / (1 + sum);
}

/** Route completion, %: at 99 % and within 10 m of the end the route counts as complete (RouteCompletionTest). */
export function routeCompletionPercent(drivenMetres: number, routeMetres: number, metresToEnd: number): number {
  const percent = 100 * Math.max(0, Math.min(1, drivenMetres / routeMetres));
  return percent > 99 && metresToEnd < 10 ? 100 : percent;
}

export interface CarlaRoute {
  readonly lengthMetres: number;
  /** 0..100. */
  readonly completionPercent: number;
  readonly infractions: readonly Infraction[];
}

export interface CarlaScore {
  /** 0..100, 0..1, 0..100: `score_route`, `score_penalty`, `score_composed`. */
  readonly route: number;
  readonly penalty: number;
  readonly composed: number;
  readonly status: 'Perfect' | 'Completed' | 'Failed';
  /** Each infraction that the version counts, with the points it cost: what the route would have scored without it, less what it did. */
  readonly costs: readonly (Infraction & { readonly points: number })[];
}

/** The driving score of one route. */
export function carlaDrivingScore(route: CarlaRoute, version: LeaderboardVersion): CarlaScore {
  const { completionPercent } = route;
  const infractions = route.infractions.filter(({ kind }) => counts(kind, version));
  const penalty = carlaPenalty(infractions, version);
  const composed = Math.max(0, completionPercent * penalty);
  const complete = completionPercent >= 100;
  return {
    route: completionPercent,
    penalty,
    composed,
    status: complete ? (infractions.length === 0 ? 'Perfect' : 'Completed') : 'Failed',
    costs: infractions.map((infraction, i) => ({
      ...infraction,
      points: completionPercent * carlaPenalty(infractions.toSpliced(i, 1), version) - composed,
    })),
  };
}

export interface CarlaGlobal {
  readonly route: number;
  readonly penalty: number;
  readonly composed: number;
  /** Infractions a driven kilometre; 'outside-lanes' in km a km. */
  readonly perKilometre: Readonly<Record<InfractionKind, number>>;
}

/** Means over routes, and infractions per kilometre: pooled counts over pooled way, at least 1 m. Throws RangeError without routes. */
export function carlaGlobal(routes: readonly CarlaRoute[], version: LeaderboardVersion): CarlaGlobal {
  if (routes.length === 0) throw new RangeError('A leaderboard needs at least one route');
  const scores = routes.map((route) => carlaDrivingScore(route, version));
  const mean = (of: (score: CarlaScore) => number) => scores.reduce((sum, score) => sum + of(score), 0) / routes.length;
  const driven = ({ lengthMetres, completionPercent }: CarlaRoute) => (lengthMetres * completionPercent) / 100;
  const kilometres = Math.max(routes.reduce((sum, route) => sum + driven(route), 0) / 1000, 0.001);
  const perKilometre = {} as Record<InfractionKind, number>;
  for (const kind of Object.keys({ ...PENALTIES['2.1'], ...OTHER_KINDS }) as InfractionKind[]) {
    let count = 0;
    for (const route of routes)
      for (const infraction of route.infractions)
        if (infraction.kind === kind)
          count += kind === 'outside-lanes' ? (share(infraction.percent) * driven(route)) / 1000 : 1;
    perKilometre[kind] = count / kilometres;
  }
  return {
    route: mean((s) => s.route),
    penalty: mean((s) => s.penalty),
    composed: mean((s) => s.composed),
    perKilometre,
  };
}

const OTHER_KINDS = { 'outside-lanes': 0, 'route-deviation': 0, 'vehicle-blocked': 0, 'route-timeout': 0 } as const;

/** Bench2Drive's benchmark has this many routes; what was not driven counts as 0. */
export const BENCH2DRIVE_ROUTES = 220;

export interface Bench2DriveScore {
  /** 0..100. */
  readonly drivingScore: number;
  /** 0..1: complete and without any infraction but minimum speed. */
  readonly successRate: number;
  /** Mean over routes of the mean of their minimum-speed percentages, those above 1000 % dropped; NaN without any. */
  readonly efficiency: number;
}

export function bench2drive(routes: readonly CarlaRoute[]): Bench2DriveScore {
  const scores = routes.map((route) => carlaDrivingScore(route, 'bench2drive').composed);
  const succeeded = routes.filter(
    ({ completionPercent, infractions }) =>
      completionPercent >= 100 && infractions.every(({ kind }) => kind === 'min-speed'),
  );
  const speeds = routes
    .map(({ infractions }) =>
      infractions
        .filter(({ kind, percent }) => kind === 'min-speed' && (percent ?? 0) <= 1000)
        .map(({ percent }) => percent ?? 0),
    )
    .filter((percents) => percents.length > 0)
    .map((percents) => percents.reduce((sum, percent) => sum + percent, 0) / percents.length);
  return {
    drivingScore: scores.reduce((sum, score) => sum + score, 0) / BENCH2DRIVE_ROUTES,
    successRate: succeeded.length / BENCH2DRIVE_ROUTES,
    efficiency: speeds.reduce((sum, percent) => sum + percent, 0) / speeds.length,
  };
}

/** Time limit of a route, s: 1.0 by its length; 2.x 300 s and what the metres take at a tenth of the limit there. */
export const routeTimeout10 = (lengthMetres: number): number => Math.trunc(0.8 * lengthMetres + 5);
export function routeTimeout2(stretches: readonly { readonly metres: number; readonly limitMps: number }[]): number {
  return stretches.reduce((sum, { metres, limitMps }) => sum + metres / (0.1 * limitMps), 300);
}

/**
 * The clock of 2.x as it stands while driving (RouteTimeoutBehavior): 300 s, and for every metre advanced what it takes at a tenth of the
 * limit there. Gives the limit, s, for an ego that has got to `s` of a road sampled every `ds` metres.
 */
export function routeClock2(
  { ds, speedLimitMps }: { readonly ds: number; readonly speedLimitMps: Float64Array },
  startS: number,
): (s: number) => number {
  const first = Math.floor(startS / ds);
  const limits = Float64Array.from({ length: Math.max(1, speedLimitMps.length - first + 1) });
  limits[0] = routeTimeout2([]);
  for (let i = 1; i < limits.length; i++) limits[i] = limits[i - 1] + ds / (0.1 * speedLimitMps[first + i - 1]);
  return (s) => limits[Math.max(0, Math.min(limits.length - 1, Math.floor((s - startS) / ds)))];
}

/**
 * NAVSIM's scores of one 4 s plan, driven: PDMS (v1) and EPDMS (v2).
 *
 * PDMS = NC·DAC·(5·EP + 5·TTC + 2·C)/12. EPDMS = NC·DAC·DDC·TLC·(5·EP + 5·TTC + 2·LK + 2·HC + 2·EC)/16, where every part counts 1 when the
 * human driver's is 0. Each scene is scored whole and then averaged: the mean of sub-scores multiplied is another number
 * (navsim issue 116).
 * - NC: 0 after a contact at fault with a road user, ½ with a static object. DAC: 0 when a corner leaves the drivable area.
 * - EP: way along the centreline over the larger of PDM-Closed's and the plan's, each times its NC·DAC(·DDC·TLC); 1 when that is ≤ 5 m.
 * - LK: 0 when more than 0.5 m off the centreline for 2 s outside intersections. TTC: ttc.ts. C, HC, EC: comfort.ts.
 *
 * *navsim-exact* keeps the published quirks: comfort without lateral acceleration, even and unpassed windows (comfort.ts); the plan driven
 * by the tracker with the −I difference matrix (plan-lqr.ts); and EP's numerator multiplied by NC·DAC too, so half a fault is paid twice.
 */
import { contacts } from '../collisions.ts';
import { trackComfort } from '../comfort.ts';
import { drivingDirectionScore, oncomingWay } from '../nuplan/nuplan.ts';
import { type Cost, cutTrack, type DriveTrack, type Form, rises } from '../track.ts';
import { navsimTtcCost } from '../ttc.ts';

export interface PdmParts {
  /** 0, ½ or 1. */
  readonly noCollision: number;
  readonly drivableArea: number;
  /** 0..1. */
  readonly progress: number;
  readonly ttc: number;
  readonly comfort: number;
}
export interface EpdmParts extends Omit<PdmParts, 'comfort'> {
  readonly drivingDirection: number;
  readonly trafficLight: number;
  readonly laneKeeping: number;
  /** Comfort of history and plan together. */
  readonly historyComfort: number;
  /** Agreement with the plan before. */
  readonly extendedComfort: number;
}

/** Rows of a 4 s plan at 10 Hz. */
export const NAVSIM_ROWS = 41;
const SHORT_PROGRESS = 5;
const LANE_OFFSET = 0.5;
const LANE_SECONDS = 2;
const SIGMA_SQUARED = 0.1;

/** PDM score, 0..1. */
export function pdmScore(parts: PdmParts): number {
  const { noCollision, drivableArea, progress, ttc, comfort } = parts;
  return (noCollision * drivableArea * (5 * progress + 5 * ttc + 2 * comfort)) / 12;
}

/** Extended PDM score, 0..1. With the human's parts given, whatever the human failed counts as kept. */
export function epdmScore(parts: EpdmParts, human?: EpdmParts): number {
  const p = (name: keyof EpdmParts) => (human?.[name] === 0 ? 1 : parts[name]);
  const multiplied = p('noCollision') * p('drivableArea') * p('drivingDirection') * p('trafficLight');
  const weighted =
    5 * p('progress') + 5 * p('ttc') + 2 * p('laneKeeping') + 2 * p('historyComfort') + 2 * p('extendedComfort');
  return (multiplied * weighted) / 16;
}

export interface Progress {
  /** Along the centreline, m; negative counts 0. */
  readonly metres: number;
  /** Product of the multiplied parts. */
  readonly multiplier: number;
}

/** EP, 0..1. */
export function egoProgress(plan: Progress, pdmClosed: Progress, form: Form = 'corrected'): number {
  const own = Math.max(0, plan.metres);
  const best = Math.max(own * plan.multiplier, Math.max(0, pdmClosed.metres) * pdmClosed.multiplier);
  if (best <= SHORT_PROGRESS) return plan.multiplier === 0 ? 0 : 1;
  return Math.min(1, (form === 'navsim-exact' ? own * plan.multiplier : own) / best);
}

/** First row of the first stretch of 2 s off the centreline, −1 when there is none. */
export function laneKeepingCost({ route, area, rows, dtSeconds }: DriveTrack): number {
  const needed = Math.round(LANE_SECONDS / dtSeconds);
  let run = 0;
  for (let i = 0; i < rows; i++) {
    run = Math.abs(route.lateral[i]) > LANE_OFFSET && !area.intersection[i] ? run + 1 : 0;
    if (run > needed) return i - needed;
  }
  return -1;
}

/** What the scene adds to the drive. */
export interface NavsimScene {
  readonly pdmClosed: Progress;
  /** Whether history and plan together are comfortable; by default the plan alone decides. */
  readonly historyComfortable?: boolean;
  /** Whether the plan agrees with the one before (comfort.ts `extendedComfort`); by default it does. */
  readonly extendedComfortable?: boolean;
}

export interface NavsimScore {
  readonly pdms: number;
  readonly epdms: number;
  /** Of PDMS and EPDMS both, with EPDMS' progress; and PDMS' own. */
  readonly parts: PdmParts & EpdmParts;
  readonly pdmParts: PdmParts;
  /** What each part alone, were it whole, would add to the score; parts that are whole are left out. */
  readonly gains: {
    readonly pdms: Readonly<Partial<Record<keyof PdmParts, number>>>;
    readonly epdms: Readonly<Partial<Record<keyof EpdmParts, number>>>;
  };
  readonly costs: readonly Cost[];
}

/** What each of the parts alone would add to a score if it were 1. */
export function gainsOf<P extends object>(parts: P, score: (parts: P) => number): Partial<Record<keyof P, number>> {
  const now = score(parts);
  const gains: Partial<Record<keyof P, number>> = {};
  for (const name of Object.keys(parts) as (keyof P)[]) {
    const gain = score({ ...parts, [name]: 1 }) - now;
    if (gain > 0) gains[name] = gain;
  }
  return gains;
}

/**
 * Both scores of a driven plan. The first `scored` rows are scored (41 by default, fewer when the track is shorter); further rows serve TTC
 * as the others' future.
 */
export function scoreNavsim(
  track: DriveTrack,
  scene: NavsimScene,
  form: Form = 'corrected',
  human?: EpdmParts,
  scored: number = Math.min(NAVSIM_ROWS, track.rows),
): NavsimScore {
  const {
    drive,
    costs: found,
    close,
    noCollision,
    drivableArea,
    trafficLight,
    drivingDirection,
    laneKeeping,
  } = factsOf(track, scored);
  const costs = [...found];
  const comfort = trackComfort(drive, form);
  costs.push(...comfort.costs);
  const metres = drive.route.s[scored - 1] - drive.route.s[0];
  const parts = (multiplier: number) => {
    const progress = egoProgress({ metres, multiplier }, scene.pdmClosed, form);
    return {
      noCollision,
      drivableArea,
      drivingDirection,
      trafficLight,
      progress,
      ttc: close ? 0 : 1,
      laneKeeping,
      comfort: +comfort.comfortable,
      historyComfort: +(scene.historyComfortable ?? comfort.comfortable),
      extendedComfort: +(scene.extendedComfortable ?? true),
    };
  };
  const first = parts(noCollision * drivableArea);
  const second = parts(noCollision * drivableArea * drivingDirection * trafficLight);
  const progress = Math.min(first.progress, second.progress);
  if (progress < 1) costs.push({ part: 'progress', step: scored - 1, value: progress });
  if (comfort.comfortable && second.historyComfort === 0) costs.push({ part: 'historyComfort', step: 0 });
  const extended = (parts: EpdmParts) => epdmScore(parts, human);
  const pdmParts = pdmPartsOf(first);
  return {
    pdms: pdmScore(pdmParts),
    epdms: extended(second),
    parts: second,
    pdmParts,
    gains: { pdms: gainsOf(pdmParts, pdmScore), epdms: gainsOf<EpdmParts>(second, extended) },
    costs,
  };
}

/** What does not depend on the form, worked out once a scene. */
interface Facts {
  readonly drive: DriveTrack;
  readonly costs: readonly Cost[];
  readonly close: boolean;
  readonly noCollision: number;
  readonly drivableArea: number;
  readonly trafficLight: number;
  readonly drivingDirection: number;
  readonly laneKeeping: number;
}
const known = new WeakMap<DriveTrack, { readonly scored: number; readonly facts: Facts }>();

function factsOf(track: DriveTrack, scored: number): Facts {
  const before = known.get(track);
  if (before?.scored === scored) return before.facts;
  const drive = cutTrack(track, scored);
  const costs: Cost[] = [];
  const atFault = contacts(drive).filter((contact) => contact.atFault);
  for (const { actor, step } of atFault) costs.push({ part: 'noCollision', step, actor: actor.id });
  const noCollision = Math.min(1, ...atFault.map(({ actor }) => (actor.kind === 'static' ? 0.5 : 0)));
  const flag = (part: string, steps: readonly number[]) => {
    for (const step of steps) costs.push({ part, step });
    return steps.length > 0 ? 0 : 1;
  };
  const drivableArea = flag('drivableArea', rises(drive.area.nonDrivable));
  const trafficLight = flag('trafficLight', rises(drive.area.redLight));
  const oncoming = oncomingWay(drive);
  const drivingDirection = drivingDirectionScore(oncoming.metres);
  if (drivingDirection < 1) costs.push({ part: 'drivingDirection', step: oncoming.step, value: oncoming.metres });
  const close = navsimTtcCost(track, scored);
  if (close) costs.push(close);
  const astray = laneKeepingCost(drive);
  const laneKeeping = flag('laneKeeping', astray >= 0 ? [astray] : []);
  const facts = {
    drive,
    costs,
    close: close !== undefined,
    noCollision,
    drivableArea,
    trafficLight,
    drivingDirection,
    laneKeeping,
  };
  known.set(track, { scored, facts });
  return facts;
}

const pdmPartsOf = ({ noCollision, drivableArea, progress, ttc, comfort }: PdmParts): PdmParts => ({
  noCollision,
  drivableArea,
  progress,
  ttc,
  comfort,
});

export interface Endpoint {
  readonly x: number;
  readonly y: number;
}
export interface SecondStage {
  readonly start: Endpoint;
  readonly score: number;
}

/** Weights of second-stage scenes by how near they start to where the first stage ended: exp(−d²/(2·0.1)), uniform when all vanish. */
export function secondStageWeights(end: Endpoint, starts: readonly Endpoint[]): Float64Array {
  const weights = Float64Array.from(starts, ({ x, y }) =>
    Math.exp(-((x - end.x) ** 2 + (y - end.y) ** 2) / (2 * SIGMA_SQUARED)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum < 1e-8 || !Number.isFinite(sum) ? weights.fill(1 / starts.length) : weights.map((weight) => weight / sum);
}

/** NAVSIM v2's two-stage score of one scene: first stage times the weighted second. */
export function twoStageScore(first: number, end: Endpoint, second: readonly SecondStage[]): number {
  const weights = secondStageWeights(
    end,
    second.map((scene) => scene.start),
  );
  return first * second.reduce((sum, scene, i) => sum + weights[i] * scene.score, 0);
}

/**
 * nuPlan's scores: the closed-loop score (CLS) of a drive and the open-loop score of a plan.
 *
 * CLS = NC · DAC · [progress ≥ 0.2] · DDC · (5·progress + 5·TTC + 4·speed + 2·comfort) / 16 (nuplan-devkit, weighted average metric aggregator):
 * - NC = Π over kinds max(0, 1 − n/(max + 1)), n contacts at fault, max 0 for road users and vehicles, 1 for objects;
 * - DAC: 0 when a corner was off the drivable area; DDC: way driven against traffic in any 1 s, < 2 m → 1, < 6 m → ½, else 0;
 * - progress = min(1, max(p, 0.1)/max(p_expert, 0.1)), 0 when the ego went back more than 0.1 m;
 * - TTC: all above 0.95 s (ttc.ts); speed = max(0, 1 − Σ over·dt/(2.23·T)); comfort: comfort.ts.
 */
import { contacts } from '../collisions.ts';
import { trackComfort } from '../comfort.ts';
import { type Cost, type DriveTrack, type Form, rises } from '../track.ts';
import { nuplanTtc, TTC_BOUND } from '../ttc.ts';

export interface NuplanParts {
  readonly noCollision: number;
  readonly drivableArea: number;
  readonly makingProgress: number;
  readonly drivingDirection: number;
  readonly progress: number;
  readonly ttc: number;
  readonly speed: number;
  readonly comfort: number;
}
export interface NuplanScore extends NuplanParts {
  readonly score: number;
  readonly parts: NuplanParts;
  readonly costs: readonly Cost[];
}

const NUPLAN_WEIGHTS = { progress: 5, ttc: 5, speed: 4, comfort: 2 } as const;
const MAX_OVERSPEED = 2.23;
const MIN_PROGRESS = 0.2;
const PROGRESS_NOISE = 0.1;

/** The formula alone, 0..1. */
export function nuplanScore(parts: NuplanParts): number {
  const { progress, ttc, speed, comfort } = NUPLAN_WEIGHTS;
  const weighted =
    (progress * parts.progress + ttc * parts.ttc + speed * parts.speed + comfort * parts.comfort) /
    (progress + ttc + speed + comfort);
  return parts.noCollision * parts.drivableArea * parts.makingProgress * parts.drivingDirection * weighted;
}

/** Π max(0, 1 − n/(max + 1)). */
export function collisionScore(road: {
  readonly vru: number;
  readonly vehicle: number;
  readonly object: number;
}): number {
  const part = (count: number, max: number) => Math.max(0, 1 - count / (max + 1));
  return part(road.vru, 0) * part(road.vehicle, 0) * part(road.object, 1);
}

/** Way over expert's way, both m along the route. */
export function progressRatio(driven: number, expert: number): number {
  if (driven < -PROGRESS_NOISE) return 0;
  return Math.min(1, Math.max(driven, PROGRESS_NOISE) / Math.max(expert, PROGRESS_NOISE));
}

/** Most metres driven against traffic within any second, and the row at which that second ends. */
export function oncomingWay(track: DriveTrack): { readonly metres: number; readonly step: number } {
  const horizon = Math.round(1 / track.dtSeconds);
  const way = new Float64Array(track.rows);
  for (let i = 1; i < track.rows; i++)
    if (track.area.oncoming[i]) way[i] = Math.hypot(track.x[i] - track.x[i - 1], track.y[i] - track.y[i - 1]);
  let [metres, step] = [0, 0];
  for (let end = 0; end < track.rows; end++) {
    let sum = 0;
    for (let i = Math.max(0, end - horizon); i <= end; i++) sum += way[i];
    if (sum > metres) [metres, step] = [sum, end];
  }
  return { metres, step };
}

/** 1, ½ or 0. */
export const drivingDirectionScore = (metres: number): number => (metres < 2 ? 1 : metres < 6 ? 0.5 : 0);

/** 1 − Σ over·dt / (2.23·T). */
export function speedLimitScore({ speedMps, route, rows, dtSeconds }: DriveTrack): number {
  if (rows < 2) return 1;
  const over = speedMps.reduce((sum, v, i) => sum + Math.max(0, v - route.speedLimitMps[i]), 0);
  return Math.max(0, 1 - (over * dtSeconds) / (MAX_OVERSPEED * (rows - 1) * dtSeconds));
}

/** The closed-loop score of a drive, down to its costs. `expertWay` is what the expert covered along the route, m. */
export function scoreNuplan(track: DriveTrack, expertWay: number, form: Form = 'corrected'): NuplanScore {
  const costs: Cost[] = [];
  const atFault = contacts(track).filter((contact) => contact.atFault);
  for (const { actor, step } of atFault) costs.push({ part: 'noCollision', step, actor: actor.id });
  const count = (...kinds: string[]) => atFault.filter(({ actor }) => kinds.includes(actor.kind)).length;
  const off = rises(track.area.nonDrivable);
  for (const step of off) costs.push({ part: 'drivableArea', step });
  const { s } = track.route;
  const progress = progressRatio(s[track.rows - 1] - s[0], expertWay);
  if (progress < 1) costs.push({ part: 'progress', step: track.rows - 1, value: progress });
  if (progress < MIN_PROGRESS) costs.push({ part: 'makingProgress', step: track.rows - 1, value: progress });
  const oncoming = oncomingWay(track);
  const drivingDirection = drivingDirectionScore(oncoming.metres);
  if (drivingDirection < 1) costs.push({ part: 'drivingDirection', step: oncoming.step, value: oncoming.metres });
  const ttc = nuplanTtc(track);
  const close = ttc.findIndex((value) => value <= TTC_BOUND);
  if (close >= 0) costs.push({ part: 'ttc', step: close, value: ttc[close] });
  const fast = Uint8Array.from({ length: track.rows }, (_, i) => +(track.speedMps[i] > track.route.speedLimitMps[i]));
  for (const step of rises(fast)) costs.push({ part: 'speed', step, value: track.speedMps[step] });
  const comfort = trackComfort(track, form);
  costs.push(...comfort.costs);
  const parts: NuplanParts = {
    noCollision: collisionScore({
      vru: count('pedestrian', 'cyclist'),
      vehicle: count('vehicle'),
      object: count('static'),
    }),
    drivableArea: off.length > 0 ? 0 : 1,
    makingProgress: progress >= MIN_PROGRESS ? 1 : 0,
    drivingDirection,
    progress,
    ttc: close >= 0 ? 0 : 1,
    speed: speedLimitScore(track),
    comfort: comfort.comfortable ? 1 : 0,
  };
  return { ...parts, score: nuplanScore(parts), parts, costs };
}

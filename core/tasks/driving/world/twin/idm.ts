/**
 * Car following: the Intelligent Driver Model (Treiber, Hennecke & Helbing 2000),
 * a = a_max [1 − (v/v0)⁴ − (s* / gap)²], s* = s0 + max(0, vT + vΔv / 2√(a_max b)),
 * except that a speed above v0 alone never brakes harder than b, nothing brakes harder than IDM_CLIP or the tyres allow, and
 * T towards a line to stop at is LINE_HEADWAY.
 */
import * as F from '../../../../abi/world-fields.ts';
import type { TrafficSpec } from '../spec/spec.ts';
import type { Neighbour } from './path.ts';

/** Hardest braking of traffic on a road of this friction, m/s². */
export function hardestBraking(friction: number): number {
  return Math.min(F.IDM_CLIP, friction * F.GRAVITY);
}

/** Acceleration at `speed` with desired speed `desired` behind `leader` (undefined = free road), m/s². */
export function idm(
  driver: TrafficSpec,
  speed: number,
  desired: number,
  leader: Neighbour | undefined,
  hardest: number,
): number {
  const { accelMps2: a, brakeMps2: b } = driver;
  const ratio = speed / Math.max(0.1, desired);
  const squared = ratio * ratio;
  const free = Math.max(-b, a * (1 - squared * squared));
  if (!leader) return Math.max(-hardest, free);
  const approach = (speed * (speed - leader.speed)) / (2 * Math.sqrt(a * b));
  const wanted = driver.gapM + Math.max(0, speed * (leader.line ? F.LINE_HEADWAY : driver.headwayS) + approach);
  const closeness = wanted / Math.max(0.1, leader.gap);
  return Math.max(-hardest, free - a * (closeness * closeness));
}

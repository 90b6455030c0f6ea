/** Material for tests that need traces and observations: random sentences of the grammar, and scenes built by hand. */
import {
  OBS_ACTOR,
  OBS_ACTOR_STRIDE,
  OBS_DIM,
  OBS_EDGE,
  OBS_EGO,
  OBS_LIGHT,
  OBS_ROUTE,
  OBS_ROUTE_STRIDE,
  OBS_WEATHER,
  SCALE_LATERAL,
  SCALE_SPEED,
  SCALE_X,
  SCALE_Y,
} from '../../../abi/layout.ts';
import { ROUTE_AHEAD, VIEW_RANGE } from '../observe/observation.ts';
import type { Random } from '../../../base/random.ts';
import { allowedNext } from './sentence.ts';

/** Yields to a pedestrian who steps out beside a parked van, at a green light. */
export const EXAMPLE =
  '<perceive> v:6 lim:8 lat:0 road:straight light:green d:20 A2 ped d:12 y:-3 v:0 vy:1.5 A1 box d:10 y:-3 ' +
  '<predict> A2 crosses ttc:2 gap:8 A1 stands <plan> yield A2 <act> v:1 a:-3 d:8 keep_lane <end>';

/** A random sentence of the grammar, every choice uniform over the words allowed. */
export function randomTrace(random: Random): number[] {
  const tokens: number[] = [];
  for (;;) {
    const next = allowedNext(tokens);
    if (next.length === 0) return tokens;
    tokens.push(next[random.below(next.length)]);
  }
}

export interface SceneDraft {
  readonly speed?: number;
  readonly limit?: number;
  readonly lateral?: number;
  /** 1/m, of the whole observed route. */
  readonly curvature?: number;
  /** From the route to the edges of the road and to oncoming lanes, m. */
  readonly edgeLeft?: number;
  readonly edgeRight?: number;
  readonly oncomingFrom?: number;
  readonly friction?: number;
  readonly sight?: number;
  readonly daylight?: number;
  readonly light?: { readonly state: number; readonly d: number };
  readonly actors?: readonly {
    readonly slot: number;
    readonly kind: number;
    readonly x: number;
    readonly y: number;
    readonly vx?: number;
    readonly vy?: number;
    readonly heading?: number;
    readonly yawRate?: number;
    readonly length?: number;
    readonly width?: number;
  }[];
}

/** The observation of a scene given in SI units; the ego is aligned with its lane. */
export function observationOf(draft: SceneDraft): Float32Array {
  const { speed = 6, limit = 8.33, lateral = 0, curvature = 0, light, actors = [] } = draft;
  const { edgeLeft = 5.25, edgeRight = 1.75, oncomingFrom = 1.75 } = draft;
  const { friction = 0.9, sight = VIEW_RANGE, daylight = 1 } = draft;
  const clip = (distance: number) => Math.max(0, Math.min(2, distance / 5));
  const observation = new Float32Array(OBS_DIM);
  observation[OBS_EGO] = speed / SCALE_SPEED;
  observation[OBS_EGO + 3] = lateral / SCALE_LATERAL;
  observation[OBS_EGO + 5] = 1;
  observation[OBS_EGO + 6] = limit / SCALE_SPEED;
  for (const [i, s] of ROUTE_AHEAD.entries()) {
    const heading = curvature * s;
    const at = OBS_ROUTE + i * OBS_ROUTE_STRIDE;
    observation[at] = (curvature === 0 ? s : Math.sin(heading) / curvature) / SCALE_X;
    observation[at + 1] = ((curvature === 0 ? 0 : (1 - Math.cos(heading)) / curvature) - lateral) / SCALE_Y;
    observation[at + 2] = heading;
  }
  observation.set(
    [(edgeLeft - lateral) / 5, (edgeRight + lateral) / 5, 1, clip(oncomingFrom - lateral), edgeLeft / 5],
    OBS_EDGE,
  );
  observation.set([friction, sight / VIEW_RANGE, daylight], OBS_WEATHER);
  if (light) {
    observation[OBS_LIGHT] = 1;
    observation[OBS_LIGHT + 1] = light.d / 50;
    observation[OBS_LIGHT + 1 + light.state] = 1;
  }
  for (const actor of actors) {
    const { slot, kind, x, y, vx = 0, vy = 0, heading = 0, yawRate = 0 } = actor;
    const { length = 4.5, width = 1.8 } = actor;
    const at = OBS_ACTOR + slot * OBS_ACTOR_STRIDE;
    observation[at] = 1;
    observation[at + kind] = 1;
    const [c, s] = [Math.cos(heading), Math.sin(heading)];
    observation.set([x / SCALE_X, y / SCALE_Y, vx / 10, vy / 5, c, s, length / 5, width / 2, yawRate], at + 6);
  }
  return observation;
}

/**
 * One actor of a scenario with its numbers drawn. Draws are taken in the order of the format and whether or not they matter,
 * so leaving one thing out shifts nothing that follows.
 */
import type { Draws } from './draw.ts';
import type { DrawnRoad } from './drawn-road.ts';
import { STYLE_SPECS } from './driver-styles.ts';
import { KIND_PEDESTRIAN, KIND_STATIC, KIND_VEHICLE } from './layout.ts';
import type { Place, ScenarioActor } from './scenario-schema.ts';
import type { ActorSpec, TrafficSpec } from './spec.ts';

/** Box sizes, m, where the scenario gives none. */
const SIZES = {
  car: { length: 4.6, width: 1.9 },
  van: { length: 5.6, width: 2.1 },
  pedestrian: { length: 0.5, width: 0.6 },
} as const;
/** A trigger that no ego ever reaches: the pedestrian only stands. */
const NEVER = -1e6;

export interface ActorDraws extends Draws {
  locate(id: string, place: Place): number;
  readonly drawn: DrawnRoad;
}

export function drawActor(actor: ScenarioActor, draws: ActorDraws): ActorSpec {
  const { number, chance, locate } = draws;
  const sized = (size: { length: number; width: number }) => ({
    id: actor.id,
    length: actor.length ?? size.length,
    width: actor.width ?? size.width,
  });
  switch (actor.behaviour) {
    case 'idm': {
      const s = locate(actor.id, actor);
      const lateral = number(actor.lateral ?? 0);
      const speedMps = number(actor.speedMps);
      const desiredSpeedMps = number(actor.desiredSpeedMps);
      const brakes = chance(actor.brake?.probability) && actor.brake !== undefined;
      const brakeAt = number(actor.brake?.at ?? 0);
      const hardBrakeMps2 = number(actor.brake?.decelerationMps2 ?? 0);
      const duration = number(actor.brake?.duration ?? 0);
      const place = besideRoute(draws.drawn, s, lateral);
      return {
        ...sized(SIZES.car),
        ...plainTraffic,
        ...place,
        lanes: [place.lane],
        speedMps,
        desiredSpeedMps,
        brakeAt,
        hardBrakeMps2,
        brakeFor: brakes ? duration : 0,
      };
    }
    case 'cross': {
      const s = locate(actor.id, actor);
      const sides = [number(actor.fromLateral), number(actor.toLateral)];
      const speedMps = number(actor.speedMps);
      const distance = number(actor.triggerDistance);
      const triggerDistance = chance(actor.crosses) ? distance : NEVER;
      const [fromLateral, toLateral] = chance(actor.mirrored ?? 0) ? sides.reverse() : sides;
      const walk = { s, fromLateral, toLateral, speedMps, triggerDistance, hesitateAt: 0, hesitateFor: 0 };
      return { behaviour: 'cross', ...sized(SIZES.pedestrian), kind: KIND_PEDESTRIAN, ...walk };
    }
    case 'parked': {
      const s = locate(actor.id, actor);
      const lateral = number(actor.lateral);
      const headingOffsetRad = number(actor.headingOffsetRad ?? 0);
      const size = SIZES[actor.kind ?? 'car'];
      return { behaviour: 'parked', ...sized(size), kind: KIND_STATIC, s, lateral, headingOffsetRad };
    }
    case 'replay': {
      const column = (k: 0 | 1 | 2 | 3) => Float64Array.from(actor.rows, (row) => row[k]);
      return {
        behaviour: 'replay',
        ...sized(SIZES.car),
        kind: KIND_VEHICLE,
        x: column(0),
        y: column(1),
        headingRad: column(2),
        speedMps: column(3),
        present: Uint8Array.from(actor.rows, (row) => row[4]),
      };
    }
  }
}

/** A car of normal style that keeps its lane. */
const { limitShare: _, ...normal } = STYLE_SPECS.normal;
const plainTraffic: Omit<
  TrafficSpec,
  | 'id'
  | 'length'
  | 'width'
  | 'lane'
  | 's'
  | 'lateral'
  | 'lanes'
  | 'speedMps'
  | 'desiredSpeedMps'
  | 'brakeAt'
  | 'brakeFor'
  | 'hardBrakeMps2'
> = {
  behaviour: 'traffic',
  kind: KIND_VEHICLE,
  ...normal,
  changesLanes: false,
  obeysSignals: true,
  givesWay: true,
  cutInSide: 0,
  cutInGapM: 0,
};

/** The lane, same direction as the route, that (s, lateral) of the route lies on: lane coordinates there. */
export function besideRoute(
  { network, routeLanes }: DrawnRoad,
  s: number,
  lateral: number,
): Pick<TrafficSpec, 'lane' | 's' | 'lateral'> {
  const at = routeLanes.findLast(({ fromS }) => fromS <= s) ?? routeLanes[0];
  let lane = network.lanes[at.lane];
  let index = at.lane;
  const share = (at.laneS + Math.max(0, s - at.fromS)) / lane.length;
  let rest = lateral;
  for (let hops = 0; hops < 8; hops++) {
    const side = rest > lane.width / 2 ? 1 : rest < -lane.width / 2 ? -1 : 0;
    const next = side > 0 ? lane.left : side < 0 ? lane.right : -1;
    if (next < 0) break;
    rest -= (side * (lane.width + network.lanes[next].width)) / 2;
    index = next;
    lane = network.lanes[next];
  }
  return { lane: index, s: share * lane.length, lateral: rest };
}

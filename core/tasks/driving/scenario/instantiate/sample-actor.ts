/**
 * One actor of a scenario with its numbers drawn. Draws are taken in the order of the format and whether or not they matter,
 * so leaving one thing out shifts nothing that follows. An actor whose lane does not exist at the place drawn is left out.
 */
import type { Sampler, Range } from '../format/sample.ts';
import type { BuiltRoad } from '../../roads/routes/built-road.ts';
import { STYLE_SPECS, type Style } from '../format/driver-styles.ts';
import { atLateral, type Beside, besideRoute, type LanePlace } from './lane-places.ts';
import { KIND_VEHICLE, kindOfBox, KINDS, SIZES } from '../../kinds/kinds.ts';
import type { Networks, RoadNetwork } from './network-road.ts';
import type { RoadPlace } from '../format/road-schema.ts';
import type { RouteOffset, ScenarioActor } from '../format/schema.ts';
import type { ActorSpec, TrafficSpec } from '../../world/spec/spec.ts';

/** A trigger that no ego ever reaches: the pedestrian only stands. */
const NEVER = -1e6;
/** Between a bicycle's box and the right edge of its lane, m. */
const CYCLIST_MARGIN = 0.4;

export interface ActorSampler extends Sampler {
  locate(id: string, place: RouteOffset): number;
  readonly drawn: BuiltRoad;
  /** Where the road is a network. */
  readonly network?: { readonly built: RoadNetwork; readonly onArm: Networks['onArm'] };
}

type Driving = Extract<ScenarioActor, { behaviour: 'vehicle' | 'cyclist' | 'emergency' }>;

/** The actor at index `i` of the scenario; undefined where its lane does not exist. */
export function sampleActor(actor: ScenarioActor, i: number, sampler: ActorSampler): ActorSpec | undefined {
  const { number, chance, locate } = sampler;
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
      const brake = drawBrake(actor.brake, sampler);
      const place = atLateral(sampler.drawn, s, lateral);
      return { ...sized(SIZES.car), ...driver('normal'), ...place, speedMps, desiredSpeedMps, ...brake };
    }
    case 'vehicle': {
      const { style = 'normal', kind = 'car', changesLanes = false } = actor;
      const { code, manners: usual } = kindOfBox[kind];
      const place = drawPlace(actor, i, sampler);
      const speeds = drawSpeeds(actor, style, place, sampler);
      const brake = drawBrake(actor.brake, sampler);
      const manners = {
        changesLanes,
        obeysSignals: actor.obeysLights ?? usual?.obeysSignals ?? true,
        givesWay: actor.givesWay ?? usual?.givesWay ?? true,
      };
      return (
        place && { ...sized(SIZES[kind]), ...driver(style), kind: code, ...place, ...speeds, ...brake, ...manners }
      );
    }
    case 'cutIn': {
      const { style = 'normal', kind = 'car', side } = actor;
      const place = besideRoute(sampler.drawn, locate(actor.id, actor), side);
      const speeds = drawSpeeds(actor, style, place, sampler);
      const brake = drawBrake(actor.brake, sampler);
      const cutIn = { cutInSide: side === 'left' ? -1 : 1, cutInGapM: number(actor.gapM), lateral: 0 } as const;
      return (
        place && {
          ...sized(SIZES[kind]),
          ...driver(style),
          kind: kindOfBox[kind].code,
          ...place,
          ...speeds,
          ...brake,
          ...cutIn,
        }
      );
    }
    case 'cyclist': {
      const box = sized(SIZES.bicycle);
      const place = drawPlace(actor, i, sampler);
      const speedMps = number(actor.speedMps);
      const width = place ? sampler.drawn.network.lanes[place.lane].width : 0;
      const edge = -(width / 2 - CYCLIST_MARGIN - box.width / 2);
      const lateral = actor.lateral === undefined ? edge : (place?.lateral ?? 0);
      const rider = {
        ...driver('calm'),
        kind: KINDS.bicycle.code,
        accelMps2: 0.8,
        speedMps,
        desiredSpeedMps: speedMps,
      };
      return place && { ...box, ...rider, ...place, lateral };
    }
    case 'emergency': {
      const place = drawPlace(actor, i, sampler);
      const speeds = drawSpeeds(actor, 'aggressive', place, sampler);
      const hurry = { kind: KINDS.emergency.code, ...KINDS.emergency.manners };
      return place && { ...sized(SIZES.emergency), ...driver('aggressive'), ...hurry, ...place, ...speeds };
    }
    case 'cross': {
      const s = locate(actor.id, actor);
      const sides = [number(actor.fromLateral), number(actor.toLateral)];
      const speedMps = number(actor.speedMps);
      const distance = number(actor.triggerDistance);
      const triggerDistance = chance(actor.crosses) ? distance : NEVER;
      const mirrored = chance(actor.mirrored ?? 0);
      const hesitates = actor.hesitates && {
        at: number(actor.hesitates.at),
        duration: number(actor.hesitates.duration),
        really: chance(actor.hesitates.probability),
      };
      const [fromLateral, toLateral] = mirrored ? sides.reverse() : sides;
      const hesitateFor = hesitates?.really ? hesitates.duration : 0;
      const walk = {
        s,
        fromLateral,
        toLateral,
        speedMps,
        triggerDistance,
        hesitateAt: hesitates?.at ?? 0,
        hesitateFor,
      };
      return { behaviour: 'cross', ...sized(SIZES.pedestrian), kind: KINDS.pedestrian.code, ...walk };
    }
    case 'parked': {
      const s = locate(actor.id, actor);
      const lateral = number(actor.lateral);
      const headingOffsetRad = number(actor.headingOffsetRad ?? 0);
      const size = SIZES[actor.kind ?? 'car'];
      return { behaviour: 'parked', ...sized(size), kind: KINDS.static.code, s, lateral, headingOffsetRad };
    }
    case 'replay': {
      const { kind = 'car', rows } = actor;
      const column = (k: 0 | 1 | 2 | 3) => Float64Array.from(rows, (row) => row[k]);
      return {
        behaviour: 'replay',
        ...sized(SIZES[kind]),
        kind: kindOfBox[kind].code,
        x: column(0),
        y: column(1),
        headingRad: column(2),
        speedMps: column(3),
        present: Uint8Array.from(rows, (row) => row[4]),
      };
    }
  }
}

type Driver = Omit<
  TrafficSpec,
  'id' | 'length' | 'width' | 'lane' | 's' | 'lateral' | 'lanes' | 'speedMps' | 'desiredSpeedMps'
>;

/** A driver of a style who keeps the lane, obeys lights and gives way. */
export function driver(style: Style): Driver {
  const { limitShare: _, ...parameters } = STYLE_SPECS[style];
  return {
    behaviour: 'traffic',
    kind: KIND_VEHICLE,
    ...parameters,
    changesLanes: false,
    obeysSignals: true,
    givesWay: true,
    brakeAt: 0,
    brakeFor: 0,
    hardBrakeMps2: 0,
    cutInSide: 0,
    cutInGapM: 0,
  };
}

interface Brake {
  readonly at: Range;
  readonly decelerationMps2: Range;
  readonly duration: Range;
  readonly probability?: number | undefined;
}

function drawBrake(brake: Brake | undefined, { number, chance }: Sampler) {
  const brakes = chance(brake?.probability) && brake !== undefined;
  const brakeAt = number(brake?.at ?? 0);
  const hardBrakeMps2 = number(brake?.decelerationMps2 ?? 0);
  const duration = number(brake?.duration ?? 0);
  return { brakeAt, hardBrakeMps2, brakeFor: brakes ? duration : 0 };
}

function drawSpeeds(
  { speedMps, desiredSpeedMps }: { speedMps?: Range | undefined; desiredSpeedMps?: Range | undefined },
  style: Style,
  place: LanePlace | undefined,
  { drawn, number }: ActorSampler,
) {
  const limit = place ? drawn.network.lanes[place.lane].speedLimitMps : 0;
  const desired = number(desiredSpeedMps ?? limit * STYLE_SPECS[style].limitShare);
  return { speedMps: number(speedMps ?? desired), desiredSpeedMps: desired };
}

function drawPlace(
  actor: Driving & { on?: RoadPlace | undefined; to?: RoadPlace | undefined; lane?: Beside | undefined },
  i: number,
  sampler: ActorSampler,
): (LanePlace & { readonly lateral: number }) | undefined {
  const { drawn, network, number, locate } = sampler;
  const { on, to, lane = 'own' } = actor;
  const s = on ? number(actor.s) : locate(actor.id, actor);
  const lateral = number(actor.lateral ?? 0);
  const place = on ? network?.onArm(network.built, on, to, s, ['actors', i]) : besideRoute(drawn, s, lane);
  return place && { ...place, lateral };
}

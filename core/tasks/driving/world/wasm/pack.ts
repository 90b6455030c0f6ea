/**
 * A `WorldSpec` as the kernel reads it: a row of numbers for the world, a table for its road, and a table of its own for its
 * route lanes, the lanes its traffic means to follow and its replayed tracks. Field numbers are the kernel's own
 * (world-fields.ts). The lane network has its own table: wasm-pack-network.ts.
 */
import * as F from '../../../../abi/world-fields.ts';
import { kindRow, observedAs } from '../../kinds/kinds.ts';
import type { ActorSpec, WorldSpec } from '../spec/spec.ts';
import type { RoadSpec } from '../../roads/road-spec.ts';
import { hasTraffic } from '../spec/spec.ts';

/** Where a world's tables lie in linear memory, bytes; `network` 0 in a world without traffic. */
export interface Addresses {
  readonly road: number;
  readonly network: number;
  readonly extras: number;
}

/** Road table, [points × ROAD_STRIDE]; the kernel fills in cos and sin. */
export function packRoad(road: RoadSpec, table: Float64Array): void {
  for (let i = 0, at = 0; i < road.x.length; i++, at += F.ROAD_STRIDE) {
    table[at + F.Q_X] = road.x[i];
    table[at + F.Q_Y] = road.y[i];
    table[at + F.Q_HEADING] = road.headingRad[i];
    table[at + F.R_EDGE_LEFT] = road.edgeLeft[i];
    table[at + F.R_EDGE_RIGHT] = road.edgeRight[i];
    table[at + F.R_ONCOMING] = road.oncomingFrom[i];
    table[at + F.R_LIMIT] = road.speedLimitMps[i];
  }
}

/** Numbers of the table that belongs to one actor: its lanes, or its recorded rows. */
function actorNumbers(actor: ActorSpec): number {
  if (actor.behaviour === 'traffic') return actor.lanes.length;
  return actor.behaviour === 'replay' ? actor.x.length * F.TRACK_STRIDE : 0;
}

/** Numbers of a world's own table. */
export function extrasSize(spec: WorldSpec): number {
  const lanes = hasTraffic(spec) ? spec.routeLanes.length * F.ROUTE_LANE_STRIDE : 0;
  return spec.actors.reduce((sum, actor) => sum + actorNumbers(actor), lanes);
}

/** Fills a world's static row and, in the same order as `extrasSize` counts, its own table. */
export function packSpec(spec: WorldSpec, row: Float64Array, extras: Float64Array, at: Addresses): void {
  const { road, ego, weather, sensors, network, routeLanes, actors } = spec;
  row.fill(0, 0, F.S_ACTORS + actors.length * F.SPEC_FIELDS);
  row[F.S_ROAD] = at.road;
  row[F.S_ROAD_POINTS] = road.x.length;
  row[F.S_ROAD_DS] = road.ds;
  row[F.S_START_S] = ego.s;
  row[F.S_START_LATERAL] = ego.lateral;
  row[F.S_START_HEADING_ERROR] = ego.headingErrorRad;
  row[F.S_START_SPEED] = ego.speedMps;
  row[F.S_GOAL] = spec.goalS;
  row[F.S_MAX_STEPS] = spec.maxSteps;
  row[F.S_SEED] = spec.seed;
  row[F.S_FRICTION] = weather.friction;
  row[F.S_SIGHT] = weather.sightM;
  row[F.S_SIGHT_UNLIT] = weather.sightUnlitM;
  row[F.S_DAYLIGHT] = weather.light;
  row[F.S_NOISE_POSITION] = sensors.positionM;
  row[F.S_NOISE_VELOCITY] = sensors.velocityMps;
  row[F.S_NOISE_LATERAL] = sensors.lateralM;
  row[F.S_LATENCY] = sensors.latencySteps;
  spec.signals.forEach(({ green, yellow, red, offset }, i) => {
    row.set([green, yellow, red, offset], F.S_SIGNALS + 4 * i);
  });
  row[F.S_LIGHT_COUNT] = spec.lights.length;
  spec.lights.forEach(({ stopLineS, signal }, i) => {
    row.set([stopLineS, signal], F.S_LIGHTS + 2 * i);
  });
  let used = 0;
  if (at.network !== 0) {
    row[F.S_NETWORK] = at.network;
    row[F.S_LANES] = network.lanes.length;
    row[F.S_LANE_DS] = network.ds;
    row[F.S_ROUTE_LANES] = at.extras;
    row[F.S_ROUTE_LANE_COUNT] = routeLanes.length;
    for (const { fromS, lane, laneS } of routeLanes) {
      extras.set([fromS, lane, laneS], used);
      used += F.ROUTE_LANE_STRIDE;
    }
  }
  row[F.S_ACTOR_COUNT] = actors.length;
  actors.forEach((actor, i) => {
    const numbers = actorNumbers(actor);
    const from = F.S_ACTORS + i * F.SPEC_FIELDS;
    const own = extras.subarray(used, used + numbers);
    packActor(actor, row.subarray(from, from + F.SPEC_FIELDS), own, at.extras + used * 8);
    used += numbers;
  });
}

/** Fills one actor's fields and its part of the world's own table, which lies at `ownAt`. */
function packActor(actor: ActorSpec, row: Float64Array, own: Float64Array, ownAt: number): void {
  row[F.P_COLUMN] = observedAs(actor.kind);
  row[F.P_LIT] = +(kindRow(actor.kind)?.lit ?? false);
  row[F.P_LENGTH] = actor.length;
  row[F.P_WIDTH] = actor.width;
  switch (actor.behaviour) {
    case 'traffic':
      row[F.P_BEHAVIOUR] = F.BEHAVIOUR_TRAFFIC;
      row[F.P_S] = actor.s;
      row[F.P_LATERAL] = actor.lateral;
      row[F.P_SPEED] = actor.speedMps;
      row[F.P_LANE] = actor.lane;
      row[F.P_LANES] = ownAt;
      row[F.P_LANES_COUNT] = actor.lanes.length;
      row[F.P_DESIRED_SPEED] = actor.desiredSpeedMps;
      row[F.P_ACCEL] = actor.accelMps2;
      row[F.P_BRAKE] = actor.brakeMps2;
      row[F.P_HEADWAY] = actor.headwayS;
      row[F.P_GAP] = actor.gapM;
      row[F.P_POLITENESS] = actor.politeness;
      row[F.P_ADVANTAGE] = actor.advantageMps2;
      row[F.P_SAFE_BRAKE] = actor.safeBrakeMps2;
      row[F.P_CHANGES_LANES] = +actor.changesLanes;
      row[F.P_OBEYS_SIGNALS] = +actor.obeysSignals;
      row[F.P_GIVES_WAY] = +actor.givesWay;
      row[F.P_ACCEPTED_GAP] = actor.acceptedGapS;
      row[F.P_BRAKE_AT] = actor.brakeAt;
      row[F.P_BRAKE_FOR] = actor.brakeFor;
      row[F.P_HARD_BRAKE] = actor.hardBrakeMps2;
      row[F.P_CUT_IN_SIDE] = actor.cutInSide;
      row[F.P_CUT_IN_GAP] = actor.cutInGapM;
      row[F.P_CLOSING] = 2 * Math.sqrt(actor.accelMps2 * actor.brakeMps2);
      own.set(actor.lanes);
      break;
    case 'cross':
      row[F.P_BEHAVIOUR] = F.BEHAVIOUR_CROSS;
      row[F.P_S] = actor.s;
      row[F.P_LATERAL] = actor.fromLateral;
      row[F.P_SPEED] = actor.speedMps;
      row[F.P_TO_LATERAL] = actor.toLateral;
      row[F.P_TRIGGER] = actor.triggerDistance;
      row[F.P_HESITATE_AT] = actor.hesitateAt;
      row[F.P_HESITATE_FOR] = actor.hesitateFor;
      break;
    case 'parked':
      row[F.P_BEHAVIOUR] = F.BEHAVIOUR_PARKED;
      row[F.P_S] = actor.s;
      row[F.P_LATERAL] = actor.lateral;
      row[F.P_HEADING_OFFSET] = actor.headingOffsetRad;
      break;
    case 'replay':
      row[F.P_BEHAVIOUR] = F.BEHAVIOUR_REPLAY;
      row[F.P_TRACK] = ownAt;
      row[F.P_TRACK_ROWS] = actor.x.length;
      for (let i = 0, to = 0; i < actor.x.length; i++, to += F.TRACK_STRIDE)
        own.set([actor.x[i], actor.y[i], actor.headingRad[i], actor.speedMps[i], actor.present[i]], to);
  }
}

/**
 * A `WorldSpec` as the kernel reads it: a row of numbers for the world, tables for its road and its replayed tracks.
 * Field numbers are the kernel's own (world-fields.ts).
 */
import * as F from '../kernels/assembly/world-fields.ts';
import { KIND_PEDESTRIAN, KIND_STATIC, KIND_VEHICLE } from './layout.ts';
import type { ActorSpec, ReplaySpec, RoadSpec, WorldSpec } from './spec.ts';

/** KIND_* of an actor, by its behaviour. */
export function actorKind(actor: ActorSpec): number {
  return actor.behaviour === 'cross' ? KIND_PEDESTRIAN : actor.behaviour === 'parked' ? KIND_STATIC : KIND_VEHICLE;
}

/** Distances from the lane centre to the left and right edge of the drivable area, m, junctions aside. */
export function drivableEdges(road: RoadSpec): { readonly left: number; readonly right: number } {
  return { left: (0.5 + road.lanesLeft) * road.laneWidth, right: (0.5 + road.lanesRight) * road.laneWidth };
}

/** Road table, [points × ROAD_STRIDE]; the kernel fills in cos and sin. */
export function packRoad(road: RoadSpec, table: Float64Array): void {
  for (let i = 0, at = 0; i < road.x.length; i++, at += F.ROAD_STRIDE) {
    table[at] = road.x[i];
    table[at + 1] = road.y[i];
    table[at + 2] = road.headingRad[i];
    table[at + 3] = road.curvature[i];
  }
}

/** Track table, [rows × TRACK_STRIDE]. */
export function packTrack(track: ReplaySpec, table: Float64Array): void {
  for (let i = 0, at = 0; i < track.x.length; i++, at += F.TRACK_STRIDE) {
    table[at] = track.x[i];
    table[at + 1] = track.y[i];
    table[at + 2] = track.headingRad[i];
    table[at + 3] = track.speedMps[i];
    table[at + 4] = track.present[i];
  }
}

/** The static row; `roadAt` and `trackAt` are where the tables lie in linear memory. */
export function packSpec(spec: WorldSpec, row: Float64Array, roadAt: number, trackAt: (i: number) => number): void {
  const { road, ego, light, actors } = spec;
  const edges = drivableEdges(road);
  row.fill(0);
  row[F.S_ROAD] = roadAt;
  row[F.S_ROAD_POINTS] = road.x.length;
  row[F.S_ROAD_DS] = road.ds;
  row[F.S_EDGE_LEFT] = edges.left;
  row[F.S_EDGE_RIGHT] = edges.right;
  row[F.S_SPEED_LIMIT] = road.speedLimitMps;
  row[F.S_JUNCTION_FROM] = road.junction?.from ?? 1;
  row[F.S_JUNCTION_TO] = road.junction?.to ?? 0;
  row[F.S_START_S] = ego.s;
  row[F.S_START_LATERAL] = ego.lateral;
  row[F.S_START_HEADING_ERROR] = ego.headingErrorRad;
  row[F.S_START_SPEED] = ego.speedMps;
  row[F.S_GOAL] = spec.goalS;
  row[F.S_MAX_STEPS] = spec.maxSteps;
  if (light) {
    row[F.S_HAS_LIGHT] = 1;
    row[F.S_STOP_LINE] = light.stopLineS;
    row[F.S_GREEN] = light.green;
    row[F.S_YELLOW] = light.yellow;
    row[F.S_RED] = light.red;
    row[F.S_LIGHT_OFFSET] = light.offset;
  }
  row[F.S_ACTOR_COUNT] = actors.length;
  actors.forEach((actor, i) => {
    const at = F.S_ACTORS + i * F.SPEC_FIELDS;
    packActor(actor, row.subarray(at, at + F.SPEC_FIELDS), trackAt(i));
  });
}

function packActor(actor: ActorSpec, row: Float64Array, trackAt: number): void {
  row[F.P_KIND] = actorKind(actor);
  row[F.P_LENGTH] = actor.length;
  row[F.P_WIDTH] = actor.width;
  switch (actor.behaviour) {
    case 'idm':
      row[F.P_BEHAVIOUR] = F.BEHAVIOUR_IDM;
      row[F.P_S] = actor.s;
      row[F.P_LATERAL] = actor.lateral;
      row[F.P_SPEED] = actor.speedMps;
      row[F.P_DESIRED_SPEED] = actor.desiredSpeedMps;
      row[F.P_BRAKE_AT] = actor.brakeAt;
      row[F.P_BRAKE] = actor.brakeMps2;
      row[F.P_BRAKE_FOR] = actor.brakeFor;
      break;
    case 'cross':
      row[F.P_BEHAVIOUR] = F.BEHAVIOUR_CROSS;
      row[F.P_S] = actor.s;
      row[F.P_LATERAL] = actor.fromLateral;
      row[F.P_SPEED] = actor.speedMps;
      row[F.P_TO_LATERAL] = actor.toLateral;
      row[F.P_TRIGGER] = actor.triggerDistance;
      break;
    case 'parked':
      row[F.P_BEHAVIOUR] = F.BEHAVIOUR_PARKED;
      row[F.P_S] = actor.s;
      row[F.P_LATERAL] = actor.lateral;
      row[F.P_HEADING_OFFSET] = actor.headingOffsetRad;
      break;
    case 'replay':
      row[F.P_BEHAVIOUR] = F.BEHAVIOUR_REPLAY;
      row[F.P_TRACK] = trackAt;
      row[F.P_TRACK_ROWS] = actor.x.length;
  }
}

/**
 * scenario + seed → `WorldSpec`: every range drawn, every default filled in, the road sampled.
 *
 * Pure and deterministic in every engine. Numbers are drawn in the order of the format (road, crossings, light, ego, goal,
 * actors), and every number takes one draw whether it is a range or fixed, so turning one into the other shifts no other.
 */
import { createRandom, mixSeed } from '../random.ts';
import { DT } from './layout.ts';
import { type DrawnPiece, resampleRoad, sampleRoad } from './road.ts';
import { scenarioHash } from './scenario-hash.ts';
import type { Place, Range, Scenario, ScenarioActor } from './scenario-schema.ts';
import type { ActorSpec, LightSpec, WorldSpec } from './spec.ts';

/** Box sizes, m, where the scenario gives none. */
const SIZES = {
  car: { length: 4.6, width: 1.9 },
  van: { length: 5.6, width: 2.1 },
  pedestrian: { length: 0.5, width: 0.6 },
} as const;
const LANE_WIDTH = 3.5;
/** A trigger that no ego ever reaches: the pedestrian only stands. */
const NEVER = -1e6;

/** The world that `seed` (32-bit unsigned) makes of a checked scenario. */
export function instantiate(scenario: Scenario, seed: number): WorldSpec {
  const random = createRandom(mixSeed(seed, 0));
  const draw = (range: Range, uniform = random.next()) =>
    typeof range === 'number' ? range : range[0] + (range[1] - range[0]) * uniform;
  const chance = (probability = 1) => random.next() < probability;
  const anchors = new Map<string, number>();
  const locate = (id: string, place: Place): number => {
    const s = (place.from === undefined ? 0 : (anchors.get(place.from) ?? Number.NaN)) + draw(place.s);
    anchors.set(id, s);
    return s;
  };

  const { road } = scenario;
  const pieces = road.pieces?.map((piece): DrawnPiece => {
    const length = draw(piece.length);
    if (piece.kind === 'straight') return { length, curvature: 0 };
    return { length, curvature: (piece.turn === 'left' ? 1 : -1) / draw(piece.radius) };
  });
  const shape = pieces ? sampleRoad(pieces) : resampleRoad(road.points ?? []);
  const laneWidth = draw(road.laneWidth ?? LANE_WIDTH);
  const speedLimitMps = draw(road.speedLimitMps);
  const from = road.junction && locate('junction', road.junction);
  const junction = road.junction && from !== undefined ? { from, to: from + draw(road.junction.length) } : undefined;
  const crossings: number[] = [];
  for (const crossing of scenario.crossings ?? []) {
    const s = locate(crossing.id, crossing);
    if (chance(crossing.painted)) crossings.push(s);
  }
  const light = scenario.light && {
    stopLineS: locate('light', scenario.light),
    green: draw(scenario.light.green),
    yellow: draw(scenario.light.yellow),
    red: draw(scenario.light.red),
    offset: draw(scenario.light.offset ?? 0),
  };
  const ego = {
    s: locate('ego', scenario.ego),
    lateral: draw(scenario.ego.lateral ?? 0),
    headingErrorRad: draw(scenario.ego.headingErrorRad ?? 0),
    speedMps: draw(scenario.ego.speedMps),
  };
  const goalS = locate('goal', scenario.goal);
  const actors: ActorSpec[] = [];
  for (const actor of scenario.actors ?? []) {
    const present = chance(actor.probability);
    const spec = drawActor(actor, { draw, chance, locate });
    if (present) actors.push(spec);
  }
  return {
    scenarioId: scenario.id,
    scenarioHash: scenarioHash(scenario),
    seed,
    road: {
      ...shape,
      laneWidth,
      lanesLeft: road.lanesLeft ?? 0,
      lanesRight: road.lanesRight ?? 0,
      speedLimitMps,
      crossings,
      ...(junction && { junction }),
    },
    ego,
    goalS,
    maxSteps: Math.round(scenario.timeLimit / DT),
    ...(light && { light: light satisfies LightSpec }),
    actors,
  };
}

interface Draws {
  draw(range: Range): number;
  chance(probability?: number): boolean;
  locate(id: string, place: Place): number;
}

function drawActor(actor: ScenarioActor, { draw, chance, locate }: Draws): ActorSpec {
  const sized = (size: { length: number; width: number }) => ({
    id: actor.id,
    length: actor.length ?? size.length,
    width: actor.width ?? size.width,
  });
  switch (actor.behaviour) {
    case 'idm': {
      const s = locate(actor.id, actor);
      const lateral = draw(actor.lateral ?? 0);
      const speedMps = draw(actor.speedMps);
      const desiredSpeedMps = draw(actor.desiredSpeedMps);
      const brakes = chance(actor.brake?.probability) && actor.brake !== undefined;
      const brakeAt = draw(actor.brake?.at ?? 0);
      const brakeMps2 = draw(actor.brake?.decelerationMps2 ?? 0);
      const duration = draw(actor.brake?.duration ?? 0);
      const brakeFor = brakes ? duration : 0;
      return {
        behaviour: 'idm',
        ...sized(SIZES.car),
        s,
        lateral,
        speedMps,
        desiredSpeedMps,
        brakeAt,
        brakeMps2,
        brakeFor,
      };
    }
    case 'cross': {
      const s = locate(actor.id, actor);
      const sides = [draw(actor.fromLateral), draw(actor.toLateral)];
      const speedMps = draw(actor.speedMps);
      const distance = draw(actor.triggerDistance);
      const triggerDistance = chance(actor.crosses) ? distance : NEVER;
      const [fromLateral, toLateral] = chance(actor.mirrored ?? 0) ? sides.reverse() : sides;
      return { behaviour: 'cross', ...sized(SIZES.pedestrian), s, fromLateral, toLateral, speedMps, triggerDistance };
    }
    case 'parked': {
      const s = locate(actor.id, actor);
      const lateral = draw(actor.lateral);
      const headingOffsetRad = draw(actor.headingOffsetRad ?? 0);
      return { behaviour: 'parked', ...sized(SIZES[actor.kind ?? 'car']), s, lateral, headingOffsetRad };
    }
    case 'replay': {
      const column = (k: 0 | 1 | 2 | 3) => Float64Array.from(actor.rows, (row) => row[k]);
      return {
        behaviour: 'replay',
        ...sized(SIZES.car),
        x: column(0),
        y: column(1),
        headingRad: column(2),
        speedMps: column(3),
        present: Uint8Array.from(actor.rows, (row) => row[4]),
      };
    }
  }
}

/**
 * scenario + seed → `WorldSpec`: every range drawn, every default filled in, the road sampled.
 *
 * Pure and deterministic in every engine. Numbers are drawn in the order of the format (road, crossings, light, ego, goal,
 * actors), and every number takes one draw whether it is a range or fixed, so turning one into the other shifts no other.
 * Weather and sensors have a stream of their own.
 */
import { type ActorDraws, drawActor } from './actor-draw.ts';
import { chainRoad } from './chain-road.ts';
import { createDraws } from './draw.ts';
import { DT } from './layout.ts';
import { type DrawnPiece, resampleRoad, sampleRoad } from './road.ts';
import { scenarioHash } from './scenario-hash.ts';
import type { Place, Scenario } from './scenario-schema.ts';
import type { ActorSpec, WorldSpec } from './spec.ts';
import { WEATHER_PRESETS, weatherOf } from './weather.ts';

const LANE_WIDTH = 3.5;

/** The world that `seed` (32-bit unsigned) makes of a checked scenario. */
export function instantiate(scenario: Scenario, seed: number): WorldSpec {
  const draws = createDraws(seed, 0);
  const { number, chance } = draws;
  const anchors = new Map<string, number>();
  const locate = (id: string, place: Place): number => {
    const s = (place.from === undefined ? 0 : (anchors.get(place.from) ?? Number.NaN)) + number(place.s);
    anchors.set(id, s);
    return s;
  };

  const { road } = scenario;
  const pieces = road.pieces?.map((piece): DrawnPiece => {
    const length = number(piece.length);
    if (piece.kind === 'straight') return { length, curvature: 0 };
    return { length, curvature: (piece.turn === 'left' ? 1 : -1) / number(piece.radius) };
  });
  const shape = pieces ? sampleRoad(pieces) : resampleRoad(road.points ?? []);
  const laneWidth = number(road.laneWidth ?? LANE_WIDTH);
  const speedLimitMps = number(road.speedLimitMps);
  const from = road.junction && locate('junction', road.junction);
  const junction = road.junction && from !== undefined ? { from, to: from + number(road.junction.length) } : undefined;
  const crossings: number[] = [];
  for (const crossing of scenario.crossings ?? []) {
    const s = locate(crossing.id, crossing);
    if (chance(crossing.painted)) crossings.push(s);
  }
  const light = scenario.light && {
    stopLineS: locate('light', scenario.light),
    green: number(scenario.light.green),
    yellow: number(scenario.light.yellow),
    red: number(scenario.light.red),
    offset: number(scenario.light.offset ?? 0),
  };
  const drawn = chainRoad({
    shape,
    laneWidth,
    lanesLeft: road.lanesLeft ?? 0,
    lanesRight: road.lanesRight ?? 0,
    oncomingLeft: 0,
    speedLimitMps: new Float64Array(shape.x.length).fill(speedLimitMps),
    crossings,
    ...(junction && { junction }),
    ...(light && { light }),
  });
  const ego = {
    s: locate('ego', scenario.ego),
    lateral: number(scenario.ego.lateral ?? 0),
    headingErrorRad: number(scenario.ego.headingErrorRad ?? 0),
    speedMps: number(scenario.ego.speedMps),
  };
  const goalS = locate('goal', scenario.goal);
  const actors: ActorSpec[] = [];
  const actorDraws: ActorDraws = { ...draws, locate, drawn };
  for (const actor of scenario.actors ?? []) {
    const present = chance(actor.probability);
    const spec = drawActor(actor, actorDraws);
    if (present) actors.push(spec);
  }
  return {
    scenarioId: scenario.id,
    scenarioHash: scenarioHash(scenario),
    seed,
    ...drawn,
    ego,
    goalS,
    maxSteps: Math.round(scenario.timeLimit / DT),
    weather: weatherOf(WEATHER_PRESETS.clear),
    sensors: { positionM: 0, velocityMps: 0, lateralM: 0, latencySteps: 0 },
    actors,
  };
}

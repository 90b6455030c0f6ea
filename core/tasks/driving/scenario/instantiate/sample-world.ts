/**
 * scenario + seed → `WorldSpec`: every range drawn, every default filled in, the road sampled.
 *
 * Pure and deterministic in every engine. Numbers are drawn in the order of the format (road, crossings, light, ego, goal,
 * actors), and every number takes one draw whether it is a range or fixed, so turning one into the other shifts no other.
 * Weather and sensors, and what `traffic` and `pedestrians` spread, have streams of their own.
 *
 * Road networks come as an argument, so that a page whose first drive has none need not load what builds them; everybody else
 * uses instantiate.ts.
 */
import { type ActorSampler, sampleActor } from './sample-actor.ts';
import { createSampler, type Sampler } from '../format/sample.ts';
import { sampleRoad } from './sample-road.ts';
import { anchorsOf } from '../../roads/routes/built-road.ts';
import { DT, MAX_ACTORS } from '../../../../abi/layout.ts';
import type { Networks } from './network-road.ts';
import { scenarioHash } from '../format/hash.ts';
import type { RouteOffset, Scenario } from '../format/schema.ts';
import type { ActorSpec, SensorSpec, WeatherSpec, WorldSpec } from '../../world/spec/spec.ts';
import { spawnPedestrians, spawnTraffic } from './spawn.ts';
import { WEATHER_PRESETS, type WeatherParameters, weatherOf } from '../../world/spec/weather.ts';

/** Streams of a seed. */
const MAIN = 0;
const CONDITIONS = 1;
const SPREAD = 2;

/**
 * The world that `seed` (32-bit unsigned) makes of a checked scenario.
 * @throws NetworkError for a network whose named places do not exist, which `parseScenario` has ruled out; Error for a network
 * without `networks`.
 */
export function sampleWorld(scenario: Scenario, seed: number, networks?: Networks): WorldSpec {
  const sampler = createSampler(seed, MAIN);
  const { number, chance } = sampler;
  const anchors = new Map<string, number>();
  const locate = (id: string, place: RouteOffset): number => {
    const s = (place.from === undefined ? 0 : (anchors.get(place.from) ?? Number.NaN)) + number(place.s);
    anchors.set(id, s);
    return s;
  };

  const drawn = sampleRoad(scenario, { ...sampler, locate }, networks);
  if (scenario.road.network) for (const [name, s] of Object.entries(anchorsOf(drawn))) anchors.set(name, s);
  const ego = {
    s: locate('ego', scenario.ego),
    lateral: number(scenario.ego.lateral ?? 0),
    headingErrorRad: number(scenario.ego.headingErrorRad ?? 0),
    speedMps: number(scenario.ego.speedMps),
  };
  const goalS = locate('goal', scenario.goal);
  const actors: ActorSpec[] = [];
  const built = scenario.road.network && networks?.networkOf(scenario.road);
  const actorDraws: ActorSampler = {
    ...sampler,
    locate,
    drawn,
    ...(networks && built && { network: { built, onArm: networks.onArm } }),
  };
  scenario.actors?.forEach((actor, i) => {
    const present = chance(actor.probability);
    const spec = sampleActor(actor, i, actorDraws);
    if (present && spec) actors.push(spec);
  });
  const spread = { drawn, ego, goalS, graphWay: built };
  const streams = createSampler(seed, SPREAD);
  if (scenario.traffic) actors.push(...spawnTraffic(scenario.traffic, spread, actors, streams));
  if (scenario.pedestrians) actors.push(...spawnPedestrians(scenario.pedestrians, spread, actors, streams));
  return {
    scenarioId: scenario.id,
    scenarioHash: scenarioHash(scenario),
    seed,
    ...drawn,
    ego,
    goalS,
    maxSteps: Math.round(scenario.timeLimit / DT),
    ...drawConditions(scenario, createSampler(seed, CONDITIONS)),
    actors: actors.slice(0, MAX_ACTORS),
  };
}

function drawConditions(
  { weather = 'clear', friction, sensors = {} }: Scenario,
  { number, pick }: Sampler,
): { weather: WeatherSpec; sensors: SensorSpec } {
  let parameters: WeatherParameters;
  if (typeof weather === 'string') parameters = WEATHER_PRESETS[weather];
  else if ('choice' in weather) parameters = WEATHER_PRESETS[pick(weather.choice)];
  else
    parameters = {
      sunAltitudeDeg: number(weather.sunAltitudeDeg),
      cloudiness: number(weather.cloudiness),
      precipitation: number(weather.precipitation),
      fogDensity: number(weather.fogDensity),
      fogDistance: number(weather.fogDistance),
      wetness: number(weather.wetness),
    };
  return {
    weather: weatherOf(parameters, friction === undefined ? undefined : number(friction)),
    sensors: {
      positionM: number(sensors.positionM ?? 0),
      velocityMps: number(sensors.velocityMps ?? 0),
      lateralM: number(sensors.lateralM ?? 0),
      latencySteps: Math.round(number(sensors.latencySteps ?? 0)),
    },
  };
}

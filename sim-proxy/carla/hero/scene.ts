/**
 * A frame of CARLA as the scene that an observation is made of: the hero, everybody else as boxes, the lights of the route.
 * Frames are already in our frame and units (sources/carla/frames.ts); boxes' centres are moved from the actor's origin.
 */
import type { ExternalActor, ExternalEgo } from '../../../core/tasks/driving/world/external.ts';
import { LIGHT_GREEN, LIGHT_NONE, LIGHT_RED, LIGHT_YELLOW } from '../../../core/abi/layout.ts';
import {
  KIND_PEDESTRIAN,
  KIND_STATIC,
  KIND_VEHICLE,
  shapeOfBlueprint,
} from '../../../core/tasks/driving/kinds/kinds.ts';
import { LEAST_OBSTACLE } from '../../../core/io/recordings/recording-actors.ts';
import type { ActorFrame, ActorInfo, CarlaFrame } from '../client/frames.ts';
import type { TrafficLightState } from '../client/types.ts';
import { MAX_STEER_RAD } from './pid-pedals.ts';
import type { TownRoute } from './town-route.ts';

/** Role of the leaderboard's background activity. */
const BACKGROUND = 'background';
/** Nearer than this it can matter, m. */
const AROUND = 120;
/** Higher or lower than this it is on another level of the road, m. */
const OTHER_LEVEL = 4;

/** An actor around the ego, with what scores need to know of it. */
export interface CarlaSceneActor extends ExternalActor {
  readonly id: string;
}

export interface CarlaScene {
  /** With the sides of its own box, m. */
  readonly ego: ExternalEgo & { readonly length: number; readonly width: number };
  /** Ascending by id. */
  readonly actors: readonly CarlaSceneActor[];
  /** LIGHT_* of each light of the route. */
  readonly lights: readonly number[];
}

const LIGHTS: Readonly<Record<TrafficLightState, number>> = {
  red: LIGHT_RED,
  yellow: LIGHT_YELLOW,
  green: LIGHT_GREEN,
  off: LIGHT_NONE,
  unknown: LIGHT_NONE,
};

/** Whether a vehicle is one that can be on an emergency run: it is when its role or its lights say so. */
export const isEmergencyVehicle = ({ kind, blueprint }: ActorInfo): boolean =>
  kind === 'vehicle' && (shapeOfBlueprint('vehicle', blueprint)?.kind.siren ?? false);

/** Mean speed of all background traffic, m/s; NaN without any. */
export function trafficSpeed({ actors }: CarlaFrame): number {
  const background = actors.filter(({ info }) => info.kind === 'vehicle' && info.role === BACKGROUND);
  return background.reduce((sum, { velocity: { x, y, z } }) => sum + Math.hypot(x, y, z), 0) / background.length;
}

/**
 * What the hero sees around it, or undefined when it is not in the frame. `flashing`: vehicles whose emergency lights are on.
 */
export function carlaSceneOf(
  frame: CarlaFrame,
  heroId: number,
  { lights }: Pick<TownRoute, 'lights'>,
  flashing: ReadonlySet<number> = new Set(),
): CarlaScene | undefined {
  const hero = frame.actors.find(({ id }) => id === heroId);
  if (!hero) return undefined;
  const centre = boxCentre(hero);
  const states = lightStatesOf(frame);
  return {
    ego: {
      ...centre,
      headingRad: hero.headingRad,
      speedMps: Math.max(0, alongHeading(hero, hero.velocity)),
      accelMps2: alongHeading(hero, hero.acceleration),
      steerRad: (hero.vehicle?.steer ?? 0) * MAX_STEER_RAD,
      yawRateRadps: hero.angularVelocity.z,
      length: 2 * hero.info.box.halfSize.x,
      width: 2 * hero.info.box.halfSize.y,
    },
    actors: frame.actors
      .flatMap((actor) => {
        const kind = kindOf(actor, flashing);
        if (kind === undefined || actor.id === heroId || actor.info.parentId === heroId) return [];
        const { x, y } = boxCentre(actor);
        if (Math.hypot(x - centre.x, y - centre.y) > AROUND || Math.abs(actor.z - hero.z) > OTHER_LEVEL) return [];
        const { halfSize } = actor.info.box;
        return [
          {
            id: String(actor.id),
            kind,
            x,
            y,
            headingRad: actor.headingRad,
            speedMps: alongHeading(actor, actor.velocity),
            yawRateRadps: actor.angularVelocity.z,
            length: 2 * halfSize.x,
            width: 2 * halfSize.y,
          },
        ];
      })
      .sort((a, b) => Number(a.id) - Number(b.id)),
    lights: lights.map(({ signalId }) => states.get(signalId) ?? LIGHT_NONE),
  };
}

/** LIGHT_* by OpenDRIVE signal. */
export const lightStatesOf = ({ actors }: CarlaFrame): ReadonlyMap<string, number> =>
  new Map(actors.flatMap(({ light }) => (light ? [[light.signId, LIGHTS[light.state]] as const] : [])));

/** Component along the actor's heading. */
export const alongHeading = ({ headingRad }: ActorFrame, { x, y }: { x: number; y: number }) =>
  x * Math.cos(headingRad) + y * Math.sin(headingRad);

/** World frame, m. */
export function boxCentre({ x, y, headingRad, info }: ActorFrame): { readonly x: number; readonly y: number } {
  const { centre } = info.box;
  const [cos, sin] = [Math.cos(headingRad), Math.sin(headingRad)];
  return { x: x + centre.x * cos - centre.y * sin, y: y + centre.x * sin + centre.y * cos };
}

/** KIND_*, or undefined for what nobody can drive into. */
function kindOf({ id, info }: ActorFrame, flashing: ReadonlySet<number>): number | undefined {
  const { kind, blueprint, role, box } = info;
  if (box.halfSize.x <= 0 || box.halfSize.y <= 0) return undefined;
  if (kind === 'walker') return KIND_PEDESTRIAN;
  if (kind === 'vehicle') {
    const named = shapeOfBlueprint('vehicle', blueprint)?.kind;
    return named && (!named.siren || role === 'emergency' || flashing.has(id)) ? named.code : KIND_VEHICLE;
  }
  return blueprint.startsWith('static.prop.') && 2 * box.halfSize.z > LEAST_OBSTACLE ? KIND_STATIC : undefined;
}

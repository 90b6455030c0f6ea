/**
 * The embedded world as episodes and frames: ids (the ego is 1, actor i is i + 2), what is constant, one frame a state, the route as a
 * map. Actors that are not in the world now have no row.
 */
import { createHash } from 'node:crypto';
import { lightPosts } from '../../../core/episode/frames-world.ts';
import { DT, EGO_LENGTH, EGO_WIDTH } from '../../../core/abi/layout.ts';
import { kindRow, observedAs, shapeOf, shapeRow } from '../../../core/tasks/driving/kinds/kinds.ts';
import type { ActorSpec, WorldSpec } from '../../../core/tasks/driving/world/spec/spec.ts';
import type { SignalSpec } from '../../../core/tasks/driving/roads/road-spec.ts';
import { signalAt } from '../../../core/tasks/driving/world/twin/signals.ts';
import type { WorldState } from '../../../core/tasks/driving/world/world.ts';
import { ActorKind, EventKind, type LightState } from '../../generated/traceway/v1/frame_pb.ts';
import {
  ACTOR_VISIBLE,
  EGO_COLLISION,
  EGO_OFF_ROAD,
  EGO_RED_LIGHT,
  EGO_SUCCESS,
  EGO_TERMINATED,
  EGO_TRUNCATED,
  type EgoRow,
  type EpisodeStart,
  type FeedEvent,
  type FrameContent,
  type FrameWriter,
} from '../../feed/columns.ts';
import type { SourceMap } from '../source.ts';

const EGO_ID = 1;
const FIRST_ACTOR_ID = 2;
const CAR_HEIGHT = 1.5;
/** Kinds as the API counts them, which is as they are observed, LIGHT_* up to red; a test holds them to it. */
const apiKind = (kind: number): ActorKind => observedAs(kind) as ActorKind;

/** The actor's behaviour, or, where the API has no kind for it, the name by which it is told. */
const typeOf = ({ behaviour, kind }: ActorSpec): string => {
  const row = kindRow(kind);
  return row && row.code !== observedAs(kind) ? row.carla.blueprint : behaviour;
};

const millimetres = (column: Float64Array) => Array.from(column, (value) => Math.round(value * 1000) / 1000);

/** The lanes and the route of a world as a map of its own; format in docs/proxy.md. */
export function routeMap(spec: WorldSpec): SourceMap {
  const { ds, x, y, headingRad, edgeLeft, edgeRight, laneWidth, lanesLeft, lanesRight, crossings } = spec.road;
  const text = JSON.stringify({
    format: 'traceway-route/1',
    scenario: spec.scenarioId,
    goalS: spec.goalS,
    route: {
      ds,
      x: millimetres(x),
      y: millimetres(y),
      headingRad: Array.from(headingRad, (value) => Math.round(value * 1e6) / 1e6),
      edgeLeft: millimetres(edgeLeft),
      edgeRight: millimetres(edgeRight),
      laneWidth,
      lanesLeft,
      lanesRight,
      crossings,
      stopLines: spec.lights.map(({ stopLineS }) => stopLineS),
    },
    lanes: spec.network.lanes.map(({ id, x, y, width }) => ({ id, width, x: millimetres(x), y: millimetres(y) })),
  });
  return { name: spec.scenarioId, format: 'route-json', text };
}
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface WorldEpisode {
  readonly start: EpisodeStart;
  readonly spec: WorldSpec;
  readonly map: SourceMap;
  /** What each light shows. */
  readonly signals: readonly SignalSpec[];
}

/** What a drive in this world begins with. */
export function worldEpisode(spec: WorldSpec, driver: string, first: WorldState): WorldEpisode {
  const map = routeMap(spec);
  const box = { centreX: 0, centreY: 0, centreZ: 0, parentId: 0 };
  const ego = {
    ...box,
    actorId: EGO_ID,
    kind: ActorKind.VEHICLE,
    typeId: 'ego',
    roleName: 'ego',
    length: EGO_LENGTH,
    width: EGO_WIDTH,
    height: CAR_HEIGHT,
  };
  const actors = spec.actors.map((actor, i) => ({
    ...box,
    actorId: FIRST_ACTOR_ID + i,
    kind: apiKind(actor.kind),
    typeId: typeOf(actor),
    roleName: actor.id,
    length: actor.length,
    width: actor.width,
    height: shapeRow(shapeOf(actor.kind, actor.length, actor.width)).usual[2],
  }));
  const [originX, originY] = [Math.round(first.x), Math.round(first.y)];
  const posts = lightPosts(spec);
  const start: EpisodeStart = {
    name: spec.scenarioId,
    seed: spec.seed,
    mapName: map.name,
    mapSha256: sha256(map.text),
    originX,
    originY,
    egoId: EGO_ID,
    stepSeconds: DT,
    driver,
    actors: [ego, ...actors],
    lights: posts.map(({ x, y, headingRad }, i) => {
      return { lightId: i + 1, signalId: '', x: x - originX, y: y - originY, z: 0, heading: headingRad };
    }),
  };
  return { start, spec, map, signals: posts.map(({ signal }) => spec.signals[signal]) };
}

/** The state as a frame of `episode`. */
export function worldFrame(writer: FrameWriter, { start, signals }: WorldEpisode, state: WorldState): FrameContent {
  const { originX, originY } = start;
  const plane = { z: 0, pitch: 0, roll: 0, velocityZ: 0 };
  const moving = (speed: number, heading: number) => ({
    velocityX: speed * Math.cos(heading),
    velocityY: speed * Math.sin(heading),
  });
  const { x, y, headingRad, speedMps, yawRateRadps } = state;
  writer.actor({
    ...plane,
    ...moving(speedMps, headingRad),
    actorId: EGO_ID,
    x: x - originX,
    y: y - originY,
    heading: headingRad,
    yawRate: yawRateRadps,
    flags: ACTOR_VISIBLE,
  });
  start.actors.slice(1).forEach(({ actorId }, i) => {
    const actor = state.actors[i];
    if (!actor.present) return;
    writer.actor({
      ...plane,
      ...moving(actor.speedMps, actor.headingRad),
      actorId,
      x: actor.x - originX,
      y: actor.y - originY,
      heading: actor.headingRad,
      yawRate: actor.yawRateRadps,
      flags: actor.visible ? ACTOR_VISIBLE : 0,
    });
  });
  start.lights.forEach(({ lightId }, i) => writer.light({ lightId, state: lightOf(signalAt(signals[i], state.step)) }));
  return writer.take(state.step, state.step * DT, egoOf(state), eventsOf(state));
}

const lightOf = (light: number): LightState => light as LightState;

function egoOf(state: WorldState): EgoRow {
  return {
    acceleration: state.accelMps2,
    steering: state.steerRad,
    throttle: 0,
    brake: 0,
    reward: state.reward,
    timeToCollision: state.ttc,
    routeS: state.s,
    lateral: state.lateral,
    routeCompletion: state.routeCompletion,
    flags:
      (state.terminated ? EGO_TERMINATED : 0) |
      (state.truncated ? EGO_TRUNCATED : 0) |
      (state.collision ? EGO_COLLISION : 0) |
      (state.offRoad ? EGO_OFF_ROAD : 0) |
      (state.ranRedLight ? EGO_RED_LIGHT : 0) |
      (state.success ? EGO_SUCCESS : 0),
  };
}

function eventsOf(state: WorldState): FeedEvent[] {
  const event = (kind: EventKind, otherId = 0): FeedEvent => ({ kind, actorId: EGO_ID, otherId, text: '' });
  const events: FeedEvent[] = [];
  if (state.collision) {
    events.push(event(EventKind.COLLISION, state.collisionActor >= 0 ? FIRST_ACTOR_ID + state.collisionActor : 0));
  }
  if (state.offRoad) events.push(event(EventKind.OFF_ROAD));
  if (state.ranRedLight) events.push(event(EventKind.RED_LIGHT));
  if (state.success) events.push(event(EventKind.GOAL_REACHED));
  if (state.terminated || state.truncated) events.push(event(EventKind.EPISODE_ENDED));
  return events;
}

/**
 * What the driven vehicle's part of a frame says: its controls as the simulator tells them, and what is worked out here from everybody's
 * boxes and the map: time to collision, place in its lane, marks crossed, stop lines crossed at red, corners off the road. The same
 * code judges recordings (core/world/roads/lane-watch.ts).
 *
 * The map is made beside the frames; until it is there, and where no lane is near, `lateral` is NaN and the map's events are missing.
 */
import { type MovingBox, movingTtc, TTC_HORIZON } from '../../core/evaluate/metrics/ttc.ts';
import { LIGHT_NONE } from '../../core/world/layout.ts';
import { invasionText } from '../../core/world/roads/lane-invasion.ts';
import { LaneWatch, type LaneView } from '../../core/world/roads/lane-watch.ts';
import type { RoadMap } from '../../core/world/roads/road-map.ts';
import { along, lightStatesOf, sceneOf } from '../driving/carla-scene.ts';
import { MAX_STEER_RAD } from '../driving/pedals.ts';
import { EventKind } from '../generated/traceway/v1/frame_pb.ts';
import { EGO_OFF_ROAD, EGO_RED_LIGHT, type EgoRow, type FeedEvent } from '../server/columns.ts';
import type { ActorFrame, CarlaFrame } from './carla/frames.ts';

export interface EgoPart {
  /** Null without a hero. */
  readonly row: EgoRow | null;
  readonly events: readonly FeedEvent[];
  /** What the map says; undefined without one. */
  readonly lane: LaneView | undefined;
}
const NOBODY: EgoPart = { row: null, events: [], lane: undefined };

/** Watches the hero of one episode; `look` takes its frames in order. */
export class CarlaEgo {
  #map: RoadMap | undefined;
  #watch: LaneWatch | undefined;
  #heroId = 0;
  #offRoad = false;

  /** A map that cannot be read leaves what it would say out. */
  constructor(map: Promise<RoadMap | null>) {
    map
      .then((made) => {
        if (!made) return;
        this.#watch = new LaneWatch(made);
        this.#map = made;
      })
      .catch(() => {});
  }

  look(frame: CarlaFrame, hero: ActorFrame | undefined): EgoPart {
    const scene = hero && sceneOf(frame, hero.id, { lights: [] });
    if (!hero?.vehicle || !scene) return NOBODY;
    if (hero.id !== this.#heroId) {
      this.#heroId = hero.id;
      this.#offRoad = false;
      this.#watch?.reset();
    }
    const { halfSize } = hero.info.box;
    const { x, y, headingRad } = scene.ego;
    const size = { length: 2 * halfSize.x, width: 2 * halfSize.y };
    const own: MovingBox = { x, y, headingRad, ...size, speedMps: along(hero, hero.velocity) };
    const lane = this.#lane(frame, { ...own, z: hero.z });
    const { vehicle } = hero;
    const row: EgoRow = {
      acceleration: scene.ego.accelMps2,
      steering: vehicle.steer * MAX_STEER_RAD,
      throttle: vehicle.throttle,
      brake: vehicle.brake,
      reward: 0,
      timeToCollision: movingTtc(own, scene.actors, TTC_HORIZON),
      routeS: 0,
      lateral: lane?.place?.lateral ?? Number.NaN,
      routeCompletion: 0,
      flags: (lane?.nonDrivable ? EGO_OFF_ROAD : 0) | (lane?.ranRedLight ? EGO_RED_LIGHT : 0),
    };
    return { row, events: lane ? this.#events(hero.id, lane) : [], lane };
  }

  #lane(frame: CarlaFrame, box: MovingBox & { readonly z: number }): LaneView | undefined {
    if (!this.#watch || !this.#map) return undefined;
    const { signals } = this.#map.graph;
    const states = lightStatesOf(frame);
    return this.#watch.look(box, (signal) => states.get(signals[signal].id) ?? LIGHT_NONE);
  }

  #events(actorId: number, lane: LaneView): FeedEvent[] {
    const event = (kind: EventKind, text: string): FeedEvent => ({ kind, actorId, otherId: 0, text });
    const events: FeedEvent[] = [];
    if (lane.crossings.length > 0) events.push(event(EventKind.LANE_INVASION, invasionText(lane.crossings)));
    if (lane.ranRedLight) events.push(event(EventKind.RED_LIGHT, 'Crosses the stop line at red'));
    if (lane.nonDrivable && !this.#offRoad) events.push(event(EventKind.OFF_ROAD, 'A corner leaves the road'));
    this.#offRoad = lane.nonDrivable;
    return events;
  }
}

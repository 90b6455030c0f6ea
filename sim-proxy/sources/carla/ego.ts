/**
 * What a frame says of the driven vehicle: its controls as the simulator tells them, and what is worked out here from everybody's boxes and
 * the map: time to collision, boxes that meet, place in its lane, marks crossed, stop lines crossed at red, corners off the road. The same
 * code judges recordings (core/tasks/driving/roads/survey/lane-watch.ts).
 *
 * The map is made beside the frames (`useMap`); what it would say of frames before it is left out.
 */
import { movingTtc, RECORDED_TTC_HORIZON } from '../../../core/tasks/driving/scores/ttc.ts';
import { type Box, overlaps, type MovingBox } from '../../../core/base/geometry.ts';
import { LIGHT_NONE } from '../../../core/abi/layout.ts';
import { invasionText } from '../../../core/tasks/driving/roads/survey/lane-invasion.ts';
import { type LaneView, LaneWatch } from '../../../core/tasks/driving/roads/survey/lane-watch.ts';
import type { RoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { alongHeading, lightStatesOf, type CarlaSceneActor, carlaSceneOf } from '../../carla/hero/scene.ts';
import { MAX_STEER_RAD } from '../../carla/hero/pid-pedals.ts';
import type { ActorFrame, CarlaFrame } from '../../carla/client/frames.ts';

export interface EgoEvent {
  readonly kind: 'collision' | 'lane-invasion' | 'red-light' | 'off-road';
  /** Actor that it is with; 0: nobody. */
  readonly otherId: number;
  /** A sentence. */
  readonly text: string;
}

export interface EgoReadouts {
  readonly id: number;
  readonly accelMps2: number;
  /** Front wheels, left +. */
  readonly steerRad: number;
  readonly throttle: number;
  readonly brake: number;
  /** Infinity when nobody is met. */
  readonly timeToCollisionS: number;
  /** Undefined without a map. */
  readonly lane: LaneView | undefined;
  /** What begins in this frame. */
  readonly events: readonly EgoEvent[];
}

/** Contacts with one actor within this are one collision, s, as in recordings. */
const SAME_CONTACT_S = 1;

/** Watches the hero of one episode; `look` takes its frames in order. */
export class CarlaEgo {
  #map: RoadMap | undefined;
  #watch: LaneWatch | undefined;
  #heroId = 0;
  #offRoad = false;
  /** When the boxes of hero and others last met, by actor, s. */
  #contacts = new Map<number, number>();

  /** @throws LaneGraphError when the map's marks would not fit in memory */
  useMap(map: RoadMap): void {
    this.#watch = new LaneWatch(map);
    this.#map = map;
  }

  /** Undefined without a hero that is a vehicle. */
  look(frame: CarlaFrame, hero: ActorFrame | undefined): EgoReadouts | undefined {
    const scene = hero && carlaSceneOf(frame, hero.id, { lights: [] });
    if (!hero?.vehicle || !scene) return undefined;
    if (hero.id !== this.#heroId) {
      this.#heroId = hero.id;
      this.#offRoad = false;
      this.#contacts.clear();
      this.#watch?.reset();
    }
    const { throttle, brake, steer } = hero.vehicle;
    const { halfSize } = hero.info.box;
    const { x, y, headingRad, accelMps2 } = scene.ego;
    const size = { length: 2 * halfSize.x, width: 2 * halfSize.y };
    const own: MovingBox = { x, y, headingRad, ...size, speedMps: alongHeading(hero, hero.velocity) };
    const lane = this.#lane(frame, { ...own, z: hero.z });
    return {
      id: hero.id,
      accelMps2,
      steerRad: steer * MAX_STEER_RAD,
      throttle,
      brake,
      timeToCollisionS: movingTtc(own, scene.actors, RECORDED_TTC_HORIZON),
      lane,
      events: [...this.#collisions(frame, own, scene.actors), ...(lane ? this.#events(lane) : [])],
    };
  }

  #collisions({ timeS, actors }: CarlaFrame, own: Box, others: readonly CarlaSceneActor[]): EgoEvent[] {
    return others.flatMap((other) => {
      const reach = Math.hypot(own.length, own.width) + Math.hypot(other.length, other.width);
      if (Math.hypot(other.x - own.x, other.y - own.y) > reach / 2 || !overlaps(own, other)) return [];
      const otherId = Number(other.id);
      const before = this.#contacts.get(otherId) ?? Number.NEGATIVE_INFINITY;
      this.#contacts.set(otherId, timeS);
      if (timeS - before < SAME_CONTACT_S) return [];
      const { blueprint = '' } = actors.find(({ id }) => id === otherId)?.info ?? {};
      const name = blueprint.split('.').slice(1).join('.') || 'actor';
      return [{ kind: 'collision', otherId, text: `Collides with ${name} ${otherId}` }];
    });
  }

  #lane(frame: CarlaFrame, box: MovingBox & { readonly z: number }): LaneView | undefined {
    if (!this.#watch || !this.#map) return undefined;
    const { signals } = this.#map.graph;
    const states = lightStatesOf(frame);
    return this.#watch.look(box, (signal) => states.get(signals[signal].id) ?? LIGHT_NONE);
  }

  #events({ crossings, ranRedLight, nonDrivable }: LaneView): EgoEvent[] {
    const events: EgoEvent[] = [];
    const tell = (kind: EgoEvent['kind'], text: string) => events.push({ kind, otherId: 0, text });
    if (crossings.length > 0) tell('lane-invasion', invasionText(crossings));
    if (ranRedLight) tell('red-light', 'Crosses the stop line at red');
    if (nonDrivable && !this.#offRoad) tell('off-road', 'A corner leaves the road');
    this.#offRoad = nonDrivable;
    return events;
  }
}

/** The view as plain data for JSON, which has no Infinity. */
export const egoJson = ({ lane, timeToCollisionS, id, accelMps2, steerRad, throttle, brake }: EgoReadouts) => ({
  id,
  accelMps2,
  steerRad,
  throttle,
  brake,
  timeToCollisionS: Number.isFinite(timeToCollisionS) ? timeToCollisionS : null,
  offRoad: lane?.nonDrivable ?? null,
  lane: lane?.place ?? null,
});

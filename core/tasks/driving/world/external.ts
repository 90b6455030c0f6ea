/**
 * Observations of a world that another simulator computes: poses and boxes in, the same numbers as from our own world out.
 *
 * The function that fills the observation is the oracle's own (observe.ts); here only what it needs is put together: where the
 * ego stands on its route, who is around, which light rules it. A test holds that a world of ours and this give equal numbers
 * for the same poses. World frame, SI, radians, right-handed; poses are box centres. Keep the order of actors from step to
 * step, since it decides about slots.
 */
import { wrapAngle } from '../../../base/geometry.ts';
import { projectToRoute } from '../roads/routes/route-geometry.ts';
import { LIGHT_NONE, OBS_DIM } from '../../../abi/layout.ts';
import { observe } from './twin/observe.ts';
import type { SensorSpec, WeatherSpec } from './spec/spec.ts';
import type { RoadSpec } from '../roads/road-spec.ts';
import { nextLight } from './twin/signals.ts';

/** What an ego drives along: `core/tasks/driving/roads/routes/route-road.ts` makes the road of a map and a route. */
export interface ExternalRoute {
  readonly road: RoadSpec;
  /** Arc length of the start and the goal, m. */
  readonly startS: number;
  readonly goalS: number;
  /** Lights on the way, ascending by the arc length of their stop lines, m. */
  readonly lights: readonly { readonly stopLineS: number }[];
  readonly weather: WeatherSpec;
}

export interface ExternalEgo {
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly speedMps: number;
  readonly accelMps2: number;
  /** Angle of the front wheels, left +. */
  readonly steerRad: number;
  readonly yawRateRadps: number;
}

export interface ExternalActor {
  /** KIND_* of kinds.ts. */
  readonly kind: number;
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly speedMps: number;
  readonly yawRateRadps: number;
  readonly length: number;
  readonly width: number;
}

/** Where the ego is on its route. */
export interface RoutePlace {
  readonly s: number;
  readonly lateral: number;
  readonly headingError: number;
  /** Share of the way from start to goal, farthest so far, 0..1. */
  readonly completion: number;
  /** Index of the light ahead, −1 without one, and its state, LIGHT_*. */
  readonly lightIndex: number;
  readonly light: number;
}

const EXACT: SensorSpec = { positionM: 0, velocityMps: 0, lateralM: 0, latencySteps: 0 };

export class RouteObserver {
  readonly route: ExternalRoute;
  #index: number;
  #farthest: number;
  #place: RoutePlace | undefined;

  constructor(route: ExternalRoute) {
    this.route = route;
    this.#index = Math.floor(route.startS / route.road.ds);
    this.#farthest = route.startS;
  }

  /** Of the latest observation. @throws RangeError before the first */
  get place(): RoutePlace {
    if (!this.#place) throw new RangeError('nothing has been observed yet');
    return this.#place;
  }

  /** [OBS_DIM] for this moment. `lightStates` holds LIGHT_* of each light of the route. */
  observe(ego: ExternalEgo, actors: readonly ExternalActor[], lightStates: ArrayLike<number>): Float32Array {
    const { road, startS, goalS, lights, weather } = this.route;
    const { index, s, lateral, headingRad } = projectToRoute(road, ego.x, ego.y, this.#index);
    const headingError = wrapAngle(ego.headingRad - headingRad);
    const lightIndex = nextLight({ lights }, s);
    const light = lightIndex < 0 ? LIGHT_NONE : (lightStates[lightIndex] ?? LIGHT_NONE);
    this.#index = index;
    this.#farthest = Math.max(this.#farthest, s);
    const completion = Math.max(0, Math.min(1, (this.#farthest - startS) / (goalS - startS)));
    this.#place = { s, lateral, headingError, completion, lightIndex, light };
    const scene = { road, goalS, lights, weather, sensors: EXACT, seed: 0, actors };
    const moment = {
      step: 0,
      light,
      lightIndex,
      ego: { ...ego, index, s, lateral, headingError },
      actors: actors.map((actor) => ({ ...actor, present: true })),
    };
    const numbers = new Float32Array(OBS_DIM);
    numbers.set(observe(scene, moment));
    return numbers;
  }
}

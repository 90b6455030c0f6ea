/**
 * A hero's ride along a route in CARLA, step by step: what is seen at the start of a step, and how an acceleration and a wheel angle
 * become the pedals of its ticks. `driveCarla` follows plans with it; an environment (sources/carla-environment.ts) takes actions.
 *
 * The server must step synchronously, TICK_S a tick: TICKS_A_STEP ticks are one step of the lab (0.1 s). The observation holds the
 * wheel angle that was asked for, as in our own world; CARLA's answers a little later.
 */
import { RouteObserver, type RoutePlace } from '../../../core/tasks/driving/world/external.ts';
import { DT, EGO_LENGTH, LIGHT_RED } from '../../../core/abi/layout.ts';
import type { DriveControl } from '../client/client-types.ts';
import type { CarlaFrame } from '../client/frames.ts';
import { type CarlaScene, carlaSceneOf } from './scene.ts';
import { PidPedals } from './pid-pedals.ts';
import type { TownRoute } from './town-route.ts';

export const TICK_S = 0.05;
export const TICKS_A_STEP = Math.round(DT / TICK_S);

/** What a ride needs of a client (sources/carla/client.ts). */
export interface DrivenServer {
  tick(timeoutMs?: number): Promise<CarlaFrame>;
  control(actorId: number, control: DriveControl): void;
}

/** The start of a step. */
export interface Sight extends RoutePlace {
  readonly scene: CarlaScene;
  /** [OBS_DIM] */
  readonly observation: Float32Array;
  readonly speedLimitMps: number;
  /** Arc length of the light's stop line; NaN without a light. */
  readonly stopLineS: number;
  /** Whether the front bumper has crossed the line since the last sight, the light red then and now. */
  readonly ranRedLight: boolean;
}

export class HeroControl {
  readonly #server: DrivenServer;
  readonly #heroId: number;
  readonly #route: TownRoute;
  readonly #observer: RouteObserver;
  readonly #pedals = new PidPedals();
  #sight: Sight | undefined;
  #accelMps2 = 0;
  #steerRad = 0;

  constructor(server: DrivenServer, heroId: number, route: TownRoute) {
    this.#server = server;
    this.#heroId = heroId;
    this.#route = route;
    this.#observer = new RouteObserver(route);
  }

  /** Asked for in the last step: m/s², and rad of the front wheels, left +. */
  get wish(): { readonly accelMps2: number; readonly steerRad: number } {
    return { accelMps2: this.#accelMps2, steerRad: this.#steerRad };
  }

  /** Once a step. Undefined when the hero is not in the frame. `flashing`: emergency vehicles whose lights are on. */
  look(frame: CarlaFrame, flashing?: ReadonlySet<number>): Sight | undefined {
    const scene = carlaSceneOf(frame, this.#heroId, this.#route, flashing);
    if (!scene) return undefined;
    const { road, lights } = this.#route;
    const before = this.#sight;
    const observation = this.#observer.observe({ ...scene.ego, steerRad: this.#steerRad }, scene.actors, scene.lights);
    const { place } = this.#observer;
    const { s, light, lightIndex } = place;
    const stopLineS = lightIndex < 0 ? Number.NaN : lights[lightIndex].stopLineS;
    const front = EGO_LENGTH / 2;
    const ranRedLight =
      before !== undefined &&
      before.light === LIGHT_RED &&
      light === LIGHT_RED &&
      before.s + front < stopLineS &&
      s + front >= stopLineS;
    const at = Math.max(0, Math.min(road.speedLimitMps.length - 1, Math.floor(s / road.ds)));
    this.#sight = { ...place, scene, observation, speedLimitMps: road.speedLimitMps[at], stopLineS, ranRedLight };
    return this.#sight;
  }

  /** Sets the pedals of the coming step. @throws RangeError before the first look */
  press(accelMps2: number, steerRad: number): DriveControl {
    if (!this.#sight) throw new RangeError('nothing has been seen yet');
    const { speedMps, accelMps2: measuredAccelMps2 } = this.#sight.scene.ego;
    this.#accelMps2 = accelMps2;
    this.#steerRad = steerRad;
    const control = this.#pedals.press({ accelMps2, steerRad, speedMps, measuredAccelMps2, dtSeconds: DT });
    this.#server.control(this.#heroId, control);
    return control;
  }

  /** One step of the server; its last frame. */
  async step(): Promise<CarlaFrame> {
    let frame = await this.#server.tick();
    for (let tick = 1; tick < TICKS_A_STEP; tick++) frame = await this.#server.tick();
    return frame;
  }
}

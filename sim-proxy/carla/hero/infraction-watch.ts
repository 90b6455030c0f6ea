/**
 * What the leaderboards' criteria need of a drive and frames do not hold: hits on things that are no actors, felt by a collision sensor
 * on the hero, and which emergency vehicles have their lights on. What the server refuses is kept as a reason, so that a score can
 * say what it was not judged by.
 */
import type { CarlaKnowledge, Unjudged } from '../../../core/tasks/driving/scores/carla/infractions.ts';
import type { InfractionKind } from '../../../core/tasks/driving/scores/carla/carla.ts';
import type { CarlaClient } from '../client/client.ts';
import type { CarlaFrame } from '../client/frames.ts';
import { readHeader, readMeasurement, sensorCodecs } from '../client/streams.ts';
import { EMERGENCY_LIGHTS } from '../client/types.ts';
import { isEmergencyVehicle } from './scene.ts';

/** The sensor's stream may lag behind the episode's by this much, ms. */
const LAG_MS = 30;
const MAX_HITS = 10_000;

interface Hit {
  readonly id: string;
  readonly frame: number;
}

/** Of a drive without a witness. */
export const UNWATCHED: readonly Unjudged[] = [
  { kind: 'collision-layout', why: 'no collision sensor was asked for: walls and poles cannot be felt' },
  { kind: 'yield-emergency', why: 'emergency lights were not asked for: only vehicles of role "emergency" count' },
];

export class InfractionWatch {
  readonly #client: CarlaClient;
  readonly #hits: Hit[] = [];
  readonly #unjudged = new Map<InfractionKind, string>();
  #sensorId: number | undefined;
  #deaf: (() => void) | undefined;

  /** Rejects only when the server is away; whatever it refuses is noted. */
  static async attend(client: CarlaClient, heroId: number): Promise<InfractionWatch> {
    const witness = new InfractionWatch(client);
    await witness.#feel(heroId);
    return witness;
  }

  private constructor(client: CarlaClient) {
    this.#client = client;
  }

  async #feel(heroId: number): Promise<void> {
    const codecs = sensorCodecs(this.#client.server.dialect);
    try {
      const level = { x: 0, y: 0, z: 0, headingRad: 0, pitchRad: 0, rollRad: 0 };
      const blueprint = 'sensor.other.collision';
      const sensor = await this.#client.spawn({ blueprint, pose: level, parentId: heroId });
      this.#sensorId = sensor.id;
      this.#deaf = await this.#client.listen(sensor, {
        message: (body) => {
          try {
            const { id } = readMeasurement(codecs, 'collision', body).other.description;
            if (this.#hits.length < MAX_HITS && isLayout(id)) this.#hits.push({ id, frame: readHeader(body).frame });
          } catch (error) {
            this.#refused('collision-layout', 'what the collision sensor says cannot be read', error);
          }
        },
        end: () => {},
      });
    } catch (error) {
      this.#refused('collision-layout', 'walls and poles cannot be felt', error);
    }
  }

  /**
   * Whether something was hit in a frame after that one. Waits the turn of the event loop in which the sensor's messages of a step come;
   * one that comes later still counts at the next asking.
   */
  async feltSince(frame: number): Promise<boolean> {
    await new Promise(setImmediate);
    return this.#hits.some((hit) => hit.frame > frame);
  }

  /** Emergency vehicles of the frame whose lights are on. Asks the server only when there is one. */
  async flashing({ actors }: CarlaFrame): Promise<ReadonlySet<number>> {
    const some = new Set(actors.flatMap(({ id, info }) => (isEmergencyVehicle(info) ? [id] : [])));
    if (some.size === 0 || this.#unjudged.has('yield-emergency')) return new Set();
    try {
      const lights = await this.#client.call((m) => m.getVehicleLightStates);
      return new Set(lights.flatMap(({ id, flags }) => (some.has(id) && flags & EMERGENCY_LIGHTS ? [id] : [])));
    } catch (error) {
      this.#refused('yield-emergency', 'emergency lights cannot be read', error);
      return new Set();
    }
  }

  #refused(kind: InfractionKind, what: string, error: unknown): void {
    if (this.#client.status.state !== 'live') throw error;
    this.#unjudged.set(kind, `${what}: ${error instanceof Error ? error.message : String(error)}`);
  }

  /** What was felt, `stepOf` giving each frame's step; and what was not judged. */
  async tell(stepOf: (frame: number) => number): Promise<Pick<CarlaKnowledge, 'hits' | 'unjudged'>> {
    await new Promise((done) => setTimeout(done, LAG_MS));
    const unjudged = [...this.#unjudged].map(([kind, why]): Unjudged => ({ kind, why }));
    return { hits: this.#hits.map(({ id, frame }) => ({ id, step: stepOf(frame) })), unjudged };
  }

  async leave(): Promise<void> {
    this.#deaf?.();
    const id = this.#sensorId;
    if (id !== undefined && this.#client.status.state === 'live') await this.#client.destroy(id);
  }
}

/** What the leaderboard counts as layout, less what has a box of its own: props. */
const isLayout = (blueprint: string) =>
  /^(static|traffic)\./.test(blueprint) && !/sidewalk|^static\.prop\./.test(blueprint);

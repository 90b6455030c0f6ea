/**
 * Whether a hero has touched something: CARLA's collision sensor on it, which knows walls, poles and trees as well as actors.
 *
 * What the leaderboard's CollisionTest leaves out is left out here: kerbs (static.sidewalk), and the ground itself. Messages come over a
 * stream of their own and may come a moment after their frame; `since` gives them the turn of the event loop in which they are
 * delivered, and one that is later still counts at the next asking.
 */
import type { CarlaClient } from '../sources/carla/client.ts';
import type { CarlaError } from '../sources/carla/errors.ts';
import { readHeader, readMeasurement, sensorCodecs } from '../sources/carla/streams.ts';

const PLACE = { x: 0, y: 0, z: 0, headingRad: 0, pitchRad: 0, rollRad: 0 };
const GROUND = /^static\.(sidewalk|road|roadline|ground|terrain)/;

export class Contacts {
  readonly #sensorId: number;
  /** Frame of the newest contact. */
  #newest = -1;
  #ended: CarlaError | null = null;
  #stop = () => {};

  /** Rejects with CarlaError, the sensor gone again. */
  static async attach(client: CarlaClient, heroId: number): Promise<Contacts> {
    const sensor = await client.spawn({ blueprint: 'sensor.other.collision', pose: PLACE, parentId: heroId });
    const contacts = new Contacts(sensor.id);
    const codecs = sensorCodecs(client.server.dialect);
    try {
      contacts.#stop = await client.listen(sensor, {
        message(body) {
          const { other } = readMeasurement(codecs, 'collision', body);
          if (!GROUND.test(other.description.id)) contacts.#newest = readHeader(body).frame;
        },
        end(error) {
          contacts.#ended = error;
        },
      });
    } catch (error) {
      if (client.status.state === 'live') await client.destroy(sensor.id).catch(() => {});
      throw error;
    }
    return contacts;
  }

  private constructor(sensorId: number) {
    this.#sensorId = sensorId;
  }

  /** Whether something was touched in a frame after that one. Rejects with CarlaError when the sensor is gone. */
  async since(frame: number): Promise<boolean> {
    await new Promise(setImmediate);
    if (this.#ended) throw this.#ended;
    return this.#newest > frame;
  }

  async remove(client: CarlaClient): Promise<void> {
    this.#stop();
    await client.destroy(this.#sensorId);
  }
}

/**
 * The sensors that a client listens to. A sensor outlives the link it is heard over: it is opened again on the next one, as long as
 * its actor lives; it ends with its actor or its map.
 */
import { asCarlaError, CarlaError, unlessMissing } from './errors.ts';
import type { Link } from './link.ts';
import type { Subscription, SubscriptionHandlers } from './subscription.ts';
import type { Actor } from './types.ts';

/** A stream and its link end one shortly after the other when a server dies; only a stream that ends alone has lost its actor. */
const SETTLE_MS = 100;

interface Sensor {
  actor: Actor;
  readonly handlers: SubscriptionHandlers;
  subscription: Subscription | null;
}

export class Sensors {
  readonly #sensors = new Set<Sensor>();

  /** Listens until the returned function is called or the actor ends. @throws CarlaError */
  async listen(link: Link, actor: Actor, handlers: SubscriptionHandlers): Promise<() => void> {
    const sensor: Sensor = { actor, handlers, subscription: null };
    await this.#open(link, sensor);
    this.#sensors.add(sensor);
    return () => {
      this.#sensors.delete(sensor);
      sensor.subscription?.close();
    };
  }

  /**
   * Opens all again over a new link to the same episode; one whose actor is gone, or that the server refuses, ends.
   * @throws CarlaError when the link is lost
   */
  async reopen(link: Link): Promise<void> {
    const actors = [...this.#sensors].map(({ actor }) => actor);
    // A server that cannot tell ends the streams of those that are gone.
    const there = await unlessMissing(link.describe(actors.map(({ id }) => id)), actors);
    const found = new Map(there.map((actor) => [actor.id, actor]));
    for (const sensor of this.#sensors) {
      const actor = found.get(sensor.actor.id);
      // A server started anew may give the id to another.
      if (actor?.description.id !== sensor.actor.description.id) {
        this.#finish(sensor, new CarlaError('closed', 'The sensor is gone.'));
        continue;
      }
      sensor.actor = actor;
      try {
        await this.#open(link, sensor);
      } catch (error) {
        if (!link.alive) throw error;
        this.#finish(sensor, asCarlaError(error, 'closed'));
      }
    }
  }

  /** Ends all, telling each why. */
  end(error: CarlaError): void {
    for (const sensor of this.#sensors) {
      sensor.subscription?.close();
      this.#finish(sensor, error);
    }
  }

  /** Ends all at their listener's own wish. */
  close(): void {
    for (const { subscription } of this.#sensors) subscription?.close();
    this.#sensors.clear();
  }

  async #open(link: Link, sensor: Sensor): Promise<void> {
    sensor.subscription?.close();
    sensor.subscription = await link.openSensor(sensor.actor, {
      message: (body) => sensor.handlers.message(body),
      end: (error) => {
        if (error) setTimeout(() => link.alive && this.#finish(sensor, error), SETTLE_MS).unref();
      },
    });
  }

  #finish(sensor: Sensor, error: CarlaError): void {
    if (this.#sensors.delete(sensor)) sensor.handlers.end(error);
  }
}

/** Those who wait for a frame: each is answered by the first frame at or after its own, or told why none comes. */
import { CarlaError } from './errors.ts';
import type { CarlaFrame } from './frames.ts';

interface Waiter {
  readonly frame: number;
  readonly resolve: (frame: CarlaFrame) => void;
  readonly reject: (error: CarlaError) => void;
}

export class FrameWaiters {
  readonly #waiters = new Set<Waiter>();

  /** @throws CarlaError `timeout`, or what `reject` is given */
  wait(frame: number, timeoutMs: number): Promise<CarlaFrame> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new CarlaError('timeout', `Frame ${frame} did not come within ${timeoutMs} ms.`));
      }, timeoutMs);
      const settled =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          then(value);
        };
      const waiter: Waiter = { frame, resolve: settled(resolve), reject: settled(reject) };
      this.#waiters.add(waiter);
    });
  }

  arrive(frame: CarlaFrame): void {
    for (const waiter of this.#waiters) {
      if (frame.frame < waiter.frame) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(frame);
    }
  }

  reject(error: CarlaError): void {
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters.clear();
  }
}

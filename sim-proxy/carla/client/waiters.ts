/** Those who wait for a frame: each is answered by the first frame at or after its own, or told why none comes. */
import { CarlaError } from './errors.ts';
import type { CarlaFrame } from './frames.ts';

interface Waiter {
  frame: number;
  readonly resolve: (frame: CarlaFrame) => void;
  readonly reject: (error: CarlaError) => void;
}

export class FrameWaiters {
  readonly #waiters = new Set<Waiter>();

  /** @throws CarlaError `timeout`, `aborted`, or what `reject` is given */
  wait(frame: number, timeoutMs: number, signal?: AbortSignal): Promise<CarlaFrame> {
    return new Promise((resolve, reject) => {
      const settled =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
          this.#waiters.delete(waiter);
          then(value);
        };
      const waiter: Waiter = { frame, resolve: settled(resolve), reject: settled(reject) };
      const abort = () => waiter.reject(new CarlaError('aborted', 'Waiting for a frame was given up.'));
      const timer = setTimeout(
        () => waiter.reject(new CarlaError('timeout', `Frame ${frame} did not come within ${timeoutMs} ms.`)),
        timeoutMs,
      );
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) abort();
    });
  }

  arrive(frame: CarlaFrame): void {
    for (const waiter of this.#waiters) {
      if (frame.frame >= waiter.frame) waiter.resolve(frame);
    }
  }

  /** Frames may be counted anew: the next one will do. */
  anyFrame(): void {
    for (const waiter of this.#waiters) waiter.frame = 0;
  }

  reject(error: CarlaError): void {
    for (const waiter of this.#waiters) waiter.reject(error);
  }
}

/** When the next step is due: at a rate, as fast as possible (giving way to everyone else every few ms), or step by step while paused. */
import { ProxyError } from '../feed/errors.ts';

const MIN_HERTZ = 0.5;
const MAX_HERTZ = 10_000;
/** How long steps may hold the thread. */
const SLICE_MS = 4;

export class Pace {
  #hertz = 0;
  #paused = false;
  #steps = 0;
  #due = 0;
  #slice = 0;
  #wake: () => void = () => {};

  /** Steps a second; 0 = as fast as possible. */
  constructor(hertz: number) {
    this.setHertz(hertz);
  }

  get paused(): boolean {
    return this.#paused && this.#steps === 0;
  }

  /** @throws ProxyError `bad-rate` */
  setHertz(hertz: number): void {
    if (hertz !== 0 && !(hertz >= MIN_HERTZ && hertz <= MAX_HERTZ)) {
      const expected = `0 or ${MIN_HERTZ} to ${MAX_HERTZ}`;
      throw new ProxyError('invalid', 'bad-rate', `hertz must be ${expected}, not ${hertz}.`, 'hertz');
    }
    this.#hertz = hertz;
    this.#due = performance.now();
    this.#wake();
  }

  /** While paused, `steps` more are made. */
  pause(paused: boolean, steps = 0): void {
    this.#paused = paused;
    this.#steps = paused ? this.#steps + steps : 0;
    this.#due = performance.now();
    this.#wake();
  }

  /** Waits until the next step is due; ends early when aborted. */
  async next(signal: AbortSignal): Promise<void> {
    while (this.paused && !signal.aborted) await this.#wait(1e9, signal);
    if (this.#steps > 0) this.#steps--;
    const now = performance.now();
    // A step that came late does not make the following ones hurry for more than a quarter of a second.
    if (this.#hertz > 0) this.#due = Math.max(this.#due + 1000 / this.#hertz, now - 250);
    if (this.#hertz > 0 && this.#due > now) return this.#wait(this.#due - now, signal);
    if (now - this.#slice < SLICE_MS) return;
    await new Promise(setImmediate);
    this.#slice = performance.now();
  }

  /** A pause between drives; none when steps are made as fast as possible. */
  async rest(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#hertz === 0) return;
    await this.#wait(ms, signal);
    this.#due = performance.now();
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
      this.#wake = done;
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}

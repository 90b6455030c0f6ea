/**
 * Pause, resume and stop of a training, asked from outside and honoured at the loop's own safe points.
 * A loop calls `await control.checkpoint()` once an iteration: it returns at once while running, waits while paused, and
 * throws `StoppedError` after stop. The loop's state is whole at that point, so what was learned is kept.
 */
export class StoppedError extends Error {
  constructor() {
    super('The training was stopped.');
    this.name = 'StoppedError';
  }
}

export class TrainControl {
  readonly #breathe: (() => Promise<void> | undefined) | undefined;
  #paused: { promise: Promise<void>; release: () => void } | undefined;
  #stopped = false;

  /** `breathe` is asked at every safe point: where loop and caller share a thread it lets the caller's messages in now and then. */
  constructor(breathe?: () => Promise<void> | undefined) {
    this.#breathe = breathe;
  }

  get paused(): boolean {
    return this.#paused !== undefined;
  }
  get stopped(): boolean {
    return this.#stopped;
  }
  pause(): void {
    if (this.#paused || this.#stopped) return;
    let release = () => {};
    const promise = new Promise<void>((done) => {
      release = done;
    });
    this.#paused = { promise, release };
  }
  resume(): void {
    this.#paused?.release();
    this.#paused = undefined;
  }
  stop(): void {
    this.#stopped = true;
    this.resume();
  }
  /** Safe point of a loop; throws StoppedError once stopped. */
  async checkpoint(): Promise<void> {
    const breath = this.#breathe?.();
    if (breath) await breath;
    if (this.#paused) await this.#paused.promise;
    if (this.#stopped) throw new StoppedError();
  }
}

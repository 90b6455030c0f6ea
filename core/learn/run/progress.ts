/**
 * What a training tells the outside while it runs: stages with progress and time left, curves, and the final table.
 * Plain data, the same for the page (over Comlink), the command line and the files of a run.
 */
export interface StageReport {
  readonly stage: string;
  readonly status: 'waits' | 'running' | 'paused' | 'done' | 'stopped' | 'failed';
  /** 0..1 */
  readonly progress: number;
  readonly elapsedSeconds: number;
  readonly secondsLeft: number | null;
  /** One short line: "token loss 0.31 · format 99.7 %". */
  readonly summary: string;
}
/** One point of a live curve. */
export interface MetricPoint {
  readonly stage: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** Keeps the stages' state and tells a listener after every change. `clock` gives seconds. */
export class ProgressBoard {
  readonly #stages = new Map<string, StageReport>();
  readonly #clock: () => number;
  readonly #listener: (stages: readonly StageReport[], points: readonly MetricPoint[]) => void;
  readonly #points: MetricPoint[] = [];
  #started = 0;
  #before = 0;

  /** `ids` of the run's stages, in order. */
  constructor(
    ids: readonly string[],
    clock: () => number,
    listener: (stages: readonly StageReport[], points: readonly MetricPoint[]) => void,
  ) {
    this.#clock = clock;
    this.#listener = listener;
    for (const stage of ids) {
      this.#stages.set(stage, {
        stage,
        status: 'waits',
        progress: 0,
        elapsedSeconds: 0,
        secondsLeft: null,
        summary: '',
      });
    }
  }

  get stages(): readonly StageReport[] {
    return [...this.#stages.values()];
  }
  get points(): readonly MetricPoint[] {
    return this.#points;
  }

  /** Puts back what an earlier part of the run had reached. */
  restore(stages: readonly StageReport[], points: readonly MetricPoint[]): void {
    for (const report of stages) this.#stages.set(report.stage, report);
    this.#points.push(...points);
  }

  begin(stage: string): void {
    this.#started = this.#clock();
    this.#before = this.#stages.get(stage)?.elapsedSeconds ?? 0;
    this.#set(stage, { status: 'running', secondsLeft: null });
  }

  /** `progress` 0..1 of the stage; time left is what the rest takes at the mean pace so far. */
  advance(
    stage: string,
    progress: number,
    summary: string,
    metrics: Readonly<Record<string, number>> = {},
    x = 0,
  ): void {
    for (const [name, y] of Object.entries(metrics)) if (Number.isFinite(y)) this.#points.push({ stage, name, x, y });
    const elapsedSeconds = this.#before + this.#clock() - this.#started;
    const secondsLeft = progress > 0.02 ? (elapsedSeconds * (1 - progress)) / progress : null;
    this.#set(stage, { status: 'running', progress, summary, elapsedSeconds, secondsLeft });
  }

  end(stage: string, status: StageReport['status']): void {
    const elapsedSeconds = this.#before + this.#clock() - this.#started;
    const progress = status === 'done' ? 1 : (this.#stages.get(stage)?.progress ?? 0);
    this.#set(stage, { status, elapsedSeconds, progress, secondsLeft: status === 'done' ? 0 : null });
  }

  #set(stage: string, change: Partial<StageReport>): void {
    const old = this.#stages.get(stage);
    if (!old) return;
    this.#stages.set(stage, { ...old, ...change });
    this.#listener(this.stages, this.#points);
  }
}

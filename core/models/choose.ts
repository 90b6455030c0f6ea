/**
 * Which engine to use: measured on this machine at the size asked for, not guessed from its name.
 *
 * One decision = one trace of `tokens` tokens plus the heads. Each engine climbs a short ladder of sizes until its time is
 * up (about 200 ms), so that a slow one cannot hold up the page; its rate is that of the largest size it reached. A first
 * run at the smallest size is not counted: GPUs compile then. A software adapter is measured and shown but never picked
 * by itself. Core has no clock, so one is passed in.
 */
import type { Engine, EngineName, GenerateRequest } from './engine.ts';

export interface EngineCandidate {
  readonly engine: EngineName;
  /** Computes on the CPU what was meant for a GPU (`isSoftwareAdapter`). */
  readonly software: boolean;
  /** Makes the engine, or rejects with the reason it is not available here. It is disposed after its measurement. */
  readonly create: () => Promise<Engine>;
}

export interface MeasuredEngine {
  readonly engine: EngineName;
  readonly available: boolean;
  /** What runs it, or why it is not available. */
  readonly text: string;
  readonly software: boolean;
  readonly decisionsPerSecond?: number;
}

export interface EngineChoice {
  readonly engine: EngineName;
  /** One sentence for the person. */
  readonly reason: string;
}

export interface MeasureSize {
  readonly batch: number;
  /** Tokens of a trace. */
  readonly tokens: number;
}

const LABELS: Readonly<Record<EngineName, string>> = {
  ts: 'TypeScript',
  wasm: 'WASM',
  webgpu: 'WebGPU',
  tfjs: 'TensorFlow.js',
};

/** Measures every candidate for about `budgetMs`, one after another; never rejects. `clock` gives milliseconds. */
export async function measureEngines(
  candidates: readonly EngineCandidate[],
  size: MeasureSize,
  budgetMs: number,
  clock: () => number,
): Promise<MeasuredEngine[]> {
  const measured: MeasuredEngine[] = [];
  for (const { engine: name, software, create } of candidates) {
    let engine: Engine | undefined;
    try {
      engine = await create();
      const decisionsPerSecond = await measure(engine, size, budgetMs, clock);
      measured.push({ engine: name, available: true, software, text: engine.description, decisionsPerSecond });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      measured.push({ engine: name, available: false, software, text });
    } finally {
      engine?.dispose();
    }
  }
  return measured;
}

/** Decisions a second of one engine: best of its runs at the largest size it reached. */
async function measure(engine: Engine, size: MeasureSize, budgetMs: number, clock: () => number): Promise<number> {
  const few = Math.min(4, size.tokens);
  const ladder = [
    { batch: 1, tokens: few },
    { batch: size.batch, tokens: few },
    { batch: size.batch, tokens: size.tokens },
  ];
  await decide(engine, 1, few);
  const rates: number[] = [];
  let spent = 0;
  for (let run = 0; spent < budgetMs; run++) {
    const rung = Math.min(run, ladder.length - 1);
    const { batch, tokens } = ladder[rung];
    const start = clock();
    await decide(engine, batch, tokens);
    // A clock may be too coarse for the smallest size.
    const took = Math.max(clock() - start, 0.01);
    spent += took;
    rates[rung] = Math.max(rates[rung] ?? 0, (batch * tokens * 1000) / (size.tokens * took));
  }
  return rates.at(-1) ?? 0;
}

/** `batch` decisions on made-up observations; every trace has all its tokens. */
async function decide(engine: Engine, batch: number, tokens: number): Promise<void> {
  const { config } = engine;
  const request: GenerateRequest = {
    batch,
    maxTokens: tokens,
    endToken: config.vocabSize,
    temperature: 0,
    observations: Float32Array.from({ length: batch * config.observationSize }, (_, i) => Math.sin(i)),
    ...(config.prefix === 0 && {
      forced: new Int32Array(batch * tokens),
      forcedLengths: new Int32Array(batch).fill(1),
    }),
  };
  const { z } = await engine.generate(request);
  if (config.prefix > 0) await engine.heads(z, batch);
}

/**
 * The engine to use: the person's `override` where it is available, else the fastest that is not on a software adapter.
 * Throws when no engine is available at all.
 */
export function chooseEngine(measured: readonly MeasuredEngine[], override?: EngineName): EngineChoice {
  const ranked = measured
    .filter((m) => m.available)
    .sort((a, b) => (b.decisionsPerSecond ?? 0) - (a.decisionsPerSecond ?? 0));
  const fastest = ranked.find((m) => !m.software) ?? ranked[0];
  if (!fastest) throw new Error('no engine is available');
  if (override) {
    const wanted = measured.find((m) => m.engine === override);
    if (wanted?.available) {
      const other = wanted === fastest ? '' : `; the fastest here is ${LABELS[fastest.engine]} with ${rate(fastest)}`;
      return { engine: override, reason: `${LABELS[override]}, as you chose: ${rate(wanted)}${other}.` };
    }
    const why = wanted ? wanted.text : 'it was not measured';
    return {
      engine: fastest.engine,
      reason: `${LABELS[fastest.engine]}: ${rate(fastest)}. You chose ${LABELS[override]}, which is not available: ${why}.`,
    };
  }
  const rival = ranked.find((m) => m !== fastest);
  const against = rival
    ? `, ${LABELS[rival.engine]} ${rate(rival)}${rival.software ? ' on a software adapter' : ''}`
    : '';
  return {
    engine: fastest.engine,
    reason: `${LABELS[fastest.engine]} is the fastest here: ${rate(fastest)}${against}.`,
  };
}

function rate({ decisionsPerSecond }: MeasuredEngine): string {
  if (decisionsPerSecond === undefined) return 'not measured';
  const digits = decisionsPerSecond >= 100 ? 0 : decisionsPerSecond >= 10 ? 1 : 2;
  return `${Number(decisionsPerSecond.toFixed(digits)).toLocaleString('en')} decisions/s`;
}

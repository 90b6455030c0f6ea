/**
 * One suite for every engine: the same requests to the engine and to the oracle (`ts`, float64), number by number.
 *
 * Errors are relative: |a − b| / max(|b|, rms of the reference array), so that a number near zero is measured against the
 * scale of its array. Tokens and lengths must be equal; a token that differs fails the row whatever its log-probability.
 * The suite covers greedy, forced and sampled generation, ragged lengths, batches of 1, 7 and 64, the heads, and the losses
 * of SFT steps where the engine can train. Both engines end with the parameters they were given.
 */
import { type PolicyConfig, parameterLayout } from './config.ts';
import { initParameters } from './initialise.ts';
import type { Random } from '../base/random.ts';
import type { Engine, GenerateRequest, Generation, SftBatch, SftOptions } from './engine.ts';

const CONFORMANCE_BAR = 1e-4;

export interface ConformanceRow {
  readonly name: string;
  readonly maxRelativeError: number;
  readonly bar: number;
  readonly passed: boolean;
  /** Where and how it differs, or what was thrown. */
  readonly note?: string;
}

export interface EngineConformanceOptions {
  readonly parameters: Float32Array;
  readonly random: Random;
  /** Tokens of the larger batches' traces; default 24. */
  readonly maxTokens?: number;
  /** Tokens of the trace written alone; default: to the end of the context. */
  readonly longest?: number;
  readonly sftSteps?: number;
}

/** Random parameters with an opinionated head, so that the likeliest token is seldom a near tie. */
export function conformanceParameters(config: PolicyConfig, random: Random): Float32Array {
  const flat = initParameters(config, random);
  for (const { name, offset, shape } of parameterLayout(config).views) {
    const gain = name === 'lm_head' ? 20 : name === 'residual.w2' ? 100 : 1;
    const size = shape.reduce((product, n) => product * n, 1);
    for (let i = offset; i < offset + size; i++) {
      flat[i] *= gain;
      if (shape.length === 1) flat[i] += 0.1 * random.normal();
    }
  }
  return flat;
}

/** max |a − b| / max(|b|, rms(b)); Infinity when a size differs or a number is not finite. */
export function maxRelativeError(actual: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (actual.length !== reference.length) return Number.POSITIVE_INFINITY;
  let squares = 0;
  for (let i = 0; i < reference.length; i++) squares += reference[i] ** 2;
  const scale = Math.sqrt(squares / Math.max(1, reference.length)) || 1;
  let worst = 0;
  for (let i = 0; i < reference.length; i++) {
    if (!Number.isFinite(actual[i])) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, Math.abs(actual[i] - reference[i]) / Math.max(Math.abs(reference[i]), scale));
  }
  return worst;
}

/** Runs the whole suite; an engine that throws gives a failed row, never an exception. */
export async function runConformance(
  engine: Engine,
  oracle: Engine,
  { parameters, random, maxTokens = 24, longest, sftSteps = 20 }: EngineConformanceOptions,
): Promise<ConformanceRow[]> {
  const { config } = oracle;
  const rows: ConformanceRow[] = [];
  const row = (name: string, error: number, note?: string) =>
    rows.push({ name, maxRelativeError: error, bar: CONFORMANCE_BAR, passed: error <= CONFORMANCE_BAR, note });
  const attempt = async (name: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      row(name, Number.POSITIVE_INFINITY, String(error));
    }
  };
  const restore = () => Promise.all([engine, oracle].map((e) => e.setParameters(parameters, true)));
  await restore();

  const generation = (name: string, request: GenerateRequest) =>
    attempt(`generation, ${name}`, async () => {
      const [actual, reference] = await Promise.all([engine.generate(request), oracle.generate(request)]);
      const different = firstDifference(actual, reference, request.maxTokens);
      const worst = (of: (g: Generation) => Float32Array) =>
        different ? Number.POSITIVE_INFINITY : maxRelativeError(of(actual), of(reference));
      row(
        `generation, ${name}: log-probabilities`,
        worst((g) => g.logProbs),
        different,
      );
      row(
        `generation, ${name}: z`,
        worst((g) => g.z),
        different,
      );
    });
  const requests = generationRequests(config, random, maxTokens);
  const endToken = await commonToken(oracle, requests.sampled);
  const long = generationRequests(config, random, longest ?? config.context - config.prefix);
  await generation(`greedy, batch 1, ${long.greedy.maxTokens} tokens`, { ...long.greedy, batch: 1 });
  await generation('greedy, batch 64', requests.greedy);
  await generation('sampled, ragged lengths, batch 64', { ...requests.sampled, endToken });
  await generation('sampled at temperature 0.5, batch 7', {
    ...requests.sampled,
    batch: 7,
    temperature: 0.5,
    endToken,
  });
  await generation('forced beginnings, batch 7', { ...requests.forced, endToken });

  for (const batch of config.prefix > 0 ? [1, 64] : []) {
    await attempt(`heads, batch ${batch}`, async () => {
      const z = Float32Array.from({ length: batch * config.width }, () => random.normal());
      const [actual, reference] = await Promise.all([engine.heads(z, batch), oracle.heads(z, batch)]);
      for (const part of ['waypoints', 'residual', 'value'] as const)
        row(`heads, batch ${batch}: ${part}`, maxRelativeError(actual[part], reference[part]));
    });
  }

  if (engine.sftStep && oracle.sftStep) {
    await attempt(`${sftSteps} SFT steps`, async () => {
      const errors = { loss: 0, gradNorm: 0 };
      for (let step = 0; step < sftSteps; step++) {
        const batch = sftBatch(config, random, 6, Math.min(maxTokens, 10));
        const actual = await engine.sftStep?.(batch, SFT);
        const reference = await oracle.sftStep?.(batch, SFT);
        if (!actual || !reference) return;
        for (const key of ['loss', 'tokenLoss', 'waypointLoss', 'confidenceLoss', 'gradNorm'] as const) {
          const part = key === 'gradNorm' ? key : 'loss';
          errors[part] = Math.max(errors[part], maxRelativeError([actual[key]], [reference[key]]));
        }
      }
      row(`${sftSteps} SFT steps: losses`, errors.loss);
      row(`${sftSteps} SFT steps: gradient norm`, errors.gradNorm);
    });
  }
  await restore();
  return rows;
}

const SFT: SftOptions = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  waypointWeight: 1,
  confidenceWeight: 0.1,
  maxGradNorm: 1,
};

/** Greedy and sampled requests of 64 rows and a forced one of 7 rows with 0..maxTokens tokens given. */
function generationRequests(config: PolicyConfig, random: Random, maxTokens: number) {
  const batch = 64;
  const observations = Float32Array.from({ length: batch * config.observationSize }, () => random.between(-1, 1));
  // A model without prefix needs its first token given.
  const tokens = Int32Array.from({ length: batch * maxTokens }, () => random.below(config.vocabSize));
  const least = config.prefix === 0 ? 1 : 0;
  const first = least ? { forced: tokens, forcedLengths: new Int32Array(batch).fill(1) } : {};
  const greedy: GenerateRequest = {
    observations,
    batch,
    maxTokens,
    endToken: config.vocabSize,
    temperature: 0,
    ...first,
  };
  const uniforms = Float32Array.from({ length: batch * maxTokens }, () => random.next());
  const forcedLengths = Int32Array.from({ length: batch }, () => least + random.below(maxTokens + 1 - least));
  return {
    greedy,
    sampled: { ...greedy, temperature: 1, uniforms },
    forced: { ...greedy, batch: 7, forced: tokens, forcedLengths },
  };
}

/** The token that the oracle's samples contain most often: as end token it makes lengths ragged. */
async function commonToken(oracle: Engine, request: GenerateRequest): Promise<number> {
  const counts = new Int32Array(oracle.config.vocabSize);
  const { tokens } = await oracle.generate({ ...request, batch: 7 });
  for (const token of tokens) counts[token]++;
  return counts.indexOf(Math.max(...counts));
}

function firstDifference(actual: Generation, reference: Generation, maxTokens: number): string | undefined {
  const at = reference.tokens.findIndex((token, i) => actual.tokens[i] !== token);
  if (at >= 0)
    return `row ${Math.floor(at / maxTokens)}, token ${at % maxTokens}: ${actual.tokens[at]} instead of ${reference.tokens[at]}`;
  const row = reference.lengths.findIndex((length, i) => actual.lengths[i] !== length);
  return row >= 0 ? `row ${row}: length ${actual.lengths[row]} instead of ${reference.lengths[row]}` : undefined;
}

/** A batch with ragged lengths, some tokens without weight, and plausible waypoints. */
function sftBatch(config: PolicyConfig, random: Random, batch: number, maxTokens: number): SftBatch {
  const lengths = Int32Array.from({ length: batch }, () => 2 + random.below(maxTokens - 1));
  return {
    batch,
    maxTokens,
    lengths,
    observations: Float32Array.from({ length: batch * config.observationSize }, () => random.between(-1, 1)),
    tokens: Int32Array.from({ length: batch * maxTokens }, (_, i) =>
      i % maxTokens < lengths[Math.floor(i / maxTokens)] ? random.below(config.vocabSize) : -1,
    ),
    tokenWeights: Float32Array.from({ length: batch * maxTokens }, () =>
      random.next() < 0.2 ? 0 : random.between(0.5, 2),
    ),
    waypoints: Float32Array.from({ length: batch * config.waypoints * 2 }, (_, i) =>
      i % 2 === 0 ? random.between(0, 20) : random.between(-2, 2),
    ),
  };
}

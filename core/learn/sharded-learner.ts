/**
 * A learner on several threads: every batch is cut into SHARDS parts, workers compute the parts' gradients, and
 * the learner adds them up in the parts' order. How many workers share the parts changes nothing: float32 sums depend on
 * their order alone, so one thread and four give the same bits.
 *
 * Parameters and gradients travel in buffers that go to a worker and come back (transferred, never copied nor made anew).
 */
import { transferring } from '../base/service.ts';
import type { SftBatch, SftOptions, SftResult } from '../models/engine.ts';
import { sftLosses, type SftSums, type SftWhole, wholeOf } from '../models/sft-losses.ts';
import { WasmLearner } from '../models/engines/wasm/learner.ts';
import { type PolicyConfig, parameterLayout } from '../models/config.ts';
import type { Learner, TokenLoss } from '../models/learner.ts';
import type { AdamOptions } from '../models/twin/adam.ts';

/** Parts of a batch; more than this many workers do not help. */
export const SHARDS = 4;

/** Flat arrays in layout order. */
export interface GradientBuffers {
  readonly parameters: Float32Array;
  /** One a part, of the imitation model alone: [imitationSize]. */
  readonly gradients: readonly Float32Array[];
}
export interface GradientRequest extends GradientBuffers {
  readonly parts: readonly SftBatch[];
  readonly whole: SftWhole;
  readonly weights: Pick<SftOptions, 'waypointWeight' | 'confidenceWeight'>;
}
/** The request's buffers, gradients filled, and each part's sums of losses. */
export interface GradientReply extends GradientBuffers {
  readonly sums: readonly SftSums[];
}
/** What to transfer when these are sent to another thread. */
export function buffersOf({ parameters, gradients }: GradientBuffers): ArrayBuffer[] {
  return [parameters, ...gradients].map(({ buffer }) => buffer as ArrayBuffer);
}
/** Log-probabilities of every part's tokens, as `Learner.logProbs` gives them. */
export interface LogProbsRequest {
  readonly parameters: Float32Array;
  readonly parts: readonly SftBatch[];
  readonly endToken: number;
}
/** A thread that computes gradients. What is given to it may be transferred, so the caller goes on with what comes back. */
export interface GradientService {
  gradient(request: GradientRequest): Promise<GradientReply>;
  logProbs(request: LogProbsRequest): Promise<readonly Float32Array[]>;
}

interface Share {
  readonly worker: GradientService;
  /** The parts it computes: [from, to) of SHARDS. */
  readonly from: number;
  readonly to: number;
  buffers: GradientBuffers;
}

/** Holds parameters and optimiser; the workers hold nothing between steps. */
export class ShardedLearner implements Learner {
  readonly config: PolicyConfig;
  readonly groups = ['base'] as const;
  readonly #learner: WasmLearner;
  readonly #shares: readonly Share[];

  /** Begins with `flat` (layout order). Throws `RequestError` on misfits. */
  constructor(config: PolicyConfig, flat: Float32Array, workers: readonly GradientService[]) {
    this.config = config;
    this.#learner = new WasmLearner(config, flat);
    const { size, imitationSize } = parameterLayout(config);
    const count = Math.min(SHARDS, workers.length);
    this.#shares = workers.slice(0, count).map((worker, i) => {
      const from = Math.floor((i * SHARDS) / count);
      const to = Math.floor(((i + 1) * SHARDS) / count);
      const gradients = Array.from({ length: to - from }, () => new Float32Array(imitationSize));
      return { worker, from, to, buffers: { parameters: new Float32Array(size), gradients } };
    });
  }

  async gradient(batch: SftBatch, loss: TokenLoss): Promise<Omit<SftResult, 'gradNorm'>> {
    const { config } = this;
    const learner = this.#learner;
    const whole = { ...wholeOf(config, batch), ...(loss.weightSum !== undefined && { weightSum: loss.weightSum }) };
    const weights = { waypointWeight: loss.waypointWeight, confidenceWeight: loss.confidenceWeight };
    const replies = await Promise.all(
      this.#shares.map((share) => {
        const { parameters, gradients } = share.buffers;
        const parts = Array.from({ length: share.to - share.from }, (_, i) => partOf(config, batch, share.from + i));
        parameters.set(learner.params);
        const request = { parameters, gradients, parts, whole, weights };
        return share.worker.gradient(transferring(request, buffersOf(request)));
      }),
    );
    const sums: [number, number, number] = [0, 0, 0];
    for (const [i, reply] of replies.entries()) {
      this.#shares[i].buffers = { parameters: reply.parameters, gradients: reply.gradients };
      for (const [part, gradient] of reply.gradients.entries()) {
        learner.add(gradient);
        for (let k = 0; k < 3; k++) sums[k] += reply.sums[part][k];
      }
    }
    return sftLosses(config, whole, sums, weights);
  }

  async step(options: AdamOptions): Promise<number> {
    return this.#learner.adamStep(options);
  }

  async logProbs(batch: SftBatch, endToken: number): Promise<Float32Array> {
    const parameters = this.#learner.params.slice();
    const parts = await Promise.all(
      this.#shares.map(({ worker, from, to }) => {
        const rows = Array.from({ length: to - from }, (_, i) => partOf(this.config, batch, from + i));
        return worker.logProbs({ parameters, parts: rows, endToken });
      }),
    );
    const out = new Float32Array(batch.batch * batch.maxTokens);
    let at = 0;
    for (const part of parts.flat()) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  parameters(): Float32Array {
    return this.#learner.params.slice();
  }
  optimiser(): Float32Array {
    return this.#learner.optimiser.save();
  }
  setOptimiser(saved: Float32Array): void {
    this.#learner.optimiser.restore(saved);
  }
}

/** Part `part` of SHARDS: a stretch of the batch's rows, copied; it may have none. */
function partOf(config: PolicyConfig, whole: SftBatch, part: number): SftBatch {
  const from = Math.floor((part * whole.batch) / SHARDS);
  const to = Math.floor(((part + 1) * whole.batch) / SHARDS);
  const { maxTokens } = whole;
  return {
    batch: to - from,
    maxTokens,
    observations: whole.observations.slice(from * config.observationSize, to * config.observationSize),
    tokens: whole.tokens.slice(from * maxTokens, to * maxTokens),
    lengths: whole.lengths.slice(from, to),
    tokenWeights: whole.tokenWeights.slice(from * maxTokens, to * maxTokens),
    waypoints: whole.waypoints.slice(from * config.waypoints * 2, to * config.waypoints * 2),
    ...(whole.dz && { dz: whole.dz.slice(from * config.width, to * config.width) }),
  };
}

/**
 * The `ts` engine: plain TypeScript, float64 inside, one sequence at a time. Slow and readable: the oracle that the other
 * engines are compared with.
 */
import { adamStep, type AdamState, createAdam } from '../../twin/adam.ts';
import type { PolicyConfig } from '../../config.ts';
import { encode } from '../../twin/encoder.ts';
import { readHeads } from '../../twin/heads.ts';
import { rmsNorm, softmax } from '../../twin/linear.ts';
import { createActivations, forwardPosition, logitsAt, microgptOf } from '../../twin/microgpt.ts';
import { sftGradient } from '../../twin/sft.ts';
import type { Engine, GenerateRequest, Generation, HeadsOutput } from '../../engine.ts';
import { checkGenerate, checkSft, RequestError } from '../../request.ts';

/** An engine over its own float64 copy of `flat` (layout order). Throws when `flat` has another size. */
export function createTsEngine(config: PolicyConfig, flat: Float32Array): Engine {
  const gpt = microgptOf(config);
  const { layout } = gpt;
  const params = new Float64Array(layout.size);
  let adam: AdamState = createAdam(layout.imitationSize);

  const setParameters = (values: Float32Array) => {
    if (values.length !== layout.size)
      throw new RequestError('parameters', `needs ${layout.size} numbers, has ${values.length}`);
    params.set(values);
  };
  setParameters(flat);

  function generate(request: GenerateRequest): Generation {
    checkGenerate(config, request);
    const { batch, maxTokens, temperature, uniforms, forced, forcedLengths } = request;
    const { width: E, prefix: P, vocabSize: V } = config;
    const tokens = new Int32Array(batch * maxTokens).fill(-1);
    const lengths = new Int32Array(batch);
    const logProbs = new Float32Array(batch * maxTokens);
    const z = new Float32Array(batch * E);
    const act = createActivations(config, P + maxTokens);
    const logits = new Float64Array(V);
    for (let b = 0; b < batch; b++) {
      if (P > 0) {
        const prefix = encode(config, params, request.observations, b * config.observationSize, layout);
        for (let t = 0; t < P; t++) forwardPosition(gpt, params, act, t, prefix, t * E);
      }
      let n = 0;
      let ended = false;
      while (n < maxTokens && !ended) {
        const at = b * maxTokens + n;
        const t = P - 1 + n;
        const fixed = forced !== undefined && n < (forcedLengths?.[b] ?? 0);
        let token: number;
        if (t < 0) token = (forced as Int32Array)[at];
        else {
          logitsAt(gpt, params, act, t, logits);
          if (fixed) token = forced[at];
          else if (temperature === 0) token = logits.indexOf(Math.max(...logits));
          else token = sample(logits, temperature, (uniforms as Float32Array)[at]);
          const logit = logits[token];
          logProbs[at] = logit - softmax(logits, 0, V);
        }
        tokens[at] = token;
        forwardPosition(gpt, params, act, P + n, params, gpt.wte + token * E);
        ended = token === request.endToken;
        n++;
      }
      lengths[b] = n;
      rmsNorm(act.x, (P + n - 1) * E, E, z, b * E);
    }
    return { tokens, lengths, logProbs, z };
  }

  function heads(z: Float32Array, batch: number): HeadsOutput {
    if (z.length < batch * config.width) throw new RequestError('z', `needs ${batch * config.width} numbers`);
    const waypoints = new Float32Array(batch * config.waypoints * 3);
    const residual = new Float32Array(batch * config.residualSize);
    const value = new Float32Array(batch);
    for (let b = 0; b < batch; b++) {
      const read = readHeads(config, params, z, b * config.width, layout);
      waypoints.set(read.waypoints, b * config.waypoints * 3);
      residual.set(read.residual, b * config.residualSize);
      value[b] = read.value;
    }
    return { waypoints, residual, value };
  }

  return {
    name: 'ts',
    config,
    description: 'TypeScript, float64, 1 thread',
    async setParameters(values, resetOptimiser = false) {
      setParameters(values);
      if (resetOptimiser) adam = createAdam(layout.imitationSize);
    },
    getParameters: async () => Float32Array.from(params),
    generate: async (request) => generate(request),
    heads: async (z, batch) => heads(z, batch),
    async sftStep(batch, options) {
      checkSft(config, batch);
      const grads = new Float64Array(layout.size);
      const losses = sftGradient(gpt, params, batch, options, grads);
      const gradNorm = adamStep(adam, params, grads, options, 0, layout.imitationSize);
      return { ...losses, gradNorm };
    },
    dispose() {},
  };
}

/** First id whose cumulative probability under softmax(logits / temperature) exceeds `uniform`. */
function sample(logits: Float64Array, temperature: number, uniform: number): number {
  const p = logits.slice();
  softmax(p, 0, p.length, temperature);
  let cumulative = 0;
  let last = 0;
  for (let i = 0; i < p.length; i++) {
    cumulative += p[i];
    if (cumulative > uniform) return i;
    if (p[i] > 0) last = i;
  }
  return last;
}

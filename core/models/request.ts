/**
 * Checks every engine makes before it computes: a wrong size or an id outside the vocabulary is an error here, not memory
 * corruption in a kernel or a silent NaN.
 */
import type { PolicyConfig } from './config.ts';
import type { GenerateRequest, SftBatch } from './engine.ts';

/** A request that does not fit the model. `field` names the offending part. */
export class RequestError extends RangeError {
  readonly field: string;
  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.name = 'RequestError';
    this.field = field;
  }
}

function requireLength(field: string, array: { readonly length: number } | undefined, least: number): void {
  if (!array || array.length < least)
    throw new RequestError(field, `needs ${least} numbers, has ${array?.length ?? 0}`);
}

function requireTokens(field: string, config: PolicyConfig, tokens: Int32Array, at: number, count: number): void {
  for (let i = at; i < at + count; i++)
    if (!(tokens[i] >= 0 && tokens[i] < config.vocabSize))
      throw new RequestError(field, `token ${tokens[i]} at ${i} is outside 0..${config.vocabSize - 1}`);
}

function requireRows(batch: number, maxTokens: number, most: number): void {
  if (!(Number.isInteger(batch) && batch >= 0)) throw new RequestError('batch', `${batch} is not a count`);
  if (!(Number.isInteger(maxTokens) && maxTokens >= 1 && maxTokens <= most))
    throw new RequestError('maxTokens', `${maxTokens} is not in 1..${most}`);
}

/** Throws `RequestError` unless the request fits the model. */
export function checkGenerate(config: PolicyConfig, request: GenerateRequest): void {
  const { batch, maxTokens } = request;
  requireRows(batch, maxTokens, config.context - config.prefix);
  requireLength('observations', request.observations, batch * config.observationSize);
  if (!(request.temperature >= 0)) throw new RequestError('temperature', `${request.temperature} is not ≥ 0`);
  if (request.temperature > 0) requireLength('uniforms', request.uniforms, batch * maxTokens);
  if (request.forced) {
    requireLength('forced', request.forced, batch * maxTokens);
    requireLength('forcedLengths', request.forcedLengths, batch);
  }
  for (let b = 0; b < batch; b++) {
    const count = request.forced ? (request.forcedLengths?.[b] ?? 0) : 0;
    if (!(count >= 0 && count <= maxTokens))
      throw new RequestError('forcedLengths', `${count} at ${b} is not in 0..${maxTokens}`);
    if (config.prefix === 0 && count === 0)
      throw new RequestError('forcedLengths', `a model without prefix needs a first token, row ${b} has none`);
    if (request.forced) requireTokens('forced', config, request.forced, b * maxTokens, count);
  }
}

/** Throws `RequestError` unless the batch fits the model. */
export function checkSft(config: PolicyConfig, batch: SftBatch): void {
  // Without a prefix the last token is only predicted, so one more fits.
  const most = config.prefix > 0 ? config.context - config.prefix : config.context + 1;
  requireRows(batch.batch, batch.maxTokens, most);
  if (batch.batch < 1) throw new RequestError('batch', 'is empty');
  requireLength('observations', batch.observations, batch.batch * config.observationSize);
  requireLength('tokens', batch.tokens, batch.batch * batch.maxTokens);
  requireLength('tokenWeights', batch.tokenWeights, batch.batch * batch.maxTokens);
  requireLength('lengths', batch.lengths, batch.batch);
  requireLength('waypoints', batch.waypoints, batch.batch * config.waypoints * 2);
  if (batch.dz && config.prefix === 0)
    throw new RequestError('dz', 'a model without prefix does not read its last token in training, so it has no z');
  if (batch.dz) requireLength('dz', batch.dz, batch.batch * config.width);
  for (let b = 0; b < batch.batch; b++) {
    const n = batch.lengths[b];
    if (!(n >= 1 && n <= batch.maxTokens))
      throw new RequestError('lengths', `${n} at ${b} is not in 1..${batch.maxTokens}`);
    requireTokens('tokens', config, batch.tokens, b * batch.maxTokens, n);
  }
}

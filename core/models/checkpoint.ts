/**
 * Checkpoints: a policy's parameters as a safetensors file (huggingface.co/docs/safetensors: 8-byte little-endian header
 * length, JSON header, raw tensors), one tensor a parameter, float32, in layout order. `__metadata__` has the format, the
 * configuration as JSON and a name.
 *
 * Reading is hostile-input code: the header's size is bounded before it is parsed, every size is derived from the validated
 * configuration and must match what the file says, tensors must tile the data without gap or overlap, every number must be
 * finite. Whatever is wrong becomes a `CheckpointError` that says what and where.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type ParameterLayout, type PolicyConfig, parameterLayout } from './config.ts';

export const CHECKPOINT_FORMAT = 'traceway-policy/1';
const METADATA = '__metadata__';
const MAX_HEADER_BYTES = 100_000;
const MAX_NAME = 200;

/** The configuration's fields with their least and greatest values. */
const LIMITS: Readonly<Record<keyof PolicyConfig, readonly [number, number]>> = {
  vocabSize: [1, 8192],
  layers: [1, 16],
  width: [1, 1024],
  heads: [1, 64],
  context: [1, 1024],
  prefix: [0, 64],
  observationSize: [0, 4096],
  encoderHidden: [0, 4096],
  waypoints: [0, 256],
  waypointHidden: [0, 4096],
  residualSize: [0, 64],
  residualHidden: [0, 4096],
};
const FIELDS = Object.keys(LIMITS) as (keyof PolicyConfig)[];

export type CheckpointProblem = 'truncated' | 'header' | 'format' | 'config' | 'tensor' | 'data';

/** Why bytes are not a checkpoint. `where` names the header field, tensor or byte. */
export class CheckpointError extends Error {
  readonly problem: CheckpointProblem;
  readonly where: string;
  constructor(problem: CheckpointProblem, where: string, message: string) {
    super(`Not a usable checkpoint: ${where}: ${message}`);
    this.name = 'CheckpointError';
    this.problem = problem;
    this.where = where;
  }
}

export interface Checkpoint {
  readonly config: PolicyConfig;
  readonly flat: Float32Array;
  readonly name: string;
}

/** Checks every field and the relations between them; returns a copy with exactly the known fields. */
export function checkConfig(value: unknown): PolicyConfig {
  const fail = (field: string, message: string) => new CheckpointError('config', `config.${field}`, message);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail('', 'is not an object');
  const source = value as Record<string, unknown>;
  const config = {} as Record<keyof PolicyConfig, number>;
  for (const field of FIELDS) {
    const [low, high] = LIMITS[field];
    const n = Object.hasOwn(source, field) ? source[field] : undefined;
    if (typeof n !== 'number' || !Number.isInteger(n) || n < low || n > high)
      throw fail(field, `must be an integer in ${low}..${high}`);
    config[field] = n;
  }
  if (config.width % config.heads !== 0) throw fail('heads', 'must divide the width');
  if (config.prefix >= config.context) throw fail('prefix', 'must be below the context');
  if (config.prefix > 0)
    for (const field of FIELDS) if (config[field] < 1) throw fail(field, 'must be at least 1 in a model with a prefix');
  return config;
}

/** The file's bytes. Throws `CheckpointError` when `flat` does not fit `config` or has a number that is not finite. */
export function writeCheckpoint(config: PolicyConfig, flat: Float32Array, name: string): Uint8Array<ArrayBuffer> {
  const layout = parameterLayout(checkConfig(config));
  if (flat.length !== layout.size)
    throw new CheckpointError('data', 'parameters', `needs ${layout.size} numbers, has ${flat.length}`);
  requireFinite(flat, layout);
  const metadata = { format: CHECKPOINT_FORMAT, config: JSON.stringify(config), name: name.slice(0, MAX_NAME) };
  const header: Record<string, unknown> = { [METADATA]: metadata };
  for (const { name: tensor, offset, shape } of layout.views)
    header[tensor] = { dtype: 'F32', shape, data_offsets: [4 * offset, 4 * (offset + count(shape))] };
  let json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array((json.length + 7) & ~7).fill(0x20);
  padded.set(json);
  json = padded;
  const bytes = new Uint8Array(8 + json.length + 4 * flat.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  for (let i = 0; i < flat.length; i++) view.setFloat32(8 + json.length + 4 * i, flat[i], true);
  return bytes;
}

/** The policy in `bytes`. Throws `CheckpointError`. */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const { header, dataAt } = readHeader(bytes);
  const metadata = record(header[METADATA], 'header', METADATA);
  if (metadata.format !== CHECKPOINT_FORMAT)
    throw new CheckpointError('format', '__metadata__.format', `must be "${CHECKPOINT_FORMAT}"`);
  const name = metadata.name;
  if (typeof name !== 'string' || name.length > MAX_NAME)
    throw new CheckpointError('header', '__metadata__.name', `must be a text of at most ${MAX_NAME} characters`);
  if (typeof metadata.config !== 'string') throw new CheckpointError('config', '__metadata__.config', 'must be a text');
  const config = checkConfig(parseJson(metadata.config, 'config', '__metadata__.config'));
  const layout = parameterLayout(config);

  const expected = new Set(layout.views.map((view) => view.name));
  for (const key of Object.keys(header))
    if (key !== METADATA && !expected.has(key))
      throw new CheckpointError('tensor', key.slice(0, 60), 'is not a parameter of this configuration');
  for (const { name: tensor, offset, shape } of layout.views) {
    const entry = record(Object.hasOwn(header, tensor) ? header[tensor] : undefined, 'tensor', tensor);
    const fail = (message: string) => new CheckpointError('tensor', tensor, message);
    if (entry.dtype !== 'F32') throw fail('dtype must be F32');
    if (!sameNumbers(entry.shape, shape)) throw fail(`shape must be [${shape.join(', ')}]`);
    const end = offset + count(shape);
    if (!sameNumbers(entry.data_offsets, [4 * offset, 4 * end]))
      throw fail(`data_offsets must be [${4 * offset}, ${4 * end}]`);
  }
  const expectedBytes = 4 * layout.size;
  if (bytes.length - dataAt !== expectedBytes)
    throw new CheckpointError('truncated', 'data', `has ${bytes.length - dataAt} bytes instead of ${expectedBytes}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataAt, expectedBytes);
  const flat = new Float32Array(layout.size);
  for (let i = 0; i < flat.length; i++) flat[i] = view.getFloat32(4 * i, true);
  requireFinite(flat, layout);
  return { config, flat, name };
}

/** SHA-256 of the parameters' little-endian bytes, 64 hex digits: a checkpoint's identity. */
export function parametersHash(flat: Float32Array): string {
  const bytes = new Uint8Array(4 * flat.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < flat.length; i++) view.setFloat32(4 * i, flat[i], true);
  return bytesToHex(sha256(bytes));
}

/** Hash of the imitation model alone: equal before and after RL, which proves it stayed frozen. */
export function imitationHash(flat: Float32Array, layout: ParameterLayout): string {
  return parametersHash(flat.subarray(0, layout.imitationSize));
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataAt: number } {
  if (bytes.length < 8) throw new CheckpointError('truncated', 'byte 0', `the file has only ${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES))
    throw new CheckpointError('header', 'byte 0', `a header of ${length} bytes is more than ${MAX_HEADER_BYTES}`);
  const dataAt = 8 + Number(length);
  if (dataAt > bytes.length) throw new CheckpointError('truncated', 'byte 8', 'the header is cut off');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataAt));
  } catch {
    throw new CheckpointError('header', 'byte 8', 'is not UTF-8');
  }
  return { header: record(parseJson(text, 'header', 'byte 8'), 'header', 'byte 8'), dataAt };
}

function parseJson(text: string, problem: CheckpointProblem, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CheckpointError(problem, where, 'is not JSON');
  }
}

function record(value: unknown, problem: CheckpointProblem, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CheckpointError(problem, where, value === undefined ? 'is missing' : 'is not an object');
  return value as Record<string, unknown>;
}

const count = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

function sameNumbers(value: unknown, expected: readonly number[]): boolean {
  return Array.isArray(value) && value.length === expected.length && expected.every((n, i) => value[i] === n);
}

function requireFinite(flat: Float32Array, layout: ParameterLayout): void {
  const bad = flat.findIndex((x) => !Number.isFinite(x));
  if (bad < 0) return;
  const view = layout.views.findLast((v) => v.offset <= bad);
  throw new CheckpointError('data', `${view?.name}[${bad - (view?.offset ?? 0)}]`, `${flat[bad]} is not finite`);
}

/** Snapshots that travel: one line of JSON that says what they are, then bytes for each world. What comes back is taken for hostile. */
import { createRandom } from '../../core/base/random.ts';
import { ProxyError } from '../feed/errors.ts';

const MAX_HEAD_BYTES = 128 * 1024;

export interface SnapshotParts {
  /** Whatever the writer put there; nothing of it is checked but the format. */
  readonly head: Readonly<Record<string, unknown>>;
  readonly worlds: readonly {
    readonly facts: Readonly<Record<string, unknown>>;
    readonly state: Uint8Array;
  }[];
  /** Of the generator that draws seeds, for `createRandom`. */
  readonly random: readonly number[];
}

export const badSnapshot = (what: string): ProxyError =>
  new ProxyError('invalid', 'bad-snapshot', `This is no snapshot of this environment: ${what}.`, 'snapshot');

/** `head` must be an object of plain JSON, `facts` of each world too. */
export function packSnapshot(format: string, { head, worlds, random }: SnapshotParts): Uint8Array {
  const facts = worlds.map(({ facts: each, state }) => ({ ...each, bytes: state.length }));
  const line = JSON.stringify({ format, ...head, worlds: facts, random });
  return Buffer.concat([new TextEncoder().encode(`${line}\n`), ...worlds.map(({ state }) => state)]);
}

/** @throws ProxyError `bad-snapshot` for bytes that are none of this format and `count` worlds, whole */
export function unpackSnapshot(format: string, count: number, bytes: Uint8Array): SnapshotParts {
  const end = bytes.subarray(0, MAX_HEAD_BYTES).indexOf(10);
  let head: Readonly<Record<string, unknown>>;
  try {
    head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, Math.max(0, end)))) ?? {};
  } catch {
    throw badSnapshot('it begins with no header');
  }
  const { worlds, random } = head;
  if (head.format !== format) throw badSnapshot(`its format is not ${format}`);
  if (!Array.isArray(worlds) || worlds.length !== count) throw badSnapshot(`it does not hold ${count} worlds`);
  if (!Array.isArray(random) || random.length !== createRandom(0).state().length)
    throw badSnapshot('it has no generator');
  let at = end + 1;
  const parts = worlds.map((world: unknown) => {
    const facts = (world ?? {}) as Readonly<Record<string, unknown>>;
    const { bytes: size } = facts;
    if (!isCount(size, bytes.length - at)) throw badSnapshot('it is cut off');
    at += size;
    return { facts, state: new Uint8Array(bytes.subarray(at - size, at)) };
  });
  if (at !== bytes.length) throw badSnapshot('it is longer than it says');
  // A generator without a number in reserve says so by NaN, which JSON writes as null.
  const state = random.map((value: unknown) => (value === null ? Number.NaN : Number(value)));
  return { head, worlds: parts, random: state };
}

/** Whether it is an integer from 0 to `most`. */
export const isCount = (value: unknown, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;

/**
 * One trace coded against another, as small non-negative integers: how a replay link carries a model's trace when the reader
 * can synthesise the expert's for the same state. A faithful trace costs one zero.
 *
 *   codes := edits (copy skip insert token{insert}){edits}
 *
 * `copy` reference tokens are kept, `skip` are left out and `insert` tokens written in their place; after the last edit the rest of the
 * reference is kept. An inserted token that stands for a skipped one is coded as the zigzag of their difference (bins one
 * apart give 1 or 2), the others as their id. Edits come from a minimal alignment (Levenshtein), so an actor more or less
 * shifts nothing. The codes delimit themselves. Decoding is hostile-input code: everything is bounded and checked.
 */
import { MAX_TRACE } from '../../../models/config.ts';
import { VOCABULARY_SIZE } from './vocabulary.ts';

/** Codes that cannot come from `encodeAgainst`. */
export class DiffError extends Error {
  /** Index of the offending code. */
  readonly index: number;

  constructor(index: number, message: string) {
    super(`Trace code ${index}: ${message}`);
    this.name = 'DiffError';
    this.index = index;
  }
}

/** Codes of `tokens` against `reference`. Throws RangeError for tokens outside the vocabulary or more than MAX_TRACE. */
export function encodeAgainst(reference: readonly number[], tokens: readonly number[]): number[] {
  if (tokens.length > MAX_TRACE)
    throw new RangeError(`A trace has at most ${MAX_TRACE} tokens, found ${tokens.length}`);
  for (const token of tokens) if (!isToken(token)) throw new RangeError(`${token} is no token`);
  const edits = align(reference, tokens);
  const codes = [edits.length];
  for (const { copy, from, skip, at, insert } of edits) {
    codes.push(copy, skip, insert);
    for (let i = 0; i < insert; i++)
      codes.push(i < skip ? zigzag(tokens[at + i] - reference[from + i]) : tokens[at + i]);
  }
  return codes;
}

/**
 * The tokens that `codes`, read from `offset`, make of `reference`, and the offset after them. Throws DiffError for codes that
 * are cut short, reach beyond the reference, name no token or make more than MAX_TRACE tokens.
 */
export function decodeAgainst(
  reference: readonly number[],
  codes: ArrayLike<number>,
  offset = 0,
): { tokens: number[]; next: number } {
  let next = offset;
  const read = (limit: number, what: string) => {
    if (next >= codes.length) throw new DiffError(next, 'the codes end too early');
    const code = codes[next++];
    if (!Number.isInteger(code) || code < 0 || code > limit)
      throw new DiffError(next - 1, `${what} is ${code}, allowed 0..${limit}`);
    return code;
  };
  const tokens: number[] = [];
  let from = 0;
  const keep = (count: number) => {
    for (let i = 0; i < count; i++) tokens.push(reference[from++]);
  };
  for (let edits = read(MAX_TRACE, 'number of edits'); edits > 0; edits--) {
    keep(read(reference.length - from, 'copy'));
    const skip = read(reference.length - from, 'skip');
    const insert = read(Math.max(0, MAX_TRACE - tokens.length), 'insert');
    for (let i = 0; i < insert; i++) {
      const code = read(2 * VOCABULARY_SIZE, 'token');
      const token = i < skip ? reference[from + i] + unzigzag(code) : code;
      if (!isToken(token)) throw new DiffError(next - 1, `${token} is no token`);
      tokens.push(token);
    }
    from += skip;
  }
  keep(reference.length - from);
  if (tokens.length > MAX_TRACE) throw new DiffError(next, `${tokens.length} tokens, allowed ${MAX_TRACE}`);
  return { tokens, next };
}

interface Edit {
  /** Matches before the edit. */
  readonly copy: number;
  /** First reference token left out, and how many. */
  readonly from: number;
  readonly skip: number;
  /** First token written instead, and how many. */
  readonly at: number;
  readonly insert: number;
}

/** Levenshtein alignment, maximal runs of non-matches joined to edits. */
function align(a: readonly number[], b: readonly number[]): Edit[] {
  const width = b.length + 1;
  const cost = new Uint16Array((a.length + 1) * width);
  for (let i = a.length; i >= 0; i--)
    for (let j = b.length; j >= 0; j--) {
      const here = i * width + j;
      if (i === a.length) cost[here] = b.length - j;
      else if (j === b.length) cost[here] = a.length - i;
      else if (a[i] === b[j]) cost[here] = cost[here + width + 1];
      else cost[here] = 1 + Math.min(cost[here + width + 1], cost[here + width], cost[here + 1]);
    }
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    let copy = 0;
    while (i < a.length && j < b.length && a[i] === b[j]) {
      copy++;
      i++;
      j++;
    }
    const from = i;
    const at = j;
    while ((i < a.length || j < b.length) && a[i] !== b[j]) {
      const rest = cost[i * width + j] - 1;
      if (i < a.length && j < b.length && cost[(i + 1) * width + j + 1] === rest) {
        i++;
        j++;
      } else if (i < a.length && cost[(i + 1) * width + j] === rest) i++;
      else j++;
    }
    if (i > from || j > at) edits.push({ copy, from, skip: i - from, at, insert: j - at });
  }
  return edits;
}

const isToken = (token: number) => Number.isInteger(token) && token >= 0 && token < VOCABULARY_SIZE;
const zigzag = (difference: number) => (difference >= 0 ? 2 * difference : -2 * difference - 1);
const unzigzag = (code: number) => (code % 2 === 0 ? code / 2 : -(code + 1) / 2);

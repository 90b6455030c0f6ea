/**
 * An episode as one JSON file: canonical (one key order, no spaces, a newline at the end), so export → import → export is
 * byte-identical, and a file can be compared by its bytes.
 *
 * A file comes from a stranger until proven otherwise: its size is capped before parsing, every number has bounds, unknown
 * keys are errors, and the one error thrown names where ("decisions[3].tokens[4]"), what is there and what was expected.
 */
import * as v from 'valibot';
import { ACCEL_MAX_Q, ACCEL_MIN_Q, STEER_MAX_Q } from '../abi/layout.ts';
import { EPISODE_FORMAT, type Episode } from './episode.ts';
import { MAX_FILE_BYTES } from './limits.ts';
import { EpisodeSchema } from './schema.ts';

/** An episode file or record that can't be used. `where` is a path ("decisions[3].tokens[4]"), "byte 120" or "file". */
export class EpisodeError extends Error {
  readonly where: string;
  constructor(where: string, problem: string) {
    super(where === 'file' ? problem : `${where}: ${problem}`);
    this.name = 'EpisodeError';
    this.where = where;
  }
}

/** The file's text. @throws EpisodeError when the episode itself breaks the format. */
export function episodeToJson(episode: Episode): string {
  return `${JSON.stringify(validateEpisode(episode))}\n`;
}

/** Reads an episode file. @throws EpisodeError */
export function episodeFromJson(file: string | Uint8Array): Episode {
  if (file.length > MAX_FILE_BYTES) {
    const limit = `${MAX_FILE_BYTES / 2 ** 20} MiB`;
    throw new EpisodeError(
      'file',
      `The file has ${(file.length / 2 ** 20).toFixed(1)} MiB; an episode has at most ${limit}.`,
    );
  }
  return validateEpisode(parseJson(file));
}

/** Parses JSON text or UTF-8 bytes. @throws EpisodeError saying at which byte the text stops being JSON. */
export function parseJson(file: string | Uint8Array): unknown {
  let text: string;
  try {
    text = typeof file === 'string' ? file : new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    throw new EpisodeError('file', 'The file is not text (UTF-8).');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const { at, line, column } = locateSyntaxError(text, String(error));
    const what = at >= text.trimEnd().length ? 'the file is cut off here' : 'this is not JSON';
    throw new EpisodeError(`byte ${at} (line ${line}, column ${column})`, what);
  }
}

/** Checks a value (parsed JSON, a stored record, a decoded link) and puts its keys in canonical order. @throws EpisodeError */
export function validateEpisode(value: unknown): Episode {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new EpisodeError('file', 'The file is not an episode: it holds no JSON object.');
  }
  const format = 'format' in value ? value.format : undefined;
  if (format !== EPISODE_FORMAT) throw new EpisodeError('format', formatProblem(format));
  const result = v.safeParse(EpisodeSchema, value, { abortEarly: true, abortPipeEarly: true });
  if (!result.success) {
    const issue = result.issues[0];
    throw new EpisodeError(pathText(issue.path), issueText(issue));
  }
  checkMeaning(result.output);
  return result.output;
}

/** Version 1 is the first; a reader of an older version would convert it here, before validation. */
function formatProblem(format: unknown): string {
  const version = typeof format === 'string' ? /^traceway-episode\/(\d+)$/.exec(format)?.[1] : undefined;
  if (version !== undefined && Number(version) > 1) return `made by a newer Traceway (${format}); update to open it`;
  return `got ${shown(format)}, expected "${EPISODE_FORMAT}"`;
}

function checkMeaning(episode: Episode): void {
  const fail = (where: string, problem: string): never => {
    throw new EpisodeError(where, problem);
  };
  const { controls, decisions, stateHashes, events, parent } = episode;
  if (controls.length % 2 !== 0) fail('controls', `${controls.length} numbers, expected two a step`);
  const { recording } = episode;
  if (recording && controls.length + decisions.length + stateHashes.length > 0)
    fail('recording', 'a drive with controls, decisions or hashes, expected one without');
  const steps = recording ? recording.steps : controls.length / 2;
  controls.forEach((count, i) => {
    const [low, high] = i % 2 === 0 ? [ACCEL_MIN_Q, ACCEL_MAX_Q] : [-STEER_MAX_Q, STEER_MAX_Q];
    if (count < low || count > high) fail(`controls[${i}]`, `got ${count}, expected from ${low} to ${high}`);
  });
  let previous = -1;
  decisions.forEach((decision, i) => {
    if (decision.step <= previous) fail(`decisions[${i}].step`, `got ${decision.step}, expected more than ${previous}`);
    if (decision.step >= steps) fail(`decisions[${i}].step`, `got ${decision.step}, expected less than ${steps} steps`);
    previous = decision.step;
    const { edit, tokens, logProbs } = decision;
    if (edit && tokens[edit.index] !== edit.to) {
      fail(`decisions[${i}].edit`, `token ${edit.index} is ${tokens[edit.index] ?? 'missing'}, expected ${edit.to}`);
    }
    if (logProbs && logProbs.length !== tokens.length) {
      fail(`decisions[${i}].logProbs`, `${logProbs.length} numbers, expected one for each of ${tokens.length} tokens`);
    }
  });
  previous = -1;
  stateHashes.forEach(([step], i) => {
    if (step <= previous || step > steps) {
      fail(`stateHashes[${i}][0]`, `got ${step}, expected more than ${previous} and at most ${steps}`);
    }
    previous = step;
  });
  events.forEach((event, i) => {
    if (event.step > steps) fail(`events[${i}].step`, `got ${event.step}, expected at most ${steps}`);
  });
  if (parent && parent.decision >= decisions.length) {
    fail('parent.decision', `got ${parent.decision}, expected less than ${decisions.length}`);
  }
}

/** "decisions[3].tokens[4]" */
function pathText(path: readonly { key?: unknown }[] | undefined): string {
  if (!path) return 'file';
  return path
    .map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function issueText(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') return 'an unknown key';
  if (issue.received === 'undefined') return 'missing';
  const expected = issue.message.startsWith('Invalid') ? (issue.expected ?? 'something else') : issue.message;
  return `got ${shown(issue.input)}, expected ${expected}`;
}

function shown(input: unknown): string {
  const text = typeof input === 'number' ? String(input) : (JSON.stringify(input) ?? String(input));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Where a JSON text breaks. Engines word it differently: Chromium and Node say "position n" or show the text, Firefox "line l column c". */
function locateSyntaxError(text: string, message: string): { at: number; line: number; column: number } {
  const position = /position (\d+)/.exec(message)?.[1];
  const place = /line (\d+) column (\d+)/.exec(message);
  let at = position === undefined ? text.length : Number(position);
  if (position === undefined && place) {
    const lines = text.split('\n', Number(place[1]) - 1);
    at = lines.reduce((sum, line) => sum + line.length + 1, 0) + Number(place[2]) - 1;
  } else if (position === undefined) {
    at = /end of (JSON )?(input|data)|EOF/i.test(message) ? text.length : firstBadCharacter(text);
  }
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { at: new TextEncoder().encode(before).length, line, column: at - before.lastIndexOf('\n') };
}

/** Length of the longest prefix that only lacks an end, by bisection over `JSON.parse`'s own verdict. */
function firstBadCharacter(text: string): number {
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      JSON.parse(text.slice(0, middle));
      low = middle;
    } catch (error) {
      const cutOff = new RegExp(`end of (JSON )?(input|data)|EOF|Unterminated|position ${middle}\\b`, 'i');
      if (cutOff.test(String(error))) low = middle;
      else high = middle - 1;
    }
  }
  return low;
}

/**
 * Scenario files: YAML (or JSON, which is YAML) in, a checked `Scenario` out, or one `ScenarioError` that says where, what
 * and what was expected. A scenario may come from a link or a stranger's file, so it is hostile until proven otherwise: its
 * size is capped before parsing, anchors and aliases are refused (no bombs), every number has bounds, unknown keys are errors.
 */
import * as v from 'valibot';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { checkMeaning, type Fail, type YamlPath } from './meaning.ts';
import { type Scenario, ScenarioSchema } from './format/schema.ts';

export { canonicalJson, scenarioHash } from './format/hash.ts';
export type { Scenario, ScenarioActor } from './format/schema.ts';

/** Cap on a scenario file, and on one carried inside a record (recorded tracks are longer), in characters. */
export const MAX_SCENARIO_CHARS = 64 * 1024;
export const MAX_INLINE_CHARS = 256 * 1024;

/** "hidden.yaml:12 ego.speedMps: got -3, expected a number from 0 to 40". */
export class ScenarioError extends Error {
  readonly source: string;
  /** 1-based; 0 when the whole file is meant. */
  readonly line: number;
  /** "actors.1.speedMps"; empty for the whole file. */
  readonly path: string;
  readonly problem: string;
  readonly expected: string;

  constructor(source: string, line: number, path: string, problem: string, expected: string) {
    super(`${source}${line > 0 ? `:${line}` : ''}${path ? ` ${path}` : ''}: ${problem}, expected ${expected}`);
    this.name = 'ScenarioError';
    this.source = source;
    this.line = line;
    this.path = path;
    this.problem = problem;
    this.expected = expected;
  }
}

/**
 * Reads and checks one scenario. `source` is the name used in errors.
 * @throws ScenarioError for anything that is not a scenario that `instantiate` can run with every seed.
 */
export function parseScenario(text: string, source = 'scenario', maxChars = MAX_SCENARIO_CHARS): Scenario {
  if (text.length > maxChars)
    throw new ScenarioError(source, 0, '', `${text.length} characters`, `at most ${maxChars} characters`);
  const lines = new LineCounter();
  let document: Document;
  let value: unknown;
  try {
    document = parseDocument(text, { lineCounter: lines, strict: true, stringKeys: true, prettyErrors: false });
    if (document.errors.length === 0) value = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new ScenarioError(source, 0, '', oneLine(String(error)), 'YAML without aliases or deep nesting');
  }
  const broken = document.errors[0];
  if (broken) throw new ScenarioError(source, lines.linePos(broken.pos[0]).line, '', oneLine(broken.message), 'YAML');
  const fail = (path: YamlPath, problem: string, expected: string): never => {
    throw new ScenarioError(source, lineOf(document, lines, path), path.join('.'), problem, expected);
  };
  return validateScenario(value, fail);
}

/**
 * Checks a scenario that was built in memory (an imported log).
 * @throws ScenarioError naming the path.
 */
export function checkScenario(value: unknown, source = 'scenario'): Scenario {
  return validateScenario(value, (path, problem, expected) => {
    throw new ScenarioError(source, 0, path.join('.'), problem, expected);
  });
}

function validateScenario(value: unknown, fail: Fail): Scenario {
  const result = v.safeParse(ScenarioSchema, value, { abortEarly: true, abortPipeEarly: true });
  if (result.success) {
    // The input and not the output: defaults of the road network stay unwritten, so hashes never change with them.
    checkMeaning(value as Scenario, fail);
    return value as Scenario;
  }
  const issue = result.issues[0];
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const custom = issue.message.startsWith('Invalid') ? undefined : issue.message;
  if (issue.kind === 'schema' && issue.received === 'undefined') return fail(path, 'missing', `key ${path.at(-1)}`);
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return fail(path, 'unknown key', 'only the format’s keys');
  return fail(path, `got ${shown(issue.input)}`, custom ?? plain(issue));
}

/** Line of the deepest node of `path` that exists; a missing key is reported at its parent. */
function lineOf(document: Document, lines: LineCounter, path: YamlPath): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const key of path) {
    let child: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (isNode(pair?.key)) offset = pair.key.range?.[0] ?? offset;
      child = pair?.value;
    } else if (isSeq(node)) {
      child = node.items[Number(key)];
      if (isNode(child)) offset = child.range?.[0] ?? offset;
    }
    node = child;
  }
  return lines.linePos(offset).line;
}

const oneLine = (message: string) => message.split('\n')[0].trim().slice(0, 200);
const plain = (issue: { expected: string | null }) =>
  (issue.expected ?? 'something else').replaceAll('Object', 'a mapping').replaceAll('Array', 'a list');
function shown(input: unknown): string {
  const text = typeof input === 'number' ? String(input) : (JSON.stringify(input) ?? typeof input);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

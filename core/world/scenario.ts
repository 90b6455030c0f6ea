/**
 * Scenario files: YAML (or JSON, which is YAML) in, a checked `Scenario` out, or one `ScenarioError` that says where, what
 * and what was expected. A scenario may come from a link or a stranger's file, so it is hostile until proven otherwise: its
 * size is capped before parsing, anchors and aliases are refused (no bombs), every number has bounds, unknown keys are errors.
 */
import * as v from 'valibot';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { DT } from './layout.ts';
import { high, low, type Place, type Scenario, ScenarioSchema } from './scenario-schema.ts';

export { canonicalJson, scenarioHash } from './scenario-hash.ts';
export type { Scenario, ScenarioActor } from './scenario-schema.ts';

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

type Path = readonly (string | number)[];

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
  const fail = (path: Path, problem: string, expected: string): never => {
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

type Fail = (path: Path, problem: string, expected: string) => never;

function validateScenario(value: unknown, fail: Fail): Scenario {
  const result = v.safeParse(ScenarioSchema, value, { abortEarly: true, abortPipeEarly: true });
  if (result.success) {
    checkMeaning(result.output, fail);
    return result.output;
  }
  const issue = result.issues[0];
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const custom = issue.message.startsWith('Invalid') ? undefined : issue.message;
  if (issue.kind === 'schema' && issue.received === 'undefined') return fail(path, 'missing', `key ${path.at(-1)}`);
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return fail(path, 'unknown key', 'only the format’s keys');
  return fail(path, `got ${shown(issue.input)}`, custom ?? plain(issue));
}

/** What the shape can't say: every place lies on the road for every draw, names are unique and known, time is whole steps. */
function checkMeaning(scenario: Scenario, fail: Fail): void {
  const { road, ego, light, actors = [] } = scenario;
  if ((road.pieces === undefined) === (road.points === undefined))
    fail(['road'], road.pieces ? 'both pieces and points' : 'neither pieces nor points', 'one of the two');
  const length = road.pieces
    ? road.pieces.reduce((sum, piece) => sum + low(piece.length), 0)
    : polylineLength(road.points ?? [], fail);
  const anchors = new Map<string, readonly [number, number]>();
  const locate = (id: string, place: Place, path: Path) => {
    const anchor = place.from === undefined ? [0, 0] : anchors.get(place.from);
    if (!anchor)
      return fail(
        [...path, 'from'],
        `unknown place "${place.from}"`,
        `one of ${[...anchors.keys()].join(', ') || 'none yet'}`,
      );
    if (anchors.has(id)) return fail(path, `"${id}" is named twice`, 'a name of its own');
    const span = [anchor[0] + low(place.s), anchor[1] + high(place.s)] as const;
    if (span[0] < 0 || span[1] > length)
      fail([...path, 's'], `reaches ${span[0]} to ${span[1]} m`, `a place on the road, 0 to ${length} m`);
    anchors.set(id, span);
    return span;
  };
  if (road.junction) locate('junction', road.junction, ['road', 'junction']);
  scenario.crossings?.forEach((crossing, i) => {
    locate(crossing.id, crossing, ['crossings', i]);
  });
  if (light) locate('light', light, ['light']);
  const start = locate('ego', ego, ['ego']);
  const goal = locate('goal', scenario.goal, ['goal']);
  if (goal[0] < start[1] + 1) fail(['goal', 's'], `can lie at ${goal[0]} m`, `beyond the ego's start at ${start[1]} m`);
  const steps = scenario.timeLimit / DT;
  if (Math.abs(steps - Math.round(steps)) > 1e-6)
    fail(['timeLimit'], `got ${scenario.timeLimit}`, `whole steps of ${DT} s`);
  actors.forEach((actor, i) => {
    const path = ['actors', i];
    if (actor.behaviour !== 'replay') locate(actor.id, actor, path);
    else if (anchors.has(actor.id) || actors.findIndex((other) => other.id === actor.id) < i)
      fail([...path, 'id'], `"${actor.id}" is named twice`, 'a name of its own');
  });
}

function polylineLength(points: readonly (readonly [number, number, number])[], fail: Fail): number {
  let length = 0;
  for (let i = 1; i < points.length; i++) {
    const [dx, dy] = [points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]];
    const step = Math.sqrt(dx * dx + dy * dy);
    if (step < 0.05 || step > 50)
      fail(['road', 'points', i], `${step.toFixed(3)} m after the one before`, '0.05 to 50 m');
    length += step;
  }
  return length > 5000 ? fail(['road', 'points'], `${Math.round(length)} m long`, 'at most 5000 m') : length;
}

/** Line of the deepest node of `path` that exists; a missing key is reported at its parent. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
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

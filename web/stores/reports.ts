/**
 * The Reports page's state: which scenarios, seeds and checkpoints are asked for, the cells that are in, and what is opened up. Drives run
 * in the evaluation worker; this file asks, keeps the answers and opens drives in the lab.
 */
import { STAGES } from '../../core/learn/stages.ts';
import { createStore } from 'zustand/vanilla';
import {
  bareOf,
  checkpointIdentity,
  EXPERT,
  type PolicyIdentity,
  policyKey,
  RANDOM,
} from '../../core/models/identity.ts';
import type {
  EvaluateService,
  Failure,
  PolicyLine,
  ReportCell,
  ReportCheckpoint,
  ReportComparison,
  ReportedId,
  ReportFormat,
  ReportProgress,
  ScenarioInfo,
} from '../../workers/contracts/protocol.ts';
import { complain, failureOf, say } from './notices.ts';
import { saveBytes } from './files.ts';
import { ask, lab, train } from './services.ts';
import { trainingStore, refreshRuns } from './training.ts';

export const MAX_SEEDS = 1000;
/** The checkpoint that comes with the lab. */
export const SHIPPED = 'shipped';

export interface ReportsState {
  readonly scenarios: readonly ScenarioInfo[];
  /** Ids of the scenarios asked for. */
  readonly chosen: ReadonlySet<string>;
  readonly seeds: number;
  /** Asked for: `SHIPPED` or ids of runs. */
  readonly checkpoints: readonly string[];
  /** Every checkpoint that could be: id and name. */
  readonly available: readonly { readonly id: string; readonly name: string; readonly algorithm?: string }[];
  readonly running: boolean;
  readonly progress: ReportProgress | null;
  readonly failure: Failure | null;
  /** By `cellKey`. */
  readonly cells: ReadonlyMap<string, ReportCell>;
  /** What the cells on the screen were asked with; null before the first report. */
  readonly shown: {
    readonly seeds: number;
    readonly policies: readonly PolicyIdentity[];
    readonly seconds: number | null;
  } | null;
  /** By `policyKey`. */
  readonly lines: Readonly<Record<string, PolicyLine>>;
  /** What the matrix, the drives and the comparison show. */
  readonly score: ReportedId;
  /** The cell whose drives are listed. */
  readonly cell: { readonly policy: PolicyIdentity; readonly scenario: string } | null;
  readonly side: 'drives' | 'compare' | 'correlation';
  readonly pair: readonly [a: PolicyIdentity, b: PolicyIdentity];
  readonly comparison: ReportComparison | null;
  readonly comparisonFailure: Failure | null;
}

export const reportsStore = createStore<ReportsState>(() => ({
  scenarios: [],
  chosen: new Set(),
  seeds: 20,
  checkpoints: [SHIPPED],
  available: [{ id: SHIPPED, name: SHIPPED }],
  running: false,
  progress: null,
  failure: null,
  cells: new Map(),
  shown: null,
  lines: {},
  score: 'lab',
  cell: null,
  side: 'drives',
  pair: [checkpointIdentity(SHIPPED, SHIPPED), bareOf(checkpointIdentity(SHIPPED, SHIPPED))],
  comparison: null,
  comparisonFailure: null,
}));

let handle: Promise<EvaluateService> | undefined;
/** The evaluation worker, started when first asked for. */
export function evaluation(): Promise<EvaluateService> {
  handle ??= import('../../workers/evaluate/evaluate.ts').then(({ createEvaluate }) => createEvaluate());
  return handle;
}

export const cellKey = (policy: PolicyIdentity, scenario: string): string => `${policyKey(policy)} ${scenario}`;

type Asked = Pick<ReportsState, 'checkpoints' | 'available'>;
/** What a report of these checkpoints drives. */
export const reportPolicies = ({ checkpoints, available }: Asked): readonly PolicyIdentity[] => [
  RANDOM,
  EXPERT,
  ...checkpoints.flatMap((id) => {
    const found = available.find((one) => one.id === id);
    const policy = {
      ...checkpointIdentity(id, found?.name ?? id),
      ...(found?.algorithm && { stage: found.algorithm }),
    };
    return [bareOf(policy), policy];
  }),
];
/** Columns on the screen: those of the report shown, else those asked for. */
export const columns = (state: Asked & Pick<ReportsState, 'shown'>): readonly PolicyIdentity[] =>
  state.shown?.policies ?? reportPolicies(state);

/** A column's head: what the policy is, and whose. */
export function policyHead({ kind, name, residual, stage }: PolicyIdentity): readonly [title: string, of: string] {
  if (kind === 'random') return ['Random', 'floor'];
  if (kind === 'expert') return ['Expert', 'by rule'];
  const learned = STAGES.filter(({ algorithm }) => algorithm);
  const { algorithm, groups } = learned.find(({ id }) => id === stage) ?? learned[0];
  // Where the imitation model itself was learned further, what drives without a residual is no longer SFT alone.
  return [residual || groups.includes('base') ? `SFT + ${algorithm?.name}` : 'SFT', name];
}
/** The same in one line. */
export const policyLabel = (policy: PolicyIdentity): string => {
  const [title, of] = policyHead(policy);
  return policy.kind === 'checkpoint' ? `${title} (${of})` : title;
};

/** Reads scenarios and runs; keeps what was chosen before. */
export async function openReports(): Promise<void> {
  try {
    const scenarios = await lab().scenarios();
    const chosen = reportsStore.getState().scenarios.length > 0 ? reportsStore.getState().chosen : allOf(scenarios);
    reportsStore.setState({ scenarios, chosen });
  } catch (error) {
    reportsStore.setState({ failure: failureOf(error) });
  }
  await refreshRuns();
  const runs = trainingStore.getState().runs.filter(({ checkpoint }) => checkpoint !== null);
  const available = [
    { id: SHIPPED, name: SHIPPED },
    ...runs.map(({ id, name, checkpoint, algorithm }) => ({
      id,
      name: `${name} · ${checkpoint?.slice(0, 6)}`,
      ...(algorithm && { algorithm }),
    })),
  ];
  reportsStore.setState(({ checkpoints }) => ({
    available,
    checkpoints: checkpoints.filter((id) => available.some((one) => one.id === id)),
  }));
}
const allOf = (scenarios: readonly ScenarioInfo[]) => new Set(scenarios.map(({ id }) => id));

/** Chooses the scenarios that carry a tag or belong to a stage of the curriculum, or all. */
export function chooseTag(tag: string | null): void {
  reportsStore.setState(({ scenarios }) => ({
    chosen: allOf(
      tag === null ? scenarios : scenarios.filter(({ tags, stage }) => stage === tag || tags.includes(tag)),
    ),
  }));
}
/** Chooses what is shown of every drive; nothing is driven again. */
export async function chooseScore(score: ReportedId): Promise<void> {
  reportsStore.setState({ score });
  await comparePair();
}
export function toggleScenario(id: string): void {
  reportsStore.setState(({ chosen }) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    return { chosen: next };
  });
}
export function toggleCheckpoint(id: string): void {
  reportsStore.setState(({ checkpoints }) => ({
    checkpoints: checkpoints.includes(id) ? checkpoints.filter((one) => one !== id) : [...checkpoints, id],
  }));
}

function take(progress: ReportProgress): void {
  reportsStore.setState(({ cells }) => {
    if (progress.cells.length === 0) return { progress };
    const next = new Map(cells);
    for (const cell of progress.cells) next.set(cellKey(cell.policy, cell.scenario), cell);
    return { progress, cells: next };
  });
}

/** Drives what is asked for and not driven yet. */
export async function evaluateChosen(): Promise<void> {
  const { running, scenarios, chosen, seeds, checkpoints, available } = reportsStore.getState();
  if (running || chosen.size === 0) return;
  const shown = { seeds, policies: reportPolicies({ checkpoints, available }), seconds: null };
  reportsStore.setState({
    running: true,
    failure: null,
    cells: new Map(),
    lines: {},
    shown,
    progress: null,
    comparison: null,
  });
  const asked: ReportCheckpoint[] = [];
  for (const id of checkpoints) {
    const bytes = id === SHIPPED ? undefined : await ask(async () => (await train()).checkpoint(id));
    if (bytes && !bytes.ok) return reportsStore.setState({ running: false, failure: bytes.failure });
    asked.push({ id, ...(bytes && { bytes: bytes.value }) });
  }
  const ids = scenarios.map(({ id }) => id).filter((id) => chosen.has(id));
  const result = await ask(async () => (await evaluation()).run({ scenarios: ids, seeds, checkpoints: asked }, take));
  if (!result.ok) return reportsStore.setState({ running: false, failure: result.failure });
  const { lines, seconds, cancelled } = result.value;
  reportsStore.setState({ running: false, lines, shown: { ...shown, seconds: cancelled ? null : seconds } });
  if (cancelled) say('Cancelled. Finished cells are kept; Evaluate goes on from there.');
  await comparePair();
}

export async function cancelEvaluation(): Promise<void> {
  await (await evaluation()).cancel();
}

/** Compares the two policies chosen on the drives that both have made. */
export async function comparePair(pair = reportsStore.getState().pair): Promise<void> {
  reportsStore.setState({ pair });
  const { shown, cells, running } = reportsStore.getState();
  if (!shown || running || cells.size === 0) return;
  const keys = shown.policies.map(policyKey);
  const [a, b] = pair.every((policy) => keys.includes(policyKey(policy))) ? pair : [EXPERT, RANDOM];
  const { score } = reportsStore.getState();
  const result = await ask(async () => (await evaluation()).compare(a, b, score));
  if (reportsStore.getState().score !== score) return;
  reportsStore.setState({
    pair: [a, b],
    comparison: result.ok ? result.value : null,
    comparisonFailure: result.ok ? null : result.failure,
  });
}

const TYPES = { json: 'application/json', csv: 'text/csv', markdown: 'text/markdown' } as const;
const ENDINGS = { json: 'json', csv: 'csv', markdown: 'md' } as const;

/** Saves the finished report as a file. */
export async function exportReport(format: ReportFormat): Promise<void> {
  const text = await ask(async () => (await evaluation()).exportReport(format));
  if (text.ok) saveBytes(`traceway-report.${ENDINGS[format]}`, new TextEncoder().encode(text.value), TYPES[format]);
  else complain(text.failure, 'The report on the screen is untouched.');
}

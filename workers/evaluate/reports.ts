/**
 * Reports: suites of every chosen policy on the rollout pool, cell by cell, and what is made of them: lines, comparison, exports.
 *
 * Drives depend on scenario, seed and policy alone, so finished ones are kept and a report with one policy more
 * drives only that one. Jobs go scenario by scenario, so the matrix fills from the top. All arithmetic is core/evaluate's, the same
 * as the command line's.
 */
import type { CheckpointPoint } from '../../core/evaluate/correlation.ts';
import { resultsCsv } from '../../core/evaluate/csv.ts';
import { BASELINE_SEED } from '../../core/tasks/driving/policy/driver.ts';
import { makeEvaluation } from '../../core/evaluate/evaluation.ts';
import { reportMarkdown } from '../../core/evaluate/markdown.ts';
import { measureCheckpoints } from '../../core/learn/measure-checkpoints.ts';
import { type ReportedId, scoreInfo } from '../../core/tasks/driving/scores/score-list.ts';
import { compare, makeReport, summarisePolicy, valueOf } from '../../core/evaluate/report.ts';
import type { ScoredRow } from '../../core/evaluate/suite.ts';
import { actorOf } from '../../core/learn/run/stage.ts';
import { HELD_OUT_SEED, heldOutSeeds } from '../../core/learn/seeds.ts';
import type { RolloutService } from '../../core/learn/worker.ts';
import { type Checkpoint, parametersHash, readCheckpoint } from '../../core/models/checkpoint.ts';
import {
  bareOf,
  checkpointIdentity,
  EXPERT,
  type PolicyIdentity,
  policyKey,
  policyName,
  RANDOM,
} from '../../core/models/identity.ts';
import { parameterLayout } from '../../core/models/config.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import type { Scenario } from '../../core/tasks/driving/scenario/format/schema.ts';
import type {
  CorrelationProgress,
  CorrelationRequest,
  ReportComparison,
  ReportFormat,
  ReportProgress,
  ReportRequest,
  ReportResult,
} from '../contracts/protocol.ts';
import { type Job, ReportBoard, type ReportPolicy } from './report-board.ts';

/** Seeds of one job: few enough for lively progress, enough for full batches. */
const CHUNK = 40;

export interface ReportPool {
  readonly workers: readonly Pick<RolloutService, 'configure' | 'setParameters' | 'score' | 'openLoop'>[];
  dispose(): void;
}

export interface ReportDoors {
  readonly scenarios: readonly Scenario[];
  readonly createPool: () => ReportPool;
  readonly readShipped: () => Promise<Uint8Array>;
  /** A run's kept checkpoints, oldest first; each is read when asked for. */
  readonly runCheckpoints: (
    run: string,
  ) => Promise<readonly { readonly id: string; readonly read: () => Promise<Uint8Array> }[]>;
  /** Seconds; only for progress. */
  readonly clock: () => number;
}

export class Reports {
  readonly #doors: ReportDoors;
  /** Rows from the first held-out seed on, by policy and scenario (`key`). */
  readonly #driven = new Map<string, ScoredRow[]>();
  /** Rows of this run that wait for a chunk before them. */
  readonly #loose = new Map<string, ScoredRow[]>();
  #policies: readonly ReportPolicy[] = [];
  #request: ReportRequest | undefined;
  #stop: (() => void) | undefined;

  constructor(doors: ReportDoors) {
    this.#doors = doors;
  }

  /** Throws when one is running already, or a checkpoint cannot drive here. */
  async run(request: ReportRequest, onProgress: (progress: ReportProgress) => void): Promise<ReportResult> {
    if (this.#stop) throw new Error('A report is being made already.');
    const stopping = new AbortController();
    const { signal } = stopping;
    const stopped = new Promise((done) => signal.addEventListener('abort', done));
    this.#stop = () => stopping.abort();
    this.#loose.clear();
    const { clock, createPool } = this.#doors;
    const started = clock();
    let pool: ReportPool | undefined;
    try {
      const policies = [...BUILT_IN, ...(await this.#checkpoints(request))];
      this.#policies = policies;
      this.#request = request;
      const board = new ReportBoard(
        policies,
        request,
        (policy, id) => this.#rows(policy, id, request.seeds),
        clock,
        onProgress,
      );
      const jobs = request.scenarios.flatMap((id) => policies.flatMap((policy) => this.#missing(policy, id, request)));
      board.begin(jobs);
      if (jobs.length > 0) {
        pool = createPool();
        await Promise.race([stopped, this.#drive(pool, jobs, board, signal)]);
      }
      const cancelled = signal.aborted;
      const lines = cancelled
        ? []
        : policies.map(
            (p) => [policyKey(p.asked), summarisePolicy(policyName(p.identity), this.#all(p, request))] as const,
          );
      return { cancelled, seconds: clock() - started, lines: Object.fromEntries(lines) };
    } finally {
      pool?.dispose();
      this.#stop = undefined;
    }
  }

  cancel(): void {
    this.#stop?.();
  }

  /** Throws when the two have no scenario in common, or no drive has a value of the score. */
  compare(a: PolicyIdentity, b: PolicyIdentity, score: ReportedId): ReportComparison {
    const [left, right] = [this.#find(a), this.#find(b)];
    const { scenarios, seeds } = this.#asked();
    const common = scenarios.filter((id) => this.#complete(left, id, seeds) && this.#complete(right, id, seeds));
    if (common.length === 0) throw new Error('These two policies have not driven the same scenarios yet.');
    const rows = (policy: ReportPolicy, ids = common) => ids.flatMap((id) => this.#rows(policy, id, seeds));
    const [ours, theirs] = [rows(left), rows(right)];
    const valued = common.filter((id) =>
      ours.some((row, i) => row.scenario === id && valueOf(row, score) !== null && valueOf(theirs[i], score) !== null),
    );
    if (valued.length === 0) throw new Error('In none of these drives has this score a value.');
    const { better } = scoreInfo(score);
    const signs = ours.flatMap((row, i) => {
      const [x, y] = [valueOf(row, score), valueOf(theirs[i], score)];
      return x === null || y === null ? [] : [Math.sign(x - y) * (better === 'higher' ? 1 : -1)];
    });
    return {
      score,
      ...compare(rows(left, valued), rows(right, valued), score),
      byScenario: Object.fromEntries(
        valued.map((id) => [id, compare(rows(left, [id]), rows(right, [id]), score).difference]),
      ),
      better: signs.filter((sign) => sign > 0).length,
      same: signs.filter((sign) => sign === 0).length,
      worse: signs.filter((sign) => sign < 0).length,
    };
  }

  /** Offline error and closed-loop scores of each checkpoint; the points there are when cancelled. Throws as `run` does. */
  async correlate(
    request: CorrelationRequest,
    onProgress: (progress: CorrelationProgress) => void,
  ): Promise<readonly CheckpointPoint[]> {
    if (this.#stop) throw new Error('A report is being made already.');
    const stopping = new AbortController();
    const { signal } = stopping;
    const stopped = new Promise((done) => signal.addEventListener('abort', done));
    this.#stop = () => stopping.abort();
    let points: readonly CheckpointPoint[] = [];
    let pool: ReportPool | undefined;
    try {
      const checkpoints = await this.#doors.runCheckpoints(request.run);
      if (checkpoints.length < 2)
        throw new Error('This run has fewer than two checkpoints here; train it again to keep its history.');
      pool = this.#doors.createPool();
      const tell = (done: readonly CheckpointPoint[]) => {
        points = done;
        onProgress({ done: done.length, total: checkpoints.length, points: done });
      };
      tell([]);
      const measuring = measureCheckpoints({
        workers: pool.workers,
        checkpoints: checkpoints.map(({ id, read }) => ({ id, parameters: async () => drivable(await read()).flat })),
        setup: {
          task: 'driving',
          engine: 'wasm',
          config: POLICY_CONFIG,
          scenarios: this.#doors.scenarios,
          seed: BASELINE_SEED,
        },
        scenarios: request.scenarios,
        seeds: request.seeds,
        onPoint: tell,
        stopped: () => signal.aborted,
      });
      await Promise.race([stopped, measuring]);
      return points;
    } finally {
      pool?.dispose();
      this.#stop = undefined;
    }
  }

  /** Throws until every cell of the last report is there. */
  export(format: ReportFormat): string {
    const request = this.#asked();
    const { scenarios, seeds } = request;
    if (this.#policies.some((policy) => scenarios.some((id) => !this.#complete(policy, id, seeds))))
      throw new Error('The report is not finished; evaluate it to the end first.');
    const results = new Map(this.#policies.map((policy) => [policyName(policy.identity), this.#all(policy, request)]));
    if (format === 'csv') return resultsCsv(results);
    const identities = this.#policies.map(({ identity }) => identity);
    const whole = identities.filter(({ kind, residual }) => kind === 'checkpoint' && residual);
    if (format === 'markdown') {
      const pairs = whole.map((policy) => [policyName(policy), policyName(bareOf(policy))] as const);
      return reportMarkdown(makeReport(results, pairs));
    }
    const evaluations = [RANDOM, EXPERT, ...whole].map((policy) =>
      makeEvaluation({ policy, scenarios, seeds, firstSeed: HELD_OUT_SEED }, results),
    );
    return `${JSON.stringify(evaluations, null, 2)}\n`;
  }

  async #checkpoints(request: ReportRequest): Promise<ReportPolicy[]> {
    const names = new Set(['random', 'expert']);
    const policies: ReportPolicy[] = [];
    for (const { id, bytes } of request.checkpoints) {
      const { flat, name } = drivable(bytes ?? (await this.#doors.readShipped()));
      const hash = parametersHash(flat);
      const own = names.has(name) ? `${name} · ${hash.slice(0, 6)}` : name;
      names.add(own);
      const whole = { asked: checkpointIdentity(id, name), identity: checkpointIdentity(hash, own), parameters: flat };
      policies.push({ ...whole, asked: bareOf(whole.asked), identity: bareOf(whole.identity) }, whole);
    }
    return policies;
  }

  async #drive(pool: ReportPool, jobs: readonly Job[], board: ReportBoard, signal: AbortSignal): Promise<void> {
    const parameters = jobs.find((job) => job.policy.parameters)?.policy.parameters;
    const setup = {
      task: 'driving',
      engine: 'wasm',
      config: POLICY_CONFIG,
      parameters: parameters ?? new Float32Array(parameterLayout(POLICY_CONFIG).size),
      scenarios: this.#doors.scenarios,
      seed: BASELINE_SEED,
      rows: 64,
      workers: pool.workers.length,
    } as const;
    let next = 0;
    await Promise.all(
      pool.workers.map(async (worker, index) => {
        await worker.configure({ ...setup, index });
        let held = setup.parameters;
        while (next < jobs.length) {
          const { policy, scenario, seeds } = jobs[next++];
          if (policy.parameters && policy.parameters !== held) {
            held = policy.parameters;
            await worker.setParameters(held);
          }
          const rows = await worker.score(actorOf(policy.identity), [scenario], seeds);
          if (signal.aborted) return;
          this.#keep(policy, scenario, rows);
          board.drove(policy, scenario, seeds.length);
        }
      }),
    );
  }

  #missing(policy: ReportPolicy, scenario: string, { seeds }: ReportRequest): Job[] {
    const jobs: Job[] = [];
    for (let from = this.#driven.get(key(policy, scenario))?.length ?? 0; from < seeds; from += CHUNK) {
      const count = Math.min(CHUNK, seeds - from);
      jobs.push({ policy, scenario, seeds: heldOutSeeds(count, from) });
    }
    return jobs;
  }

  /**
   * Chunks may finish out of order: only rows without a gap before them count as driven, the others wait.
   * Two checkpoints with the same parameters drive the same rows twice; they are one.
   */
  #keep(policy: ReportPolicy, scenario: string, rows: readonly ScoredRow[]): void {
    const at = key(policy, scenario);
    const bySeed = new Map(
      [...(this.#driven.get(at) ?? []), ...(this.#loose.get(at) ?? []), ...rows].map((row) => [row.seed, row]),
    );
    const waiting = [...bySeed.values()].sort((a, b) => a.seed - b.seed);
    const gap = waiting.findIndex(({ seed }, i) => seed !== HELD_OUT_SEED + i);
    const end = gap < 0 ? waiting.length : gap;
    this.#driven.set(at, waiting.slice(0, end));
    this.#loose.set(at, waiting.slice(end));
  }

  #rows(policy: ReportPolicy, scenario: string, seeds: number): readonly ScoredRow[] {
    return this.#driven.get(key(policy, scenario))?.slice(0, seeds) ?? [];
  }
  #all(policy: ReportPolicy, { scenarios, seeds }: ReportRequest): readonly ScoredRow[] {
    return scenarios.flatMap((id) => this.#rows(policy, id, seeds));
  }
  #complete(policy: ReportPolicy, scenario: string, seeds: number): boolean {
    return this.#rows(policy, scenario, seeds).length === seeds;
  }
  #find(asked: PolicyIdentity): ReportPolicy {
    const policy = this.#policies.find((one) => policyKey(one.asked) === policyKey(asked));
    if (!policy) throw new Error('This policy is not part of the report.');
    return policy;
  }
  #asked(): ReportRequest {
    if (!this.#request) throw new Error('There is no report yet.');
    return this.#request;
  }
}

const BUILT_IN: readonly ReportPolicy[] = [
  { asked: RANDOM, identity: RANDOM },
  { asked: EXPERT, identity: EXPERT },
];

/** Throws when the bytes are no checkpoint, or one that cannot drive here. */
function drivable(bytes: Uint8Array): Checkpoint {
  const checkpoint = readCheckpoint(bytes);
  if (JSON.stringify(checkpoint.config) !== JSON.stringify(POLICY_CONFIG))
    throw new Error(`“${checkpoint.name}” is a policy of another size or vocabulary and cannot drive here.`);
  return checkpoint;
}
const key = ({ identity }: ReportPolicy, scenario: string): string => `${policyKey(identity)} ${scenario}`;

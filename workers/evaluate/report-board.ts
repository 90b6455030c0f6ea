/** A report's progress: drives done, time left, and each cell of the matrix once, when its last drive is in. */
import { allSummaries } from '../../core/evaluate/report.ts';
import type { ScoredRow } from '../../core/evaluate/suite.ts';
import type { PolicyIdentity } from '../../core/models/identity.ts';
import type { ReportCell, ReportProgress, ReportRequest } from '../contracts/protocol.ts';

/** A policy of the report. */
export interface ReportPolicy {
  /** As the page asked for it; of a checkpoint `hash` is the id it has there. */
  readonly asked: PolicyIdentity;
  /** As it drives and as files call it, under a name that no other of the report has. */
  readonly identity: PolicyIdentity;
  /** Of a checkpoint. */
  readonly parameters?: Float32Array;
}

/** Some seeds of one cell. */
export interface Job {
  readonly policy: ReportPolicy;
  readonly scenario: string;
  readonly seeds: readonly number[];
}

/** Tells how far the report is; a cell is told once, when its last drive is in. */
export class ReportBoard {
  readonly #policies: readonly ReportPolicy[];
  readonly #request: ReportRequest;
  readonly #rowsOf: (policy: ReportPolicy, scenario: string) => readonly ScoredRow[];
  readonly #clock: () => number;
  readonly #tell: (progress: ReportProgress) => void;
  #started = 0;
  #fresh = 0;
  #done = 0;

  constructor(
    policies: readonly ReportPolicy[],
    request: ReportRequest,
    rowsOf: (policy: ReportPolicy, scenario: string) => readonly ScoredRow[],
    clock: () => number,
    tell: (progress: ReportProgress) => void,
  ) {
    this.#policies = policies;
    this.#request = request;
    this.#rowsOf = rowsOf;
    this.#clock = clock;
    this.#tell = tell;
  }

  get #total(): number {
    return this.#policies.length * this.#request.scenarios.length * this.#request.seeds;
  }

  /** Tells the cells that need no driving. */
  begin(jobs: readonly Job[]): void {
    this.#started = this.#clock();
    this.#done = this.#total - jobs.reduce((sum, { seeds }) => sum + seeds.length, 0);
    const cells = this.#request.scenarios.flatMap((id) => this.#policies.flatMap((policy) => this.#cell(policy, id)));
    this.#send(cells);
  }

  drove(policy: ReportPolicy, scenario: string, drives: number): void {
    this.#done += drives;
    this.#fresh += drives;
    this.#send(this.#cell(policy, scenario));
  }

  #cell(policy: ReportPolicy, scenario: string): ReportCell[] {
    const rows = this.#rowsOf(policy, scenario);
    if (rows.length < this.#request.seeds) return [];
    const collisions = rows.filter((row) => row.collision).length;
    return [{ policy: policy.asked, scenario, rows, scores: allSummaries(rows), collisions }];
  }

  #send(cells: readonly ReportCell[]): void {
    const left = this.#total - this.#done;
    const seconds = this.#fresh === 0 ? null : ((this.#clock() - this.#started) / this.#fresh) * left;
    this.#tell({ done: this.#done, total: this.#total, secondsLeft: seconds, cells });
  }
}

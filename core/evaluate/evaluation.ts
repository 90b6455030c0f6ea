/**
 * One policy's evaluation as `lab evaluate --json` prints it, `metrics.json` keeps it and the Reports page exports it: every
 * drive with its score opened up, the policy's line, and the report beside random and expert on the same seeds.
 *
 * Made in one place so that page and command line cannot differ; a test compares their text.
 */
import { bareOf, type PolicyIdentity, policyName } from '../models/identity.ts';
import { makeReport, type PolicyLine, type Report } from './report.ts';
import type { ScoredRow } from './suite.ts';

export interface EvaluationOf {
  /** A checkpoint's drives without residual are paired with it. */
  readonly policy: PolicyIdentity;
  /** In the order in which they are listed. */
  readonly scenarios: readonly string[];
  /** Seeds a scenario, and the first of them. */
  readonly seeds: number;
  readonly firstSeed: number;
}

/** One drive: its proof, its scores whole, and what went wrong in it. */
interface DriveEntry extends Pick<ScoredRow, 'scores' | 'metrics' | 'infractions' | 'actors'> {
  readonly seed: number;
  readonly steps: number;
  /** State hash after the last step. */
  readonly hash: string;
  /** Sum of step rewards. */
  readonly return: number;
  /** Smallest box-to-box gap, m. */
  readonly minGap: number | null;
  readonly decisions: number;
  /** Decisions with a well-formed trace; null for a policy that writes none. */
  readonly validTraces: number | null;
}

export interface Evaluation extends Omit<EvaluationOf, 'policy' | 'scenarios'> {
  readonly policy: string;
  /** Of a checkpoint: SHA-256 of its parameters. */
  readonly checkpointHash?: string;
  /** What computed the policy: the kernels, or plain TypeScript for the built-in ones. */
  readonly engine: 'wasm' | 'ts';
  readonly scenarios: readonly { readonly id: string; readonly episodes: readonly DriveEntry[] }[];
  readonly aggregate: PolicyLine | undefined;
  readonly report: Report;
}

/**
 * The evaluation of one policy. `results` has the rows of `random`, of `expert`, of the policy and, for a checkpoint, of
 * the policy without residual, by their names (`policyName`); others are left out. Throws RangeError when one of these is missing.
 */
export function makeEvaluation(of: EvaluationOf, results: ReadonlyMap<string, readonly ScoredRow[]>): Evaluation {
  const { seeds, firstSeed } = of;
  const { kind, hash: checkpointHash } = of.policy;
  const [policy, bare] = [policyName(of.policy), policyName(bareOf(of.policy))];
  const names = ['random', 'expert', ...(kind === 'checkpoint' ? [bare, policy] : [])];
  const rowsOf = (name: string) => {
    const rows = results.get(name);
    if (!rows) throw new RangeError(`There are no drives of "${name}"`);
    return rows;
  };
  const own = rowsOf(policy);
  const report = makeReport(
    new Map(names.map((name) => [name, rowsOf(name)])),
    kind === 'checkpoint' ? [[policy, bare]] : [],
  );
  return {
    policy,
    ...(checkpointHash !== undefined && { checkpointHash }),
    engine: kind === 'checkpoint' ? 'wasm' : 'ts',
    seeds,
    firstSeed,
    scenarios: of.scenarios.map((id) => ({
      id,
      episodes: own.filter(({ scenario }) => scenario === id).map(driveEntry),
    })),
    aggregate: report.lines.find((line) => line.policy === policy),
    report,
  };
}

function driveEntry(row: ScoredRow): DriveEntry {
  const { seed, steps, hash, score, scores, metrics, infractions, actors, decisions, validTraces } = row;
  const { return: returned, minGap } = score;
  return { seed, steps, hash, scores, metrics, infractions, actors, return: returned, minGap, decisions, validTraces };
}

/**
 * A task: something to learn. Its words, its environments, an oracle to imitate, a floor to beat, and what an episode comes to.
 *
 * Learners and stages know this interface and never a road or a board: what they need of one they ask here. core/tasks/tasks.ts is the
 * list. `Scenario` names a family of episodes (a YAML scenario, a board size); with a seed it gives the start of one.
 */
import type { Random } from '../base/random.ts';
import type { PolicyConfig } from '../models/config.ts';
import type { Engine } from '../models/engine.ts';
import type { TraceDataset } from './dataset.ts';
import type { Env } from './env.ts';
import type { Policy } from './policy.ts';

/** What the debugger and the learners know of a task's words. */
export interface TaskWords {
  /** Text and plain-language gloss, by token id. */
  readonly vocabulary: readonly { readonly text: string; readonly meaning: string }[];
  /** Ends a trace. */
  readonly end: number;
  /** Longest trace, tokens; words given to the policy count where it has no other observation. */
  readonly maxTokens: number;
  /** perceive | predict | plan | act, or a task's own. */
  stageOf(tokens: readonly number[], index: number): string;
  isValid(tokens: readonly number[]): boolean;
}

export interface TaskScenario {
  readonly id: string;
}

export interface CheckpointPolicyOptions {
  /** Whether what RL learned beside the trace (a residual on the plan) is added. */
  readonly residual: boolean;
  /** 0 = most likely token. */
  readonly temperature?: number;
  readonly seed?: number;
}

export interface SynthesiseRequest<Scenario extends TaskScenario = TaskScenario> {
  readonly scenarios: readonly Scenario[];
  /** Seed of the k-th episode; episodes take the scenarios in turn. */
  readonly seedOf: (k: number) => number;
  readonly random: Random;
  readonly examples: number;
  /** Acts in the oracle's place, which only says what it would have done: DAgger (Ross, Gordon & Bagnell 2011). */
  readonly learner?: Policy;
  /** Settings of the task's own, by name. */
  readonly settings: Readonly<Record<string, number>>;
}

/** What one episode came to. */
export interface TaskRow {
  readonly scenario: string;
  readonly seed: number;
  readonly steps: number;
  readonly decisions: number;
  /** Decisions with a well-formed trace; null for a policy that writes none. */
  readonly validTraces: number | null;
  /** 0..1, and the sum of rewards. */
  readonly score: { readonly score: number; readonly success: boolean; readonly return: number };
}

export interface Task<Scenario extends TaskScenario = TaskScenario, Start = unknown> {
  readonly id: string;
  readonly title: string;
  /** Shape of a policy that learns it. */
  readonly model: PolicyConfig;
  readonly words: TaskWords;
  /** Those that come with it; absent where they are files (driving's YAML). */
  readonly scenarios?: readonly Scenario[];
  env(count: number): Env<Start>;
  /** How the episode of a scenario and a seed begins. */
  start(scenario: Scenario, seed: number): Start;
  /** A checkpoint as a policy; the engine stays its owner's. */
  policy(engine: Engine, options: CheckpointPolicyOptions): Policy;
  oracle(): Policy;
  random(seed: number): Policy;
  synthesise(request: SynthesiseRequest<Scenario>): Promise<TraceDataset>;
  /** Every scenario with every seed, in that order. */
  evaluate(policy: Policy, scenarios: readonly Scenario[], seeds: readonly number[]): Promise<readonly TaskRow[]>;
}

/**
 * The list of stages, in the order of a pipeline. A run has those without an algorithm and those of its own: `--algo ppo` is
 * synthesise → sft → ppo → evaluate.
 */
import { groupsOf, type PolicyConfig } from '../models/config.ts';
import type { StageEntry } from './run/stage.ts';

export const STAGES: readonly StageEntry[] = [
  {
    id: 'synthesise',
    title: 'Synthesise traces',
    counts: 'step',
    groups: [],
    transient: true,
    load: async () => (await import('./synthesise.ts')).stage,
  },
  {
    id: 'sft',
    title: 'Reasoning SFT',
    counts: 'step',
    curve: 'token loss',
    groups: ['base'],
    load: async () => (await import('./sft.ts')).stage,
  },
  {
    id: 'ppo',
    title: 'PPO on the residual',
    counts: 'iteration',
    curve: 'return',
    groups: ['residual', 'value'],
    algorithm: { id: 'ppo', name: 'PPO' },
    load: async () => (await import('./ppo.ts')).stage,
  },
  {
    id: 'grpo',
    title: 'GRPO on the thoughts',
    counts: 'iteration',
    curve: 'return',
    groups: ['base'],
    algorithm: { id: 'grpo', name: 'GRPO' },
    load: async () => (await import('./grpo.ts')).stage,
  },
  {
    id: 'evaluate',
    title: 'Paired evaluation',
    counts: 'step',
    groups: [],
    load: async () => (await import('./evaluate.ts')).stage,
  },
];

/** Of every algorithm, the default first. */
export const ALGORITHMS: readonly string[] = STAGES.flatMap(({ algorithm }) => (algorithm ? [algorithm.id] : []));
const DEFAULT_ALGORITHM = ALGORITHMS[0];

/** The stages of a run with this algorithm. Throws RangeError for one that there is not. */
export function pipelineOf(algorithm: string = DEFAULT_ALGORITHM): readonly StageEntry[] {
  if (!ALGORITHMS.includes(algorithm))
    throw new RangeError(`There is no algorithm "${algorithm}"; there are ${ALGORITHMS.join(', ')}.`);
  return STAGES.filter((stage) => !stage.algorithm || stage.algorithm.id === algorithm);
}

/** Algorithms that can learn a policy of this shape. */
export const algorithmsFor = (policy: PolicyConfig): readonly string[] =>
  STAGES.flatMap(({ algorithm, groups }) =>
    algorithm && groups.every((group) => groupsOf(policy).includes(group)) ? [algorithm.id] : [],
  );

/** Throws RangeError for an id that is none. */
export function stageEntry(id: string): StageEntry {
  const stage = STAGES.find((one) => one.id === id);
  if (!stage) throw new RangeError(`There is no stage "${id}"; there are ${STAGES.map((one) => one.id).join(', ')}.`);
  return stage;
}

/**
 * One decision of a recorded drive opened up: the observation comes back by replaying, the model's preferences by thinking the
 * same trace through again in float64. A trace written by rule, or by a checkpoint that is not here, has words and checks only.
 */
import type { Episode } from '../../core/episode/episode.ts';
import { replaySteps } from '../../core/tasks/driving/world/replay-steps.ts';
import { type Introspection, introspect, meanAttention, topTokens } from '../../core/models/twin/introspect.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import { checkTrace, type Redecide } from '../../core/tasks/driving/words/checks.ts';
import { allowedNext, decisionWordIndex, stageOf } from '../../core/tasks/driving/words/grammar.ts';
import { VOCABULARY } from '../../core/tasks/driving/words/vocabulary.ts';
import { OBS_DIM } from '../../core/abi/layout.ts';
import type { WorldSpec } from '../../core/tasks/driving/world/spec/spec.ts';
import type { Worlds } from '../../core/tasks/driving/world/world.ts';
import type { Policies } from './policies.ts';
import type { Thought, ThoughtToken } from '../contracts/protocol.ts';

const ALTERNATIVES = 8;
const LOOKS_AT = 8;

interface Context {
  readonly worlds: Worlds;
  readonly policies: Policies;
  readonly spec: WorldSpec;
}

/** Throws when the drive has no such decision. */
export async function openThought(episode: Episode, decision: number, context: Context): Promise<Thought> {
  const record = episode.decisions[decision];
  if (!record) throw new Error(`This drive has no decision ${decision + 1}.`);
  const observation = observationAt(episode, record.step, context);
  const hash = await context.policies.find(episode.policy);
  const thought =
    hash && record.tokens.length > 0
      ? introspect(POLICY_CONFIG, context.policies.parameters(hash), observation, record.tokens)
      : undefined;
  const redecide = await redecider(episode, decision, context);
  const { value = thought?.heads?.value, residual } = record;
  return {
    decision,
    step: record.step,
    policy: episode.policy,
    byModel: episode.policy.kind === 'checkpoint',
    tokens: record.tokens.map((_, index) => openToken(record.tokens, index, record.edit, thought)),
    observation,
    checks: record.tokens.length > 0 ? await checkTrace(record.tokens, record.waypoints, observation, redecide) : [],
    waypoints: Float32Array.from(record.waypoints),
    confidence: Float32Array.from(record.confidence ?? confidenceOf(thought)),
    ...(value !== undefined && { value }),
    ...(residual && { residual }),
  };
}

function observationAt(episode: Episode, step: number, { worlds, spec }: Context): Float32Array {
  for (const state of replaySteps(worlds, spec, episode.controls)) {
    if (state.step === step) return worlds.observe().slice(0, OBS_DIM);
  }
  throw new Error(`This drive has no step ${step}.`);
}

/** Asks the drive's own policy about a changed observation, if it is here. */
async function redecider(
  episode: Episode,
  decision: number,
  { policies, spec }: Context,
): Promise<Redecide | undefined> {
  if (episode.policy.kind === 'random' || episode.policy.kind === 'human') return undefined;
  if (episode.policy.kind === 'checkpoint' && !(await policies.find(episode.policy))) return undefined;
  const { driver } = await policies.of(episode.policy, spec.scenarioId, spec.seed, decision);
  return (observation) => driver.plan(observation);
}

function openToken(
  tokens: readonly number[],
  index: number,
  edit: Episode['decisions'][number]['edit'],
  thought: Introspection | undefined,
): ThoughtToken {
  const word = VOCABULARY[tokens[index]];
  const seen = thought?.thoughts[index];
  return {
    id: word.id,
    word: word.text,
    stage: stageOf(tokens, index),
    meaning: word.meaning,
    ...(seen && { probability: seen.probabilities[word.id], entropy: seen.entropy }),
    alternatives: seen
      ? topTokens(seen, ALTERNATIVES).map(({ token, probability }) => ({
          id: token,
          word: VOCABULARY[token].text,
          probability,
        }))
      : ruleAlternatives(tokens, index),
    attention: thought && seen ? attentionOf(thought, seen.position, tokens) : [],
    ...(edit?.index === index && { editedFrom: VOCABULARY[edit.from].text }),
  };
}

/** The rule-based expert prefers nothing; at its decision word the other decisions can be forced. */
function ruleAlternatives(tokens: readonly number[], index: number) {
  const options = index === decisionWordIndex(tokens) ? allowedNext(tokens.slice(0, index)) : [tokens[index]];
  return options.map((id) => ({ id, word: VOCABULARY[id].text, probability: id === tokens[index] ? 1 : 0 }));
}

/** What the position that wrote a token attended to: the observation as one, then the words before it. */
function attentionOf(thought: Introspection, position: number, tokens: readonly number[]) {
  const weights = meanAttention(thought, position);
  let observed = 0;
  for (let i = 0; i < Math.min(thought.prefix, weights.length); i++) observed += weights[i];
  const rows = [{ label: 'observation', weight: observed }];
  for (let at = thought.prefix; at < weights.length; at++) {
    const index = at - thought.prefix;
    rows.push({ label: `${index + 1} ${VOCABULARY[tokens[index]].text}`, weight: weights[at] });
  }
  return rows.sort((a, b) => b.weight - a.weight).slice(0, LOOKS_AT);
}

function confidenceOf(thought: Introspection | undefined): number[] {
  const waypoints = thought?.heads?.waypoints;
  if (!waypoints) return [];
  return Array.from({ length: waypoints.length / 3 }, (_, i) => waypoints[3 * i + 2]);
}

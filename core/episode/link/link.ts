/**
 * Replay links: an episode as the fragment of an address, and back. frame.ts knows the text, codec.ts the bytes; here the
 * recipe gets its meaning by replaying the controls: at every decision the expert's trace and plan for the observation of
 * that state are worked out again, and the record's own are coded against them.
 *
 * A link carries the drive exactly (controls, trace tokens, edits; events, score and state hashes follow from them) and the
 * plans to about 0.2 m (plan.ts). It does not carry log-probabilities, confidences, residuals and values: with the checkpoint
 * at hand they can be computed again. No policy runs here. World 0 of `worlds` is used.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { DiffError, decodeAgainst, encodeAgainst } from '../../tasks/driving/words/diff.ts';
import { synthesise } from '../../tasks/driving/words/synthesise.ts';
import type { Decision } from '../../tasks/driving/expert/maneuver.ts';
import { decide } from '../../tasks/driving/expert/expert.ts';
import { instantiate } from '../../tasks/driving/scenario/instantiate/instantiate.ts';
import { type Scenario, ScenarioError } from '../../tasks/driving/scenario/scenario.ts';
import type { WorldSpec } from '../../tasks/driving/world/spec/spec.ts';
import type { Worlds } from '../../tasks/driving/world/world.ts';
import { WorldError } from '../../tasks/driving/world/spec/check.ts';
import { FormatError } from '../../base/bytes.ts';
import { decodeRecipe, encodeRecipe, hashSteps, type Recipe, type RecipeDecision, type ReplayView } from './codec.ts';
import type { DecisionRecord, Episode } from '../episode.ts';
import { sealEnvelope, LinkError, openEnvelope } from './link-envelope.ts';
import { EpisodeError, validateEpisode } from '../json.ts';
import { decodePlan, encodePlan } from '../plan-code.ts';
import { EpisodeRecorder } from '../record.ts';
import { replaySteps } from '../../tasks/driving/world/replay-steps.ts';
import { resolveScenario } from './resolve.ts';

export { LinkError } from './link-envelope.ts';

/** What a link needs of the lab: a world to replay in, and the shipped scenarios. */
export interface LinkContext {
  readonly worlds: Worlds;
  scenario(id: string): Scenario | undefined;
  /** Asked before every replayed step of a link being opened; true gives up. Core has no clock. */
  outOfTime?(): boolean;
}

/**
 * The link of an episode, `#` included.
 * @throws LinkError when it does not replay to its own state hashes, or is too long for a link.
 */
export function encodeLink(episode: Episode, view: ReplayView, context: LinkContext): string {
  const spec = specOf(episode, context);
  const steps = episode.controls.length / 2;
  const stored = new Map(episode.stateHashes);
  const kept = new Set(hashSteps(steps));
  const byStep = new Map(episode.decisions.map((decision) => [decision.step, decision]));
  const hashes: string[] = [];
  const decisions: RecipeDecision[] = [];
  for (const { step } of replaySteps(context.worlds, spec, episode.controls)) {
    const hash = context.worlds.hash(0);
    if ((stored.get(step) ?? hash) !== hash) throw diverged(step);
    if (kept.has(step)) hashes.push(step === steps ? hash : hash.slice(0, 8));
    const decision = byStep.get(step);
    if (decision) decisions.push(encodeDecision(decision, context.worlds.observe()));
  }
  if (hashes.length !== kept.size || decisions.length !== episode.decisions.length) throw diverged(steps);
  const { scenario, seed, name, policy, controls, parent } = episode;
  const traceCheck = checkOf(episode.decisions.map(({ tokens }) => tokens));
  return sealEnvelope(
    encodeRecipe({ scenario, seed, name, policy, controls, decisions, traceCheck, hashes, view, parent }),
  );
}

/**
 * Opens a link; `now` (ISO 8601) dates the record. The drive is replayed, and proven by its state hashes, before it is returned.
 * @throws LinkError, and nothing else, for any text whatever.
 */
export function decodeLink(link: string, now: string, context: LinkContext): { episode: Episode; view: ReplayView } {
  const bytes = openEnvelope(link);
  try {
    const recipe = decodeRecipe(bytes);
    const episode = validateEpisode(replayRecipe(recipe, now, context));
    return { episode, view: recipe.view };
  } catch (error) {
    throw asLinkError(error);
  }
}

function replayRecipe(recipe: Recipe, now: string, context: LinkContext): Episode {
  const spec = specOf(recipe, context);
  const steps = recipe.controls.length / 2;
  const hashes = new Map(hashSteps(steps).map((step, i) => [step, recipe.hashes[i]]));
  const byStep = new Map(recipe.decisions.map((decision) => [decision.step, decision]));
  const traces: (readonly number[])[] = [];
  let recorder: EpisodeRecorder | undefined;
  let row = 0;
  for (const state of replaySteps(context.worlds, spec, recipe.controls)) {
    if (context.outOfTime?.()) {
      throw new LinkError('too-long', `step ${row}`, 'This link takes too long to open; it was not opened.');
    }
    if (recorder) recorder.step();
    else recorder = new EpisodeRecorder(context.worlds, spec);
    const expected = hashes.get(row);
    if (state.step !== row || (expected !== undefined && !context.worlds.hash(0).startsWith(expected))) {
      throw diverged(row);
    }
    const decision = byStep.get(row);
    if (decision) {
      const record = decodeDecision(decision, context.worlds.observe());
      traces.push(record.tokens);
      recorder.decide(record);
    }
    row++;
  }
  if (!recorder || checkOf(traces) !== recipe.traceCheck) {
    const message = 'The thoughts in this link were written by another version of Traceway and cannot be read here.';
    throw new LinkError('trace', 'check of the traces', message);
  }
  const { name, policy, parent } = recipe;
  return recorder.finish({ name, createdAt: now, policy, inline: recipe.scenario.inline, parent });
}

/** What the expert would have decided and written for the world's present observation. */
function expectation(observation: Float32Array): { decision: Decision; trace: number[] } {
  const decision = decide(observation);
  return { decision, trace: synthesise(observation, decision) };
}

function encodeDecision(record: DecisionRecord, observation: Float32Array): RecipeDecision {
  const { decision, trace } = expectation(observation);
  const { step, tokens, waypoints, edit } = record;
  return {
    step,
    trace: encodeAgainst(trace, tokens),
    plan: encodePlan(waypoints, decision.waypoints),
    ...(edit && { edit: { index: edit.index, from: edit.from } }),
  };
}

function decodeDecision({ step, trace, plan, edit }: RecipeDecision, observation: Float32Array): DecisionRecord {
  const expected = expectation(observation);
  const where = `trace of the decision at step ${step}`;
  const { tokens, next } = decodeAgainst(expected.trace, trace);
  if (next !== trace.length) throw new FormatError(where, `the ${where} has codes left over`);
  if (edit && edit.index >= tokens.length) throw new FormatError(where, `the ${where} has no token ${edit.index}`);
  return {
    step,
    tokens,
    ...(edit && { edit: { ...edit, to: tokens[edit.index] } }),
    waypoints: decodePlan(plan, expected.decision.waypoints),
  };
}

function specOf({ scenario, seed }: Pick<Episode, 'scenario' | 'seed'>, context: LinkContext): WorldSpec {
  try {
    return instantiate(
      resolveScenario(scenario, (id) => context.scenario(id)),
      seed,
    );
  } catch (error) {
    if (!(error instanceof EpisodeError || error instanceof ScenarioError)) throw error;
    const where = error instanceof EpisodeError ? error.where : error.path || 'scenario';
    throw new LinkError('scenario', where, `The scenario of this drive cannot be used: ${error.message}.`);
  }
}

/** First 8 hex digits of SHA-256 over all tokens, traces separated. */
function checkOf(traces: readonly (readonly number[])[]): string {
  const words = Uint8Array.from(traces.flatMap((tokens) => [...tokens, 0xffff]).flatMap((id) => [id & 0xff, id >> 8]));
  return bytesToHex(sha256(words).subarray(0, 4));
}

function diverged(step: number): LinkError {
  const message = `This drive diverged at step ${step}: replayed here, it does not give the states it was recorded with.`;
  return new LinkError('diverged', `step ${step}`, message);
}

function asLinkError(error: unknown): LinkError {
  if (error instanceof LinkError) return error;
  if (error instanceof FormatError || error instanceof EpisodeError) {
    return new LinkError('format', error.where, `The link is damaged: ${error.message}.`);
  }
  if (error instanceof DiffError) {
    return new LinkError('trace', `trace code ${error.index}`, `The link is damaged: ${error.message}.`);
  }
  if (error instanceof WorldError) {
    return new LinkError('scenario', 'scenario', `The scenario of this drive cannot be run: ${error.message}.`);
  }
  throw error;
}

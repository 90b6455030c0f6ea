/**
 * GRPO on the words of a trace (Shao et al. 2024, DeepSeekMath; token normaliser of DAPO, Yu et al. 2025), in one file.
 *
 * A group is one state of the world, cloned. Every clone writes its own thoughts for some decisions and acts on them; what a clone
 * earns more than its group's mean is the advantage of all words it wrote. No critic: the group is the baseline.
 *
 *   Â_i = (R_i − mean R) / max(std R, spread)               over the group; a trifle must not count like a crash
 *   L = −Σₜ min(ρₜ Â, clip(ρₜ, 1 ± ε) Â) / Σₜ 1 + β · k3(π_ref ‖ π),   ρₜ = exp(log π(tₜ) − log π_old(tₜ))
 *
 * Both terms are Σ wₜ (−log π(tₜ)) to first order, with wₜ = Â ρₜ where the ratio is not clipped, less β (1 − exp(log π_ref − log π)):
 * so the learner's one gradient serves (models/learner.ts). Given words carry no weight. Plans are read from the same hidden states, so
 * each plan that was driven is held where it was by the imitation loss: only thoughts change, and plans with them as far as they must.
 */
import { createRandom, mixSeed, type Random } from '../base/random.ts';
import type { SftBatch } from '../models/engine.ts';
import { withZeroResidual } from '../models/initialise.ts';
import type { Learner } from '../models/learner.ts';
import { spaceLength } from '../task/env.ts';
import type { PolicyAct, ActRequest, Policy } from '../task/policy.ts';
import { createSeats, rollout } from '../task/rollout.ts';
import { meanScore } from './evaluate.ts';
import type { Values } from './run/hyperparameters.ts';
import type { Stage, WorkerContext } from './run/stage.ts';
import { trainingSeed, VALIDATION_SEED } from './seeds.ts';
import { Shuffler } from './sft.ts';

export const GRPO = {
  iterations: { value: 40, min: 1, max: 100000, step: 1, doc: 'Rollout-and-update iterations.' },
  groups: { value: 8, min: 1, max: 256, step: 1, doc: 'States cloned, a worker and iteration.' },
  clones: { value: 8, min: 2, max: 256, step: 1, doc: 'Clones of a state: the group that is compared.' },
  decisions: { value: 8, min: 1, max: 400, step: 1, doc: 'Decisions that every clone thinks and acts.' },
  lead: { value: 20, min: 0, max: 400, step: 1, doc: 'Most decisions before a state is cloned.' },
  temperature: { value: 1, min: 0.1, max: 5, step: 0.1, doc: 'Of the words, while exploring.' },
  learningRate: { value: 0.0002, min: 0.000001, max: 0.1, step: 0.0001, doc: 'Adam learning rate.' },
  epochs: { value: 1, min: 1, max: 100, step: 1, doc: 'Passes over a rollout.' },
  minibatch: { value: 128, min: 1, max: 8192, step: 8, doc: 'Decisions a gradient step.' },
  clip: { value: 0.2, min: 0.01, max: 1, step: 0.01, doc: 'Clip range ε of the ratio.' },
  spread: {
    value: 0.1,
    min: 0,
    max: 100,
    step: 0.05,
    doc: 'Returns of a group that lie closer together than this are not blown up to deviation 1.',
  },
  klWeight: { value: 0.02, min: 0, max: 10, step: 0.01, doc: 'β: pull towards the policy it began with.' },
  planWeight: { value: 20, min: 0, max: 1000, step: 1, doc: 'Weight that holds the plans which were driven.' },
  maxGradNorm: { value: 1, min: 0.01, max: 100, step: 0.1, doc: 'Global gradient-norm clip.' },
  validateEvery: { value: 10, min: 1, max: 100000, step: 1, doc: 'Iterations between two validations.' },
  validationSeeds: { value: 24, min: 1, max: 1000, step: 1, doc: 'Validation seeds a scenario.' },
} as const;

/** Thoughts of clones, a row a decision, with what their clone earned. */
export interface Thoughts extends Omit<SftBatch, 'tokenWeights'> {
  /** As sampled, [batch × maxTokens]. */
  readonly logProbs: Float32Array;
  /** Words at the start of a row that were given, not written. */
  readonly given: Int32Array;
  readonly advantages: Float32Array;
}
interface GroupsReply extends Thoughts {
  /** Return of every clone. */
  readonly returns: Float32Array;
}

/** Returns of groups of `size`, one after another → advantages; a group in which all earned the same has none. */
export function groupAdvantages(returns: Float32Array, size: number, spread: number): Float32Array {
  const out = new Float32Array(returns.length);
  for (let at = 0; at < returns.length; at += size) {
    const group = Float64Array.from(returns.subarray(at, at + size));
    const mean = group.reduce((sum, x) => sum + x, 0) / size;
    const deviation = Math.sqrt(group.reduce((sum, x) => sum + (x - mean) ** 2, 0) / size);
    if (deviation === 0) continue;
    group.forEach((x, i) => {
      out[at + i] = (x - mean) / Math.max(deviation, spread);
    });
  }
  return out;
}

/** wₜ of every token, [batch × maxTokens], given its log-probability now and under the reference. */
export function grpoWeights(
  thoughts: Thoughts,
  now: Float32Array,
  reference: Float32Array,
  { clip, klWeight }: Pick<Values<typeof GRPO>, 'clip' | 'klWeight'>,
): Float32Array {
  const { batch, maxTokens, lengths, given, advantages, logProbs } = thoughts;
  const weights = new Float32Array(batch * maxTokens);
  for (let row = 0; row < batch; row++) {
    const advantage = advantages[row];
    for (let t = given[row]; t < lengths[row]; t++) {
      const at = row * maxTokens + t;
      const ratio = Math.exp(now[at] - logProbs[at]);
      const clipped = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
      weights[at] = (clipped ? 0 : advantage * ratio) - klWeight * (1 - Math.exp(reference[at] - now[at]));
    }
  }
  return weights;
}

/** One pass over all thoughts in minibatches; returns the mean k3 estimate against the reference and the mean gradient norm. */
async function update(
  learner: Learner,
  reference: Learner,
  all: Thoughts,
  h: Values<typeof GRPO>,
  end: number,
  random: Random,
) {
  const shuffler = new Shuffler(all.batch, random);
  const size = Math.min(h.minibatch, all.batch);
  const steps = Math.max(1, Math.floor(all.batch / size)) * h.epochs;
  let [kl, tokens, norm] = [0, 0, 0];
  for (let step = 0; step < steps; step++) {
    const part = pickRows(
      all,
      Array.from({ length: size }, () => shuffler.next()),
    );
    const batch: SftBatch = { ...part, tokenWeights: new Float32Array(size * part.maxTokens) };
    const [now, before] = [await learner.logProbs(batch, end), await reference.logProbs(batch, end)];
    const weights = grpoWeights(part, now, before, h);
    let written = 0;
    for (let row = 0; row < size; row++)
      for (let t = part.given[row]; t < part.lengths[row]; t++, written++) {
        const difference = before[row * part.maxTokens + t] - now[row * part.maxTokens + t];
        kl += Math.exp(difference) - difference - 1;
      }
    tokens += written;
    const loss = { weightSum: Math.max(1, written), waypointWeight: h.planWeight, confidenceWeight: 0 };
    await learner.gradient({ ...batch, tokenWeights: weights }, loss);
    const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, maxGradNorm: h.maxGradNorm };
    norm += await learner.step({ ...adam, learningRate: h.learningRate });
  }
  return { kl: kl / Math.max(1, tokens), gradNorm: norm / steps };
}

/** Clones of some states of the world think and act; what they wrote and earned. */
async function cloneGroups(
  worker: WorkerContext,
  h: Values<typeof GRPO> & { iteration: number },
): Promise<GroupsReply> {
  const { task, engine, scenarios, index, workers } = worker;
  const seed = mixSeed(worker.seed, 3000 + h.iteration * workers + index);
  const random = createRandom(seed);
  const starts = Array.from({ length: h.groups }, (_, g) => {
    const scenario = scenarios[random.below(scenarios.length)];
    return task.start(scenario, trainingSeed(worker.seed + 2, h.iteration * h.groups + g, index, workers));
  });
  const lead = task.env(h.groups);
  const waiting = [...starts.keys()];
  const leadSeats = createSeats(h.groups);
  // An episode that ends on the way begins anew, so that every group has a state to go on from.
  const begin = { next: (g: number) => (waiting.shift(), starts[g]) };
  await rollout(lead, task.policy(engine, { residual: false }), random.below(h.lead + 1), begin, leadSeats);

  const env = task.env(h.groups * h.clones);
  const seats = createSeats(env.count);
  for (let i = 0; i < env.count; i++) {
    const group = Math.floor(i / h.clones);
    env.reset(i, starts[group]);
    env.restore?.(i, lead.snapshot?.(group));
    seats.states[i] = leadSeats.states[group];
    seats.taken[i] = 1;
  }
  lead.dispose();
  const writer = new Recorder(task.policy(engine, { residual: false, temperature: h.temperature, seed }));
  const returns = new Float32Array(env.count);
  await rollout(
    env,
    writer,
    h.decisions,
    {
      key: (i) => mixSeed(i, seats.decisions[i]),
      acted: (_, rows) => void writer.rows.push(...rows),
      stepped: (rows) => {
        for (const i of rows) returns[i] += env.reward[i];
        return undefined;
      },
    },
    seats,
  );
  env.dispose();
  const { observationSize, waypoints } = engine.config;
  const shape = { observationSize, waypoints, maxTokens: task.words.maxTokens };
  const thoughts = writer.thoughts(shape, spaceLength(env.observationSpace));
  const advantages = groupAdvantages(returns, h.clones, h.spread);
  return { ...thoughts, advantages: Float32Array.from(writer.rows, (i) => advantages[i]), returns };
}

/** A policy that keeps what it saw, wrote and planned. */
class Recorder implements Policy {
  readonly name = 'recorder';
  /** The clone of each row, in the order of what is kept. */
  readonly rows: number[] = [];
  readonly #policy: Policy;
  readonly #kept: { observations: Float32Array; act: PolicyAct; batch: number }[] = [];

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  async act(request: ActRequest): Promise<PolicyAct> {
    const act = await this.#policy.act(request);
    this.#kept.push({ observations: request.observations.slice(), act, batch: request.batch });
    return act;
  }

  thoughts(
    shape: { readonly observationSize: number; readonly waypoints: number; readonly maxTokens: number },
    seen: number,
  ): Omit<Thoughts, 'advantages'> {
    const batch = this.rows.length;
    const { observationSize, waypoints, maxTokens } = shape;
    const out = {
      batch,
      maxTokens,
      observations: new Float32Array(batch * observationSize),
      tokens: new Int32Array(batch * maxTokens).fill(-1),
      lengths: new Int32Array(batch),
      logProbs: new Float32Array(batch * maxTokens),
      given: new Int32Array(batch),
      waypoints: new Float32Array(batch * waypoints * 2),
    };
    let row = 0;
    for (const { observations, act, batch: rows } of this.#kept) {
      const { tokens, lengths, tokenLogProbs, given } = act.extra;
      if (!tokens || !lengths || !tokenLogProbs) throw new Error('GRPO needs a policy that writes its thoughts.');
      // A language model without an encoder reads words alone.
      if (observationSize === seen) out.observations.set(observations, row * observationSize);
      out.tokens.set(tokens, row * maxTokens);
      out.lengths.set(lengths, row);
      out.logProbs.set(tokenLogProbs, row * maxTokens);
      if (given) out.given.set(given, row);
      if (waypoints > 0) out.waypoints.set(act.actions, row * waypoints * 2);
      row += rows;
    }
    return out;
  }
}

/** The rows of some thoughts, copied. */
function pickRows(all: Thoughts, rows: readonly number[]): Thoughts {
  const { maxTokens, batch } = all;
  const floats = (from: Float32Array) => {
    const width = from.length / batch;
    const out = new Float32Array(rows.length * width);
    rows.forEach((row, i) => out.set(from.subarray(row * width, (row + 1) * width), i * width));
    return out;
  };
  const tokens = new Int32Array(rows.length * maxTokens);
  rows.forEach((row, i) => tokens.set(all.tokens.subarray(row * maxTokens, (row + 1) * maxTokens), i * maxTokens));
  return {
    batch: rows.length,
    maxTokens,
    tokens,
    observations: floats(all.observations),
    logProbs: floats(all.logProbs),
    waypoints: floats(all.waypoints),
    advantages: floats(all.advantages),
    lengths: Int32Array.from(rows, (row) => all.lengths[row]),
    given: Int32Array.from(rows, (row) => all.given[row]),
  };
}

/** All workers' thoughts as one batch. */
function joinThoughts(parts: readonly GroupsReply[]): GroupsReply {
  const floats = (of: (part: GroupsReply) => Float32Array) => Float32Array.from(parts.flatMap((part) => [...of(part)]));
  const ints = (of: (part: GroupsReply) => Int32Array) => Int32Array.from(parts.flatMap((part) => [...of(part)]));
  return {
    batch: parts.reduce((n, { batch }) => n + batch, 0),
    maxTokens: parts[0].maxTokens,
    observations: floats((part) => part.observations),
    tokens: ints((part) => part.tokens),
    lengths: ints((part) => part.lengths),
    logProbs: floats((part) => part.logProbs),
    given: ints((part) => part.given),
    waypoints: floats((part) => part.waypoints),
    advantages: floats((part) => part.advantages),
    returns: floats((part) => part.returns),
  };
}

const mean = (values: Float32Array): number => values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length);
/** Iterations between two saved states. */
const SAVE_EVERY = 5;

export const stage: Stage<typeof GRPO> = {
  hyperparameters: GRPO,
  rows: ({ groups, clones }) => groups * clones,
  // Every clone counts as an episode, cut short as it may be.
  forEpisodes: (episodes, workers) => ({
    iterations: Math.max(1, Math.round(episodes / (GRPO.groups.value * GRPO.clones.value * workers))),
  }),
  parts: { groups: cloneGroups },
  async run(context) {
    const h = context.settings() as Values<typeof GRPO>;
    const { control, workers, seed, state, words } = context;
    const from = state.done;
    // A residual belongs to the plans it was learned on; those of this result are others.
    const start = state.start ?? withZeroResidual(context.policy, state.parameters);
    const learner = context.learner(from > 0 ? state.parameters : start);
    const reference = context.learner(start);
    if (from > 0) learner.setOptimiser(state.optimiser);
    const seeds = Array.from({ length: h.validationSeeds }, (_, i) => VALIDATION_SEED + i);
    const validate = () => meanScore(context, { kind: 'checkpoint', residual: false }, learner.parameters(), seeds);
    let best = state.best ?? { score: await validate(), parameters: start };
    for (let iteration = from; iteration < h.iterations; iteration++) {
      await control.checkpoint();
      const parameters = learner.parameters();
      await Promise.all(workers.map((worker) => worker.setParameters(parameters)));
      const request = { ...h, iteration };
      const all = joinThoughts(
        await Promise.all(workers.map((worker) => worker.work<GroupsReply>('grpo', 'groups', request))),
      );
      const random = createRandom(mixSeed(seed, 200000 + iteration));
      const { kl, gradNorm } = await update(learner, reference, all, h, words.end, random);
      const done = iteration + 1;
      const last = done === h.iterations;
      const score = done % h.validateEvery === 0 || last ? await validate() : Number.NaN;
      if (score > best.score) best = { score, parameters: learner.parameters() };
      const earned = mean(all.returns);
      context.advance(
        done / h.iterations,
        `return ${earned.toFixed(3).replace('-', '−')} · validation ${best.score.toFixed(3)} · KL ${kl.toFixed(4)}`,
        { return: earned, 'validation score': score, KL: kl, 'gradient norm': gradNorm },
        done,
      );
      if (done % SAVE_EVERY !== 0 && !last) continue;
      const now = last ? best.parameters : learner.parameters();
      const optimiser = learner.optimiser();
      await context.keep({ stage: last ? context.next : 'grpo', done, parameters: now, optimiser, best, start });
      context.preview(done, now);
    }
  },
};

/** Blocksworld as a task: the same stages that learn driving learn it, from words alone (a language model without an encoder). */
import { createRandom, mixSeed } from '../../base/random.ts';
import type { PolicyConfig } from '../../models/config.ts';
import type { Engine } from '../../models/engine.ts';
import { emptyDataset, type TraceDataset } from '../../task/dataset.ts';
import type { PolicyAct, ActRequest, Policy } from '../../task/policy.ts';
import { episodeKey } from '../../task/episode-key.ts';
import { rollout } from '../../task/rollout.ts';
import type { SynthesiseRequest, Task, TaskRow, TaskScenario } from '../../task/task.ts';
import { BlocksEnv, type BlocksStart, readBoard } from './env.ts';
import { allStates, type BlockMove, legalMoves } from './rules.ts';
import { givenWords, moveOf, oracleWords, WORDS } from './words.ts';

export interface BlocksScenario extends TaskScenario {
  readonly blocks: number;
}
export const BLOCKS_SCENARIOS: readonly BlocksScenario[] = [
  { id: 'blocks_3', blocks: 3 },
  { id: 'blocks_4', blocks: 4 },
];

const MODEL: PolicyConfig = {
  vocabSize: WORDS.vocabulary.length,
  layers: 2,
  width: 32,
  heads: 4,
  context: 32,
  prefix: 0,
  observationSize: 0,
  encoderHidden: 0,
  waypoints: 0,
  waypointHidden: 0,
  residualSize: 0,
  residualHidden: 0,
};
const { maxTokens, end } = WORDS;
const ROWS = 64;

/** A policy that decides row by row: its move, and the trace that says it. */
const rowByRow = (
  name: string,
  decide: (
    board: BlocksStart,
    row: number,
    request: ActRequest,
  ) => { move: BlockMove | null; trace?: readonly number[] },
): Policy => ({
  name,
  async act(request) {
    const { batch, observations } = request;
    const actions = new Float32Array(batch * 2);
    const tokens = new Int32Array(batch * maxTokens).fill(-1);
    const lengths = new Int32Array(batch);
    for (let row = 0; row < batch; row++) {
      const { move, trace } = decide(readBoard(observations, row), row, request);
      actions.set(move ? [move.block, move.target] : [-1, -1], row * 2);
      if (!trace) continue;
      tokens.set(trace, row * maxTokens);
      lengths[row] = trace.length;
    }
    return { actions, extra: lengths.some((n) => n > 0) ? { tokens, lengths } : {} };
  },
});

const oracle = (): Policy =>
  rowByRow('oracle', ({ state, goal }) => {
    const trace = [...givenWords(state, goal), ...oracleWords(state, goal)];
    return { move: moveOf(trace), trace };
  });

/** A legal move, each as likely. */
const randomPolicy = (seed: number): Policy =>
  rowByRow('random', ({ state }, row, { keys }) => {
    const moves = legalMoves(state);
    return { move: moves[createRandom(mixSeed(seed, keys[row])).below(moves.length)] };
  });

/** A checkpoint: reads the given words, writes the rest. Forced words go on after them, or replace them where they begin alike. */
const checkpoint = (
  engine: Engine,
  { temperature = 0, seed = 0 }: { temperature?: number; seed?: number },
): Policy => ({
  name: 'checkpoint',
  async act({ observations, batch, keys, forced }: ActRequest): Promise<PolicyAct> {
    const tokens = new Int32Array(batch * maxTokens);
    const given = new Int32Array(batch);
    const forcedLengths = new Int32Array(batch);
    const uniforms = new Float32Array(batch * maxTokens);
    for (let row = 0; row < batch; row++) {
      const { state, goal } = readBoard(observations, row);
      const words = givenWords(state, goal);
      given[row] = words.length;
      const begin = forced?.[row]?.length ? forced[row] : words;
      tokens.set(begin.slice(0, maxTokens), row * maxTokens);
      forcedLengths[row] = Math.min(begin.length, maxTokens);
      const random = createRandom(mixSeed(seed, keys[row]));
      for (let t = 0; t < maxTokens; t++) uniforms[row * maxTokens + t] = random.below(1 << 24) / (1 << 24);
    }
    const request = { observations: new Float32Array(0), batch, maxTokens, endToken: end, temperature };
    const written = await engine.generate({ ...request, uniforms, forced: tokens, forcedLengths });
    const actions = new Float32Array(batch * 2);
    for (let row = 0; row < batch; row++) {
      const at = row * maxTokens;
      const move = moveOf(Array.from(written.tokens.subarray(at, at + written.lengths[row])));
      actions.set(move ? [move.block, move.target] : [-1, -1], row * 2);
    }
    const { tokens: all, lengths, logProbs } = written;
    return { actions, extra: { tokens: all, lengths, tokenLogProbs: logProbs, given } };
  },
});

const start = ({ blocks }: BlocksScenario, seed: number): BlocksStart => {
  const states = allStates(blocks);
  const random = createRandom(mixSeed(seed, blocks));
  const state = random.below(states.length);
  const goal = (state + 1 + random.below(states.length - 1)) % states.length;
  return { state: states[state], goal: states[goal] };
};

/** The oracle solves boards, or the learner does and the oracle says what it would have done; given words carry no loss. */
async function synthesise(request: SynthesiseRequest<BlocksScenario>): Promise<TraceDataset> {
  const { scenarios, seedOf, examples } = request;
  const data = emptyDataset(examples, { observationSize: 0, maxTokens, waypoints: 0 });
  let [boards, written] = [0, 0];
  const teacher = oracle();
  const env = new BlocksEnv(ROWS);
  await rollout(env, request.learner ?? teacher, Number.POSITIVE_INFINITY, {
    next: () => start(scenarios[boards % scenarios.length], seedOf(boards++)),
    acted(_, rows) {
      for (const i of rows) {
        if (written >= examples) return;
        const { state, goal } = env.board(i);
        const given = givenWords(state, goal);
        const trace = [...given, ...oracleWords(state, goal)];
        data.tokens.set(trace, written * maxTokens);
        data.lengths[written] = trace.length;
        data.tokenWeights.fill(1, written * maxTokens + given.length, written * maxTokens + trace.length);
        written++;
      }
    },
    stepped: () => written >= examples,
  });
  return data;
}

async function evaluate(
  policy: Policy,
  scenarios: readonly BlocksScenario[],
  seeds: readonly number[],
): Promise<readonly TaskRow[]> {
  const jobs = scenarios.flatMap((scenario) => seeds.map((seed) => ({ scenario, seed })));
  const rows: TaskRow[] = Array.from({ length: jobs.length });
  const env = new BlocksEnv(Math.min(ROWS, jobs.length));
  const playing: { index: number; earned: number; valid: number | null; decisions: number }[] = [];
  let begun = 0;
  await rollout(env, policy, Number.POSITIVE_INFINITY, {
    next(i) {
      if (begun >= jobs.length) return undefined;
      playing[i] = { index: begun, earned: 0, valid: null, decisions: 0 };
      const { scenario, seed } = jobs[begun++];
      return start(scenario, seed);
    },
    key: (i) =>
      mixSeed(episodeKey(jobs[playing[i].index].scenario.id, jobs[playing[i].index].seed), playing[i].decisions),
    stepped(seats, { extra: { tokens, lengths } }) {
      seats.forEach((i, row) => {
        const own = playing[i];
        own.earned += env.reward[i];
        own.decisions++;
        if (!tokens || !lengths) return;
        const trace = Array.from(tokens.subarray(row * maxTokens, row * maxTokens + lengths[row]));
        own.valid = (own.valid ?? 0) + Number(WORDS.isValid(trace));
      });
      return undefined;
    },
    ended(i) {
      const { index, earned, valid, decisions } = playing[i];
      const success = env.terminated[i] === 1;
      rows[index] = {
        scenario: jobs[index].scenario.id,
        seed: jobs[index].seed,
        steps: decisions,
        decisions,
        validTraces: valid,
        score: { score: success ? 1 : 0, success, return: earned },
      };
    },
  });
  return rows;
}

export const BLOCKSWORLD: Task<BlocksScenario, BlocksStart> = {
  id: 'blocksworld',
  title: 'Blocksworld',
  scenarios: BLOCKS_SCENARIOS,
  model: MODEL,
  words: WORDS,
  env: (count) => new BlocksEnv(count),
  start,
  policy: checkpoint,
  oracle,
  random: randomPolicy,
  synthesise,
  evaluate,
};

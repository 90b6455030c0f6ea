/**
 * The recipe of a drive, version 1, as bytes: what cannot be recomputed from scenario, seed and controls.
 *
 * Layout (varints unless said otherwise; texts are UTF-8 with their length before them):
 *   flags (1 inline scenario · 2 checkpoint hash · 4 engine · 8 parent) · scenario id · hash (8 bytes) · [inline text] · seed ·
 *   episode name · policy kind · policy name · [checkpoint hash (8 bytes)] · [engine] ·
 *   steps · per channel (acceleration, steering): order 0..2, then the controls' zigzag differences of that order ·
 *   decisions · first step and gaps − 1 · trace lengths, then traces (numbers of trace/diff.ts) · plan keys, one key at a
 *   time over all decisions (plan.ts) · edits: count, then decision, token index, token before · check of all trace tokens
 *   (4 bytes) · state hashes: 4 bytes at every 50th step, 8 at the last ·
 *   view: step, camera, breakpoints (kind, value) · [parent: id, decision, token index, from, to, return difference (float64)]
 *
 * Alike numbers lie together so that deflate can do the rest. Pure bytes ↔ recipe: link.ts gives the recipe its meaning.
 */
import { MAX_TRACE } from '../../models/config.ts';
import { ACCEL_MAX_Q, ACCEL_MIN_Q, STEER_MAX_Q } from '../../abi/layout.ts';
import { ByteReader, ByteWriter, FormatError } from '../../base/bytes.ts';
import { type Episode, type EpisodePolicy, HASH_EVERY } from '../episode.ts';
import * as limits from '../limits.ts';
import { MAX_PLAN_DIFFERENCE, PLAN_NUMBERS } from '../plan-code.ts';

export interface Recipe {
  readonly scenario: { readonly id: string; readonly hash: string; readonly inline?: string };
  readonly seed: number;
  readonly name: string;
  /** `checkpointHash` is cut to its first 16 hex digits. */
  readonly policy: EpisodePolicy;
  readonly controls: readonly number[];
  readonly decisions: readonly RecipeDecision[];
  /** First 8 hex digits of SHA-256 over all trace tokens. */
  readonly traceCheck: string;
  /** One for each of `hashSteps`: 8 hex digits, the last 16. */
  readonly hashes: readonly string[];
  readonly view: ReplayView;
  readonly parent?: Episode['parent'];
}

export interface RecipeDecision {
  readonly step: number;
  /** What `encodeAgainst` makes of the trace. */
  readonly trace: readonly number[];
  /** What `encodePlan` makes of the waypoints. */
  readonly plan: readonly number[];
  /** An edited token: its index and the token before; the one after stands in the trace. */
  readonly edit?: { readonly index: number; readonly from: number };
}

/** What the sender was looking at. */
export interface ReplayView {
  readonly step: number;
  readonly camera: (typeof CAMERAS)[number];
  readonly breakpoints: readonly { readonly kind: (typeof BREAKPOINTS)[number]; readonly value: string }[];
}

const CAMERAS = ['chase', 'top', 'free'] as const;
const BREAKPOINTS = ['token', 'decision', 'ttc'] as const;
const POLICIES = ['expert', 'random', 'checkpoint', 'human'] as const;
const FLAG = { inline: 1, checkpoint: 2, engine: 4, parent: 8 } as const;
/** Numbers a coded trace may take. */
const MAX_TRACE_NUMBERS = 4 * MAX_TRACE;
const MAX_VARINT = 0xffffffff;
const CHANNELS = [
  { name: 'acceleration', low: ACCEL_MIN_Q, high: ACCEL_MAX_Q },
  { name: 'steering', low: -STEER_MAX_Q, high: STEER_MAX_Q },
] as const;

/** Steps whose state hashes a record keeps: every HASH_EVERY-th and the last. */
export function hashSteps(steps: number): number[] {
  const every = Array.from({ length: Math.floor(steps / HASH_EVERY) }, (_, i) => (i + 1) * HASH_EVERY);
  return every.at(-1) === steps ? every : [...every, steps];
}

export function encodeRecipe(recipe: Recipe): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  const { scenario, policy, decisions, parent, view } = recipe;
  const steps = recipe.controls.length / 2;
  out.varint(
    (scenario.inline === undefined ? 0 : FLAG.inline) |
      (policy.checkpointHash === undefined ? 0 : FLAG.checkpoint) |
      (policy.engine === undefined ? 0 : FLAG.engine) |
      (parent === undefined ? 0 : FLAG.parent),
  );
  out.text(scenario.id);
  out.hex(scenario.hash.slice(0, 16));
  if (scenario.inline !== undefined) out.text(scenario.inline);
  out.varint(recipe.seed);
  out.text(recipe.name);
  out.varint(POLICIES.indexOf(policy.kind));
  out.text(policy.name);
  if (policy.checkpointHash !== undefined) out.hex(policy.checkpointHash.slice(0, 16));
  if (policy.engine !== undefined) out.text(policy.engine);

  out.varint(steps);
  for (const channel of [0, 1]) {
    const values = Array.from({ length: steps }, (_, i) => recipe.controls[i * 2 + channel]);
    const orders = [values, differences(values), differences(differences(values))];
    const costs = orders.map((order) => order.reduce((sum, value) => sum + Math.log2(1 + Math.abs(value)), 0));
    const best = costs.indexOf(Math.min(...costs));
    out.varint(best);
    for (const value of orders[best]) out.signed(value);
  }

  out.varint(decisions.length);
  decisions.forEach(({ step }, i) => {
    out.varint(step - (i > 0 ? decisions[i - 1].step + 1 : 0));
  });
  for (const { trace } of decisions) out.varint(trace.length);
  for (const { trace } of decisions) for (const number of trace) out.varint(number);
  for (let k = 0; k < PLAN_NUMBERS; k++) for (const { plan } of decisions) out.signed(plan[k]);
  const edits = decisions.flatMap(({ edit }, i) => (edit ? [{ i, ...edit }] : []));
  out.varint(edits.length);
  for (const { i, index, from } of edits) for (const number of [i, index, from]) out.varint(number);
  out.hex(recipe.traceCheck);
  for (const hash of recipe.hashes) out.hex(hash);

  out.varint(view.step);
  out.varint(CAMERAS.indexOf(view.camera));
  out.varint(view.breakpoints.length);
  for (const { kind, value } of view.breakpoints) {
    out.varint(BREAKPOINTS.indexOf(kind));
    out.text(value);
  }
  if (parent) {
    out.text(parent.episodeId);
    for (const number of [parent.decision, parent.edit.index, parent.edit.from, parent.edit.to]) out.varint(number);
    out.float64(parent.returnDelta);
  }
  return out.take();
}

/** @throws FormatError naming the field that is missing or out of range. */
export function decodeRecipe(bytes: Uint8Array): Recipe {
  const read = new ByteReader(bytes);
  const flags = read.varint('flags', 15);
  const id = read.text('scenario id', limits.MAX_ID);
  const hash = read.hex('scenario hash', 8);
  const inline = flags & FLAG.inline ? read.text('inline scenario', limits.MAX_INLINE_BYTES) : undefined;
  const seed = read.varint('seed', MAX_VARINT);
  const name = read.text('episode name', limits.MAX_NAME * 4);
  const kind = POLICIES[read.varint('policy kind', POLICIES.length - 1)];
  const policyName = read.text('policy name', limits.MAX_NAME * 4);
  const checkpointHash = flags & FLAG.checkpoint ? read.hex('checkpoint hash', 8) : undefined;
  const engine = flags & FLAG.engine ? read.text('engine name', limits.MAX_NAME * 4) : undefined;

  const steps = read.varint('number of steps', limits.MAX_STEPS, 1);
  const controls = readControls(read, steps);
  const decisions = readDecisions(read, steps);
  const traceCheck = read.hex('check of the traces', 4);
  const hashes = hashSteps(steps).map((step) => read.hex(`state hash of step ${step}`, step === steps ? 8 : 4));
  const view = readView(read, steps);
  const parent = flags & FLAG.parent ? readParent(read, decisions.length) : undefined;
  read.end();
  return {
    scenario: { id, hash, ...(inline !== undefined && { inline }) },
    seed,
    name,
    policy: {
      kind,
      ...(checkpointHash && { checkpointHash }),
      name: policyName,
      ...(engine !== undefined && { engine }),
    },
    controls,
    decisions,
    traceCheck,
    hashes,
    view,
    ...(parent && { parent }),
  };
}

function differences(values: readonly number[]): number[] {
  return values.map((value, i) => value - (i > 0 ? values[i - 1] : 0));
}

function readControls(read: ByteReader, steps: number): number[] {
  const controls: number[] = Array.from({ length: steps * 2 });
  CHANNELS.forEach(({ name, low, high }, channel) => {
    const order = read.varint(`order of the ${name} controls`, 2);
    let value = 0;
    let slope = 0;
    for (let i = 0; i < steps; i++) {
      const where = `${name} control of step ${i}`;
      const number = read.signed(where, -2048, 2048);
      slope = order === 2 ? slope + number : number;
      value = order === 0 ? number : value + slope;
      if (value < low || value > high) {
        throw new FormatError(where, `the ${where} is ${value}, outside ${low} to ${high}`);
      }
      controls[i * 2 + channel] = value;
    }
  });
  return controls;
}

function readDecisions(read: ByteReader, steps: number): RecipeDecision[] {
  const count = read.varint('number of decisions', steps);
  const at: number[] = [];
  for (let i = 0; i < count; i++) {
    const next = i > 0 ? at[i - 1] + 1 : 0;
    at.push(next + read.varint(`step of decision ${i}`, steps - 1 - next));
  }
  const lengths = at.map((_, i) => read.varint(`trace length of decision ${i}`, MAX_TRACE_NUMBERS));
  const traces = lengths.map((length, i) =>
    Array.from({ length }, () => read.varint(`trace of decision ${i}`, limits.MAX_TOKEN_ID * 2)),
  );
  const plans = at.map((): number[] => []);
  for (let k = 0; k < PLAN_NUMBERS; k++) {
    plans.forEach((plan, i) => {
      plan[k] = read.signed(`plan of decision ${i}`, -MAX_PLAN_DIFFERENCE, MAX_PLAN_DIFFERENCE);
    });
  }
  const edits = new Map<number, { index: number; from: number }>();
  const editCount = read.varint('number of edits', count);
  for (let i = 0; i < editCount; i++) {
    const decision = read.varint(`decision of edit ${i}`, count - 1);
    const index = read.varint(`token of edit ${i}`, MAX_TRACE - 1);
    edits.set(decision, { index, from: read.varint(`token before edit ${i}`, limits.MAX_TOKEN_ID) });
  }
  return at.map((step, i) => {
    const edit = edits.get(i);
    return { step, trace: traces[i], plan: plans[i], ...(edit && { edit }) };
  });
}

function readView(read: ByteReader, steps: number): ReplayView {
  const step = read.varint('step of the view', steps);
  const camera = CAMERAS[read.varint('camera', CAMERAS.length - 1)];
  const count = read.varint('number of breakpoints', limits.MAX_BREAKPOINTS);
  const breakpoints = Array.from({ length: count }, (_, i) => ({
    kind: BREAKPOINTS[read.varint(`kind of breakpoint ${i}`, BREAKPOINTS.length - 1)],
    value: read.text(`breakpoint ${i}`, limits.MAX_NAME),
  }));
  return { step, camera, breakpoints };
}

function readParent(read: ByteReader, decisions: number): NonNullable<Episode['parent']> {
  return {
    episodeId: read.text('id of the parent', 64),
    decision: read.varint('decision of the parent', Math.max(0, decisions - 1)),
    edit: {
      index: read.varint('token of the parent edit', MAX_TRACE - 1),
      from: read.varint('token before the parent edit', limits.MAX_TOKEN_ID),
      to: read.varint('token after the parent edit', limits.MAX_TOKEN_ID),
    },
    returnDelta: read.float64('return difference'),
  };
}

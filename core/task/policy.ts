/**
 * A policy: whoever turns observations into actions. The expert, a random baseline, a checkpoint on an engine, one that answers over the
 * network, all behind one batched call.
 *
 * A row's action depends on the row alone (its observation, key, state and forced tokens), never on what else is in the batch, so
 * batches may be cut in any way. `state` is what a policy wants back at the row's next decision: its last decision, a memory of turns.
 * It is plain data, kept by whoever drives, with snapshots, forks and episodes; policies that remember nothing have none.
 * policy-conformance.ts holds every policy to this.
 */
export type PolicyState =
  | string
  | number
  | boolean
  | null
  | readonly PolicyState[]
  | { readonly [key: string]: PolicyState };

export interface ActRequest {
  /** [batch × observation] */
  readonly observations: Float32Array;
  readonly batch: number;
  /** One 32-bit number a row that names its episode and step: the stream of whatever is sampled for it. */
  readonly keys: Uint32Array;
  /** What the policy returned for each row's last decision; absent, or null in a row, at the start of an episode. */
  readonly states?: readonly PolicyState[];
  /** Tokens each row's trace must begin with. */
  readonly forced?: readonly (readonly number[])[];
}

/** What a policy says beside its actions; a trace where it thinks in words. All arrays are a row each. */
export interface ActExtra {
  /** [batch × trace length], -1 beyond each length. */
  readonly tokens?: Int32Array;
  readonly lengths?: Int32Array;
  /** Log-probability of each token as sampled, [batch × trace length], nats. */
  readonly tokenLogProbs?: Float32Array;
  /** Tokens at the start of each row that were given to the policy, not written by it, [batch]; absent: none. */
  readonly given?: Int32Array;
  /** [batch] */
  readonly value?: Float32Array;
}

export interface PolicyAct<Extra extends ActExtra = ActExtra> {
  /** [batch × action] */
  readonly actions: Float32Array;
  /** Of the actions where they were sampled, [batch], nats. */
  readonly logProbs?: Float32Array;
  readonly states?: readonly PolicyState[];
  readonly extra: Extra;
}

export interface Policy<Extra extends ActExtra = ActExtra> {
  readonly name: string;
  act(request: ActRequest): Promise<PolicyAct<Extra>>;
}

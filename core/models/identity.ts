/**
 * Who drives, as data. What differs between two policies stands in fields and is never read out of a name: names are for people, keys
 * are for maps, and both are made here. What older files keep is told apart in core/episode/policy-record.ts.
 */

export interface PolicyIdentity {
  readonly kind: 'expert' | 'random' | 'checkpoint' | 'human';
  /**
   * Of a checkpoint: SHA-256 (hex) of its parameters, or what stands for it where they have not been read ("shipped", a run's id).
   */
  readonly hash?: string;
  /** What the policy is called, whether or not its residual is added: "SFT + PPO (shipped)". */
  readonly name: string;
  /** Whether the RL-trained residual is added to the plan; false for policies that have none. */
  readonly residual: boolean;
  /** Hash of the parameters that training began from, where that is known. */
  readonly lineage?: string;
  /** The stage of training that made it ("sft"), where that is known. */
  readonly stage?: string;
}

export const EXPERT: PolicyIdentity = { kind: 'expert', name: 'expert', residual: false };
/** The floor of every comparison. */
export const RANDOM: PolicyIdentity = { kind: 'random', name: 'random', residual: false };

/** A checkpoint as it drives with its residual. */
export const checkpointIdentity = (hash: string, name: string): PolicyIdentity => ({
  kind: 'checkpoint',
  hash,
  name,
  residual: true,
});

/** A checkpoint's frozen imitation part. */
export const bareOf = (identity: PolicyIdentity): PolicyIdentity => ({ ...identity, residual: false });

/** The same for policies that drive the same, different for all others; names do not count. */
export const policyKey = ({ kind, hash, residual }: PolicyIdentity): string =>
  JSON.stringify([kind, hash ?? null, residual]);

/** What a policy is called in reports: a checkpoint without its residual says so. */
export const policyName = ({ kind, name, residual }: PolicyIdentity): string =>
  kind === 'checkpoint' && !residual ? `${name} without residual` : name;

/**
 * The episode: everything about one drive, as plain JSON. States are not stored; replaying the controls through the world
 * recomputes them bit for bit, and `stateHashes` prove it.
 */
import type { ScoreBreakdown } from '../tasks/driving/scores/lab/score.ts';

export const EPISODE_FORMAT = 'traceway-episode/1';
/** A state hash is kept every this many steps, and for the last step. */
export const HASH_EVERY = 50;

interface TraceEdit {
  /** Index of the edited token in its trace; tokens after it were written anew. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

export interface DecisionRecord {
  readonly step: number;
  /** Trace tokens, `<end>` included; empty for policies that write none. */
  readonly tokens: readonly number[];
  readonly edit?: TraceEdit;
  /** Log-probability of each token when it was written; absent for the expert. */
  readonly logProbs?: readonly number[];
  /** 20 × (x, y), ego frame, m: what the tracker followed (residual included). */
  readonly waypoints: readonly number[];
  /** 20 × 0..1; absent for the expert. */
  readonly confidence?: readonly number[];
  /** Residual coefficients that were added, bounded; absent without RL. */
  readonly residual?: readonly number[];
  readonly value?: number;
}

export type DriveEventKind =
  | 'collision'
  | 'off-road'
  | 'lane-invasion'
  | 'red-light'
  | 'near-miss'
  | 'hard-brake'
  | 'appears'
  | 'leaves'
  | 'light'
  | 'goal'
  | 'timeout'
  | 'edit';

export interface DriveEvent {
  readonly step: number;
  readonly kind: DriveEventKind;
  /** Actor slot id ("A2") when one is concerned. */
  readonly actor?: string;
  /** One short sentence for the timeline. */
  readonly text: string;
}

export interface EpisodePolicy {
  readonly kind: 'expert' | 'random' | 'checkpoint' | 'human';
  /** SHA-256 (hex) of the checkpoint's parameters; absent for expert and random. */
  readonly checkpointHash?: string;
  /** "SFT + PPO (shipped)"; what it says of the residual is read and written in policy-record.ts alone. */
  readonly name: string;
  readonly engine?: string;
}

/** A file inside an episode: deflated (RFC 1951) and written in base64. */
export interface PackedFile {
  readonly name: string;
  readonly deflated: string;
}

/** A drive that a simulator recorded. The file itself is kept, whole; states, curves and scores are made of it. */
export interface EpisodeRecording {
  readonly format: 'carla-log';
  readonly steps: number;
  readonly log: PackedFile;
  /** OpenDRIVE map that was given with it. */
  readonly map?: PackedFile;
}

export interface Episode {
  readonly format: typeof EPISODE_FORMAT;
  readonly id: string;
  readonly name: string;
  /** ISO 8601, set by the caller (core has no clock). */
  readonly createdAt: string;
  readonly scenario: {
    readonly id: string;
    readonly hash: string;
    /** YAML text when the scenario is not a shipped one; imported logs carry theirs here too. */
    readonly inline?: string;
  };
  readonly seed: number;
  readonly policy: EpisodePolicy;
  /** Integer counts, 2 a step: acceleration, steering (layout.ts quanta). */
  readonly controls: readonly number[];
  readonly decisions: readonly DecisionRecord[];
  /** [step, 16 hex digits] */
  readonly stateHashes: readonly (readonly [number, string])[];
  readonly events: readonly DriveEvent[];
  readonly score: ScoreBreakdown;
  /** A counterfactual names the drive it was forked from. */
  readonly parent?: {
    readonly episodeId: string;
    readonly decision: number;
    readonly edit: TraceEdit;
    /** This drive's return minus the parent's. */
    readonly returnDelta: number;
  };
  /** Present for a recording: there are no controls, decisions or hashes then, and the seed says nothing. */
  readonly recording?: EpisodeRecording;
}

/** What a user of the CARLA client passes in and is told. */
import type { Pose3 } from '../../../core/io/recordings/carla-frame.ts';
import type { CarlaError } from './errors.ts';
import type { ATTACHMENT } from './types.ts';

export interface CarlaClientOptions {
  readonly host: string;
  /** RPC port. */
  readonly port: number;
  /** Deadline of one call, ms. */
  readonly timeoutMs?: number;
  /** How often a silent server is asked whether it lives, ms. */
  readonly heartbeatMs?: number;
  /** Whether to look for a server that went away. */
  readonly reconnect?: boolean;
  /** Whether a server is of use that gives no frames; true unless said otherwise. */
  readonly needsFrames?: boolean;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
}

export type CarlaStatus =
  | { readonly state: 'live'; readonly serverVersion: string; readonly episodeId: string }
  | { readonly state: 'reconnecting'; readonly attempt: number; readonly error: CarlaError }
  | { readonly state: 'closed'; readonly error: CarlaError | null };

export interface SpawnRequest {
  readonly blueprint: string;
  /** Overrides of the blueprint's own values. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Ours: right-handed, metres, radians; relative to the parent where there is one. */
  readonly pose: Pose3;
  readonly parentId?: number;
  readonly attachment?: keyof typeof ATTACHMENT;
}

/** Steer −1 … 1, positive to the left. */
export interface DriveControl {
  readonly throttle: number;
  readonly steer: number;
  readonly brake: number;
  readonly handBrake?: boolean;
  readonly reverse?: boolean;
}

/** Test only: what kind of CARLA the stand-in server is. */
import type { Transform } from '../client/types.ts';

export interface StandInOptions {
  /** What it says of itself; its messages are this version's. */
  readonly version?: string;
  readonly asyncFramesPerSecond?: number;
  /** Its map's name, "Carla/Maps/Town01" by default. */
  readonly map?: string;
  /** Its map's OpenDRIVE text, where vehicles may start, and its traffic lights. */
  readonly openDrive?: string;
  readonly spawnPoints?: readonly Transform[];
  readonly lights?: readonly { readonly place: Transform; readonly signal?: string; readonly state?: number }[];
  /** Stop signs, by the middle of the box in which they hold, half sizes in the sign's frame. */
  readonly stops?: readonly {
    readonly place: Transform;
    readonly halfSize: { readonly x: number; readonly y: number };
  }[];
  /** Methods that it does not know, by their wire names. */
  readonly lacks?: readonly string[];
  /** Places where something stands that is no actor. */
  readonly walls?: readonly Transform[];
  /** Called with the number of every frame just before its first byte is sent. */
  readonly onSend?: (frame: number) => void;
  /** The version whose messages it has, where that is not the one it says. */
  readonly speaks?: string;
  /** Calls whose outcome is ignored are carried out this much later, as by another thread. */
  readonly castDelayMs?: number;
  /** Every call is carried out up to this much later, in any order, and a listener is taken in as late, as by several threads. */
  readonly jitterMs?: number;
  /** What the frames' episodes are off by from `get_episode_info`. */
  readonly episodeOffset?: bigint;
}

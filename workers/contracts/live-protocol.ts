/** What the page asks of the live worker: drawings of a source's map and its lanes, and what was watched as a recorder file. */
import type { MapDrawing } from '../../core/tasks/driving/roads/drawing/model.ts';
import type { Result } from './protocol.ts';
import type { LiveActor, LiveEpisode, LiveFrames, LiveMap } from './proxy-protocol.ts';

/** What was recorded of one episode, in the order in which it came. */
export interface LiveRecording {
  readonly episode: LiveEpisode;
  /** Actors that appeared later. */
  readonly actors: readonly LiveActor[];
  readonly frames: readonly LiveFrames[];
  readonly unixS: number;
}

export interface LiveService {
  /** The map as the viewer wants it; a route is drawn as the lab draws its own. */
  draw(map: LiveMap, seed: number): Promise<Result<MapDrawing>>;
  /**
   * Distances of places (x, y each) from the centre of the nearest lane of the map drawn last, m; NaN where no lane is near, and for a
   * NaN.
   */
  laneDistances(places: Float32Array): Promise<Float32Array>;
  /** A file in CARLA's recorder format. */
  pack(recording: LiveRecording): Promise<Result<Uint8Array>>;
}

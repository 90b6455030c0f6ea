/** The live worker: draws maps of sources, knows their lanes and writes recordings, so that the page that watches only draws. */
import { expose, transfer } from 'comlink';
import { drawingBuffers } from '../../core/tasks/driving/roads/drawing/model.ts';
import { attempt } from '../contracts/failure.ts';
import { drawLiveMap, type LaneDistance } from './map.ts';
import type { LiveService } from '../contracts/live-protocol.ts';
import { packRecording } from './recording.ts';

let lanes: LaneDistance | null = null;

const service: LiveService = {
  draw: (map, seed) =>
    attempt(() => {
      const { drawing, laneDistance } = drawLiveMap(map, seed);
      lanes = laneDistance;
      return transfer(drawing, drawingBuffers(drawing));
    }),
  laneDistances: async (places) =>
    Float32Array.from({ length: places.length / 2 }, (_, i) => {
      const [x, y] = [places[2 * i], places[2 * i + 1]];
      return lanes && !Number.isNaN(x) ? lanes(x, y) : Number.NaN;
    }),
  pack: (recording) =>
    attempt(() => {
      const bytes = packRecording(recording);
      return transfer(bytes, [bytes.buffer as ArrayBuffer]);
    }),
};
expose(service);

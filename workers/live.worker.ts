/** The live worker: draws maps of sources and writes recordings, so that the page that watches only draws. */
import { expose, transfer } from 'comlink';
import { drawingBuffers } from '../core/world/roads/drawing-model.ts';
import { attempt } from './failure.ts';
import { drawLiveMap } from './live-map.ts';
import type { LiveService } from './live-protocol.ts';
import { packRecording } from './live-recording.ts';

const service: LiveService = {
  draw: (map, seed) =>
    attempt(() => {
      const drawing = drawLiveMap(map, seed);
      return transfer(drawing, drawingBuffers(drawing));
    }),
  pack: (recording) =>
    attempt(() => {
      const bytes = packRecording(recording);
      return transfer(bytes, [bytes.buffer as ArrayBuffer]);
    }),
};
expose(service);

/** The live worker: draws maps of sources, knows their lanes and writes recordings, so that the page that watches only draws. */
import { throwing, transferring } from '../../core/base/service.ts';
import { drawingBuffers } from '../../core/tasks/driving/roads/drawing/model.ts';
import type { LiveService } from '../contracts/live-protocol.ts';
import { expose } from '../expose.ts';
import { drawLiveMap, type LaneDistance } from './map.ts';
import { packRecording } from './recording.ts';

let lanes: LaneDistance | null = null;

expose<LiveService>({
  draw(map, seed) {
    const { drawing, laneDistance } = drawLiveMap(map, seed);
    lanes = laneDistance;
    return transferring(drawing, drawingBuffers(drawing));
  },
  laneDistances: throwing((places) =>
    Float32Array.from({ length: places.length / 2 }, (_, i) => {
      const [x, y] = [places[2 * i], places[2 * i + 1]];
      return lanes && !Number.isNaN(x) ? lanes(x, y) : Number.NaN;
    }),
  ),
  pack: (recording) => transferring(packRecording(recording)),
});

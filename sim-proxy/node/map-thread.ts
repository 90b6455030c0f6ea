/** Thread of map-worker.ts: lane graph and marks of an OpenDRIVE text. */
import { laneGraphOf } from '../../core/tasks/driving/roads/map/lane-graph.ts';
import { laneMarksOf } from '../../core/tasks/driving/roads/survey/lane-marks.ts';
import { parseOpenDrive } from '../../core/tasks/driving/roads/opendrive/opendrive.ts';
import { exposeThread } from './expose.ts';
import type { MapService } from './map-worker.ts';

exposeThread<MapService>({
  make(name, text) {
    const graph = laneGraphOf(parseOpenDrive(text, name));
    return { graph, marks: laneMarksOf(graph.network) };
  },
});

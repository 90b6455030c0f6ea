/** Thread of map-worker.ts: makes lane graph and marks of an OpenDRIVE text and sends them, or says why it cannot. */
import { parentPort, workerData } from 'node:worker_threads';
import { laneGraphOf } from '../../core/tasks/driving/roads/map/lane-graph.ts';
import { laneMarksOf } from '../../core/tasks/driving/roads/survey/lane-marks.ts';
import { parseOpenDrive } from '../../core/tasks/driving/roads/opendrive/opendrive.ts';
import type { MadeMap } from './map-worker.ts';

const { name, text } = workerData as { readonly name: string; readonly text: string };
const made = (): MadeMap => {
  try {
    const graph = laneGraphOf(parseOpenDrive(text, name));
    return { graph, marks: laneMarksOf(graph.network) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
};
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window
parentPort?.postMessage(made());

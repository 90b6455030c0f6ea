/**
 * Road maps made on a thread of their own: a town takes some hundred milliseconds, a large one seconds, and frames must not wait for it.
 * Graph and marks are plain data; they are sent over, and the indices are made here when they are first asked for.
 */
import { Worker } from 'node:worker_threads';
import type { LaneGraph } from '../../core/tasks/driving/roads/map/lane-model.ts';
import type { LaneMarks } from '../../core/tasks/driving/roads/survey/lane-marks.ts';
import { RoadMap } from '../../core/tasks/driving/roads/survey/road-map.ts';

/** What the thread sends. */
export type MadeMap = { readonly graph: LaneGraph; readonly marks: LaneMarks } | { readonly error: string };

/** The map of an OpenDRIVE text, as `openRoadMap` makes it. Rejects with the sentence of what is wrong with the text. */
export function makeRoadMap(name: string, text: string): Promise<RoadMap> {
  const module = new URL('./map-thread.ts', import.meta.url).href;
  const worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData: { module, name, text } });
  // Nobody has to wait for a map to end.
  worker.unref();
  return new Promise((resolve, reject) => {
    worker.on('message', (made: MadeMap) => {
      if ('error' in made) reject(new Error(made.error));
      else resolve(new RoadMap(name, made.graph, made.marks));
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error(`The map ${name} was not made.`)));
  });
}

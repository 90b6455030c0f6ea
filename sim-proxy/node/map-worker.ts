/**
 * Road maps made on a thread of their own: a town takes some hundred milliseconds, a large one seconds, and frames must not wait for it.
 * Graph and marks are plain data; they are sent over, and the indices are made here when they are first asked for.
 */
import { Worker } from 'node:worker_threads';
import type { LaneGraph } from '../../core/tasks/driving/roads/map/lane-model.ts';
import type { LaneMarks } from '../../core/tasks/driving/roads/survey/lane-marks.ts';
import type { Result } from '../../core/base/failure.ts';
import { RoadMap } from '../../core/tasks/driving/roads/survey/road-map.ts';
import { threadHandle } from './expose.ts';

/** What the thread does. */
export interface MapService {
  make(name: string, text: string): Promise<Result<{ readonly graph: LaneGraph; readonly marks: LaneMarks }>>;
}

/** The map of an OpenDRIVE text, as `openRoadMap` makes it. Rejects with the sentence of what is wrong with the text. */
export async function makeRoadMap(name: string, text: string): Promise<RoadMap> {
  const module = new URL('./map-thread.ts', import.meta.url).href;
  const worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData: { module } });
  // Nobody has to wait for a map to end.
  worker.unref();
  const died = new Promise<never>((_, reject) => {
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error(`The map ${name} was not made.`)));
  });
  try {
    const made = await Promise.race([threadHandle<MapService>(worker).make(name, text), died]);
    if (!made.ok) throw new Error(made.failure.message);
    return new RoadMap(name, made.value.graph, made.value.marks);
  } finally {
    died.catch(() => {});
    void worker.terminate();
  }
}

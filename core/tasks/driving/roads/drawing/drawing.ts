/**
 * A road map as a drawing: `drawMap` lays junction areas, lanes, marks and things on the sheets of both levels.
 * Pure and some hundred milliseconds for a town: meant for a worker, which transfers the result (`drawingBuffers`).
 */
import { paintJunctions } from './junctions.ts';
import { paintMarks } from './marks.ts';
import type { MapDrawing } from './model.ts';
import { stretchesOf } from './sections.ts';
import { paintLanes } from './surfaces.ts';
import { drawnSignals, paintThings } from './things.ts';
import { createSheets } from './tiles.ts';
import { laneGraphOf } from '../map/lane-graph.ts';
import type { LaneGraph } from '../map/lane-model.ts';
import type { OpenDrive } from '../opendrive/model.ts';

/**
 * Draws a map; `graph` is its lane graph, made here when the caller has none.
 * @throws DrawingError, LaneGraphError for maps that would not fit in memory.
 */
export function drawMap(map: OpenDrive, graph: LaneGraph = laneGraphOf(map)): MapDrawing {
  const sheets = createSheets();
  for (const sheet of sheets.levels) {
    paintJunctions(map, sheet);
    for (const road of map.roads.values())
      for (const stretch of stretchesOf(road)) {
        paintLanes(stretch, sheet);
        paintMarks(stretch, sheet);
      }
    paintThings(graph, sheet);
  }
  return sheets.finish(drawnSignals(map, graph));
}

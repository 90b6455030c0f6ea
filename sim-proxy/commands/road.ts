/** `lab road`: a point of an OpenDRIVE map, evaluated exactly; without a point, what the map holds. */
import { RoadRangeError, roadPoseAt } from '../../core/world/roads/geometry.ts';
import { type FlagValues, UsageError } from '../flags.ts';
import { readOpenDriveFile } from '../maps.ts';

const flags = {
  at: { type: 'string', help: 'ROAD,S,T: road id, metres along its reference line, metres to its left.' },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;

export const command = {
  summary: 'Pose, lane and lane width at a point of an OpenDRIVE map.',
  words: 'FILE.xodr',
  flags,
  async run({ at, json }: FlagValues<typeof flags>, words: readonly string[]) {
    if (words.length !== 1) throw new UsageError('lab road: say one FILE.xodr.');
    const point = at === undefined ? undefined : readPoint(at);
    const map = await readOpenDriveFile(words[0]);
    if (!point) {
      const lengthMetres = [...map.roads.values()].reduce((sum, { length }) => sum + length, 0);
      const { version, name, skipped } = map;
      const summary = { version, name, roads: map.roads.size, junctions: map.junctions.size, lengthMetres, skipped };
      if (json) console.log(JSON.stringify(summary));
      else {
        console.log(
          `OpenDRIVE ${version}: ${map.roads.size} roads of ${lengthMetres.toFixed(1)} m, ${map.junctions.size} junctions`,
        );
        for (const { what, count, firstLine, why } of skipped)
          console.log(`  skipped ${count} × ${what} (first at line ${firstLine}): ${why}`);
      }
      return;
    }
    const road = map.roads.get(point.road);
    if (!road)
      throw new UsageError(`lab road: ${words[0]} has no road "${point.road}"; roads: ${someOf(map.roads.keys())}.`);
    const pose = poseOrUsage(() => roadPoseAt(road, point.s, point.t));
    const { x, y, headingRad, laneId = null, laneWidthMetres = null } = pose;
    if (json) console.log(JSON.stringify({ x, y, headingRad, laneId, laneWidthMetres }));
    else {
      const lane = laneId === null ? 'beside the road' : `lane ${laneId}, ${laneWidthMetres?.toFixed(3)} m wide`;
      console.log(`x ${x.toFixed(3)} m, y ${y.toFixed(3)} m, heading ${headingRad.toFixed(6)} rad, ${lane}`);
    }
  },
};

/** "12,3.5,-1.75": a road id may itself hold commas. */
function readPoint(text: string): { road: string; s: number; t: number } {
  const parts = text.split(',');
  const [s, t] = parts.slice(-2).map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const road = parts.slice(0, -2).join(',');
  if (road === '' || !Number.isFinite(s) || !Number.isFinite(t))
    throw new UsageError(`lab road: --at must be ROAD,S,T such as 12,3.5,-1.75, not "${text}".`);
  return { road, s, t };
}

function poseOrUsage<T>(pose: () => T): T {
  try {
    return pose();
  } catch (error) {
    if (error instanceof RoadRangeError) throw new UsageError(`lab road: ${error.message}.`);
    throw error;
  }
}

function someOf(ids: Iterable<string>): string {
  const all = [...ids];
  return all.length > 12 ? `${all.slice(0, 12).join(', ')}, … (${all.length})` : all.join(', ');
}

/**
 * `lab road`: an OpenDRIVE map asked, from a file or from a CARLA server. A point of a road is evaluated exactly, a place in the world is
 * looked up on its nearest lane; with neither, what the map holds.
 */
import { RoadRangeError, roadPoseAt } from '../../../core/tasks/driving/roads/map/geometry.ts';
import { parseOpenDrive, type OpenDrive } from '../../../core/tasks/driving/roads/opendrive/opendrive.ts';
import { roadMapOf, type Waypoint } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import { type FlagValues, UsageError } from '../flags.ts';
import { readOpenDriveFile } from '../../node/maps.ts';
import { CarlaClient } from '../../carla/client/client.ts';

const flags = {
  at: { type: 'string', help: 'ROAD,S,T: road id, metres along its reference line, metres to its left.' },
  place: {
    type: 'string',
    help: '=X,Y or =X,Y,HEADING (m, rad): the nearest driving lane, what is beside it, and what is ahead on it.',
  },
  ahead: { type: 'integer', help: 'With --place: how far ahead to look, m.', default: 50, min: 1, max: 10_000 },
  host: { type: 'string', help: 'Take the map of the CARLA server there instead of a file.' },
  port: { type: 'integer', help: 'Its RPC port.', default: 2000, min: 1, max: 65_535 },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;
type Flags = FlagValues<typeof flags>;

export const command = {
  summary: 'Lanes, marks and poses of an OpenDRIVE map, from a file or from a CARLA server.',
  words: '[FILE.xodr]',
  flags,
  async run(values: Flags, words: readonly string[]) {
    const { at, place, host, ahead, json } = values;
    if (words.length !== (host === undefined ? 1 : 0))
      throw new UsageError('lab road: say one FILE.xodr, or --host of a CARLA server.');
    if (at !== undefined && place !== undefined) throw new UsageError('lab road: say --at or --place, not both.');
    const point = at === undefined ? undefined : readPoint(at);
    const where = place === undefined ? undefined : readPlace(place);
    const map = host === undefined ? await readOpenDriveFile(words[0]) : await mapOfServer(host, values.port);
    if (point) pointOf(map, point, json);
    else if (where) placeOf(map, where, ahead, json);
    else summaryOf(map, json);
  },
};

async function mapOfServer(host: string, port: number): Promise<OpenDrive> {
  const client = await CarlaClient.connect({ host, port, reconnect: false });
  try {
    return parseOpenDrive(await client.openDrive(), (await client.mapInfo()).name);
  } finally {
    await client.close();
  }
}

function summaryOf(map: OpenDrive, json: boolean): void {
  const lengthMetres = [...map.roads.values()].reduce((sum, { length }) => sum + length, 0);
  const { version, name, skipped } = map;
  const summary = { version, name, roads: map.roads.size, junctions: map.junctions.size, lengthMetres, skipped };
  if (json) return console.log(JSON.stringify(summary));
  console.log(
    `OpenDRIVE ${version}: ${map.roads.size} roads of ${lengthMetres.toFixed(1)} m, ${map.junctions.size} junctions`,
  );
  for (const { what, count, firstLine, why } of skipped)
    console.log(`  skipped ${count} × ${what} (first at line ${firstLine}): ${why}`);
}

function pointOf(map: OpenDrive, point: ReturnType<typeof readPoint>, json: boolean): void {
  const road = map.roads.get(point.road);
  if (!road)
    throw new UsageError(`lab road: ${map.source} has no road "${point.road}"; roads: ${someOf(map.roads.keys())}.`);
  const pose = poseOrUsage(() => roadPoseAt(road, point.s, point.t));
  const { x, y, headingRad, laneId = null, laneWidthMetres = null } = pose;
  if (json) return console.log(JSON.stringify({ x, y, headingRad, laneId, laneWidthMetres }));
  const lane = laneId === null ? 'beside the road' : `lane ${laneId}, ${laneWidthMetres?.toFixed(3)} m wide`;
  console.log(`x ${x.toFixed(3)} m, y ${y.toFixed(3)} m, heading ${headingRad.toFixed(6)} rad, ${lane}`);
}

function placeOf(network: OpenDrive, where: ReturnType<typeof readPlace>, ahead: number, json: boolean): void {
  const map = roadMapOf(network.source, network);
  const here = map.waypoint(where);
  if (!here) throw new UsageError(`lab road: no driving lane of ${network.source} lies within 50 m of --place.`);
  const beside = (other: Waypoint | undefined) => (other ? { laneId: other.laneId, type: other.type } : null);
  const [left, right] = [beside(here.left()), beside(here.right())];
  const [next, stopLines, crosswalks] = [here.next(ahead), here.stopLines(ahead), here.crosswalks(ahead)];
  if (json) {
    const found = { ...here.toJSON(), left, right, ahead: { metres: ahead, next, stopLines, crosswalks } };
    return console.log(JSON.stringify(found));
  }
  const mark = (of: Waypoint['leftMark']) => (of ? `${of.type} ${of.color ?? 'white'}` : 'none');
  const lines = [
    `road ${here.road}, lane ${here.laneId} (${here.type}), s ${here.s.toFixed(2)} m, ${here.lateral.toFixed(2)} m left of its centre`,
    `width ${here.width.toFixed(2)} m, limit ${here.speedLimitMps.toFixed(1)} m/s${here.junction ? `, in junction ${here.junction}` : ''}`,
    `marks: left ${mark(here.leftMark)}, right ${mark(here.rightMark)}`,
    `beside it: left ${left ? `lane ${left.laneId} (${left.type})` : 'nothing'}, right ${right ? `lane ${right.laneId} (${right.type})` : 'nothing'}`,
    ...next.map(({ road, laneId, s }) => `${ahead} m ahead: road ${road}, lane ${laneId}, s ${s.toFixed(2)} m`),
    ...stopLines.map(({ distance, what }) => `${distance.toFixed(1)} m ahead: ${what.kind}, signal ${what.signalId}`),
    ...crosswalks.map(({ distance, what }) => `${distance.toFixed(1)} m ahead: crosswalk ${what.id}`),
  ];
  console.log(lines.join('\n'));
}

/** "12,3.5,-1.75": a road id may itself hold commas. */
function readPoint(text: string): { road: string; s: number; t: number } {
  const parts = text.split(',');
  const [s, t] = numbersOf(parts.slice(-2));
  const road = parts.slice(0, -2).join(',');
  if (road === '' || !Number.isFinite(s) || !Number.isFinite(t))
    throw new UsageError(`lab road: --at must be ROAD,S,T such as 12,3.5,-1.75, not "${text}".`);
  return { road, s, t };
}

/** "92.1,-30.5" or "92.1,-30.5,1.57". */
function readPlace(text: string): { x: number; y: number; headingRad?: number } {
  const [x, y, headingRad, more] = numbersOf(text.split(','));
  if (![x, y, headingRad ?? 0].every(Number.isFinite) || more !== undefined)
    throw new UsageError(`lab road: --place must be X,Y or X,Y,HEADING such as 92.1,-30.5, not "${text}".`);
  return { x, y, ...(headingRad !== undefined && { headingRad }) };
}

const numbersOf = (parts: readonly string[]) => parts.map((part) => (part.trim() === '' ? Number.NaN : Number(part)));

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

/**
 * Roads for a storyboard whose road network is not at hand: straight, with the lanes that the file speaks of (3.5 m wide, one road
 * beside the other 200 m apart). That keeps every distance along a road and between its lanes. Where the file has a place in the
 * world, the first such place lies on lane −1.
 */
import { XmlError } from '../../base/xml.ts';
import { laneGraphOf } from '../../tasks/driving/roads/map/lane-graph.ts';
import { parseOpenDrive } from '../../tasks/driving/roads/opendrive/opendrive.ts';
import { ImportError } from '../../base/import-error.ts';
import { type StoryMap, storyMap } from './map.ts';
import type { Position, Storyboard } from './model.ts';

/** Lane width of a road that is not at hand, m, and how much longer than named it is at both ends. */
const LANE_WIDTH = 3.5;
const SPARE = 2000;
const ROADS_APART = 200;
const MAX_LANE_ID = 20;
const MAX_STRAIGHT_ROADS = 50;
/** Straight roads with the lanes that a storyboard speaks of. */
export function straightMap(story: Storyboard): StoryMap {
  const roads = new Map<string, { lanes: number; length: number }>();
  let world: { readonly x: number; readonly y: number; readonly rad: number } | undefined;
  let reach = 1;
  const see = (road: string, lane: number, s: number) => {
    const known = roads.get(road) ?? { lanes: 1, length: 0 };
    roads.set(road, { lanes: Math.max(known.lanes, Math.abs(lane)), length: Math.max(known.length, s) });
  };
  for (const position of positionsOf(story)) {
    if (position.kind === 'lane') see(position.road, position.lane, position.s);
    else if (position.kind === 'road') see(position.road, Math.ceil(Math.abs(position.t) / LANE_WIDTH), position.s);
    else if (position.kind === 'relativeLane') reach += Math.abs(position.lanes);
    else if (position.kind === 'world') world ??= { x: position.x, y: position.y, rad: position.heading.rad };
  }
  for (const { action } of eventActions(story))
    if (action.kind === 'laneChange') reach = Math.max(reach, Math.abs(action.lane));
  if (roads.size === 0) roads.set('1', { lanes: 1, length: 0 });
  if (roads.size > MAX_STRAIGHT_ROADS)
    throw new ImportError('file', `${roads.size} roads are named, at most ${MAX_STRAIGHT_ROADS} without their map`);
  const start = world ?? { x: 0, y: 0, rad: 0 };
  const text = [...roads].map(([id, { lanes, length }], i) => {
    const count = Math.min(MAX_LANE_ID, Math.max(lanes, Math.min(4, reach)));
    const [back, side] = [-SPARE, LANE_WIDTH / 2 + i * ROADS_APART];
    const x = start.x + back * Math.cos(start.rad) - side * Math.sin(start.rad);
    const y = start.y + back * Math.sin(start.rad) + side * Math.cos(start.rad);
    return roadText(id, x, y, start.rad, Math.min(length, 1e5) + 2 * SPARE, count);
  });
  const xml = `<OpenDRIVE><header revMajor="1" revMinor="6"/>${text.join('')}</OpenDRIVE>`;
  try {
    return storyMap(laneGraphOf(parseOpenDrive(xml, 'straight roads')), false, SPARE);
  } catch (error) {
    if (error instanceof XmlError) throw new ImportError('file', `its roads cannot be drawn: ${error.problem}`);
    throw error;
  }
}

function roadText(id: string, x: number, y: number, rad: number, length: number, count: number): string {
  const escaped = id.replace(/[^\w .-]/g, (c) => `&#${c.codePointAt(0)};`);
  const lane = (n: number) =>
    `<lane id="${n}" type="driving"><width sOffset="0" a="${LANE_WIDTH}" b="0" c="0" d="0"/></lane>`;
  const ids = Array.from({ length: count }, (_, i) => i + 1);
  return (
    `<road id="${escaped}" length="${length}" junction="-1"><planView><geometry s="0" x="${x}" y="${y}" hdg="${rad}" length="${length}">` +
    `<line/></geometry></planView><lanes><laneSection s="0"><left>${[...ids].reverse().map(lane).join('')}</left>` +
    `<center><lane id="0" type="none"/></center><right>${ids.map((n) => lane(-n)).join('')}</right></laneSection></lanes></road>`
  );
}

/** Every position of a storyboard in the order of the file: of the start, of actions, of triggers. */
export function positionsOf(story: Storyboard): Position[] {
  const found: Position[] = [];
  const ofAction = (action: Storyboard['init'][number]['action']) => {
    if (action.kind === 'teleport') found.push(action.position);
    else if (action.kind === 'route') found.push(...action.waypoints);
    else if (action.kind === 'trajectory') found.push(...action.vertices.map(({ position }) => position));
    else if (action.kind === 'synchronize') found.push(action.masterAt, action.at);
  };
  for (const { action } of story.init) ofAction(action);
  for (const { action } of eventActions(story)) ofAction(action);
  const triggers = [
    story.stop,
    ...story.acts.flatMap((act) => [
      act.start,
      act.stop,
      ...act.groups.flatMap(({ maneuvers }) => maneuvers.flatMap(({ events }) => events.map(({ start }) => start))),
    ]),
  ];
  for (const { test } of triggers.flat(2)) {
    if (test.kind !== 'entity') continue;
    if (test.test.kind === 'reach') found.push(test.test.position);
    else if ('to' in test.test && typeof test.test.to === 'object') found.push(test.test.to);
  }
  return found.flatMap((position) => [...(position.kind === 'route' ? (position.waypoints ?? []) : []), position]);
}

const eventActions = (story: Storyboard) =>
  story.acts.flatMap(({ groups }) =>
    groups.flatMap(({ maneuvers }) => maneuvers.flatMap(({ events }) => events.flatMap(({ actions }) => actions))),
  );

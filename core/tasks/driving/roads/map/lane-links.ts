/**
 * Which lane leads into which: through sections, along road links, and through junctions.
 *
 * A link joins one end of a lane to one end of another. It becomes successor and predecessor only when travel agrees: one
 * lane leaves at its end and the other enters at its own. Pavements are linked against travel in many files; such links
 * are no way to drive and are left out, and counted when they concern driving lanes.
 */
import { type LaneDraft, LaneGraphError, laneName, MAX_SUCCESSORS, type Notes } from './lane-model.ts';
import type { ContactPoint, Junction, JunctionConnection, OpenDrive, Road } from '../opendrive/model.ts';

/** Gap between linked lane ends that is worth a note, m. */
const GAP = 0.5;

/** Fills `successors` and `predecessors` of `lanes`. */
export function linkLanes(
  map: OpenDrive,
  lanes: readonly LaneDraft[],
  byId: ReadonlyMap<string, number>,
  notes: Notes,
): void {
  const at = (road: Road, section: number, id: number): LaneDraft | undefined => {
    const index = byId.get(laneName(road.id, section, id));
    return index === undefined ? undefined : lanes[index];
  };
  const lastSection = (road: Road) => road.sections.length - 1;
  const atContact = (road: Road, contact: ContactPoint, id: number) =>
    at(road, contact === 'start' ? 0 : lastSection(road), id);

  const join = (
    a: LaneDraft | undefined,
    endA: ContactPoint,
    b: LaneDraft | undefined,
    endB: ContactPoint,
    line: number,
  ) => {
    if (!a || !b || a === b) return;
    const aLeaves = a.forward === (endA === 'end');
    const bLeaves = b.forward === (endB === 'end');
    if (aLeaves === bLeaves) {
      if (a.kind === 'driving' && b.kind === 'driving')
        notes.add('links between driving lanes of opposite travel', line, 'no way to drive');
      return;
    }
    const [from, to] = aLeaves ? [a, b] : [b, a];
    if (from.successors.includes(to.index)) return;
    if (from.successors.length >= MAX_SUCCESSORS)
      throw new LaneGraphError(`lane ${from.id} leads into more than ${MAX_SUCCESSORS} lanes, expected fewer`);
    from.successors.push(to.index);
    to.predecessors.push(from.index);
    const last = from.x.length - 1;
    if (Math.abs(from.x[last] - to.x[0]) + Math.abs(from.y[last] - to.y[0]) > 2 * GAP && from.kind === 'driving')
      notes.add('driving lanes linked across a gap', line, `their ends are more than ${GAP} m apart`);
  };

  for (const road of map.roads.values()) {
    road.sections.forEach((section, i) => {
      for (const { id, predecessors, successors } of [...section.left, ...section.right]) {
        const lane = at(road, i, id);
        if (i < lastSection(road))
          for (const to of successors) join(lane, 'end', at(road, i + 1, to), 'start', road.line);
        else joinRoad(lane, 'end', road, successors);
        if (i > 0) for (const to of predecessors) join(lane, 'start', at(road, i - 1, to), 'end', road.line);
        else joinRoad(lane, 'start', road, predecessors);
      }
    });
  }
  function joinRoad(lane: LaneDraft | undefined, end: ContactPoint, road: Road, ids: readonly number[]) {
    const link = end === 'end' ? road.successor : road.predecessor;
    const other = link?.type === 'road' ? map.roads.get(link.id) : undefined;
    if (other && link?.contact)
      for (const id of ids) join(lane, end, atContact(other, link.contact, id), link.contact, road.line);
  }

  for (const junction of map.junctions.values()) {
    for (const connection of junction.connections) {
      const incoming = map.roads.get(connection.incomingRoad);
      const connecting = map.roads.get(connection.connectingRoad);
      if (!incoming || !connecting) continue;
      const end = incomingEnd(junction, connection, incoming, connecting);
      if (!end) {
        notes.add('junction connections from a road that does not meet the junction', junction.line, 'not linked');
        continue;
      }
      for (const { from, to } of connection.laneLinks)
        join(
          atContact(incoming, end, from),
          end,
          atContact(connecting, connection.contact, to),
          connection.contact,
          junction.line,
        );
    }
  }
}

/** The end of the incoming road that meets the junction: what the connecting road's own link says, else the road's link. */
function incomingEnd(
  { id }: Junction,
  { contact }: JunctionConnection,
  incoming: Road,
  connecting: Road,
): ContactPoint | undefined {
  const link = contact === 'start' ? connecting.predecessor : connecting.successor;
  if (link?.type === 'road' && link.id === incoming.id) return link.contact;
  const meets = (other: Road['successor']) => other?.type === 'junction' && other.id === id;
  if (meets(incoming.successor)) return 'end';
  return meets(incoming.predecessor) ? 'start' : undefined;
}

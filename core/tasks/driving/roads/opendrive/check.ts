/**
 * What one road can't say alone: every road, junction and lane that is named exists, and no road or lane leads into itself.
 * A ring of two or more roads is a road network like any other; a road that names itself is a mistake that would make every
 * walk along it endless.
 */
import { XmlError } from '../../../../base/xml.ts';
import type { Context } from './context.ts';
import type { Junction, LaneSection, Road, RoadLink } from './model.ts';

/** Throws XmlError for a network that does not hold together. */
export function checkNetwork(
  context: Context,
  roads: ReadonlyMap<string, Road>,
  junctions: ReadonlyMap<string, Junction>,
): void {
  const failAt = (line: number, path: string, problem: string, expected: string): never => {
    throw new XmlError(context.source, line, path, problem, expected);
  };
  for (const road of roads.values()) {
    const path = `road ${road.id}`;
    const fail = (problem: string, expected: string) => failAt(road.line, path, problem, expected);
    const checkLink = (which: string, link: RoadLink | undefined) => {
      if (!link) return;
      if (!(link.type === 'road' ? roads : junctions).has(link.id))
        fail(`${which} is ${link.type} "${link.id}", which does not exist`, `the id of a ${link.type} of this file`);
      if (link.type === 'road' && link.id === road.id)
        fail(`it is its own ${which}: the road loops into itself`, 'another road');
    };
    checkLink('predecessor', road.predecessor);
    checkLink('successor', road.successor);
    if (road.junction !== undefined && !junctions.has(road.junction))
      fail(`it belongs to junction "${road.junction}", which does not exist`, 'the id of a junction of this file');
    checkLaneLinks(road, fail);
  }
  for (const junction of junctions.values()) {
    for (const { incomingRoad, connectingRoad } of junction.connections) {
      const fail = (problem: string, expected: string) =>
        failAt(junction.line, `junction ${junction.id}`, problem, expected);
      for (const id of [incomingRoad, connectingRoad])
        if (!roads.has(id)) fail(`it connects road "${id}", which does not exist`, 'the id of a road of this file');
      if (incomingRoad === connectingRoad)
        fail(`road "${incomingRoad}" connects to itself: the road loops into itself`, 'two different roads');
    }
  }
}

/** Links between neighbouring sections of one road name lanes that exist. */
function checkLaneLinks({ sections }: Road, fail: (problem: string, expected: string) => void): void {
  const has = ({ left, right }: LaneSection, id: number) => id !== 0 && Math.abs(id) <= (id > 0 ? left : right).length;
  const check = (i: number, to: number, id: number, target: number) => {
    const other = sections[to];
    if (other && !has(other, target))
      fail(
        `lane ${id} of section ${i} leads to lane ${target} of section ${to}, which does not exist`,
        `a lane from ${-other.right.length} to ${other.left.length}`,
      );
  };
  sections.forEach(({ left, right }, i) => {
    for (const { id, predecessors, successors } of [...left, ...right]) {
      for (const target of predecessors) check(i, i - 1, id, target);
      for (const target of successors) check(i, i + 1, id, target);
    }
  });
}

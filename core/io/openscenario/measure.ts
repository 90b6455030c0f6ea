/**
 * What the conditions of a storyboard measure between entities: distances along the road, along an entity's own axes, or straight;
 * between reference points or, `freespace`, between boxes.
 */
import { boxGap, overlaps, type Pose } from '../../base/geometry.ts';
import { wrapAngle } from '../../tasks/driving/roads/road.ts';
import { roadSAt } from '../../tasks/driving/roads/map/lane-steps.ts';
import type { OnLane } from './course.ts';
import type { StoryMap } from './map.ts';
import type { Comparison, Measure } from './model.ts';
import type { Mover } from './mover.ts';

/** How far ahead along its course an entity looks for another's road, and by how much at a time, m. */
const LOOK_AHEAD = 300;
const LOOK_STEP = 5;

/** Something with a place and maybe a box: an entity, or a position. */
export interface Spot {
  readonly pose: Pose;
  readonly on: OnLane | undefined;
  readonly length: number;
  readonly width: number;
  readonly centre: number;
}

export const spotOf = ({ pose, on, entity }: Mover): Spot => ({
  pose,
  on,
  length: entity.length,
  width: entity.width,
  centre: entity.centre,
});

/** Signed distance from `from` to `to`: ahead +, left +; of boxes that touch or overlap 0. Euclidean distances have no sign. */
export function distanceBetween(map: StoryMap, from: Mover, to: Spot, { axis, alongRoad, freespace }: Measure): number {
  const { pose, entity } = from;
  const [dx, dy] = [to.pose.x - pose.x, to.pose.y - pose.y];
  const [cos, sin] = [Math.cos(pose.headingRad), Math.sin(pose.headingRad)];
  if (axis === 'euclidean') return freespace ? boxGap(boxOf(spotOf(from)), boxOf(to)) : Math.hypot(dx, dy);
  const turn = wrapAngle(to.pose.headingRad - pose.headingRad);
  const [c, s] = [Math.abs(Math.cos(turn)), Math.abs(Math.sin(turn))];
  if (axis === 'lateral') {
    const left = dy * cos - dx * sin;
    if (!freespace) return left;
    const between = left + to.centre * Math.sin(turn);
    return gap(between, (entity.width + to.length * s + to.width * c) / 2);
  }
  const ahead = (alongRoad ? alongRoadDistance(map, from, to) : undefined) ?? dx * cos + dy * sin;
  if (!freespace) return ahead;
  const between = ahead + to.centre * Math.cos(turn) - entity.centre;
  return gap(between, (entity.length + to.length * c + to.width * s) / 2);
}

const gap = (between: number, halves: number) => Math.sign(between) * Math.max(0, Math.abs(between) - halves);

/** Difference of s on one road, or along the course of `from` to the road of `to`; undefined where that leads nowhere. */
function alongRoadDistance({ graph }: StoryMap, from: Mover, to: Spot): number | undefined {
  const { on } = from;
  if (!on || !to.on) return undefined;
  const there = graph.lanes[to.on.lane];
  const s = roadSAt(there, to.on.s);
  const from0 = (at: OnLane, arc: number) => {
    const lane = graph.lanes[at.lane];
    const way = at.along * Math.sign(lane.roadS[lane.roadS.length - 1] - lane.roadS[0]);
    return arc + way * (s - roadSAt(lane, at.s));
  };
  if (graph.lanes[on.lane].road === there.road) return from0(on, 0);
  for (let ahead = LOOK_STEP; ahead <= LOOK_AHEAD; ahead += LOOK_STEP) {
    const at = from.course.laneAt(from.arc + ahead);
    if (at && graph.lanes[at.lane].road === there.road) return from0(at, ahead);
  }
  return undefined;
}

const boxOf = ({ pose, length, width, centre }: Spot) => ({
  x: pose.x + centre * Math.cos(pose.headingRad),
  y: pose.y + centre * Math.sin(pose.headingRad),
  headingRad: pose.headingRad,
  length,
  width,
});

export const touch = (a: Mover, b: Mover): boolean => overlaps(boxOf(spotOf(a)), boxOf(spotOf(b)));

/** `tolerance`: what counts as equal. */
export function holds(value: number, { rule, value: limit }: Comparison, tolerance = 1e-3): boolean {
  if (Number.isNaN(value)) return false;
  switch (rule) {
    case 'lessThan':
      return value < limit;
    case 'greaterThan':
      return value > limit;
    case 'lessOrEqual':
      return value <= limit;
    case 'greaterOrEqual':
      return value >= limit;
    case 'equalTo':
      return Math.abs(value - limit) <= tolerance;
    case 'notEqualTo':
      return Math.abs(value - limit) > tolerance;
  }
}

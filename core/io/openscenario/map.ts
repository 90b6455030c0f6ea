/**
 * Where the positions of a storyboard are: on the road network that the file names, or on its stand-in
 * (openscenario-straight.ts).
 */
import { wrapAngle } from '../../tasks/driving/roads/road.ts';
import { cubicAt, elevationAt, lastAt, referenceAt } from '../../tasks/driving/roads/map/geometry.ts';
import { type LaneGraph, laneName, type Lane, type LaneKind } from '../../tasks/driving/roads/map/lane-model.ts';
import { createLaneIndex, lanePoseAt } from '../../tasks/driving/roads/map/lane-index.ts';
import { laneSAt, roadSAt } from '../../tasks/driving/roads/map/lane-steps.ts';
import type { Road } from '../../tasks/driving/roads/opendrive/model.ts';
import { shorten } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import type { OnLane, Placed } from './course.ts';
import type { Position } from './model.ts';
import { placeOnRoute } from './routes.ts';
import type { Pose } from '../../base/geometry.ts';

/** A pose belongs to a lane this near, m, that it heads along or against within this, rad. */
const ON_LANE = 3;
const ALIGNED = 0.7;

/** Where an entity is now. */
type WhereIs = (entity: string) => Placed | undefined;

export interface StoryMap {
  readonly graph: LaneGraph;
  /** Whether the roads are the file's own. */
  readonly real: boolean;
  /** The lane under a pose, and which way along it the pose heads. */
  laneUnder(pose: Pose): OnLane | undefined;
  /** The lane `lanes` to the left of another, as `id`s count: across lane 0 without it. */
  beside(on: OnLane, lanes: number): OnLane | undefined;
  /** Lane by its number at the same place along the road. */
  sameRoad(on: OnLane, laneId: number): OnLane | undefined;
  /** @throws ImportError for a road or lane that the map does not have. */
  resolve(position: Position, where: WhereIs): Placed | undefined;
  /** Height of the road there, m. */
  heightAt(on: OnLane | undefined): number;
}

const LEVEL_KINDS: readonly LaneKind[] = ['driving', 'cycling', 'walking', 'shoulder', 'parking', 'other'];

/** `shift` is added to every s of the file. */
export function storyMap(graph: LaneGraph, real: boolean, shift = 0): StoryMap {
  const driving = createLaneIndex(graph);
  const every = createLaneIndex(graph, LEVEL_KINDS);
  const { roads } = graph.network;

  const laneUnder = (pose: Pose): OnLane | undefined => {
    const found = driving.nearest(pose.x, pose.y, ON_LANE) ?? every.nearest(pose.x, pose.y, ON_LANE);
    if (!found) return undefined;
    const junction = graph.lanes[found.lane].junction !== undefined;
    const at = junction ? (driving.nearestAligned(pose.x, pose.y, pose.headingRad, ON_LANE) ?? found) : found;
    const along = directionOn(graph.lanes[at.lane], at.s, pose.headingRad);
    return along && { lane: at.lane, s: at.s, along };
  };

  const roadOf = (id: string, line: number): Road => {
    const road = roads.get(id);
    if (!road)
      throw new ImportError(`line ${line}`, `the map ${graph.network.source} has no road "${shorten(id, 20)}"`);
    return road;
  };

  const laneOf = (road: Road, roadS: number, laneId: number): OnLane | undefined => {
    const index = graph.byId.get(laneName(road.id, lastAt(road.sections, roadS), laneId));
    if (index === undefined) return undefined;
    return { lane: index, s: laneSAt(graph.lanes[index], roadS), along: 1 };
  };

  /** (s, t) of a road, heading along `on` or along the road. */
  const place = (road: Road, s: number, t: number, laneId: number, position: Position): Placed => {
    if (!(s >= -0.5 && s <= road.length + 0.5))
      throw new ImportError(
        `line ${position.line}`,
        `s is ${(s - shift).toFixed(1)}, expected 0 to ${road.length.toFixed(1)} on road ${shorten(road.id, 20)}`,
      );
    const at = Math.max(0, Math.min(road.length, s));
    const { x, y, headingRad } = referenceAt(road, at);
    const on = laneId === 0 ? undefined : laneOf(road, at, laneId);
    const way = on ? lanePoseAt(graph.lanes[on.lane], on.s).headingRad : headingRad;
    const { rad, relative } = position.heading;
    const heading = relative ? way + rad : rad;
    const along = on && directionOn(graph.lanes[on.lane], on.s, heading);
    return {
      x: x - t * Math.sin(headingRad),
      y: y + t * Math.cos(headingRad),
      headingRad: wrapAngle(heading),
      on: on && along && { ...on, along },
    };
  };

  const onLanePlace = (road: Road, s: number, laneId: number, offset: number, position: Position): Placed => {
    const at = Math.max(0, Math.min(road.length, s));
    const on = laneId === 0 ? undefined : laneOf(road, at, laneId);
    if (laneId !== 0 && !on)
      throw new ImportError(
        `line ${position.line}`,
        `road ${shorten(road.id, 20)} has no lane ${laneId} at s ${(s - shift).toFixed(1)}`,
      );
    const t = on ? acrossOf(road, at, lanePoseAt(graph.lanes[on.lane], on.s)) : cubicAt(road.laneOffsets, at)[0];
    return place(road, s, t + offset, laneId, position);
  };

  const roadPlaceOf = (placed: Placed, line: number) => {
    const on = placed.on ?? laneUnder(placed);
    if (!on) throw new ImportError(`line ${line}`, 'the entity it is relative to is on no lane');
    const lane = graph.lanes[on.lane];
    const road = roadOf(lane.road, line);
    const s = roadSAt(lane, on.s);
    return { road, s, t: acrossOf(road, s, placed), laneId: lane.laneId };
  };

  const sameRoad = (on: OnLane, laneId: number): OnLane | undefined => {
    const lane = graph.lanes[on.lane];
    const road = roads.get(lane.road);
    const found = road && laneOf(road, roadSAt(lane, on.s), laneId);
    if (!found) return undefined;
    const way = (index: number) => Math.sign((graph.lanes[index].roadS.at(-1) ?? 0) - graph.lanes[index].roadS[0]);
    return { ...found, along: way(found.lane) === way(on.lane) ? on.along : on.along > 0 ? -1 : 1 };
  };

  return {
    graph,
    real,
    laneUnder,
    sameRoad,
    beside(on, lanes) {
      const { laneId } = graph.lanes[on.lane];
      const sum = laneId + lanes;
      const crosses = lanes !== 0 && Math.sign(sum) !== Math.sign(laneId);
      return sameRoad(on, crosses ? sum + Math.sign(lanes) : sum);
    },
    heightAt(on) {
      const road = on && roads.get(graph.lanes[on.lane].road);
      return road ? elevationAt(road, roadSAt(graph.lanes[on.lane], on.s)) : 0;
    },
    resolve(position, where) {
      const other = (id: string) => where(id);
      switch (position.kind) {
        case 'world': {
          const pose = { x: position.x, y: position.y, headingRad: position.heading.rad };
          return { ...pose, on: laneUnder(pose) };
        }
        case 'lane':
          return onLanePlace(
            roadOf(position.road, position.line),
            position.s + shift,
            position.lane,
            position.offset,
            position,
          );
        case 'road': {
          const road = roadOf(position.road, position.line);
          const s = position.s + shift;
          return place(road, s, position.t, laneIdAt(graph, road, s, position.t), position);
        }
        case 'relativeRoad': {
          const from = other(position.to);
          if (!from) return undefined;
          const { road, s, t } = roadPlaceOf(from, position.line);
          const [at, across] = [s + position.ds, t + position.dt];
          return place(road, at, across, laneIdAt(graph, road, at, across), position);
        }
        case 'relativeLane': {
          const from = other(position.to);
          if (!from) return undefined;
          const { road, s, laneId } = roadPlaceOf(from, position.line);
          const sum = laneId + position.lanes;
          const id =
            position.lanes !== 0 && Math.sign(sum) !== Math.sign(laneId) ? sum + Math.sign(position.lanes) : sum;
          return onLanePlace(road, s + position.ds, id, position.offset, position);
        }
        case 'relative': {
          const from = other(position.to);
          if (!from) return undefined;
          const turn = position.turned ? from.headingRad : 0;
          const { rad, relative } = position.heading;
          const pose = {
            x: from.x + position.dx * Math.cos(turn) - position.dy * Math.sin(turn),
            y: from.y + position.dx * Math.sin(turn) + position.dy * Math.cos(turn),
            headingRad: wrapAngle(relative ? from.headingRad + rad : rad),
          };
          return { ...pose, on: laneUnder(pose) };
        }
        case 'route': {
          const { waypoints, lane, pathS } = position;
          const places = waypoints?.map((each) => this.resolve(each, where)?.on);
          if (!places || places.some((on) => !on || on.along < 0)) return undefined;
          return placeOnRoute(graph, places as OnLane[], pathS, (on) =>
            lane === undefined || graph.lanes[on.lane].laneId === lane ? undefined : sameRoad(on, lane),
          );
        }
      }
    },
  };
}

/** t of a point beside the reference line at `s`. */
function acrossOf(road: Road, s: number, { x, y }: { readonly x: number; readonly y: number }): number {
  const at = referenceAt(road, Math.max(0, Math.min(road.length, s)));
  return (y - at.y) * Math.cos(at.headingRad) - (x - at.x) * Math.sin(at.headingRad);
}

function laneIdAt(graph: LaneGraph, road: Road, s: number, t: number): number {
  const at = Math.max(0, Math.min(road.length, s));
  const section = lastAt(road.sections, at);
  const near = graph.lanes
    .filter((lane) => lane.road === road.id && lane.section === section && lane.kind === 'driving')
    .map((lane) => ({ lane, away: Math.abs(acrossOf(road, at, lanePoseAt(lane, laneSAt(lane, at))) - t) }))
    .sort((a, b) => a.away - b.away)[0];
  return near && near.away < ON_LANE ? near.lane.laneId : 0;
}

function directionOn(lane: Lane, s: number, headingRad: number): 1 | -1 | undefined {
  const turn = Math.abs(wrapAngle(headingRad - lanePoseAt(lane, s).headingRad));
  return turn < ALIGNED ? 1 : turn > Math.PI - ALIGNED ? -1 : undefined;
}

/**
 * What stands at the lanes: traffic lights and signs with their stop lines, and pedestrian crossings.
 *
 * A signal holds for the lanes of its `<validity>`; without one, for the driving lanes whose travel its orientation names
 * ("+" along s). The stop line lies where the signal, or the reference to it in a connecting road, has its s.
 * Sign numbers: 1000001 … are OpenDRIVE's own lights; 205, 206, 294 the German catalogue's yield, stop and stop line, which
 * most tools write for any country.
 */
import { cos, sin } from '../../../../base/trigonometry.ts';
import { laneSpan, lastAt, referenceAt, sectionAt } from './geometry.ts';
import {
  type Crossing,
  type LaneDraft,
  type GraphSignal,
  laneName,
  type Notes,
  type SignalKind,
} from './lane-model.ts';
import { laneSAt } from './lane-steps.ts';
import type { OpenDrive, Road, RoadObject, RoadSignal } from '../opendrive/model.ts';

const PEDESTRIAN_LIGHTS = ['1000002', '1000003', '1000007', '1000013'];

function kindOf(sign: NonNullable<RoadSignal['sign']>): SignalKind | undefined {
  if (PEDESTRIAN_LIGHTS.includes(sign.type)) return 'pedestrianLight';
  if (sign.dynamic) return 'trafficLight';
  return sign.type === '206' || sign.type === '294' ? 'stop' : sign.type === '205' ? 'yield' : undefined;
}

/** Signals and crossings of a map; adds stop lines and crossing stretches to `lanes`. */
export function findThings(
  map: OpenDrive,
  lanes: readonly LaneDraft[],
  byId: ReadonlyMap<string, number>,
  notes: Notes,
): { signals: GraphSignal[]; crossings: Crossing[] } {
  const controllerOf = new Map(map.controllers.flatMap(({ id, signals }) => signals.map((signal) => [signal, id])));
  const signals: (GraphSignal & { readonly lanes: number[] })[] = [];
  const signalIndex = new Map<string, number>();
  const crossings: (Crossing & { readonly lanes: number[] })[] = [];

  /** Driving lanes across `road` at s. */
  const lanesAt = (road: Road, s: number): LaneDraft[] => {
    const i = lastAt(road.sections, s);
    const { left, right } = road.sections[i];
    return [...left, ...right].flatMap(({ id }) => {
      const index = byId.get(laneName(road.id, i, id));
      return index !== undefined && lanes[index].kind === 'driving' ? [lanes[index]] : [];
    });
  };

  for (const road of map.roads.values()) {
    for (const signal of road.signals) {
      if (!signal.sign) continue;
      const kind = kindOf(signal.sign);
      if (!kind) {
        notes.add(`signals of type ${signal.sign.type.slice(0, 20)}`, road.line, 'not used by the lane graph');
        continue;
      }
      const [x, y] = onRoad(road, signal.s, signal.t);
      signalIndex.set(signal.id, signals.length);
      signals.push({ id: signal.id, kind, x, y, controller: controllerOf.get(signal.id), lanes: [] });
    }
  }
  for (const road of map.roads.values()) {
    for (const signal of road.signals) {
      const index = signalIndex.get(signal.id);
      if (index === undefined) continue;
      const { kind } = signals[index];
      if (kind === 'pedestrianLight') continue;
      const s = Math.min(road.length, Math.max(0, signal.s));
      for (const lane of lanesAt(road, s)) {
        if (!holdsFor(signal, lane)) continue;
        const stop = kind === 'trafficLight' ? 'light' : kind;
        lane.stopLines.push({ s: laneSAt(lane, s), kind: stop, signal: index });
        if (!signals[index].lanes.includes(lane.index)) signals[index].lanes.push(lane.index);
      }
    }
    for (const object of road.objects) {
      if (object.type !== 'crosswalk') {
        notes.add('objects that are no crosswalk', road.line, 'not used by the lane graph');
        continue;
      }
      const corners = cornersOf(object);
      const [ss, ts] = [corners.map(([s]) => s), corners.map(([, t]) => t)];
      const crossing = { id: object.id, corners: corners.map(([s, t]) => onRoad(road, s, t)), lanes: [] as number[] };
      const middle = Math.min(road.length, Math.max(0, object.s));
      for (const lane of lanesAt(road, middle)) {
        const t = offsetOf(road, lane, middle);
        if (t < Math.min(...ts) || t > Math.max(...ts)) continue;
        const [a, b] = [laneSAt(lane, Math.min(...ss)), laneSAt(lane, Math.max(...ss))];
        lane.crossings.push({ from: Math.min(a, b), to: Math.max(a, b), crossing: crossings.length });
        crossing.lanes.push(lane.index);
      }
      crossings.push(crossing);
    }
  }
  for (const lane of lanes) {
    lane.stopLines.sort((a, b) => a.s - b.s);
    lane.crossings.sort((a, b) => a.from - b.from);
  }
  return { signals, crossings };
}

function holdsFor({ validity, orientation }: RoadSignal, { laneId, forward }: LaneDraft): boolean {
  if (validity.length > 0) return validity.some(({ from, to }) => laneId >= from && laneId <= to);
  return orientation === 'none' || (orientation === '+') === forward;
}

/** World position of (s, t), with s clipped to the road. */
function onRoad(road: Road, s: number, t: number): [number, number] {
  const { x, y, headingRad } = referenceAt(road, Math.min(road.length, Math.max(0, s)));
  return [x - t * sin(headingRad), y + t * cos(headingRad)];
}

/** t of a lane's centre at `s`. */
function offsetOf(road: Road, { laneId }: LaneDraft, s: number): number {
  const { inner, outer } = laneSpan(road, sectionAt(road, s), laneId, s);
  return (inner[0] + outer[0]) / 2;
}

/** Corners of an object in road coordinates; its box when the file gives no outline. */
function cornersOf({ s, t, headingRad, length, width, outline }: RoadObject): [number, number][] {
  const local = (u: number, v: number): [number, number] => [
    s + u * cos(headingRad) - v * sin(headingRad),
    t + u * sin(headingRad) + v * cos(headingRad),
  ];
  if (outline.length > 0) return outline.map(({ frame, a, b }) => (frame === 'local' ? local(a, b) : [a, b]));
  const [u, v] = [length / 2, width / 2];
  return [local(u, v), local(-u, v), local(-u, -v), local(u, -v)];
}

/**
 * The lane graph: what traffic, routes, scores and the screen know of a road network, whatever it was made of.
 *
 * A lane is one lane of one section of one road, as a sampled centre line in its direction of travel. Samples are as dense
 * as CHORD_TOLERANCE asks: between two of them the true centre line strays at most that far from the chord. Lanes are named
 * `road.section.lane` and known by their index in `lanes`; the order follows the file, so it is the same every time.
 * Walking and cycling lanes are in the graph too, with a kind of their own; the index and routes look at driving lanes.
 */
import { findThings } from './lane-furniture.ts';
import { linkLanes } from './lane-links.ts';
import { type SampleBudget, sampleLane } from './lane-sampling.ts';
import { changeSteps, speedSteps } from './lane-steps.ts';
import type { LaneSection, OpenDrive, Road, RoadLane, Skipped } from '../opendrive/model.ts';

export type LaneKind = 'driving' | 'cycling' | 'walking' | 'shoulder' | 'parking' | 'other';

/** A value that holds from `s` on; lists ascend and start at 0. */
export interface Step<T> {
  readonly s: number;
  readonly value: T;
}

export interface StopLine {
  /** Along the lane, m. */
  readonly s: number;
  readonly kind: 'light' | 'stop' | 'yield';
  /** Index in `LaneGraph.signals`. */
  readonly signal: number;
}

export interface LaneCrossing {
  /** Stretch of the lane that it covers, m. */
  readonly from: number;
  readonly to: number;
  /** Index in `LaneGraph.crossings`. */
  readonly crossing: number;
}

export interface Lane {
  readonly index: number;
  readonly id: string;
  readonly kind: LaneKind;
  readonly road: string;
  readonly section: number;
  readonly laneId: number;
  /** Id of the junction it leads through. */
  readonly junction: string | undefined;
  /** Arc length, m. */
  readonly length: number;
  /** Samples in the direction of travel, all of one length: arc length, pose (heading unwrapped), curvature, width, and s along the road. */
  readonly s: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRad: Float64Array;
  readonly curvature: Float64Array;
  readonly width: Float64Array;
  readonly roadS: Float64Array;
  readonly speedLimitMps: readonly Step<number>[];
  /** Indices in `lanes`. */
  readonly successors: readonly number[];
  readonly predecessors: readonly number[];
  /** Lane beside it in the same direction of travel, −1 where there is none, and where one may change to it. */
  readonly left: number;
  readonly right: number;
  readonly mayChangeLeft: readonly Step<boolean>[];
  readonly mayChangeRight: readonly Step<boolean>[];
  /** Oncoming driving lane right beside it, −1 where there is none. */
  readonly oncoming: number;
  readonly stopLines: readonly StopLine[];
  readonly crossings: readonly LaneCrossing[];
}

export type SignalKind = 'trafficLight' | 'pedestrianLight' | 'stop' | 'yield';
export interface GraphSignal {
  readonly id: string;
  readonly kind: SignalKind;
  readonly x: number;
  readonly y: number;
  /** Controller that switches it together with others. */
  readonly controller: string | undefined;
  readonly lanes: readonly number[];
}

/** A pedestrian crossing: corners in order, world frame, m. */
export interface Crossing {
  readonly id: string;
  readonly corners: readonly (readonly [number, number])[];
  readonly lanes: readonly number[];
}

export interface GraphJunction {
  readonly id: string;
  readonly lanes: readonly number[];
  readonly controllers: readonly string[];
}

export interface LaneGraph {
  /** The roads it was made of: what a drawing needs beyond lanes. */
  readonly network: OpenDrive;
  readonly lanes: readonly Lane[];
  readonly byId: ReadonlyMap<string, number>;
  readonly signals: readonly GraphSignal[];
  readonly crossings: readonly Crossing[];
  readonly junctions: readonly GraphJunction[];
  /** What the network has and the graph does not use, and what it had to assume. */
  readonly skipped: readonly Skipped[];
}

/** Lanes and samples that would not fit in memory. */
export class LaneGraphError extends Error {
  override name = 'LaneGraphError';
}

/** Farthest the centre line strays from the chord between two samples, m. */
export const CHORD_TOLERANCE = 0.005;
export const MAX_LANES = 200_000;
export const MAX_SAMPLES = 1_000_000;
/** Longest step between samples, m. */
export const MAX_STEP = 10;
/** Lanes that one lane leads into. */
export const MAX_SUCCESSORS = 256;
/** Lanes nowhere wider than this are left out, m. */
const MIN_WIDTH = 0.05;

const KINDS: Readonly<Record<string, LaneKind>> = {
  ...Object.fromEntries(
    'driving entry exit onRamp offRamp connectingRamp slipLane mwyEntry mwyExit bidirectional HOV bus taxi'
      .split(' ')
      .map((type) => [type, 'driving' as const]),
  ),
  biking: 'cycling',
  sidewalk: 'walking',
  walking: 'walking',
  shoulder: 'shoulder',
  stop: 'shoulder',
  parking: 'parking',
};

/** A lane while the graph is built. */
export interface Draft extends Omit<Lane, 'successors' | 'predecessors' | 'stopLines' | 'crossings'> {
  readonly forward: boolean;
  /** Whether the file says no speed limit. */
  readonly speedAssumed: boolean;
  readonly successors: number[];
  readonly predecessors: number[];
  readonly stopLines: StopLine[];
  readonly crossings: LaneCrossing[];
}
export interface Notes {
  add(what: string, line: number, why: string): void;
}
export const laneName = (road: string, section: number, lane: number): string => `${road}.${section}.${lane}`;

/**
 * The lane graph of a network.
 * @throws LaneGraphError when it would hold more than MAX_LANES lanes or `maxSamples` samples.
 */
export function laneGraphOf(map: OpenDrive, maxSamples = MAX_SAMPLES): LaneGraph {
  const skipped = new Map<string, { count: number; firstLine: number; why: string }>();
  const notes: Notes = {
    add(what, line, why) {
      const entry = skipped.get(what);
      if (entry) entry.count++;
      else skipped.set(what, { count: 1, firstLine: line, why });
    },
  };
  refuseHuge(map, maxSamples);
  const budget = { samples: maxSamples };
  const lanes: Draft[] = [];
  const byId = new Map<string, number>();
  for (const road of map.roads.values()) {
    road.sections.forEach((section, i) => {
      for (const lane of [...section.left].reverse().concat(section.right)) {
        const draft = draftLane(road, section, i, lane, lanes.length, notes, budget);
        if (!draft) continue;
        if (lanes.length >= MAX_LANES) throw new LaneGraphError(`more than ${MAX_LANES} lanes, expected a smaller map`);
        lanes.push(draft);
        byId.set(draft.id, draft.index);
      }
    });
  }
  const besides = lanes.map((lane) => withNeighbours(lane, lanes, byId));
  linkLanes(map, besides, byId, notes);
  const { signals, crossings } = findThings(map, besides, byId, notes);
  const graphLanes = inheritSpeeds(besides, notes);
  const through = new Map([...map.junctions.keys()].map((id) => [id, [] as number[]]));
  for (const { junction, index } of graphLanes) if (junction !== undefined) through.get(junction)?.push(index);
  const junctions = [...map.junctions.values()].map(({ id, controllers }) => ({
    id,
    controllers,
    lanes: through.get(id) ?? [],
  }));
  const list = [...skipped].map(([what, { count, firstLine, why }]) => ({ what, count, firstLine, why }));
  return { network: map, lanes: graphLanes, byId, signals, crossings, junctions, skipped: [...map.skipped, ...list] };
}

/** What is too long for `maxSamples` at the longest step is refused before it is sampled. */
function refuseHuge(map: OpenDrive, maxSamples: number): void {
  let metres = 0;
  for (const { sections, length } of map.roads.values())
    sections.forEach(({ s, left, right }, i) => {
      metres += ((sections[i + 1]?.s ?? length) - s) * (left.length + right.length);
    });
  if (metres / MAX_STEP > maxSamples)
    throw new LaneGraphError(
      `${Math.round(metres / 1000)} km of lanes, expected at most ${(maxSamples * MAX_STEP) / 1000}`,
    );
}

function draftLane(
  road: Road,
  section: LaneSection,
  sectionIndex: number,
  lane: RoadLane,
  index: number,
  notes: Notes,
  budget: SampleBudget,
): Draft | undefined {
  if (lane.type === 'none') return undefined;
  const forward = lane.id < 0 !== road.leftHandTraffic;
  const end = road.sections[sectionIndex + 1]?.s ?? road.length;
  const line = sampleLane(road, section, lane.id, Math.min(section.s, end), end, forward, budget);
  if (!line.width.some((width) => width > MIN_WIDTH)) {
    notes.add(`lanes without width`, road.line, 'nothing can drive on them');
    return undefined;
  }
  const kind = Object.hasOwn(KINDS, lane.type) ? KINDS[lane.type] : 'other';
  const place = { road, section, lane, forward, roadS: line.roadS, s: line.s };
  return {
    ...line,
    index,
    id: laneName(road.id, sectionIndex, lane.id),
    kind,
    road: road.id,
    section: sectionIndex,
    laneId: lane.id,
    junction: road.junction,
    forward,
    ...speedSteps(place),
    mayChangeLeft: changeSteps(place, 'left'),
    mayChangeRight: changeSteps(place, 'right'),
    left: -1,
    right: -1,
    oncoming: -1,
    successors: [],
    predecessors: [],
    stopLines: [],
    crossings: [],
  };
}

/** Lane ids grow towards +t, without 0; +t is left of a lane that is driven along s. */
function withNeighbours(lane: Draft, lanes: readonly Draft[], byId: ReadonlyMap<string, number>): Draft {
  const step = (towards: number) => {
    const id = lane.laneId + towards === 0 ? towards : lane.laneId + towards;
    return byId.get(laneName(lane.road, lane.section, id)) ?? -1;
  };
  const [left, right] = lane.forward ? [step(1), step(-1)] : [step(-1), step(1)];
  const same = (index: number) =>
    index >= 0 && lanes[index].kind === lane.kind && lanes[index].forward === lane.forward ? index : -1;
  const oncoming = [left, right].find(
    (index) => index >= 0 && lanes[index].kind === 'driving' && lanes[index].forward !== lane.forward,
  );
  return { ...lane, left: same(left), right: same(right), oncoming: oncoming ?? -1 };
}

/** A lane through a junction without a limit of its own has the one of the lane that leads into it. */
function inheritSpeeds(lanes: readonly Draft[], notes: Notes): Draft[] {
  return lanes.map((lane) => {
    if (!lane.speedAssumed || lane.kind !== 'driving') return lane;
    const before = lane.predecessors.map((index) => lanes[index]).find(({ speedAssumed }) => !speedAssumed);
    const value = lane.junction === undefined ? undefined : before?.speedLimitMps.at(-1)?.value;
    if (value !== undefined) return { ...lane, speedLimitMps: [{ s: 0, value }] };
    notes.add('driving lanes without a speed limit', 0, "the road type's usual limit is assumed");
    return lane;
  });
}

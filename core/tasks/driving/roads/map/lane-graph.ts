/**
 * The lane graph of a road network: lanes sampled from their reference lines, named, set beside one another and linked. What a graph
 * is stands in lane-model.ts.
 */
import {
  type LaneKind,
  type LaneGraph,
  LaneGraphError,
  MAX_LANES,
  MAX_SAMPLES,
  MAX_STEP,
  type LaneDraft,
  type Notes,
  laneName,
} from './lane-model.ts';
import { findThings } from './lane-furniture.ts';
import { linkLanes } from './lane-links.ts';
import { type SampleBudget, sampleLane } from './lane-sampling.ts';
import { changeSteps, speedSteps } from './lane-steps.ts';
import type { LaneSection, OpenDrive, Road, RoadLane } from '../opendrive/model.ts';

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
  const lanes: LaneDraft[] = [];
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
): LaneDraft | undefined {
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
function withNeighbours(lane: LaneDraft, lanes: readonly LaneDraft[], byId: ReadonlyMap<string, number>): LaneDraft {
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
function inheritSpeeds(lanes: readonly LaneDraft[], notes: Notes): LaneDraft[] {
  return lanes.map((lane) => {
    if (!lane.speedAssumed || lane.kind !== 'driving') return lane;
    const before = lane.predecessors.map((index) => lanes[index]).find(({ speedAssumed }) => !speedAssumed);
    const value = lane.junction === undefined ? undefined : before?.speedLimitMps.at(-1)?.value;
    if (value !== undefined) return { ...lane, speedLimitMps: [{ s: 0, value }] };
    notes.add('driving lanes without a speed limit', 0, "the road type's usual limit is assumed");
    return lane;
  });
}

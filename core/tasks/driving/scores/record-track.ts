/**
 * A drive of the lab as a `DriveTrack`, recorded row by row from the world's states: while a suite drives, or when an episode is replayed.
 *
 * One implementation for both, so that the score on the page is the score of the suite. What a state doesn't hold is derived by the
 * world's own rules: off road is a corner beyond the drivable edges, several lanes are corners in different ones, a red light counts in
 * the step in which the world counted it. Columns grow by doubling: a long time limit costs nothing until it is driven.
 */
import { type Box, corners, wrapAngle } from '../../../base/geometry.ts';
import { projectToRoute, routePose } from '../roads/routes/route-geometry.ts';
import { replaySteps } from '../world/replay-steps.ts';
import { DT, EGO_LENGTH, EGO_WIDTH, LIGHT_RED, WHEELBASE } from '../../../abi/layout.ts';
import { kindRow } from '../kinds/kinds.ts';
import type { WorldSpec } from '../world/spec/spec.ts';
import type { RoadSpec } from '../roads/road-spec.ts';
import type { ActorState, Worlds, WorldState } from '../world/world.ts';
import { inJunction, isBeyondEdge, isOncoming, routePathOf } from './route-map.ts';
import type { ActorTrack, DriveTrack, StopSign } from './track.ts';
import { signAtLine } from './carla/stop-signs.ts';

const FIRST_ROWS = 256;
const EGO_COLUMNS = [
  'x',
  'y',
  'headingRad',
  'speedMps',
  'accelMps2',
  's',
  'lateral',
  'limit',
  'redStopS',
  'trafficMps',
] as const;
const AREAS = ['multipleLanes', 'nonDrivable', 'oncoming', 'intersection', 'redLight'] as const;
const ACTOR_COLUMNS = ['x', 'y', 'headingRad', 'speedMps'] as const;

/** Plain columns of one length, by name. */
type Columns<Name extends string> = Record<Name, Float64Array>;
const columnsOf = <Name extends string>(names: readonly Name[], rows: number) =>
  Object.fromEntries(names.map((name) => [name, new Float64Array(rows)])) as Columns<Name>;

function grow<Name extends string>(columns: Columns<Name>, rows: number): void {
  for (const name of Object.keys(columns) as Name[]) {
    const longer = new Float64Array(rows);
    longer.set(columns[name]);
    columns[name] = longer;
  }
}

interface RecordedActor {
  readonly first: ActorState;
  readonly columns: Columns<(typeof ACTOR_COLUMNS)[number] | 'present'>;
  emergency: boolean;
}

/** What of a state a track holds. */
export type RecordedState = Pick<
  WorldState,
  | 'x'
  | 'y'
  | 'headingRad'
  | 'speedMps'
  | 'accelMps2'
  | 's'
  | 'lateral'
  | 'speedLimitMps'
  | 'light'
  | 'stopLineS'
  | 'ranRedLight'
  | 'actors'
> & {
  /** Mean speed of all background traffic, NaN without any; by default that of the actors that the world names so. */
  readonly trafficMps?: number;
};

/** What of a world a track holds; `actors` may grow while a drive is recorded. */
export interface RecordedWorld extends Pick<WorldSpec, 'road' | 'goalS' | 'maxSteps'> {
  readonly actors: readonly { readonly id: string; readonly background?: boolean }[];
  /** By default those at the road's stop lines. */
  readonly stopSigns?: readonly StopSign[];
}

export class TrackRecorder {
  readonly #spec: RecordedWorld;
  readonly #ego: Columns<(typeof EGO_COLUMNS)[number]>;
  readonly #area: Columns<(typeof AREAS)[number]>;
  readonly #actors: RecordedActor[] = [];
  #capacity: number;
  #rows = 0;

  constructor(spec: RecordedWorld) {
    this.#spec = spec;
    this.#capacity = Math.min(FIRST_ROWS, spec.maxSteps + 1);
    this.#ego = columnsOf(EGO_COLUMNS, this.#capacity);
    this.#area = columnsOf(AREAS, this.#capacity);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds the state of the next row; the first is the one before the first step. */
  push(state: RecordedState): void {
    if (this.#rows === this.#capacity) {
      this.#capacity *= 2;
      grow(this.#ego, this.#capacity);
      grow(this.#area, this.#capacity);
      for (const { columns } of this.#actors) grow(columns, this.#capacity);
    }
    const row = this.#rows++;
    const ego = this.#ego;
    ego.x[row] = state.x;
    ego.y[row] = state.y;
    ego.headingRad[row] = state.headingRad;
    ego.speedMps[row] = state.speedMps;
    ego.accelMps2[row] = state.accelMps2;
    ego.s[row] = state.s;
    ego.lateral[row] = state.lateral;
    ego.limit[row] = state.speedLimitMps;
    ego.redStopS[row] = state.light === LIGHT_RED ? state.stopLineS : Number.NaN;
    ego.trafficMps[row] = state.trafficMps ?? this.#trafficMps(state.actors);
    this.#readMap(state, row);
    const count = Math.min(state.actors.length, this.#spec.actors.length);
    for (let i = 0; i < count; i++) this.#readActor(i, state.actors[i], row);
  }

  #readMap(state: RecordedState, row: number): void {
    const { road } = this.#spec;
    const box: Box = {
      x: state.x,
      y: state.y,
      headingRad: state.headingRad,
      length: EGO_LENGTH,
      width: EGO_WIDTH,
    };
    const near = Math.floor(state.s / road.ds);
    let outside = false;
    let lane: number | undefined;
    let several = false;
    for (const corner of corners(box)) {
      const { s, lateral } = projectToRoute(road, corner.x, corner.y, near);
      outside ||= isBeyondEdge(road, s, lateral);
      const own = Math.floor(lateral / road.laneWidth + 0.5);
      lane ??= own;
      several ||= own !== lane;
    }
    const area = this.#area;
    area.multipleLanes[row] = +several;
    area.nonDrivable[row] = +outside;
    area.oncoming[row] = +isOncoming(road, state.s, state.lateral);
    area.intersection[row] = +inJunction(road, state.s);
    area.redLight[row] = +state.ranRedLight;
  }

  #trafficMps(actors: readonly ActorState[]): number {
    let [sum, count] = [0, 0];
    this.#spec.actors.forEach(({ background }, i) => {
      if (!background || !actors[i]?.present) return;
      sum += Math.abs(actors[i].speedMps);
      count++;
    });
    return count > 0 ? sum / count : Number.NaN;
  }

  #readActor(index: number, actor: ActorState, row: number): void {
    this.#actors[index] ??= {
      first: actor,
      columns: columnsOf([...ACTOR_COLUMNS, 'present'], this.#capacity),
      emergency: false,
    };
    const { columns } = this.#actors[index];
    this.#actors[index].emergency ||= actor.present && (kindRow(actor.kind)?.siren ?? false);
    for (const name of ACTOR_COLUMNS) columns[name][row] = actor[name];
    columns.present[row] = +actor.present;
  }

  /** The track so far. */
  track(): DriveTrack {
    const rows = this.#rows;
    const { road, goalS, actors } = this.#spec;
    const cut = (column: Float64Array) => column.slice(0, rows);
    const flags = (column: Float64Array) => Uint8Array.from(column.subarray(0, rows));
    const { s, lateral, limit, redStopS, trafficMps, ...motion } = this.#ego;
    const headingRad = cut(motion.headingRad);
    return {
      dtSeconds: DT,
      rows,
      length: EGO_LENGTH,
      width: EGO_WIDTH,
      rearAxleToCentre: WHEELBASE / 2,
      x: cut(motion.x),
      y: cut(motion.y),
      headingRad,
      speedMps: cut(motion.speedMps),
      accelMps2: cut(motion.accelMps2),
      yawRateRadps: yawRates(headingRad),
      actors: this.#actors.map(
        ({ first, columns, emergency }, i): ActorTrack => ({
          id: actors[i].id,
          kind: kindRow(first.kind)?.metric ?? 'vehicle',
          length: first.length,
          width: first.width,
          x: cut(columns.x),
          y: cut(columns.y),
          headingRad: cut(columns.headingRad),
          speedMps: cut(columns.speedMps),
          present: flags(columns.present),
          ...(emergency && { emergency }),
        }),
      ),
      route: {
        s: cut(s),
        lateral: cut(lateral),
        startS: s[0],
        goalS,
        speedLimitMps: cut(limit),
        redStopS: cut(redStopS),
        stopSigns: this.#spec.stopSigns ?? signsOf(road),
        trafficMps: cut(trafficMps),
        path: routePathOf(road),
      },
      area: {
        multipleLanes: flags(this.#area.multipleLanes),
        nonDrivable: flags(this.#area.nonDrivable),
        oncoming: flags(this.#area.oncoming),
        intersection: flags(this.#area.intersection),
        redLight: flags(this.#area.redLight),
      },
    };
  }
}

/** The signs at the road's stop lines. */
const signsOf = (road: RoadSpec): StopSign[] =>
  (road.stopSigns ?? []).map(({ id, s }) => signAtLine(id, routePose(road, s, 0), road.laneWidth));

/** The heading's change over the step that ended at the row; the first row has the second's. */
function yawRates(headingRad: Float64Array): Float64Array {
  const out = headingRad.map((heading, i) => (i === 0 ? 0 : wrapAngle(heading - headingRad[i - 1]) / DT));
  if (out.length > 1) out[0] = out[1];
  return out;
}

/** The track of a drive that is known by its controls (integer counts, 2 a step). World 0 of `worlds` is used. */
export function trackOfControls(worlds: Worlds, spec: WorldSpec, controls: readonly number[]): DriveTrack {
  const recorder = new TrackRecorder(spec);
  for (const state of replaySteps(worlds, spec, controls)) recorder.push(state);
  return recorder.track();
}

/**
 * Road users that react: vehicles that stand on the ego's lanes when the drive begins, heading its way, become traffic by the Intelligent
 * Driver Model from their first recorded state, at the highest speed they were seen to drive. Everyone else (people, oncoming
 * and crossing traffic, the parked, those that come later) keeps to the recording, since a model would have to invent their will.
 */
import type { ScenarioActor } from '../../tasks/driving/scenario/format/schema.ts';
import type { RoadShape } from '../../tasks/driving/roads/road.ts';
import { projectOnto } from '../../tasks/driving/roads/routes/path.ts';
import type { Track } from './tracks.ts';

export type ActorMode = 'replayed' | 'reactive';

/** Below this a vehicle never drives, m/s: it is parked. */
const PARKED = 0.5;
/** A lane's vehicles head along it within this, rad. */
const ALIGNED = 0.5;
const MAX_SPEED = 40;

export interface EgoLanes {
  readonly road: RoadShape;
  readonly laneWidth: number;
  readonly left: number;
  readonly right: number;
}

type IdmActor = Extract<ScenarioActor, { behaviour: 'idm' }>;

/** The traffic actor of a track, without its id; undefined for one that cannot react. Tracks are in the road's frame. */
export function reactiveActor(track: Track, lanes: EgoLanes): Omit<IdmActor, 'id'> | undefined {
  const { road, laneWidth, left, right } = lanes;
  if (!track.present[0] || /pedestrian|walker|person|bicycle|cyclist|static|other/i.test(track.kind)) return undefined;
  const pose = { x: track.x[0], y: track.y[0], headingRad: track.headingRad[0] };
  const length = (road.x.length - 1) * road.ds;
  const at = projectOnto(road, pose, length / 2, length / 2 + 1);
  const within = at.lateral < (left + 0.5) * laneWidth && at.lateral > -(right + 0.5) * laneWidth;
  const desired = track.speedMps.reduce((most, speed, i) => (track.present[i] ? Math.max(most, speed) : most), 0);
  if (!within || at.s < 0 || at.s > length || Math.abs(at.headingError) > ALIGNED || desired < PARKED) return undefined;
  const fixed = (value: number) => Number(value.toFixed(2)) + 0;
  return {
    behaviour: 'idm',
    length: fixed(track.length),
    width: fixed(track.width),
    s: fixed(at.s),
    lateral: fixed(at.lateral),
    speedMps: fixed(Math.min(MAX_SPEED, Math.max(0, track.speedMps[0]))),
    desiredSpeedMps: fixed(Math.min(MAX_SPEED, desired)),
  };
}

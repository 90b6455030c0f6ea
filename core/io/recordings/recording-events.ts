/**
 * What happened in a recording, for the timeline: collisions, road users that come and go, traffic lights that change near the hero,
 * and what the hero's motion and the map add (hard braking, red lights, off the road, marks crossed). Contacts that are written frame
 * after frame are one collision; changes of one moment are one event. The list is bounded; what is dropped is counted.
 */
import { DT } from '../../abi/layout.ts';
import type { DriveEvent } from '../../episode/episode.ts';
import { LIGHT_STATES, type CarlaRecording, type RecordedActor } from './carla-log-recording.ts';
import type { Skips } from '../logs/log.ts';
import { actorAt, type Clock, lastFrame, nameOf, stepOfFrame } from './recording-actors.ts';
import { invasionText } from '../../tasks/driving/roads/survey/lane-invasion.ts';
import type { LaneColumns } from './recording-map.ts';
import type { RecordedDrive } from './recording-drive.ts';
import { HARD_BRAKE } from '../../episode/events.ts';

const MAX_RECORDED_EVENTS = 2000;
/** Contacts of one pair within this are one collision, s. */
const SAME_CONTACT = 1;
/** Lights beyond this are not the hero's concern, m. */
const LIGHT_NEAR = 80;

export function recordedEvents(
  recording: CarlaRecording,
  clock: Clock,
  hero: RecordedActor | undefined,
  drive: RecordedDrive | null,
  lanes: LaneColumns | null,
  skips: Skips,
): DriveEvent[] {
  const events: DriveEvent[] = [...collisions(recording, clock), ...comings(recording, clock)];
  if (hero && drive) {
    events.push(...lightChanges(recording, clock, drive));
    const { accelMps2, area } = drive.track;
    for (let i = 1; i < accelMps2.length; i++) {
      if (accelMps2[i] < HARD_BRAKE && accelMps2[i - 1] >= HARD_BRAKE)
        events.push({ step: i, kind: 'hard-brake', text: `Hard braking, ${(-accelMps2[i]).toFixed(1)} m/s²` });
      if (area.redLight[i] && !area.redLight[i - 1])
        events.push({ step: i, kind: 'red-light', text: 'Crosses the stop line at red' });
      if (area.nonDrivable[i] && !area.nonDrivable[i - 1])
        events.push({ step: i, kind: 'off-road', text: 'A corner leaves the road' });
    }
  }
  for (const { row, crossings } of lanes?.invasions ?? [])
    events.push({ step: row, kind: 'lane-invasion', text: invasionText(crossings) });
  const weight = ({ kind }: DriveEvent) => (kind === 'collision' ? 0 : kind === 'appears' || kind === 'leaves' ? 2 : 1);
  const kept = events.toSorted((a, b) => weight(a) - weight(b) || a.step - b.step).slice(0, MAX_RECORDED_EVENTS);
  skips.add('events', `the timeline shows ${MAX_RECORDED_EVENTS}`, events.length - kept.length);
  return kept.toSorted((a, b) => a.step - b.step);
}

/** Steps of the collisions that an actor is part of. */
export function collisionSteps(recording: CarlaRecording, clock: Clock, actor: RecordedActor): number[] {
  return recording.collisions
    .filter(({ frame, actors }) => actors.some((id) => actorAt(recording, id, frame) === actor))
    .map(({ frame }) => stepOfFrame(recording, clock, frame));
}

function collisions(recording: CarlaRecording, clock: Clock): DriveEvent[] {
  const last = new Map<string, number>();
  return recording.collisions.flatMap(({ frame, actors }) => {
    const pair = [...actors].sort((a, b) => a - b).join();
    const step = stepOfFrame(recording, clock, frame);
    const before = last.get(pair);
    last.set(pair, step);
    if (before !== undefined && (step - before) * DT < SAME_CONTACT) return [];
    const [a, b] = actors.map((id) => {
      const actor = actorAt(recording, id, frame);
      return actor ? nameOf(actor) : id === 0 ? 'something fixed' : `actor ${id}`;
    });
    return [{ step, kind: 'collision' as const, text: `${a} collides with ${b}`.slice(0, 200) }];
  });
}

/** Road users that come after the first frame or go before the last. */
function comings(recording: CarlaRecording, clock: Clock): DriveEvent[] {
  const frames = recording.frameIds.length;
  return recording.actors.flatMap((actor) => {
    if (actor.kind !== 'vehicle' && actor.kind !== 'walker') return [];
    const at = (frame: number) => stepOfFrame(recording, clock, frame);
    const out: DriveEvent[] = [];
    if (actor.firstFrame > 0)
      out.push({ step: at(actor.firstFrame), kind: 'appears', text: `${nameOf(actor)} is spawned` });
    if (lastFrame(actor, frames) < frames - 1)
      out.push({ step: at(actor.removedFrame ?? 0), kind: 'leaves', text: `${nameOf(actor)} is removed` });
    return out;
  });
}

function lightChanges(recording: CarlaRecording, clock: Clock, { track }: RecordedDrive): DriveEvent[] {
  const changes = new Map<string, { step: number; count: number; state: string }>();
  for (const { kind, lights, poses } of recording.actors) {
    if (kind !== 'traffic-light' || poses.rows === 0) continue;
    for (let row = 1; row < lights.rows; row++) {
      const state = lights.values[row * lights.width];
      if (state === lights.values[(row - 1) * lights.width]) continue;
      const step = stepOfFrame(recording, clock, lights.frames[row]);
      if (Math.hypot(poses.values[0] - track.x[step], poses.values[1] - track.y[step]) > LIGHT_NEAR) continue;
      const key = `${step} ${state}`;
      const change = changes.get(key) ?? { step, count: 0, state: LIGHT_STATES[state] };
      change.count++;
      changes.set(key, change);
    }
  }
  return [...changes.values()].map(({ step, count, state }) => ({
    step,
    kind: 'light' as const,
    text: count === 1 ? `A light near by turns ${state}` : `${count} lights near by turn ${state}`,
  }));
}

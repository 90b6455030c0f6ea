/**
 * The source that is watched as a player: open at its end, it goes along with the newest moment until one scrubs back. What has come is
 * the live store's; its clock is live-clock's. The code comes with the first source.
 */
import type { LiveEpisode } from '../../workers/contracts/proxy-protocol.ts';
import { goToNow, stopWatching } from '../stores/live.ts';
import { seekLive, stepLive, toggleLive } from '../stores/live-clock.ts';
import { liveLanesStore, wantLanes } from '../stores/live-lanes.ts';
import type { LiveScene } from '../stores/live-scene.ts';
import { isLive, liveSentence, liveStore } from '../stores/live-state.ts';
import { figure } from '../ui/format.ts';
import type { Scene } from '../viewer/scene.ts';
import { followed } from '../viewer/scene-pose.ts';
import { isBody } from './bodies.ts';
import { liveCurves } from './curves.ts';
import { EVENT_MARKS, type TimeLane, shownTtc, speedRange, TTC_TOP } from './lanes.ts';
import { liveMoment, speedOf, ttcOf } from './live-figures.ts';
import { memo } from './memo.ts';
import type { Readout, StepText } from './facts.ts';
import type { Cursor, Player } from './player.ts';
import { actorReadouts, ttcReadout } from './readouts.ts';

/** Marks drawn at most, the newest. */
const MAX_MARKS = 200;
/** Curves are drawn anew so often, s of the source. */
const CURVES_EVERY_S = 1;
const NO_LANES = new Float32Array(0);
const NOBODY: readonly never[] = [];

const state = liveStore.getState;
/** What has come, once there is a frame of it. */
const come = (): LiveScene | null => {
  const { scene } = state();
  return scene && scene.steps >= 0 ? scene : null;
};
const secondsAt = ({ times, steps }: LiveScene, step: number): number =>
  times[Math.min(Math.max(0, step), steps)] - times[0];

const cursor = memo(
  () => {
    const { position, step, steps, mode, follow } = state();
    const scene = come();
    return [position, step, scene ? Math.max(0, steps) : -1, mode, scene ? followed(scene, follow) : -1];
  },
  ([position, step, steps, mode, follow]): Cursor => ({
    position,
    step,
    steps,
    playing: mode !== 'standing',
    now: mode === 'now',
    decision: 0,
    token: 0,
    follow,
  }),
);

/** Another one when something that stands still is new: its map, its weather. */
const scene = memo(
  () => [state().scene, state().built],
  ([frames]): Scene | null => frames && { frames, drive: null, ghost: null },
);

const lanes = memo(
  () => [come(), state().steps, cursor().follow],
  ([of, steps, follow]): readonly TimeLane[] => (of ? lanesOf(of, steps, follow) : WAITING),
);
const WAITING: readonly TimeLane[] = ['events', 'speed', 'TTC'].map((name) => ({ kind: 'marks', name, marks: [] }));

function lanesOf(of: LiveScene, steps: number, follow: number): readonly TimeLane[] {
  const marks = of.marks.slice(-MAX_MARKS).map(({ step, kind, text }, i) => ({
    // One event may come twice in a step.
    key: `${step} ${kind} ${i}`,
    step,
    text: `${secondsAt(of, step).toFixed(1)} s: ${text}`,
    ...EVENT_MARKS[kind],
  }));
  const speed = speedOf(of, follow);
  const ttc = (step: number) => shownTtc(ttcOf(of)(step));
  const whole = { from: 0, steps };
  return [
    { kind: 'marks', name: 'events', marks },
    { kind: 'line', name: 'speed', range: speedRange(speed, steps), own: { value: speed, ...whole } },
    ...(of.hasEgo
      ? [{ kind: 'line', name: 'TTC', range: { low: 0, high: TTC_TOP }, own: { value: ttc, ...whole } } as const]
      : []),
  ];
}

/** Speed, the ego's own figures where the source says them, and how many are there; of another who is followed, theirs. */
const readouts = memo(
  () => [come(), state().step, cursor().follow, state().steps],
  ([of, step, follow]): readonly Readout[] => {
    if (!of) return NOBODY;
    if (follow >= 0 && follow !== of.ego) return actorReadouts(of, step, follow);
    const at = liveMoment(of, step, of.ego);
    const ofEgo = [{ name: 'steer °', value: figure((at.steerRad * 180) / Math.PI) }, ttcReadout(at.ttcSeconds)];
    return [
      { name: 'speed m/s', value: figure(at.speedMps) },
      ...(of.hasEgo ? ofEgo : []),
      { name: 'actors', value: String(at.present) },
    ];
  },
);

const curves = memo(
  () => {
    const { scene: of, steps, map } = state();
    const { follow } = cursor();
    const upTo = of ? steps - (steps % Math.max(1, Math.round(CURVES_EVERY_S / of.dt))) : 0;
    if (of && map === 'drawn' && follow >= 0) void wantLanes(of, follow, upTo);
    const known = liveLanesStore.getState();
    const distances = known.scene === of && known.actor === follow ? known.distances : NO_LANES;
    return [of, upTo, follow, distances.length > 0 || map === 'drawn' ? distances : NO_MAP];
  },
  ([of, upTo, follow, distances]) =>
    of && upTo > 0 ? { own: liveCurves(of, upTo, follow, distances), ghost: [] } : null,
);
const NO_MAP = 'The source has not sent its map.';

/** The map, which means more to a reader than a simulator's number of an episode. */
const nameOf = (episode?: LiveEpisode): string => episode?.mapName.split('/').at(-1) || episode?.name || 'live';

function at(step: number): StepText {
  const of = come();
  if (!of) return { seconds: 0, value: '', line: '' };
  const moment = liveMoment(of, step, cursor().follow);
  const ttc = Number.isFinite(moment.ttcSeconds) ? ` · TTC ${figure(moment.ttcSeconds)} s` : '';
  return {
    seconds: moment.seconds,
    value: `${moment.seconds.toFixed(1)} s, ${figure(moment.speedMps)} m/s, ${moment.present} actors`,
    line: `frame ${of.before + step} · ${figure(moment.speedMps)} m/s${ttc}`,
  };
}

export const livePlayer: Player = {
  kind: 'source',
  can: (what) => what === 'source' || (what === 'record' && state().scene !== null),
  title: () => ({ of: state().name, by: nameOf(state().newest?.episode) }),
  sentence: () => liveSentence(state()),
  cursor,
  subscribe(changed) {
    const stops = [liveStore.subscribe(changed), liveLanesStore.subscribe(changed)];
    return () => {
      for (const stop of stops) stop();
    };
  },
  play: () => state().mode === 'standing' && toggleLive(),
  pause: () => state().mode !== 'standing' && toggleLive(),
  seek: seekLive,
  stepBy: stepLive,
  leapBy(by) {
    stepLive(by * Math.max(1, Math.round(1 / (state().scene?.dt ?? 1))));
  },
  wordBy: stepLive,
  wordAt: () => {},
  toEnd: goToNow,
  scene,
  follow: (actor) => liveStore.setState({ follow: actor === state().scene?.ego ? -1 : actor }),
  mayFollow: (actor) => isBody(state().scene ?? undefined, actor),
  others: () => NOBODY,
  words: () => NOBODY,
  lanes,
  place() {
    const { mode, step, steps, scene: of } = state();
    const behind = of && of.steps >= 0 ? secondsAt(of, steps) - secondsAt(of, step) : 0;
    return `${mode === 'now' ? 'live' : `${behind.toFixed(1)} s behind`} · frame ${(of?.before ?? 0) + step}`;
  },
  at,
  stepAt(seconds) {
    const of = come();
    if (!of) return 0;
    const later = of.times.subarray(0, of.steps + 1).findIndex((time) => time - of.times[0] >= seconds);
    return later < 0 ? of.steps : later;
  },
  readouts,
  curves,
  dispose: () => isLive() && stopWatching(),
};

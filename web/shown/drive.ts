/**
 * The open drive as a player. Its state is the drive store's, which debugger, compare and training read too; its clock and steps are
 * playback's. A recording is one with another scene (recording.ts).
 */
import { DT } from '../../core/abi/layout.ts';
import { driveSentence } from '../stores/debugger.ts';
import { type DriveState, driveStore, seek } from '../stores/drive.ts';
import { goToToken, pause, play, stepDecision, stepToken, stepWorld } from '../stores/playback.ts';
import { signed } from '../ui/format.ts';
import { driveScene } from '../viewer/drive-scene.ts';
import { partingStep } from '../viewer/pose.ts';
import type { Scene } from '../viewer/scene.ts';
import { followed } from '../viewer/scene-pose.ts';
import { driveLanes } from './drive-lanes.ts';
import { lazily, memo } from './memo.ts';
import { figuresAt, momentText } from './moment.ts';
import type { StepText } from './facts.ts';
import type { Capability, Cursor, Player } from './player.ts';
import { actorReadouts, driveReadouts } from './readouts.ts';
import { layOut } from './trace-lines.ts';
import { isBody } from './bodies.ts';

const state = driveStore.getState;
const listeners = new Set<() => void>();

/** What a drive of the lab can do; `thoughts` and `fork` as far as it has some. */
function can(what: Capability): boolean {
  const { episode } = state();
  if (!episode) return false;
  switch (what) {
    case 'decisions':
    case 'breakpoints':
    case 'share':
    case 'export':
      return true;
    case 'thoughts':
    case 'fork':
      return episode.decisions.length > 0;
    default:
      return false;
  }
}

/** What the words change with while playing: the decision, or without one the second. */
const saidAt = ({ episode, decision, step }: DriveState): number =>
  episode?.decisions.length ? decision : Math.floor(step / STEPS_A_SECOND);
const STEPS_A_SECOND = Math.round(1 / DT);

const sentence = memo(
  () => {
    const now = state();
    return [now.episode, now.frames, now.playing, now.playing ? saidAt(now) : now.step];
  },
  () => driveSentence(state()),
);

const scene = memo(
  () => {
    const { episode, frames, ghost } = state();
    return [episode, frames, ghost];
  },
  ([episode, frames, ghost]) => sceneOfDriveState({ episode, frames, ghost }),
);

/** The scene a drive state means, or null while nothing is open. */
function sceneOfDriveState({ episode, frames, ghost }: Pick<DriveState, 'episode' | 'frames' | 'ghost'>): Scene | null {
  if (!episode || !frames) return null;
  return driveScene({ episode, frames }, ghost && { ...ghost, fromStep: partingStep(frames, ghost.frames) });
}

const lanes = memo(
  () => {
    const { episode, frames, ghost, breakpoints } = state();
    return [episode, frames, ghost, breakpoints];
  },
  ([episode, frames, ghost, breakpoints]) =>
    episode && frames ? driveLanes({ episode, frames, ghost }, breakpoints) : [],
);

const words = memo(
  () => {
    const { episode, decision, frames } = state();
    return [episode?.decisions[decision]?.tokens, frames];
  },
  ([tokens, frames]) =>
    layOut(
      tokens ?? NOBODY,
      frames?.actorInfo.map(({ kind }) => kind),
    ),
);

const cursor = memo(
  () => {
    const { position, step, frames, playing, decision, token, follow } = state();
    const shown = scene()?.frames;
    return [position, step, frames?.steps ?? -1, playing, decision, token, shown ? followed(shown, follow) : -1];
  },
  ([position, step, steps, playing, decision, token, follow]): Cursor => ({
    position,
    step,
    steps,
    playing,
    now: false,
    decision,
    token,
    follow,
  }),
);

const readouts = memo(
  () => {
    const { episode, frames, step, ghost } = state();
    return [episode, frames, step, ghost, cursor().follow];
  },
  ([episode, frames, step, ghost, follow]) => {
    const shown = scene()?.frames;
    return shown && follow >= 0 && follow !== shown.ego
      ? actorReadouts(shown, step, follow)
      : driveReadouts({ episode, frames, step, ghost });
  },
);

const curveCode = lazily(
  () => import('./curves.ts'),
  () => {
    for (const listener of listeners) listener();
  },
);
const curves = memo(
  () => {
    const { frames, ghost } = state();
    return [curveCode(), frames, ghost?.frames, cursor().follow];
  },
  ([code, frames, ghost, follow]) =>
    code &&
    frames && {
      own: code.driveCurves(frames, follow),
      ghost: ghost ? code.driveCurves(ghost, follow) : [],
    },
);

/** A step of the open drive in words; of a recording without the reward, which it does not know. */
function at(step: number): StepText {
  const { episode, frames } = state();
  if (!episode || !frames) return { seconds: 0, value: '', line: '' };
  const figures = figuresAt(episode, frames, step);
  const parts = [
    `step ${figures.step}`,
    `${figures.speedMps.toFixed(1)} m/s`,
    figures.word,
    Number.isFinite(figures.ttcSeconds) && `TTC ${figures.ttcSeconds.toFixed(1)} s`,
    !episode.recording && `reward ${signed(figures.reward, 2, false)}`,
  ];
  return { seconds: figures.seconds, value: momentText(figures), line: parts.filter(Boolean).join(' · ') };
}

export const drivePlayer: Player = {
  kind: 'drive',
  can,
  title() {
    const { episode } = state();
    return { of: episode ? `${episode.scenario.id} · seed ${episode.seed}` : '', by: episode?.policy.name ?? '' };
  },
  sentence,
  cursor,
  subscribe(changed) {
    listeners.add(changed);
    const stop = driveStore.subscribe(changed);
    return () => {
      listeners.delete(changed);
      stop();
    };
  },
  play,
  pause,
  seek,
  stepBy: stepWorld,
  leapBy: stepDecision,
  wordBy: stepToken,
  wordAt: (token) => goToToken(state().decision, token),
  toEnd: () => stepWorld(state().frames?.steps ?? 0),
  scene,
  follow: (actor) => driveStore.setState({ follow: actor === scene()?.frames.ego ? -1 : actor }),
  mayFollow: (actor) => isBody(scene()?.frames, actor),
  others: () => NOBODY,
  words,
  lanes,
  place() {
    const { episode, decision, step } = state();
    const decisions = episode?.decisions.length ?? 0;
    return `${decisions > 0 ? `decision ${decision + 1} of ${decisions} · ` : ''}step ${step}`;
  },
  at,
  stepAt: (seconds) => Math.round(seconds / (state().frames?.dt ?? DT)),
  readouts,
  curves,
  dispose: pause,
};
const NOBODY: readonly never[] = [];

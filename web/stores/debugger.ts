/**
 * What the debugger's panels share beyond the cursor: which breakpoint "here" means, which token is being edited, what is
 * watched, and the plain sentence for where the drive stands.
 */
import { createStore } from 'zustand/vanilla';
import { decisionWordIndex } from '../../core/tasks/driving/words/sentence.ts';
import {
  STATE_ACCEL,
  STATE_LATERAL,
  STATE_REWARD,
  STATE_S,
  STATE_SPEED,
  STATE_STEER,
  STATE_STRIDE,
  STATE_TTC,
  type DriveStates,
  type Thought,
} from '../../workers/contracts/protocol.ts';
import { decisionWord, wordOf } from './breakpoints.ts';
import { type Breakpoint, type DriveState, driveStore } from './drive.ts';
import { goToToken } from './playback.ts';
import { kindName } from '../../core/tasks/driving/kinds/kinds.ts';

/** The breakpoint that "toggle" means at the cursor: the decision on a decision word, else the word itself. */
export function breakpointAt(tokens: readonly number[] | undefined, token: number): Breakpoint | null {
  if (!tokens?.length || tokens[token] === undefined) return null;
  const kind = decisionWordIndex(tokens) === token ? 'decision' : 'token';
  return { kind, value: wordOf(tokens[token]) };
}

export function breakpointHere(): Breakpoint | null {
  const { episode, decision, token } = driveStore.getState();
  return breakpointAt(episode?.decisions[decision]?.tokens, token);
}

export interface DebuggerState {
  /** Whether the word at the cursor is being edited. */
  readonly editing: boolean;
  readonly watches: readonly string[];
  /** Counted up to move the keyboard focus to the alternatives. */
  readonly focusAlternatives: number;
}

export const debuggerStore = createStore<DebuggerState>(() => ({
  editing: false,
  watches: ['ego.speed', 'ego.ttc', 'ego.reward', 'value'],
  focusAlternatives: 0,
}));

export const focusEdit = (): void => {
  driveStore.setState({ playing: false });
  debuggerStore.setState({ editing: true });
};
/** Edits the decision's own word, the change that matters most; without one, the word at the cursor. */
export function editDecision(): void {
  const { episode, decision } = driveStore.getState();
  const at = decisionWordIndex(episode?.decisions[decision]?.tokens ?? []);
  if (at >= 0) goToToken(decision, at);
  focusEdit();
}
export const focusAlternatives = (): void => {
  driveStore.setState({ playing: false });
  debuggerStore.setState((state) => ({ focusAlternatives: state.focusAlternatives + 1 }));
};

const EGO: Readonly<Record<string, readonly [at: number, unit: string, scale: number]>> = {
  'ego.speed': [STATE_SPEED, 'm/s', 1],
  'ego.accel': [STATE_ACCEL, 'm/s²', 1],
  'ego.steer': [STATE_STEER, '°', 180 / Math.PI],
  'ego.s': [STATE_S, 'm', 1],
  'ego.lateral': [STATE_LATERAL, 'm', 1],
  'ego.ttc': [STATE_TTC, 's', 1],
  'ego.reward': [STATE_REWARD, '', 1],
};
const OBSERVED = /^obs\[(\d+)\]$/;

/** Names that can be watched. */
export const WATCHABLE: readonly string[] = [
  ...Object.keys(EGO),
  'value',
  'residual[0]',
  'residual[1]',
  'residual[2]',
  'residual[3]',
  'obs[0]',
];

/** A watch's value now, as text with its unit; "–" where the drive has none. */
export function watchText(
  name: string,
  frames: DriveStates | null,
  step: number,
  thought: Thought | undefined,
): string {
  const ego = EGO[name];
  if (ego && frames) {
    const value = frames.ego[step * STATE_STRIDE + ego[0]] * ego[2];
    return Number.isFinite(value) ? `${value.toFixed(ego[1] === '' ? 3 : 2)} ${ego[1]}`.trim() : '∞';
  }
  const index = Number(/\[(\d+)\]/.exec(name)?.[1] ?? 0);
  const number = OBSERVED.test(name)
    ? thought?.observation[index]
    : name.startsWith('residual')
      ? thought?.residual?.[index]
      : thought?.value;
  return number === undefined ? '–' : number.toFixed(3);
}

const DOING: Readonly<Record<string, string>> = {
  proceed: 'proceeding',
  follow: 'following',
  yield: 'yielding',
  slow: 'slowing',
  stop: 'stopping',
};

/** Where the drive stands in one plain sentence: "step 87, yielding to pedestrian A2, TTC 1.4 s, 6.4 m/s". */
export function driveSentence({ episode, frames, step, decision }: DriveState): string {
  if (!episode || !frames) return 'no drive open';
  const tokens = episode.decisions[decision]?.tokens ?? [];
  const verb = decisionWord(tokens);
  const at = verb ? decisionWordIndex(tokens) : -1;
  const blamed = at >= 0 ? [tokens[at + 1], tokens[at + 2]].map(wordOf) : [];
  const actor = blamed.find((word) => /^A\d$/.test(word));
  const info = frames.actorInfo[Number(actor?.slice(1)) - 1];
  const cause = actor ? `${info ? `${kindName(info.kind, info.length, info.width)} ` : ''}${actor}` : '';
  const preposition = verb === 'yield' ? ' to ' : verb === 'follow' ? ' ' : ' for ';
  const speed = frames.ego[step * STATE_STRIDE + STATE_SPEED];
  const ttc = frames.ego[step * STATE_STRIDE + STATE_TTC];
  return [
    `step ${step}`,
    verb && `${DOING[verb] ?? verb}${cause ? preposition + cause : ''}`,
    Number.isFinite(ttc) ? `TTC ${ttc.toFixed(1)} s` : 'TTC clear',
    `${speed.toFixed(1)} m/s`,
  ]
    .filter(Boolean)
    .join(', ');
}

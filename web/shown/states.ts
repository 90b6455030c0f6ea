/**
 * Plain data as a player: a list of states, one a step, the words that were thought before each, and a layer that draws one. That is all
 * there is to say of a table of blocks, a board or a cart, so each enters as its drawing and a call of this. Its clock is its own.
 */
import type { SceneFrames } from '../../core/episode/scene-frames.ts';
import { paceStore } from '../stores/pace.ts';
import type { LayerMaker } from '../viewer/layer.ts';
import type { Scene } from '../viewer/scene.ts';
import type { TimeLane } from './lanes.ts';
import { memo } from './memo.ts';
import type { Readout, ThoughtStage, ThoughtWord } from './facts.ts';
import type { Cursor, Player } from './player.ts';

/** A word that was thought; alone, it means itself and is of no stage. */
type SaidWord =
  | string
  | {
      readonly text: string;
      readonly meaning: string;
      readonly stage: string;
      /** Begins a line of its own. */
      readonly begins: boolean;
    };

export interface States<S> {
  /** What it is of: "blocks". */
  readonly kind: string;
  /** "Blocksworld, seed 3" and "solver". */
  readonly title: { readonly of: string; readonly by: string };
  /** At least one; the first is the beginning. */
  readonly states: readonly S[];
  /** Words of the step that leads from a state to the next; one list a step. */
  readonly words?: readonly (readonly SaidWord[])[];
  /** What each step does; left out: its last word. */
  readonly actions?: readonly string[];
  /** Time a step is shown for, s. */
  readonly stepSeconds: number;
  /** Draw a state; `Frame.step` is its index. Without any the viewer draws `frames` as it draws drives. */
  readonly layers?: readonly LayerMaker[];
  readonly frames?: SceneFrames;
  /** Least x and y, greatest x and y of what is drawn, and how tall it is, m. */
  readonly bounds?: Scene['bounds'];
  /** A state in words: "b on a". */
  readonly say: (state: S) => string;
  /** Lanes beside that of the words. */
  readonly lanes?: readonly TimeLane[];
  readonly readouts?: (state: S) => readonly Readout[];
}

const NOBODY: readonly never[] = [];
/** Longest time one picture may stand for, s: a tab that was hidden does not jump on return. */
const MAX_PICTURE_SECONDS = 0.25;

export function statesPlayer<S>(given: States<S>): Player {
  const { states, words = [], stepSeconds, say } = given;
  const steps = states.length - 1;
  const clamp = (position: number) => Math.min(Math.max(0, position), steps);
  const listeners = new Set<() => void>();
  let request = 0;
  let last = 0;

  const change = (next: Partial<Cursor>) => {
    now = { ...now, ...next };
    for (const listener of listeners) listener();
  };
  /** The cursor at a moment: what was thought before the step is written to its end. */
  const moment = (position: number) => {
    const at = clamp(position);
    const decision = Math.min(Math.floor(at), Math.max(0, words.length - 1));
    return { position: at, step: Math.floor(at), decision, token: Math.max(0, (words[decision]?.length ?? 0) - 1) };
  };
  let now: Cursor = {
    ...moment(0),
    steps,
    playing: false,
    now: false,
    follow: given.frames?.ego ?? -1,
  };
  const stand = (position: number) => {
    stop();
    change({ ...moment(position), playing: false });
  };
  const stop = () => {
    cancelAnimationFrame(request);
    request = 0;
  };
  const tick = (time: number) => {
    const seconds = Math.min((time - last) / 1000, MAX_PICTURE_SECONDS);
    last = time;
    const target = now.position + (seconds * paceStore.getState().speed) / stepSeconds;
    if (target >= steps) return stand(steps);
    change(moment(target));
    request = requestAnimationFrame(tick);
  };
  /** Stands at a word of the thought at a step. */
  const standAt = (decision: number, token: number) => {
    stop();
    change({ ...moment(decision), decision, token, playing: false });
  };

  const frames: SceneFrames = given.frames ?? {
    steps,
    dt: stepSeconds,
    actors: NOBODY,
    lights: NOBODY,
    lightStates: new Uint8Array(0),
    ego: -1,
  };
  const scene: Scene = { frames, drive: null, ghost: null, ...(given.bounds && { bounds: given.bounds }) };
  const blocks = words.map((said, step) => ({
    from: step,
    to: step + 1,
    word: given.actions?.[step] ?? textOf(said.at(-1)),
  }));
  const lanes: readonly TimeLane[] = [
    ...(blocks.length > 0 ? [{ kind: 'blocks', name: 'decisions', blocks } as const] : []),
    ...(given.lanes ?? []),
  ];
  const readouts = memo(
    () => [now.step],
    ([step]) => given.readouts?.(states[step]) ?? NOBODY,
  );

  const thought = memo(
    () => [words[now.decision]],
    ([said = []]) => layOut(said),
  );

  return {
    kind: given.kind,
    can: (what) => what === 'decisions',
    title: () => given.title,
    sentence: () => `step ${now.step} of ${steps}, ${say(states[now.step])}`,
    cursor: () => now,
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    play() {
      if (request) return;
      change({ playing: true, ...(now.position >= steps && moment(0)) });
      last = performance.now();
      request = requestAnimationFrame(tick);
    },
    pause() {
      stop();
      change({ playing: false });
    },
    seek: (position) => change(moment(position)),
    stepBy: (by) => stand(now.step + by),
    leapBy: (by) => stand(now.step + by),
    wordBy(by) {
      const token = now.token + by;
      const here = words[now.decision]?.length ?? 0;
      if (token >= 0 && token < here) return standAt(now.decision, token);
      const next = words[now.decision + by];
      if (next) standAt(now.decision + by, by > 0 ? 0 : next.length - 1);
      else stand(now.step + by);
    },
    wordAt: (token) => standAt(now.decision, Math.min(token, (words[now.decision]?.length ?? 1) - 1)),
    toEnd: () => stand(steps),
    scene: () => scene,
    ...(given.layers && { layers: given.layers }),
    follow: (actor) => change({ follow: actor }),
    mayFollow: (actor) => frames.actors[actor] !== undefined,
    others: () => NOBODY,
    words: thought,
    lanes: () => lanes,
    place: () => `${words.length > 0 ? `decision ${now.decision + 1} of ${words.length} · ` : ''}step ${now.step}`,
    at(step) {
      const there = clamp(Math.round(step));
      const text = say(states[there]);
      const seconds = there * stepSeconds;
      return { seconds, value: `${seconds.toFixed(1)} s, step ${there}, ${text}`, line: `step ${there} · ${text}` };
    },
    stepAt: (seconds) => Math.round(seconds / stepSeconds),
    readouts,
    curves: () => null,
    dispose: stop,
  };
}

const textOf = (word: SaidWord | undefined): string | null => (typeof word === 'string' ? word : (word?.text ?? null));

/** Words by stage and line. */
function layOut(said: readonly SaidWord[]): readonly ThoughtStage[] {
  const stages: { stage: string; heading: null; lines: ThoughtWord[][]; end: number }[] = [];
  said.forEach((word, index) => {
    const {
      text,
      meaning,
      stage,
      begins = false,
    } = typeof word === 'string' ? { text: word, meaning: word, stage: 'thought' } : word;
    let current = stages.at(-1);
    if (current?.stage !== stage) {
      current = { stage, heading: null, lines: [], end: index };
      stages.push(current);
    }
    const entry = { index, text, meaning, tone: '' };
    if (begins || current.lines.length === 0) current.lines.push([entry]);
    else current.lines[current.lines.length - 1].push(entry);
    current.end = index;
  });
  return stages;
}

/**
 * Lanes of a drive: its events, runs of equal decisions, reward (a recording knows none: speed) and time to collision, where breakpoints
 * strike; of its counterfactual only what differs. Pure, computed once a drive.
 */
import type { DriveEvent, Episode } from '../../core/episode/episode.ts';
import { DT } from '../../core/abi/layout.ts';
import {
  type DriveStates,
  STATE_REWARD,
  STATE_SPEED,
  STATE_STRIDE,
  STATE_TTC,
} from '../../workers/contracts/protocol.ts';
import { decisionWord, describeBreakpoint, nextHit } from '../stores/breakpoints.ts';
import type { Breakpoint, GhostDrive } from '../stores/drive.ts';
import { partingStep } from '../viewer/pose.ts';
import {
  type WordRun,
  EVENT_MARKS,
  type TimeLane,
  type Mark,
  shownTtc,
  speedRange,
  TTC_TOP,
  type ValueRange,
} from './lanes.ts';

interface Driven {
  readonly episode: Episode;
  readonly frames: DriveStates;
  readonly ghost: GhostDrive | null;
}

export function driveLanes(driven: Driven, breakpoints: readonly Breakpoint[]): readonly TimeLane[] {
  const { episode, frames, ghost } = driven;
  const recorded = episode.recording !== undefined;
  const blocks = (name: string, of: Episode, steps: number): TimeLane => ({
    kind: 'blocks',
    name,
    blocks: decisionRuns(of, steps),
  });
  return [
    { kind: 'marks', name: 'events', marks: marksOf(driven) },
    ...(recorded ? [] : [blocks('decisions', episode, frames.steps)]),
    ...(ghost ? [blocks('ghost', ghost.episode, ghost.frames.steps)] : []),
    ...linesOf(driven, recorded),
    ...(breakpoints.length > 0 ? [stopsOf(driven, breakpoints)] : []),
  ];
}

/** The drive's events, and hollow what only the ghost met. */
function marksOf({ episode, ghost }: Driven): Mark[] {
  const keyOf = ({ step, kind, actor }: DriveEvent) => `${step} ${kind} ${actor}`;
  const own = new Set(episode.events.map(keyOf));
  const others = ghost?.episode.events.filter((event) => !own.has(keyOf(event))) ?? [];
  const mark = (event: DriveEvent, hollow: boolean): Mark => ({
    key: `${hollow} ${keyOf(event)} ${event.text}`,
    step: event.step,
    text: `${(event.step * DT).toFixed(1)} s${hollow ? ', ghost' : ''}: ${event.text}`,
    ...EVENT_MARKS[event.kind],
    hollow,
  });
  return [...episode.events.map((event) => mark(event, false)), ...others.map((event) => mark(event, true))];
}

function linesOf({ frames, ghost }: Driven, recorded: boolean): TimeLane[] {
  const column =
    ({ ego }: DriveStates, field: number) =>
    (step: number) =>
      ego[step * STATE_STRIDE + field];
  const line = (
    name: string,
    range: ValueRange,
    value: (of: DriveStates) => (step: number) => number,
    from = 0,
  ): TimeLane => ({
    kind: 'line',
    name,
    range,
    own: { value: value(frames), from, steps: frames.steps },
    ghost: ghost && {
      value: value(ghost.frames),
      from: Math.max(from, partingStep(frames, ghost.frames)),
      steps: Math.min(frames.steps, ghost.frames.steps),
    },
  });
  const speed = (of: DriveStates) => column(of, STATE_SPEED);
  const ttc = (of: DriveStates) => (step: number) => shownTtc(column(of, STATE_TTC)(step));
  const rewards = () => rewardRange(ghost ? [frames, ghost.frames] : [frames]);
  return [
    recorded
      ? line('speed', speedRange(speed(frames), frames.steps), speed)
      : line('reward', rewards(), (of) => column(of, STATE_REWARD), 1),
    line('TTC', { low: 0, high: TTC_TOP }, ttc),
  ];
}

function stopsOf({ episode, frames }: Driven, breakpoints: readonly Breakpoint[]): TimeLane {
  const stops = breakpointHits(episode, frames, breakpoints).map(({ step, breakpoint }) => ({
    step,
    text: `${(step * DT).toFixed(1)} s: stops at ${describeBreakpoint(breakpoint)}`,
  }));
  return { kind: 'stops', name: 'breakpoints', stops };
}

/** Decisions with the same word after one another, as blocks that cover the drive. */
export function decisionRuns({ decisions }: Episode, steps: number): WordRun[] {
  const runs: WordRun[] = [];
  decisions.forEach((decision, index) => {
    const word = decisionWord(decision.tokens);
    const to = decisions[index + 1]?.step ?? steps;
    const edited = decision.edit !== undefined;
    const before = runs.at(-1);
    if (before && before.word === word && !edited && !before.edited) runs[runs.length - 1] = { ...before, to };
    else runs.push({ word, from: decision.step, to, edited });
  });
  return runs;
}

/** Share of the rewards a lane may cut off at either end: a collision or the goal's bonus would flatten all else. */
const OUTLIERS = 0.02;

/** Range of the usual rewards of all drives shown; never empty, 0 inside. */
export function rewardRange(drives: readonly DriveStates[]): ValueRange {
  const rewards = drives
    .flatMap(({ ego, steps }) => Array.from({ length: steps }, (_, i) => ego[(i + 1) * STATE_STRIDE + STATE_REWARD]))
    .sort((a, b) => a - b);
  const at = (share: number) => rewards[Math.round(share * (rewards.length - 1))] ?? 0;
  return { low: Math.min(0, at(OUTLIERS)), high: Math.max(0.01, at(1 - OUTLIERS)) };
}

interface BreakpointHit {
  readonly breakpoint: Breakpoint;
  readonly step: number;
}

/** Every moment at which playback would stop, at most `limit`. */
export function breakpointHits(
  episode: Episode,
  frames: DriveStates,
  breakpoints: readonly Breakpoint[],
  limit = 200,
): BreakpointHit[] {
  const hits: BreakpointHit[] = [];
  let from = { position: 0, step: 0, decision: 0, token: -1 };
  while (hits.length < limit) {
    const hit = nextHit(episode, frames, breakpoints, from, frames.steps);
    if (!hit) break;
    if (hits.at(-1)?.step !== hit.cursor.step) hits.push({ breakpoint: hit.breakpoint, step: hit.cursor.step });
    from = hit.cursor;
  }
  return hits;
}

/** The timeline of a drive or a recording: events, decisions and reward where it has them, speed where not, time to collision, breakpoints. */
import { useMemo } from 'react';
import type { DriveEvent, Episode } from '../../../core/episode/episode.ts';
import { DT } from '../../../core/abi/layout.ts';
import {
  type DriveStates,
  STATE_REWARD,
  STATE_SPEED,
  STATE_STRIDE,
  STATE_TTC,
} from '../../../workers/contracts/protocol.ts';
import { driveStore, type GhostDrive, seek } from '../../stores/drive.ts';
import { useDrive } from '../../stores/hooks.ts';
import { pause, stepDecision, stepWorld, togglePlay } from '../../stores/playback.ts';
import { partingStep } from '../../viewer/pose.ts';
import { signed } from '../../ui/format.ts';
import { figuresAt, momentText } from '../../shown/moment.ts';
import { TimelineFrame } from './Frame.tsx';
import { BreakpointLane, DecisionLane } from './Lanes.tsx';
import {
  EVENT_MARKS,
  linePath,
  type ValueRange,
  rewardRange,
  shownTtc,
  speedRange,
  TTC_TOP,
  zeroOf,
} from '../../shown/lanes.ts';
import { LineLane } from './LineLane.tsx';
import { type Mark, MarkLane } from './MarkLane.tsx';
import { clockText, PlayButton, PlaySettings } from './Transport.tsx';

export function Timeline() {
  const episode = useDrive((state) => state.episode);
  const frames = useDrive((state) => state.frames);
  const step = useDrive((state) => state.step);
  const slider = episode &&
    frames && {
      label: 'Timeline',
      steps: frames.steps,
      step,
      text: momentText(figuresAt(episode, frames, step)),
      seek,
      stepBy: stepWorld,
      leapBy: stepDecision,
      toEnd: () => stepWorld(frames.steps),
      grab: pause,
      read: (at: number) => momentLine(episode, frames, at),
    };
  return (
    <TimelineFrame
      head={<Transport />}
      names={['events', 'decisions', 'reward', 'TTC']}
      lanes={episode && frames && <Lanes episode={episode} frames={frames} />}
      slider={slider}
      follow={followDrive}
    />
  );
}

function Transport() {
  const playing = useDrive((state) => state.playing);
  const step = useDrive((state) => state.step);
  const steps = useDrive((state) => state.frames?.steps ?? 0);
  const decision = useDrive((state) => state.decision);
  const decisions = useDrive((state) => state.episode?.decisions.length ?? 0);
  return (
    <>
      <PlayButton playing={playing} disabled={steps === 0} toggle={togglePlay} />
      <span className="timeline-clock mono">
        {clockText(step * DT)} / {clockText(steps * DT)} s
      </span>
      <span className="dim clip">
        {decisions > 0 && `decision ${decision + 1} of ${decisions} · `}step {step}
      </span>
      <PlaySettings />
    </>
  );
}

interface Props {
  readonly episode: Episode;
  readonly frames: DriveStates;
}

function Lanes({ episode, frames }: Props) {
  const ghost = useDrive((state) => state.ghost);
  const breakpoints = useDrive((state) => state.breakpoints);
  const { steps } = frames;
  const marks = useMemo(() => marksOf(episode, ghost), [episode, ghost]);
  const lines = useMemo(() => linesOf(frames, ghost, episode.recording !== undefined), [frames, ghost, episode]);
  return (
    <>
      <MarkLane name="events" marks={marks} steps={steps} seek={seek} />
      {!episode.recording && <DecisionLane name="decisions" episode={episode} total={steps} steps={steps} />}
      {ghost && <DecisionLane name="ghost" episode={ghost.episode} total={steps} steps={ghost.frames.steps} />}
      {lines.map((line) => (
        <LineLane key={line.name} {...line} />
      ))}
      {breakpoints.length > 0 && <BreakpointLane episode={episode} frames={frames} breakpoints={breakpoints} />}
    </>
  );
}

/** The drive's events, and hollow what only the ghost met. */
function marksOf(episode: Episode, ghost: GhostDrive | null): Mark[] {
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

/** A recording knows no reward; its speed stands there. */
function linesOf(frames: DriveStates, ghost: GhostDrive | null, recorded: boolean) {
  const column =
    ({ ego }: DriveStates, field: number) =>
    (step: number) =>
      ego[step * STATE_STRIDE + field];
  const line = (name: string, range: ValueRange, value: (of: DriveStates) => (step: number) => number, from = 0) => ({
    name,
    zero: zeroOf(range),
    own: linePath(value(frames), { range, from, steps: frames.steps, total: frames.steps }),
    ghost:
      ghost &&
      linePath(value(ghost.frames), {
        range,
        from: Math.max(from, partingStep(frames, ghost.frames)),
        steps: Math.min(frames.steps, ghost.frames.steps),
        total: frames.steps,
      }),
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

/** A moment in figures, for the line under the pointer. */
function momentLine(episode: Episode, frames: DriveStates, step: number) {
  const at = figuresAt(episode, frames, step);
  return (
    <>
      <b>{at.seconds.toFixed(1)} s</b> step {at.step} · {at.speedMps.toFixed(1)} m/s
      {at.word && ` · ${at.word}`}
      {Number.isFinite(at.ttcSeconds) && ` · TTC ${at.ttcSeconds.toFixed(1)} s`}
      {!episode.recording && ` · reward ${signed(at.reward, 2, false)}`}
    </>
  );
}

function followDrive(place: (share: number) => void): () => void {
  const now = () => {
    const { position, frames } = driveStore.getState();
    place(frames && frames.steps > 0 ? position / frames.steps : 0);
  };
  now();
  return driveStore.subscribe((state, before) => {
    if (state.position !== before.position || state.frames !== before.frames) now();
  });
}

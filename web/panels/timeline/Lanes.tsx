/** The lanes that only show: blocks of decisions, lines of reward and time to collision, breakpoints. */
import { memo, useMemo } from 'react';
import type { Episode } from '../../../core/episode/episode.ts';
import { DT } from '../../../core/world/layout.ts';
import { type DriveFrames, FRAME_REWARD, FRAME_TTC } from '../../../workers/protocol.ts';
import { describeBreakpoint } from '../../stores/breakpoints.ts';
import { type Breakpoint, type Ghost, seek } from '../../stores/drive.ts';
import { partingStep } from '../../viewer/pose.ts';
import { breakpointHits, decisionRuns, linePath, rewardRange, TTC_TOP } from './lanes.ts';

interface DecisionLaneProps {
  readonly name: 'decisions' | 'ghost';
  readonly episode: Episode;
  /** Steps the timeline covers, and steps of this drive. */
  readonly total: number;
  readonly steps: number;
}

/** Decisions as blocks, coloured and patterned by their word; a block wide enough says it. */
export const DecisionLane = memo(({ name, episode, total, steps }: DecisionLaneProps) => {
  const runs = useMemo(() => decisionRuns(episode, steps), [episode, steps]);
  return (
    <div className={`timeline-lane timeline-decisions ${name}`}>
      <span className="timeline-name">{name}</span>
      <div className="timeline-track">
        {runs.map((run) => (
          <i
            key={run.from}
            data-word={run.word ?? 'none'}
            data-edited={run.edited || undefined}
            style={{ left: `${(100 * run.from) / total}%`, width: `${(100 * (run.to - run.from)) / total}%` }}
          >
            <b>{run.word ?? ''}</b>
          </i>
        ))}
      </div>
    </div>
  );
});

interface LineLaneProps {
  readonly name: 'reward' | 'TTC';
  readonly frames: DriveFrames;
  readonly ghost: Ghost | null;
}

/** One figure over the drive; the ghost's dashed over it from where they part. */
export const LineLane = memo(({ name, frames, ghost }: LineLaneProps) => {
  const field = name === 'reward' ? FRAME_REWARD : FRAME_TTC;
  const { own, other, zero } = useMemo(() => {
    const range =
      name === 'reward' ? rewardRange(ghost ? [frames, ghost.frames] : [frames]) : { low: 0, high: TTC_TOP };
    return {
      own: linePath(frames, field, range, frames.steps),
      other: ghost && linePath(ghost.frames, field, range, frames.steps, partingStep(frames, ghost.frames)),
      zero: 96 - (92 * -range.low) / (range.high - range.low),
    };
  }, [name, field, frames, ghost]);
  return (
    <div className={`timeline-lane timeline-line ${name}`}>
      <span className="timeline-name">{name}</span>
      <div className="timeline-track">
        <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          <path className="base" d={`M0 ${zero.toFixed(1)}H1000`} />
          <path d={own} />
          {other && <path className="ghost" d={other} />}
        </svg>
      </div>
    </div>
  );
});

interface BreakpointLaneProps {
  readonly episode: Episode;
  readonly frames: DriveFrames;
  readonly breakpoints: readonly Breakpoint[];
}

/** Where playback will stop, and for what. */
export const BreakpointLane = memo(({ episode, frames, breakpoints }: BreakpointLaneProps) => {
  const hits = useMemo(() => breakpointHits(episode, frames, breakpoints), [episode, frames, breakpoints]);
  return (
    <div className="timeline-lane timeline-breakpoints">
      <span className="timeline-name">breakpoints</span>
      <ul className="timeline-track" aria-label="Breakpoints">
        {hits.map(({ step, breakpoint }) => {
          const text = `${(step * DT).toFixed(1)} s: stops at ${describeBreakpoint(breakpoint)}`;
          return (
            <li key={step} style={{ left: `${(100 * step) / frames.steps}%` }}>
              <button type="button" title={text} aria-label={text} onClick={() => seek(step)} />
            </li>
          );
        })}
      </ul>
    </div>
  );
});

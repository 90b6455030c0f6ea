/** Lanes of a drive's own: blocks of decisions, and its breakpoints. */
import { memo, useMemo } from 'react';
import type { Episode } from '../../../core/episode/episode.ts';
import { DT } from '../../../core/abi/layout.ts';
import type { DriveStates } from '../../../workers/contracts/protocol.ts';
import { describeBreakpoint } from '../../stores/breakpoints.ts';
import { type Breakpoint, seek } from '../../stores/drive.ts';
import { breakpointHits, decisionRuns } from '../../shown/lanes.ts';

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

interface BreakpointLaneProps {
  readonly episode: Episode;
  readonly frames: DriveStates;
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

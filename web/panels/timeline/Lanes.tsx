/** Lanes of words that hold for a while, as blocks, and of where playing stops. */
import { memo } from 'react';
import type { WordRun, Stop } from '../../shown/lanes.ts';

interface BlockLaneProps {
  readonly name: string;
  readonly blocks: readonly WordRun[];
  /** What the lane covers. */
  readonly steps: number;
}

/** Blocks, coloured and patterned by their word; one wide enough says it. */
export const BlockLane = memo(({ name, blocks, steps }: BlockLaneProps) => (
  <div className={`timeline-lane timeline-decisions ${name}`}>
    <span className="timeline-name">{name}</span>
    <div className="timeline-track">
      {blocks.map(({ from, to, word, edited }) => (
        <i
          key={from}
          data-word={word ?? 'none'}
          data-edited={edited || undefined}
          style={{ left: `${(100 * from) / steps}%`, width: `${(100 * (to - from)) / steps}%` }}
        >
          <b>{word ?? ''}</b>
        </i>
      ))}
    </div>
  </div>
));

interface StopLaneProps {
  readonly name: string;
  readonly stops: readonly Stop[];
  readonly steps: number;
  readonly seek: (step: number) => void;
}

/** Where playback will stop, and for what. */
export const StopLane = memo(({ name, stops, steps, seek }: StopLaneProps) => (
  <div className="timeline-lane timeline-breakpoints">
    <span className="timeline-name">{name}</span>
    <ul className="timeline-track" aria-label="Breakpoints">
      {stops.map(({ step, text }) => (
        <li key={step} style={{ left: `${(100 * step) / steps}%` }}>
          <button type="button" title={text} aria-label={text} onClick={() => seek(step)} />
        </li>
      ))}
    </ul>
  </div>
));

/** Parts of a timeline's head: play, look-ahead, speed. */
import { Pause, Play } from 'lucide-react';
import { useStore } from 'zustand';
import { paceStore, setSpeed, SPEEDS } from '../../stores/pace.ts';

const LOOK_AHEADS = [0, 0.5, 1, 2, 4] as const;

/** Seconds as the clock of the head shows them. */
export const clockText = (seconds: number): string => seconds.toFixed(1).padStart(4, '0');

interface PlayProps {
  readonly playing: boolean;
  readonly titles?: readonly [pause: string, play: string];
  readonly disabled: boolean;
  readonly toggle: () => void;
}

export function PlayButton({ playing, titles = ['Pause', 'Play'], disabled, toggle }: PlayProps) {
  return (
    <button
      type="button"
      className="icon"
      aria-label={playing ? 'Pause' : 'Play'}
      title={`${titles[playing ? 0 : 1]} (Space)`}
      disabled={disabled}
      onClick={toggle}
    >
      {playing ? <Pause aria-hidden /> : <Play aria-hidden />}
    </button>
  );
}

/** How far ahead paths are drawn, and how fast it plays. */
export function PlaySettings() {
  const lookAhead = useStore(paceStore, (state) => state.lookAheadSeconds);
  const speed = useStore(paceStore, (state) => state.speed);
  return (
    <>
      <span className="grow" />
      <label>
        <span className="timeline-wide">look-ahead</span>
        <select
          aria-label="Look-ahead"
          title="How far ahead paths are drawn"
          value={lookAhead}
          onChange={(event) => paceStore.setState({ lookAheadSeconds: Number(event.target.value) })}
        >
          {LOOK_AHEADS.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds === 0 ? 'off' : `${seconds} s`}
            </option>
          ))}
        </select>
      </label>
      <label>
        <select
          aria-label="Speed"
          title="Playback speed"
          value={speed}
          onChange={(event) => setSpeed(Number(event.target.value))}
        >
          {SPEEDS.map((value) => (
            <option key={value} value={value}>
              {value}×
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

/** Play, time, decision and step; look-ahead and speed. */
import { Pause, Play } from 'lucide-react';
import { DT } from '../../../core/world/layout.ts';
import { driveStore } from '../../stores/drive.ts';
import { useDrive } from '../../stores/hooks.ts';
import { setSpeed, SPEEDS, togglePlay } from '../../stores/playback.ts';

const LOOK_AHEADS = [0, 0.5, 1, 2, 4] as const;
const clock = (steps: number) => (steps * DT).toFixed(1).padStart(4, '0');

export function Transport() {
  const playing = useDrive((state) => state.playing);
  const step = useDrive((state) => state.step);
  const steps = useDrive((state) => state.frames?.steps ?? 0);
  const decision = useDrive((state) => state.decision);
  const decisions = useDrive((state) => state.episode?.decisions.length ?? 0);
  const lookAhead = useDrive((state) => state.lookAheadSeconds);
  const speed = useDrive((state) => state.speed);
  return (
    <div className="timeline-head">
      <button
        type="button"
        className="icon"
        aria-label={playing ? 'Pause' : 'Play'}
        title={playing ? 'Pause (Space)' : 'Play (Space)'}
        disabled={steps === 0}
        onClick={togglePlay}
      >
        {playing ? <Pause aria-hidden /> : <Play aria-hidden />}
      </button>
      <span className="timeline-clock mono">
        {clock(step)} / {clock(steps)} s
      </span>
      <span className="dim clip">
        {decisions > 0 && `decision ${decision + 1} of ${decisions} · `}step {step}
      </span>
      <span className="grow" />
      <label>
        <span className="timeline-wide">look-ahead</span>
        <select
          aria-label="Look-ahead"
          title="How far ahead paths are drawn"
          value={lookAhead}
          onChange={(event) => driveStore.setState({ lookAheadSeconds: Number(event.target.value) })}
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
    </div>
  );
}

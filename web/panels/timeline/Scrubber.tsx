/**
 * The slider over the lanes: drag to scrub, hover to read, keys to step (arrows a step, with Shift or PageUp/PageDown a
 * decision, Home and End). Its value is the step; its text describes the moment.
 */
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import type { Episode } from '../../../core/episode/episode.ts';
import type { DriveFrames } from '../../../workers/protocol.ts';
import { seek } from '../../stores/drive.ts';
import { useDrive } from '../../stores/hooks.ts';
import { pause, stepDecision, stepWorld } from '../../stores/playback.ts';
import { figuresAt, momentText, signed } from '../viewport/moment.ts';

interface Props {
  readonly episode: Episode;
  readonly frames: DriveFrames;
}

export function Scrubber({ episode, frames }: Props) {
  const step = useDrive((state) => state.step);
  const [hover, setHover] = useState<number | null>(null);
  const stepAt = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.min(frames.steps, Math.max(0, ((event.clientX - left) / width) * frames.steps));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => (event.shiftKey ? stepDecision(-1) : stepWorld(-1)),
      ArrowRight: () => (event.shiftKey ? stepDecision(1) : stepWorld(1)),
      ArrowDown: () => stepWorld(-1),
      ArrowUp: () => stepWorld(1),
      PageDown: () => stepDecision(-1),
      PageUp: () => stepDecision(1),
      Home: () => stepWorld(-frames.steps),
      End: () => stepWorld(frames.steps),
    };
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  return (
    <div
      className="timeline-scrubber"
      role="slider"
      tabIndex={0}
      aria-label="Timeline"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={frames.steps}
      aria-valuenow={step}
      aria-valuetext={momentText(figuresAt(episode, frames, step))}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        pause();
        seek(Math.round(stepAt(event)));
      }}
      onPointerMove={(event) => {
        setHover(Math.round(stepAt(event)));
        // Dragging moves continuously; the step shown is the one the moment lies in.
        if (event.buttons & 1 && event.currentTarget.hasPointerCapture(event.pointerId)) seek(stepAt(event));
      }}
      onPointerLeave={() => setHover(null)}
    >
      {hover !== null && <HoverLine episode={episode} frames={frames} step={hover} />}
    </div>
  );
}

/** A hairline with the figures of the moment under the pointer. */
function HoverLine({ episode, frames, step }: Props & { readonly step: number }) {
  const at = figuresAt(episode, frames, step);
  const share = step / frames.steps;
  return (
    <div className="timeline-hover" style={{ left: `${100 * share}%` }} data-side={share > 0.6 ? 'left' : 'right'}>
      <span>
        <b>{at.seconds.toFixed(1)} s</b> step {at.step} · {at.speedMps.toFixed(1)} m/s
        {at.word && ` · ${at.word}`}
        {Number.isFinite(at.ttcSeconds) && ` · TTC ${at.ttcSeconds.toFixed(1)} s`} · reward {signed(at.reward, 2)}
      </span>
    </div>
  );
}

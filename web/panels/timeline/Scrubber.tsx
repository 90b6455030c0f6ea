/**
 * The slider over the lanes: drag to scrub, hover to read, keys to step (arrows a step, with Shift or PageUp and PageDown farther, Home
 * and End). Its value is the step; its text describes the moment.
 */
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import type { StepText } from '../../shown/facts.ts';

export interface Slider {
  readonly label: string;
  /** Its greatest value. */
  readonly steps: number;
  readonly step: number;
  readonly text: string;
  /** Stands at a step, fractional while one drags. */
  readonly seek: (step: number) => void;
  /** By single steps, and by the larger unit: a decision, a second. */
  readonly stepBy: (by: number) => void;
  readonly leapBy: (by: 1 | -1) => void;
  readonly toEnd: () => void;
  /** Before it is dragged. */
  readonly grab: () => void;
  /** What a step holds, for the line under the pointer. */
  readonly read: (step: number) => StepText;
}

export function Scrubber({ label, steps, step, text, seek, stepBy, leapBy, toEnd, grab, read }: Slider) {
  const [hover, setHover] = useState<number | null>(null);
  const stepAt = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width)) * steps;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => (event.shiftKey ? leapBy(-1) : stepBy(-1)),
      ArrowRight: () => (event.shiftKey ? leapBy(1) : stepBy(1)),
      ArrowDown: () => stepBy(-1),
      ArrowUp: () => stepBy(1),
      PageDown: () => leapBy(-1),
      PageUp: () => leapBy(1),
      Home: () => stepBy(-steps),
      End: toEnd,
    };
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  const share = hover === null || steps === 0 ? 0 : hover / steps;
  return (
    <div
      className="timeline-scrubber"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={steps}
      aria-valuenow={Math.min(step, steps)}
      aria-valuetext={text}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        grab();
        seek(Math.round(stepAt(event)));
      }}
      onPointerMove={(event) => {
        setHover(Math.round(stepAt(event)));
        // Dragging moves continuously; the step shown is the one the moment lies in.
        if (event.buttons & 1 && event.currentTarget.hasPointerCapture(event.pointerId)) seek(stepAt(event));
      }}
      onPointerLeave={() => setHover(null)}
    >
      {hover !== null && (
        <div className="timeline-hover" style={{ left: `${100 * share}%` }} data-side={share > 0.6 ? 'left' : 'right'}>
          <HoverText {...read(hover)} />
        </div>
      )}
    </div>
  );
}

const HoverText = ({ seconds, line }: StepText) => (
  <span>
    <b>{seconds.toFixed(1)} s</b> {line}
  </span>
);

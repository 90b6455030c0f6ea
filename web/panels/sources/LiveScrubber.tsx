/** The slider over the live lanes: drag to scrub; arrows a step, PageUp and PageDown a second, Home the oldest, End now. */
import type { KeyboardEvent, PointerEvent } from 'react';
import { useStore } from 'zustand';
import { useLive } from '../../stores/hooks.ts';
import { goToNow } from '../../stores/live.ts';
import { seekLive, stepLive } from '../../stores/live-clock.ts';
import type { LiveScene } from '../../stores/live-scene.ts';
import { sceneStore } from '../../stores/scene.ts';
import { figure, liveMoment } from './figures.ts';

interface Props {
  readonly scene: LiveScene;
  readonly steps: number;
}

export function LiveScrubber({ scene, steps }: Props) {
  const step = useLive((state) => state.step);
  const follow = useStore(sceneStore, (state) => state.follow);
  const at = liveMoment(scene, step, follow);
  const second = Math.max(1, Math.round(1 / scene.dt));
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => stepLive(event.shiftKey ? -second : -1),
      ArrowRight: () => stepLive(event.shiftKey ? second : 1),
      ArrowDown: () => stepLive(-1),
      ArrowUp: () => stepLive(1),
      PageDown: () => stepLive(-second),
      PageUp: () => stepLive(second),
      Home: () => seekLive(0),
      End: goToNow,
    };
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  const seekTo = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    seekLive(Math.min(1, Math.max(0, (event.clientX - left) / width)) * steps);
  };
  return (
    <div
      className="timeline-scrubber"
      role="slider"
      tabIndex={0}
      aria-label="Live timeline"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, steps)}
      aria-valuenow={Math.min(step, Math.max(0, steps))}
      aria-valuetext={`${at.seconds.toFixed(1)} s, ${figure(at.speedMps)} m/s, ${at.present} actors`}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons & 1 && event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
      }}
    />
  );
}

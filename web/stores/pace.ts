/** How whatever is shown plays: how fast, and how far ahead its paths are drawn. The same for a drive, a recording and a live source. */
import { createStore } from 'zustand/vanilla';

export interface PaceState {
  /** 0.25 to 4 times real time. */
  readonly speed: number;
  /** How far ahead predicted paths are drawn, s. */
  readonly lookAheadSeconds: number;
}

export const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 4];
export const paceStore = createStore<PaceState>(() => ({ speed: 1, lookAheadSeconds: 2 }));

export const setSpeed = (speed: number): void => paceStore.setState({ speed });

/** One notch faster (+1) or slower (−1). */
export function changeSpeed(by: 1 | -1): void {
  const at = SPEEDS.indexOf(paceStore.getState().speed) + by;
  if (SPEEDS[at] !== undefined) setSpeed(SPEEDS[at]);
}

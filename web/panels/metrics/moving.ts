/** The curves of what is shown, their playhead, and how a click on them goes there. */
import { useMemo } from 'react';
import { useShown } from '../../shown/hooks.ts';
import { shownStore } from '../../shown/shown.ts';
import type { Playhead } from './Chart.tsx';
import { type ChartData, curveCharts } from './charts.ts';

export interface Moving {
  readonly charts: readonly ChartData[];
  readonly playhead: Playhead;
  /** Time of now, s. */
  readonly now: number;
  readonly goTo: (seconds: number) => void;
}

function secondsNow(): number | null {
  const { player, cursor } = shownStore.getState();
  return player && cursor.steps >= 0 ? player.at(cursor.step).seconds : null;
}

const PLAYHEAD: Playhead = {
  at: secondsNow,
  follow: (moved) => shownStore.subscribe(({ cursor }, before) => void (cursor.step !== before.cursor.step && moved())),
};

function goTo(seconds: number): void {
  const { player } = shownStore.getState();
  player?.seek(player.stepAt(seconds));
}

/** Of whatever is shown, its counterfactual dashed beside it. */
export function useMovingCharts(): Moving {
  const curves = useShown(({ player }) => player?.curves() ?? null);
  const charts = useMemo(() => (curves ? curveCharts(curves.own, curves.ghost) : []), [curves]);
  const now = useShown(() => secondsNow() ?? 0);
  return { charts, playhead: PLAYHEAD, now, goTo };
}

/** The curves of what is shown (a drive, a recording, a live source), their playhead, and how a click on them goes there. */
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { driveStore, seek } from '../../stores/drive.ts';
import { useDrive, useLive, useRecording } from '../../stores/hooks.ts';
import { useShown } from '../../shown/hooks.ts';
import { liveLanesStore, wantLanes } from '../../stores/live-lanes.ts';
import type { LiveScene } from '../../stores/live-scene.ts';
import { liveStore } from '../../stores/live-state.ts';
import { goToStep } from '../../shown/shown.ts';
import type { Playhead } from './Chart.tsx';
import { type ChartData, curveCharts } from './charts.ts';
import { driveCurves, liveCurves } from '../../shown/curves.ts';

export interface Moving {
  readonly charts: readonly ChartData[];
  readonly playhead: Playhead;
  /** Time of now, s. */
  readonly now: number;
  readonly goTo: (seconds: number) => void;
}

const DRIVE: Playhead = {
  at: () => {
    const { frames, step } = driveStore.getState();
    return frames && step * frames.dt;
  },
  follow: (moved) => driveStore.subscribe((state, before) => void (state.step !== before.step && moved())),
};

/** Of the open drive, its counterfactual dashed beside it; or of the recording that is open. */
export function useDriveCharts(): Moving {
  const frames = useDrive((state) => state.frames);
  const ghost = useDrive((state) => state.ghost?.frames);
  const step = useDrive((state) => state.step);
  const recorded = useRecording((state) => state.view?.series);
  const follow = useShown()?.follow ?? -1;
  const charts = useMemo(() => {
    if (recorded) return curveCharts(recorded);
    return frames ? curveCharts(driveCurves(frames, follow), ghost && driveCurves(ghost, follow)) : [];
  }, [recorded, frames, ghost, follow]);
  const dt = frames?.dt ?? 0;
  return { charts, playhead: DRIVE, now: step * dt, goTo: (seconds) => dt > 0 && seek(Math.round(seconds / dt)) };
}

/** Live curves are drawn anew so often, s of the source. */
const EVERY_S = 1;

const secondsOf = (scene: LiveScene | null, step: number): number =>
  scene && scene.steps >= 0 ? scene.times[Math.min(step, scene.steps)] - scene.times[0] : 0;

const LIVE: Playhead = {
  at: () => secondsOf(liveStore.getState().scene, liveStore.getState().step),
  follow: (moved) => liveStore.subscribe((state, before) => void (state.step !== before.step && moved())),
};

/** Of the live source, as far as it has come. */
export function useLiveCharts(): Moving {
  const scene = useLive((state) => state.scene);
  const steps = useLive((state) => state.steps);
  const step = useLive((state) => state.step);
  const map = useLive((state) => state.map);
  const lanes = useStore(liveLanesStore);
  const follow = useShown()?.follow ?? -1;
  const upTo = scene ? steps - (steps % Math.max(1, Math.round(EVERY_S / scene.dt))) : 0;
  useEffect(() => {
    if (scene && map === 'drawn' && follow >= 0) void wantLanes(scene, follow, upTo);
  }, [scene, map, follow, upTo]);
  const known = lanes.scene === scene && lanes.actor === follow;
  const distances = known ? lanes.distances : map === 'drawn' ? NO_LANES : 'The source has not sent its map.';
  const charts = useMemo(
    () => (scene && upTo > 0 ? curveCharts(liveCurves(scene, upTo, follow, distances)) : []),
    [scene, upTo, follow, distances],
  );
  const goTo = (seconds: number) => {
    if (!scene) return;
    const later = scene.times.subarray(0, scene.steps + 1).findIndex((time) => time - scene.times[0] >= seconds);
    goToStep(later < 0 ? scene.steps : later);
  };
  return { charts, playhead: LIVE, now: secondsOf(scene, step), goTo };
}
const NO_LANES = new Float32Array(0);

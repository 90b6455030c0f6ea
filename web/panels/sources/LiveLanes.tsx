/** Lanes of the live timeline: events told apart by shape and colour, and a figure over time, thinned to what a line can show. */
import { useStore } from 'zustand';
import { SCENE_SPEED, sceneRow } from '../../../core/episode/scene-frames.ts';
import type { LiveOccurrence } from '../../../workers/proxy-protocol.ts';
import { seekLive } from '../../stores/live-clock.ts';
import { LIVE_EGO_STRIDE, type LiveScene } from '../../stores/live-scene.ts';
import { sceneStore } from '../../stores/scene.ts';
import { SHAPES } from '../timeline/EventLane.tsx';
import { type EventShape, TTC_TOP } from '../timeline/lanes.ts';

const MARKS: Readonly<Record<LiveOccurrence['kind'], readonly [shape: EventShape, tone: string]>> = {
  collision: ['cross', 'error'],
  'off-road': ['diamond', 'error'],
  'red-light': ['square', 'error'],
  'lane-invasion': ['diamond', 'warn'],
  'goal-reached': ['flag', 'ego'],
  'episode-ended': ['ring', 'dim'],
  note: ['circle', 'dim'],
  unknown: ['circle', 'dim'],
};
/** Marks drawn at most, the newest; points of a line at most. */
const MAX_MARKS = 200;
const POINTS = 400;
/** Upper end of the speed lane at least, m/s. */
const SPEED_TOP = 10;

interface Props {
  readonly scene: LiveScene;
  /** Steps the lanes cover; the scene may have more by now. */
  readonly steps: number;
}

export function LiveEvents({ scene, steps }: Props) {
  return (
    <div className="timeline-lane timeline-events">
      <span className="timeline-name">events</span>
      <ul className="timeline-track" aria-label="Events">
        {scene.marks.slice(-MAX_MARKS).map(({ step, kind, text }, i) => {
          if (step > steps) return null;
          const [shape, tone] = MARKS[kind];
          const label = `${(scene.times[step] - scene.times[0]).toFixed(1)} s: ${text}`;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: one event may come twice in a step
            <li key={`${step} ${kind} ${i}`} style={{ left: `${(100 * step) / Math.max(1, steps)}%` }}>
              <button type="button" title={label} aria-label={label} data-tone={tone} onClick={() => seekLive(step)}>
                <svg viewBox="0 0 12 12" aria-hidden="true">
                  <path d={SHAPES[shape]} fillRule="evenodd" />
                </svg>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

export function LiveLine({ name, scene, steps }: Props & { readonly name: 'speed' | 'TTC' }) {
  const follow = useStore(sceneStore, (state) => state.follow);
  return (
    <div className={`timeline-lane timeline-line ${name}`}>
      <span className="timeline-name">{name}</span>
      <div className="timeline-track">
        <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          <path className="base" d="M0 96H1000" />
          <path d={linePath(valuesOf(name, scene, follow), steps, name === 'TTC' ? TTC_TOP : SPEED_TOP)} />
        </svg>
      </div>
    </div>
  );
}

/** A figure by step; NaN where there is none. */
export function valuesOf(name: 'speed' | 'TTC', scene: LiveScene, follow: number): (step: number) => number {
  if (name === 'TTC')
    return (step) => {
      const ttc = scene.egoRows[step * LIVE_EGO_STRIDE + 4];
      return ttc < TTC_TOP ? ttc : Number.NaN;
    };
  const actor = scene.actors[follow >= 0 ? follow : scene.ego];
  return (step) => {
    const row = actor ? sceneRow(actor, step) : -1;
    return row < 0 ? Number.NaN : actor.rows[row + SCENE_SPEED];
  };
}

function linePath(value: (step: number) => number, steps: number, atLeast: number): string {
  const every = Math.max(1, Math.ceil(steps / POINTS));
  const points: (readonly [step: number, value: number])[] = [];
  for (let step = 0; step <= steps; step += every) points.push([step, value(step)]);
  const top = points.reduce((most, [, y]) => (y > most ? y : most), atLeast);
  let pen = 'M';
  let path = '';
  for (const [step, y] of points) {
    if (Number.isNaN(y)) pen = 'M';
    else {
      path += `${pen}${((1000 * step) / Math.max(1, steps)).toFixed(1)} ${(96 - (92 * Math.max(0, y)) / top).toFixed(1)}`;
      pen = 'L';
    }
  }
  return path;
}

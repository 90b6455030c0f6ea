/**
 * The timeline of a live source: what has been received, to scrub back into while more comes; "Now" returns. Lanes of events, of the
 * followed actor's speed, and of the ego's time to collision where the source says it.
 */
import { useStore } from 'zustand';
import { useLive } from '../../stores/hooks.ts';
import { goToNow } from '../../stores/live.ts';
import { seekLive, stepLive, toggleLive } from '../../stores/live-clock.ts';
import type { LiveScene } from '../../stores/live-scene.ts';
import { liveStore } from '../../stores/live-state.ts';
import { sceneStore } from '../../stores/scene.ts';
import { TimelineFrame } from '../timeline/Frame.tsx';
import { EVENT_MARKS, linePath, shownTtc, speedRange, TTC_TOP } from '../../shown/lanes.ts';
import { LineLane } from '../timeline/LineLane.tsx';
import { MarkLane } from '../timeline/MarkLane.tsx';
import { clockText, PlayButton, PlaySettings } from '../timeline/Transport.tsx';
import { figure, liveMoment, speedOf, ttcOf } from '../../shown/live-figures.ts';

/** Marks drawn at most, the newest. */
const MAX_MARKS = 200;

export default function LiveTimeline() {
  const scene = useLive((state) => state.scene);
  const steps = useLive((state) => state.steps);
  const step = useLive((state) => state.step);
  const follow = useStore(sceneStore, (state) => state.follow);
  const open = scene !== null && scene.steps >= 0;
  const second = Math.max(1, Math.round(1 / (scene?.dt ?? 1)));
  const at = open ? liveMoment(scene, step, follow) : null;
  return (
    <TimelineFrame
      head={<Transport />}
      names={['events', 'speed', 'TTC']}
      lanes={open && <Lanes scene={scene} steps={steps} follow={follow} />}
      slider={
        at && {
          label: 'Live timeline',
          steps: Math.max(0, steps),
          step,
          text: `${at.seconds.toFixed(1)} s, ${figure(at.speedMps)} m/s, ${at.present} actors`,
          seek: seekLive,
          stepBy: stepLive,
          leapBy: (by) => stepLive(by * second),
          toEnd: goToNow,
          read: (there) => scene && momentLine(scene, there, follow),
        }
      }
      follow={followScene}
    />
  );
}

function Transport() {
  const mode = useLive((state) => state.mode);
  const step = useLive((state) => state.step);
  const steps = useLive((state) => state.steps);
  const scene = useLive((state) => state.scene);
  const at = (row: number) => (scene && scene.steps >= 0 ? scene.times[row] - scene.times[0] : 0);
  return (
    <>
      <PlayButton
        playing={mode !== 'standing'}
        titles={['Stand still here; frames go on coming', 'Play on from here']}
        disabled={!scene}
        toggle={toggleLive}
      />
      <button
        type="button"
        className="btn small live-now"
        aria-pressed={mode === 'now'}
        title="The newest moment, and on with it (L)"
        onClick={goToNow}
      >
        {mode === 'now' ? '● Now' : 'Now'}
      </button>
      <span className="timeline-clock mono">
        {clockText(at(step))} / {clockText(at(steps))} s
      </span>
      <span className="dim clip">
        {mode === 'now' ? 'live' : `${(at(steps) - at(step)).toFixed(1)} s behind`} · frame{' '}
        {(scene?.before ?? 0) + step}
      </span>
      <PlaySettings />
    </>
  );
}

interface LanesProps {
  readonly scene: LiveScene;
  /** Steps the lanes cover; the scene may have more by now. */
  readonly steps: number;
  readonly follow: number;
}

function Lanes({ scene, steps, follow }: LanesProps) {
  const marks = scene.marks.slice(-MAX_MARKS).map(({ step, kind, text }, i) => ({
    // One event may come twice in a step.
    key: `${step} ${kind} ${i}`,
    step,
    text: `${(scene.times[step] - scene.times[0]).toFixed(1)} s: ${text}`,
    ...EVENT_MARKS[kind],
  }));
  const speed = speedOf(scene, follow);
  const whole = { steps, total: steps };
  const ttc = linePath((step) => shownTtc(ttcOf(scene)(step)), { range: { low: 0, high: TTC_TOP }, ...whole });
  return (
    <>
      <MarkLane name="events" marks={marks} steps={steps} seek={seekLive} />
      <LineLane name="speed" own={linePath(speed, { range: speedRange(speed, steps), ...whole })} />
      {scene.hasEgo && <LineLane name="TTC" own={ttc} />}
    </>
  );
}

/** A moment in figures, for the line under the pointer. */
function momentLine(scene: LiveScene, step: number, follow: number) {
  const at = liveMoment(scene, step, follow);
  return (
    <>
      <b>{at.seconds.toFixed(1)} s</b> frame {scene.before + step} · {figure(at.speedMps)} m/s
      {Number.isFinite(at.ttcSeconds) && ` · TTC ${figure(at.ttcSeconds)} s`}
    </>
  );
}

function followScene(place: (share: number) => void): () => void {
  const now = () => {
    const { steps } = liveStore.getState();
    place(steps > 0 ? sceneStore.getState().position / steps : 0);
  };
  now();
  return sceneStore.subscribe(now);
}

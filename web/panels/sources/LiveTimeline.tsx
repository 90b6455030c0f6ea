/**
 * The timeline of a live source: what has been received, to scrub back into while more comes; "Now" returns. Lanes of events, of the
 * followed actor's speed, and of the ego's time to collision where the source says it.
 */
import { Pause, Play } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useDrive, useLive } from '../../stores/hooks.ts';
import { goToNow } from '../../stores/live.ts';
import { toggleLive } from '../../stores/live-clock.ts';
import { liveStore } from '../../stores/live-state.ts';
import { setSpeed, SPEEDS } from '../../stores/playback.ts';
import { sceneStore } from '../../stores/scene.ts';
import { LiveEvents, LiveLine } from './LiveLanes.tsx';
import { LiveScrubber } from './LiveScrubber.tsx';
import '../timeline/timeline.css';

const clock = (seconds: number) => seconds.toFixed(1).padStart(4, '0');

export default function LiveTimeline() {
  const scene = useLive((state) => state.scene);
  const steps = useLive((state) => state.steps);
  const open = scene !== null && scene.steps >= 0;
  return (
    <section className="timeline" aria-label="Time">
      <LiveTransport />
      <div className="timeline-lanes">
        {open ? (
          <>
            <LiveEvents scene={scene} steps={steps} />
            <LiveLine name="speed" scene={scene} steps={steps} />
            {scene.hasEgo && <LiveLine name="TTC" scene={scene} steps={steps} />}
            <LiveScrubber scene={scene} steps={steps} />
            <Playhead />
          </>
        ) : (
          ['events', 'speed', 'TTC'].map((name) => (
            <div className="timeline-lane" key={name}>
              <span className="timeline-name">{name}</span>
            </div>
          ))
        )}
      </div>
    </section>
  );
}

function LiveTransport() {
  const mode = useLive((state) => state.mode);
  const step = useLive((state) => state.step);
  const steps = useLive((state) => state.steps);
  const scene = useLive((state) => state.scene);
  const speed = useDrive((state) => state.speed);
  const going = mode !== 'standing';
  const at = (row: number) => (scene && scene.steps >= 0 ? scene.times[row] - scene.times[0] : 0);
  const behind = at(steps) - at(step);
  return (
    <div className="timeline-head">
      <button
        type="button"
        className="icon"
        aria-label={going ? 'Pause' : 'Play'}
        title={going ? 'Stand still here; frames go on coming (Space)' : 'Play on from here (Space)'}
        disabled={!scene}
        onClick={toggleLive}
      >
        {going ? <Pause aria-hidden /> : <Play aria-hidden />}
      </button>
      <button
        type="button"
        className="btn small live-now"
        aria-pressed={mode === 'now'}
        title="The newest moment, and on with it (End)"
        onClick={goToNow}
      >
        {mode === 'now' ? '● Now' : 'Now'}
      </button>
      <span className="timeline-clock mono">
        {clock(at(step))} / {clock(at(steps))} s
      </span>
      <span className="dim clip">
        {mode === 'now' ? 'live' : `${behind.toFixed(1)} s behind`} · frame {(scene?.before ?? 0) + step}
      </span>
      <span className="grow" />
      <label>
        <select
          aria-label="Speed"
          title="Speed of playing behind now"
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

/** The line at the moment shown; it follows the store by itself. */
function Playhead() {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = () => {
      const { steps } = liveStore.getState();
      const { position } = sceneStore.getState();
      line.current?.style.setProperty('--at', String(steps > 0 ? Math.min(1, position / steps) : 0));
    };
    place();
    return sceneStore.subscribe(place);
  }, []);
  return <div className="timeline-playhead" ref={line} />;
}

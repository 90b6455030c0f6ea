/**
 * The world beside the text, from above: as the seed draws it, and after "Run expert" the drive itself, to be played and scrubbed. While
 * the text has a mistake the last good world stays, dimmed.
 */
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { DT } from '../../../core/abi/layout.ts';
import { editorStore, openDriven } from '../../stores/editor.ts';
import { driveScene } from '../../viewer/drive-scene.ts';
import { createTop2d } from '../../viewer/top2d.ts';
import type { DriveView } from '../../viewer/drive-view.ts';
import type { Drive } from '../../viewer/scene.ts';
import { FailureBox } from '../../ui/Failure.tsx';

/** Zoom at the start: most of a scenario's road is in the picture. */
const FIRST_ZOOM = 2.6;
/** How much of the plan is drawn, s. */
const LOOK_AHEAD = 2;

export function EditorCanvas() {
  const world = useStore(editorStore, (state) => state.world);
  const driven = useStore(editorStore, (state) => state.driven);
  const driving = useStore(editorStore, (state) => state.driving);
  const stale = useStore(editorStore, (state) => state.check !== null && !state.check.fits);
  const container = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<DriveView | null>(null);
  const drive = driven ?? world;

  useEffect(() => {
    if (!container.current) return;
    const made = createTop2d({ container: container.current, reducedMotion: true });
    made.zoom(FIRST_ZOOM);
    setView(made);
    const themes = new MutationObserver(() => made.refreshTheme());
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      themes.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    view?.setMoment({ time: 0, lookAheadSeconds: LOOK_AHEAD });
    view?.setScene(drive && driveScene(drive, null));
  }, [view, drive]);

  return (
    <section className="panel stage" aria-label="World">
      <div className={stale ? 'topview stale' : 'topview'} ref={container} />
      {stale && world && <p className="stalenote">The last text without a mistake</p>}
      <div className="zooms">
        <button type="button" className="btn small" aria-label="Zoom in" onClick={() => view?.zoom(1 / 1.3)}>
          +
        </button>
        <button type="button" className="btn small" aria-label="Zoom out" onClick={() => view?.zoom(1.3)}>
          −
        </button>
      </div>
      {driving.phase === 'failed' && <FailureBox failure={driving.failure} kept="The text is kept." />}
      {driven && view ? (
        <DriveBar key={driven.episode.id} drive={driven} view={view} />
      ) : (
        <p className="drivebar dim">
          {driving.phase === 'running' ? (
            'The expert drives…'
          ) : (
            <span>
              <kbd>Ctrl Enter</kbd> lets the expert drive it.
            </span>
          )}
        </p>
      )}
    </section>
  );
}

/** Plays the drive once, in real time; scrubbing takes over. */
function DriveBar({ drive: { episode, frames }, view }: { readonly drive: Drive; readonly view: DriveView }) {
  const { steps } = frames;
  const [position, setPosition] = useState(0);
  const playing = useRef(true);
  useEffect(() => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const started = performance.now();
    let frame = requestAnimationFrame(function tick(now) {
      if (!playing.current) return;
      const at = Math.min(steps, Math.max(0, (now - started) / 1000 / DT));
      setPosition(at);
      if (at < steps) frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  }, [steps]);
  useEffect(() => view.setMoment({ time: position, lookAheadSeconds: LOOK_AHEAD }), [view, position]);
  const { score, events } = episode;
  const end = events.find(({ kind }) => kind === 'collision' || kind === 'off-road' || kind === 'timeout');
  return (
    <div className="drivebar">
      <input
        type="range"
        className="grow"
        aria-label="Time"
        aria-valuetext={`${(position * DT).toFixed(1)} s, step ${Math.floor(position)}`}
        min={0}
        max={steps}
        value={Math.floor(position)}
        onChange={(event) => {
          playing.current = false;
          setPosition(Number(event.target.value));
        }}
      />
      <span className="mono">{(position * DT).toFixed(1)} s</span>
      <span role="status" aria-label="Expert’s drive">
        {score.success ? <b className="ok">✓ goal</b> : <b className="bad">✕ {end?.text ?? 'no goal'}</b>}
        <span className="dim"> score </span>
        <b className="mono">{score.score.toFixed(3)}</b>
      </span>
      <button type="button" className="btn" onClick={() => void openDriven()}>
        Open in the lab
      </button>
    </div>
  );
}

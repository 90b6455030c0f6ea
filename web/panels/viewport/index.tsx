/**
 * The viewport panel: the picture, the read-outs over it, the camera switch, and one hint. Its states: loading,
 * picture, WebGL lost (waits for it to come back), 2-D fallback, failed (with Retry).
 */
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { DriveView } from '../../viewer/drive-view.ts';
import { CameraSwitch } from './CameraSwitch.tsx';
import { useShown } from '../../shown/hooks.ts';
import { useView } from '../../stores/hooks.ts';
import { Hint } from '../hint/index.tsx';
import { Hud } from './Hud.tsx';
import { type Attached, attachView } from './view.ts';
import './viewport.css';

const InsetFrame = lazy(() => import('./InsetFrame.tsx'));
const Actors = lazy(async () => ({ default: (await import('../actors/index.tsx')).Actors }));

type Status =
  | { readonly phase: 'loading' | 'lost' }
  | { readonly phase: 'ready'; readonly view: DriveView }
  | { readonly phase: 'failed'; readonly message: string };

interface Props {
  /** A panel beside it lists the actors; else the picture offers the list. */
  readonly listed?: boolean;
}

export function Viewport({ listed = true }: Props) {
  const lists = !listed;
  const [attempt, setAttempt] = useState(0);
  const listing = useView((state) => state.actorsOpen) && lists;
  return (
    <section className="viewport" aria-label="Viewport">
      <Picture key={attempt} lists={lists} retry={() => setAttempt(attempt + 1)} />
      {listing && (
        <div className="viewport-actors">
          <Suspense fallback={null}>
            <Actors />
          </Suspense>
        </div>
      )}
      <Hud />
    </section>
  );
}

function Picture({ lists, retry }: { readonly lists: boolean; readonly retry: () => void }) {
  const container = useRef<HTMLDivElement>(null);
  const inset = useView((state) => state.insetOf !== null);
  // Hints are of drives: the tour's, a link's, a training's.
  const hinted = useShown(({ player }) => player?.can('share') ?? true);
  const [status, setStatus] = useState<Status>({ phase: 'loading' });

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    let attached: Attached | null = null;
    let gone = false;
    const ready = (made: Attached) => setStatus({ phase: 'ready', view: made.view });
    attachView(element, (alive) => {
      if (attached && alive) ready(attached);
      else if (!gone) setStatus({ phase: 'lost' });
    }).then(
      (made) => {
        if (gone) return made.detach();
        attached = made;
        ready(made);
      },
      (error: unknown) => {
        if (!gone) setStatus({ phase: 'failed', message: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => {
      gone = true;
      attached?.detach();
    };
  }, []);

  return (
    <>
      <div className="viewport-picture" ref={container} />
      {hinted && (
        <div className="viewport-hint">
          <Hint />
        </div>
      )}
      {status.phase === 'ready' && <CameraSwitch view={status.view} lists={lists} />}
      {status.phase === 'ready' && inset && (
        <Suspense fallback={null}>
          <InsetFrame view={status.view} />
        </Suspense>
      )}
      {status.phase === 'loading' && <p className="viewport-note">Preparing the picture…</p>}
      {status.phase === 'lost' && (
        <p className="viewport-note">
          The graphics device was lost. The drive goes on; the picture returns with the device.
        </p>
      )}
      {status.phase === 'failed' && (
        <div className="viewport-note" role="alert">
          <p>The picture failed: {status.message} The drive, its trace and the timeline still work.</p>
          <button type="button" onClick={retry}>
            Retry
          </button>
        </div>
      )}
    </>
  );
}

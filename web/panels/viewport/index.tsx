/**
 * The viewport panel: the picture, the read-outs over it, the camera switch, and a slot for one hint. Its states: loading,
 * picture, WebGL lost (waits for it to come back), 2-D fallback, failed (with Retry).
 */
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import type { DriveView } from '../../viewer/drive-view.ts';
import { CameraSwitch } from './CameraSwitch.tsx';
import { useView } from '../../stores/hooks.ts';
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
  /** One short line over the picture, at the top. */
  readonly hint?: ReactNode;
  /** Whether the picture offers the list of actors, since no panel does. */
  readonly lists?: boolean;
}

export function Viewport({ hint, lists = false }: Props) {
  const [attempt, setAttempt] = useState(0);
  const listing = useView((state) => state.actorsOpen) && lists;
  return (
    <section className="viewport" aria-label="Viewport">
      <Picture key={attempt} hint={hint} lists={lists} retry={() => setAttempt(attempt + 1)} />
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

function Picture({ hint, lists, retry }: Props & { readonly lists: boolean; readonly retry: () => void }) {
  const container = useRef<HTMLDivElement>(null);
  const inset = useView((state) => state.insetOf !== null);
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
      {hint && <div className="viewport-hint">{hint}</div>}
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

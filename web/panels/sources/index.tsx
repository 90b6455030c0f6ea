/**
 * Sources of drives that are not the lab's own: what the proxy offers, with the state of each, and files. Folded until asked for; nothing
 * is asked of any proxy before, and without one the lab is whole.
 */
import { lazy, Suspense } from 'react';
import { useLive, useSources } from '../../stores/hooks.ts';
import { openSources } from '../../stores/sources.ts';
import './sources.css';

const SourceList = lazy(() => import('./SourceList.tsx'));

export function Sources() {
  const open = useSources((state) => state.open);
  const sources = useSources((state) => state.sources.length);
  const watched = useLive((state) => state.sourceId);
  return (
    <section aria-label="Sources" className="sources">
      <button
        type="button"
        id="sources-fold"
        className="disclosure strong"
        aria-expanded={open}
        onClick={() => openSources(!open)}
      >
        Sources
        <span className="note">{watched ? '● live' : sources || ''}</span>
      </button>
      {open && (
        <Suspense fallback={<p className="empty">Reading…</p>}>
          <SourceList />
        </Suspense>
      )}
    </section>
  );
}

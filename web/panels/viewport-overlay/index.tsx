/** Over the picture while no drive is there: loading, failed, or empty with the ways to get one; or why a live one stands still. */
import { chooseFile } from '../../stores/files.ts';
import { useDrive } from '../../stores/hooks.ts';
import { useCan, usePlayer } from '../../shown/hooks.ts';
import { openShipped } from '../../stores/open.ts';
import { openDialog } from '../../stores/view.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { LiveCameraView } from '../live/LiveCameraView.tsx';
import { LiveVeil } from '../live/LiveOverlay.tsx';

export function ViewportOverlay() {
  const opening = useDrive((state) => state.opening);
  const hasPlayer = usePlayer() !== null;
  const ofSource = useCan('source');
  if (ofSource)
    return (
      <>
        <LiveVeil />
        <LiveCameraView />
      </>
    );
  if (opening.phase === 'running') {
    return (
      <div className={hasPlayer ? 'veil' : 'veil solid'} aria-live="polite">
        <div>{opening.text}…</div>
        <div className="progress busy" aria-hidden="true">
          <i />
        </div>
      </div>
    );
  }
  if (hasPlayer) return null;
  return (
    <div className="veil solid">
      {opening.phase === 'failed' && (
        <FailureBox
          failure={opening.failure}
          kept="Nothing was stored or overwritten."
          retry={() => void openShipped()}
        />
      )}
      <p className="dim">No drive is open.</p>
      <div style={{ display: 'flex', gap: 8 }}>
        <button type="button" className="btn" onClick={() => openDialog('new-drive')}>
          New drive
        </button>
        <button type="button" className="btn" onClick={chooseFile}>
          Choose a file
        </button>
      </div>
    </div>
  );
}

/** Over a live picture: waiting for the first frame, or why no frames come; what has been seen stays in sight behind it. */
import { useLive } from '../../stores/hooks.ts';

export function LiveVeil() {
  const name = useLive((state) => state.name);
  const phase = useLive((state) => state.phase);
  const seen = useLive((state) => state.scene !== null);
  const status = useLive((state) => state.status);
  const failure = useLive((state) => state.failure);
  const lost = status?.connection === 'reconnecting';
  if (phase === 'failed' && !seen) {
    return (
      <div className="veil solid">
        <p role="alert">
          {name}: {failure?.message}
        </p>
      </div>
    );
  }
  if (!seen) {
    return (
      <div className="veil solid" aria-live="polite">
        <div>
          {status?.problem ||
            (lost ? `Looking for the proxy again, attempt ${status.attempt}` : `Waiting for frames of ${name}…`)}
        </div>
        <div className="progress busy" aria-hidden="true">
          <i />
        </div>
      </div>
    );
  }
  const why = lost
    ? `Reconnecting, attempt ${status.attempt}: ${status.problem}`
    : phase === 'watching' && status?.problem
      ? status.problem
      : null;
  if (!why) return null;
  return (
    <div className="live-veil" aria-live="polite">
      <div>
        <span className="warn">◌ </span>
        {why}
      </div>
    </div>
  );
}

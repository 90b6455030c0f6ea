/** Record, and what has been recorded so far; a recording ends among the episodes. */
import { useLive } from '../../stores/hooks.ts';
import { finishRecording, startRecording } from '../../stores/live-record.ts';
import { bytes } from '../format.ts';

export function RecordButton() {
  const recording = useLive((state) => state.recording);
  const ready = useLive((state) => state.newest !== null && state.phase === 'watching');
  if (!recording) {
    return (
      <button
        type="button"
        className="btn small"
        disabled={!ready}
        title="Keep what comes from now on as an episode: to be opened, scored, driven and exported"
        onClick={startRecording}
      >
        <i className="rec-lamp" aria-hidden="true" />
        Record
      </button>
    );
  }
  const text = `${recording.seconds.toFixed(0)} s, ${bytes(recording.bytes)}`;
  return (
    <button
      type="button"
      className="btn small danger"
      disabled={recording.packing}
      title={`${recording.frames} frames so far`}
      onClick={() => void finishRecording()}
    >
      {recording.packing ? 'Keeping the recording…' : `■ Stop recording · ${text}`}
    </button>
  );
}

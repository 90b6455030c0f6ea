/** Record, and what has been recorded so far; each drive of a recording becomes an episode, until it is stopped. */
import { useLive } from '../../stores/hooks.ts';
import { finishRecording, startRecording } from '../../stores/live-record.ts';
import { bytes } from '../../ui/format.ts';

export function RecordButton() {
  const recording = useLive((state) => state.recording);
  const ready = useLive((state) => state.newest !== null && state.phase === 'watching');
  if (!recording) {
    return (
      <button
        type="button"
        className="btn small"
        disabled={!ready}
        title="Keep what comes from now on until you stop: each drive becomes an episode, to be opened, scored, driven and exported"
        onClick={startRecording}
      >
        <i className="rec-lamp" aria-hidden="true" />
        Record
      </button>
    );
  }
  const { frames, seconds, kept } = recording;
  const text = `${seconds.toFixed(0)} s, ${bytes(recording.bytes)}${kept > 0 ? `, ${kept} kept` : ''}`;
  return (
    <button
      type="button"
      className="btn small danger"
      disabled={recording.packing}
      title={`${frames} frames of this drive so far; ${kept} ${kept === 1 ? 'drive is' : 'drives are'} among the episodes`}
      onClick={() => void finishRecording()}
    >
      {recording.packing ? 'Keeping the recording…' : `■ Stop recording · ${text}`}
    </button>
  );
}

/**
 * The source that is watched, opened up: how it is connected and how well frames come, what can be asked of it, who is in it, and its
 * recording. Stands where the trace stands otherwise.
 */
import { useLive } from '../../stores/hooks.ts';
import { holdWatching, stopWatching, watchAgain } from '../../stores/live.ts';
import { Actors } from '../actors/index.tsx';
import { FailureBox } from '../../ui/Failure.tsx';
import { LiveFacts } from './LiveFacts.tsx';
import { LivePedals } from './LivePedals.tsx';
import { RecordButton } from './RecordButton.tsx';
import { SourceControls } from './SourceControls.tsx';
import '../compare/compare.css';
import '../recording/recording.css';

export default function Live() {
  const name = useLive((state) => state.name);
  const phase = useLive((state) => state.phase);
  const failure = useLive((state) => state.failure);
  const ended = useLive((state) => state.ended);
  const over = phase === 'failed' || phase === 'ended';
  return (
    <section className="panel live-panel" aria-label="Live">
      <div className="head">
        <h2>Live</h2>
        <span className="note clip" title={name}>
          {name}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus */}
      <div className="scroll grow" tabIndex={0} role="group" aria-label="What is known of the source">
        {failure && <FailureBox failure={failure} kept="What has been seen stays." retry={watchAgain} />}
        {phase === 'ended' && <p className="warn">■ {ended || 'The source ended.'} What has been seen stays.</p>}
        <LiveFacts />
        <div className="live-acts">
          {over ? (
            <button type="button" className="btn small" onClick={watchAgain}>
              Watch again
            </button>
          ) : (
            <button
              type="button"
              className="btn small"
              title="Frames stop coming to this page; the source goes on for others"
              onClick={holdWatching}
            >
              {phase === 'held' ? 'Go on watching' : 'Pause watching'}
            </button>
          )}
          <RecordButton />
          <button type="button" className="btn small" onClick={stopWatching} title="Back to the lab’s own drive">
            Stop
          </button>
        </div>
        <LivePedals />
        <Actors />
        <SourceControls />
      </div>
    </section>
  );
}

/** The source's own time: paused, step by step, at another rate, or by steps that the proxy asks for. For everyone who watches it. */
import { useState } from 'react';
import { useLive } from '../../stores/hooks.ts';
import { control } from '../../stores/live.ts';
import type { LiveSource } from '../../../workers/contracts/proxy-protocol.ts';
import { Segments } from '../../ui/Segments.tsx';

export function PaceForm({ source }: { readonly source: LiveSource }) {
  const busy = useLive((state) => state.busy);
  const [hertz, setHertz] = useState(10);
  const { capabilities, synchronous, state } = source;
  const can = (what: LiveSource['capabilities'][number]) => capabilities.includes(what);
  const paused = state === 'paused';
  return (
    <section aria-label="Time of the source">
      <div className="head">
        <h3>Time</h3>
        <span className="note">for everyone who watches</span>
      </div>
      {can('mode') && (
        <div className="live-acts">
          <Segments
            label="Mode"
            options={[
              { value: 'asynchronous', text: 'asynchronous' },
              { value: 'synchronous', text: 'synchronous' },
            ]}
            value={synchronous ? 'synchronous' : 'asynchronous'}
            onChange={(mode) => void control({ kind: 'mode', synchronous: mode === 'synchronous', stepSeconds: 0.05 })}
          />
        </div>
      )}
      {synchronous && (
        <div className="live-acts">
          {can('pause') && (
            <>
              <button
                type="button"
                className="btn small"
                disabled={busy}
                onClick={() => void control({ kind: 'pause', paused: !paused })}
              >
                {paused ? 'Let the source go on' : 'Pause the source'}
              </button>
              <button
                type="button"
                className="btn small"
                disabled={busy || !paused}
                onClick={() => void control({ kind: 'pause', paused: true, steps: 1 })}
              >
                One step
              </button>
            </>
          )}
          {can('rate') && (
            <form
              className="proxy-rate"
              aria-label="Rate"
              onSubmit={(event) => {
                event.preventDefault();
                void control({ kind: 'rate', hertz });
              }}
            >
              <input
                className="field"
                type="number"
                min={0}
                max={10_000}
                aria-label="Frames a second, 0 = as fast as they are taken"
                title="0 = as fast as they are taken"
                value={hertz}
                onChange={(event) => setHertz(Number(event.target.value))}
              />
              <button type="submit" className="btn small" disabled={busy}>
                frames/s
              </button>
            </form>
          )}
        </div>
      )}
    </section>
  );
}

/** Connection, map, rates and losses of the source that is watched, and where its simulator differs from its version. */
import { useLive, useSources } from '../../stores/hooks.ts';
import { latencyText, rateText } from '../../shown/live-figures.ts';
import { SourceState } from '../sources/SourceRow.tsx';

export function LiveFacts() {
  const id = useLive((state) => state.sourceId);
  const source = useSources((state) => state.sources.find((each) => each.id === id));
  const away = useSources((state) => state.link.phase === 'lost');
  const status = useLive((state) => state.status);
  const stats = useLive((state) => state.stats);
  const phase = useLive((state) => state.phase);
  const episode = useLive((state) => state.newest?.episode);
  const map = useLive((state) => state.map);
  const differences = useLive((state) => state.details?.differences) ?? [];
  const reconnecting = status?.connection === 'reconnecting';
  const problem = status?.problem || source?.problem;
  return (
    <dl className="facts">
      <dt>connection</dt>
      <dd>
        <div role="status" aria-label="Connection">
          {phase === 'held' ? (
            <span className="warn">‖ held by this page</span>
          ) : reconnecting ? (
            <span className="warn">◌ reconnecting, attempt {status.attempt}</span>
          ) : phase === 'opening' || !status ? (
            <span className="dim">◌ opening…</span>
          ) : phase === 'watching' ? (
            <span className="ok">● live</span>
          ) : (
            <span className="dim">■ over</span>
          )}
        </div>
      </dd>
      {problem && <dd className="warn whole">{problem}</dd>}
      {source && (
        <>
          <dt>source</dt>
          <dd>
            <SourceState source={source} stale={away} /> · {source.synchronous ? 'synchronous' : 'asynchronous'}
            {source.version && ` · ${source.version}`}
          </dd>
        </>
      )}
      <dt>episode</dt>
      <dd>
        {episode ? episode.name : '–'}
        {episode && episode.seed > 0 && `, seed ${episode.seed}`}
        {episode?.driver && ` · ${episode.driver}`}
      </dd>
      <dt>map</dt>
      <dd>
        {episode?.mapName.split('/').at(-1) || source?.mapName || '–'} ·{' '}
        {{ none: 'none sent', coming: 'being drawn…', drawn: 'drawn', failed: 'not drawn' }[map]}
      </dd>
      <dt>frames</dt>
      <dd>
        {stats ? `${rateText(stats.framesPerSecond)} here` : '–'}
        {source && `, ${rateText(source.framesPerSecond)} there`}
      </dd>
      <dt>latency</dt>
      <dd
        title={`From the proxy’s having a frame to this page’s having it: half of the last five seconds’ were below this, 95 % below ${latencyText(stats?.latencyP95Ms ?? 0)}; and a ping`}
      >
        {stats ? `${latencyText(stats.latencyP50Ms)} · ping ${latencyText(stats.roundTripMs)}` : '–'}
      </dd>
      <dt>lost</dt>
      <dd>
        {stats?.skipped ?? 0} dropped on the way · {source?.missedFrames ?? 0} missed by the proxy
      </dd>
      <dt>reconnects</dt>
      <dd>
        {stats?.reconnects ?? 0} here · {source?.reconnects ?? 0} of the source
      </dd>
      <dt>watchers</dt>
      <dd>{source?.watchers ?? '–'}</dd>
      {differences.map((sentence) => (
        <dd key={sentence} className="warn whole">
          ▲ {sentence}
        </dd>
      ))}
    </dl>
  );
}

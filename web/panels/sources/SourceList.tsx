/** What can be watched: the proxy's sources, and files. */
import { chooseFile } from '../../stores/files.ts';
import { useSources } from '../../stores/hooks.ts';
import { ProxyState } from './ProxyState.tsx';
import { SourceRow } from './SourceRow.tsx';

export default function SourceList() {
  const link = useSources((state) => state.link);
  const sources = useSources((state) => state.sources);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus
    <div className="scroll" tabIndex={0} role="group" aria-label="What can be watched">
      <ProxyState />
      {sources.length > 0 && (
        <ul aria-label="Sources of the proxy">
          {sources.map((source) => (
            <SourceRow key={source.id} source={source} stale={link.phase === 'lost'} />
          ))}
        </ul>
      )}
      {link.phase === 'connected' && sources.length === 0 && <p className="empty">The proxy offers no source.</p>}
      <div className="row">
        <span className="grow clip" title="Episodes, CARLA recordings and their maps, logs of other simulators">
          Files
        </span>
        <button type="button" className="link" onClick={chooseFile}>
          open a recording or log
        </button>
      </div>
    </div>
  );
}

/** Whether a proxy answers, and where it is looked for: away says how to start one, one that wants a token is given it here. */
import { useSources } from '../../stores/hooks.ts';
import { connectProxy, sourcesStore } from '../../stores/sources.ts';
import { FailureActs } from '../../ui/Failure.tsx';

export function ProxyState() {
  const link = useSources((state) => state.link);
  if (link.phase === 'connected') {
    return (
      <p className="proxy-line" role="status" aria-label="Proxy">
        <span className="ok">● proxy connected</span> <span className="dim">{link.version}</span>
        <button type="button" className="link" onClick={() => sourcesStore.setState({ link: { phase: 'unasked' } })}>
          another
        </button>
      </p>
    );
  }
  if (link.phase === 'connecting') {
    return (
      <p className="proxy-line dim" role="status" aria-label="Proxy">
        ◌ looking for the proxy…
      </p>
    );
  }
  if (link.phase === 'lost') {
    return (
      <p className="proxy-line" role="status" aria-label="Proxy">
        <span className="warn">▲ proxy away</span>
        <span className="dim">: {link.failure.message} It is looked for again by itself.</span>
      </p>
    );
  }
  return (
    <>
      {link.phase === 'away' && (
        <div className="proxy-line" role="alert">
          <span className="warn">▲ proxy away</span>
          <span className="dim">: {link.failure.message}</span>
          <p className="dim">
            <code>npm start</code> serves the lab with its proxy; <code>npm run proxy</code> starts one alone, with{' '}
            <code>--allow-origin {location.origin}</code> for this page. Everything else in the lab works without it.
          </p>
          <FailureActs failure={link.failure} />
        </div>
      )}
      {link.phase === 'refused' && (
        <p className="proxy-line" role="alert">
          <span className="warn">
            ▲ {link.failure.message.startsWith('wrong') ? 'this token is wrong' : 'the proxy wants a token'}
          </span>
          <span className="dim">
            : it is the one that the proxy was started with, and kept in this tab’s session only.
          </span>
        </p>
      )}
      {link.phase === 'unasked' && (
        <p className="proxy-line dim">Watch the world of a server, CARLA, or whoever pushes frames to the proxy.</p>
      )}
      <AddressForm token={link.phase === 'refused'} again={link.phase !== 'unasked'} />
    </>
  );
}

function AddressForm({ token, again }: { readonly token: boolean; readonly again: boolean }) {
  const url = useSources((state) => state.url);
  const secret = useSources((state) => state.token);
  return (
    <form
      className="proxy-form"
      aria-label="Proxy"
      onSubmit={(event) => {
        event.preventDefault();
        void connectProxy();
      }}
    >
      <input
        className="field mono"
        aria-label="Address of the proxy"
        inputMode="url"
        spellCheck={false}
        required
        value={url}
        onChange={(event) => sourcesStore.setState({ url: event.target.value.trim() })}
      />
      {(token || secret !== '') && (
        <input
          className="field mono"
          type="password"
          aria-label="Token"
          placeholder="Token"
          autoComplete="off"
          value={secret}
          onChange={(event) => sourcesStore.setState({ token: event.target.value })}
        />
      )}
      <button type="submit" className="btn small">
        {again ? 'Retry' : 'Connect'}
      </button>
    </form>
  );
}

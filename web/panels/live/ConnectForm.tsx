/** Sends the source to another server, host and port; which hosts are allowed is the proxy's to say. */
import { useState } from 'react';
import { useLive } from '../../stores/hooks.ts';
import { control } from '../../stores/live.ts';
import type { LiveSource } from '../../../workers/contracts/proxy-protocol.ts';

/** "CARLA at 127.0.0.1:2000". */
const PLACE = /(\S+):(\d+)$/;

export function ConnectForm({ source }: { readonly source: LiveSource }) {
  const busy = useLive((state) => state.busy);
  const [, nowHost = '', nowPort = '2000'] = PLACE.exec(source.name) ?? [];
  const [asked, setAsked] = useState<{ host?: string; port?: string }>({});
  const { host = nowHost, port = nowPort } = asked;
  return (
    <section aria-label="Server">
      <div className="head">
        <h3>Server</h3>
        <span className="note">for everyone who watches</span>
      </div>
      <form
        className="live-fields live-server"
        aria-label="Server"
        onSubmit={(event) => {
          event.preventDefault();
          void control({ kind: 'connect', host, port: Number(port) });
        }}
      >
        <input
          className="field"
          aria-label="Host"
          required
          spellCheck={false}
          value={host}
          onChange={(event) => setAsked({ ...asked, host: event.target.value.trim() })}
        />
        <input
          className="field"
          aria-label="Port"
          type="number"
          required
          min={1}
          max={65_535}
          value={port}
          onChange={(event) => setAsked({ ...asked, port: event.target.value })}
        />
        <button type="submit" className="btn small in-row" disabled={busy}>
          Connect
        </button>
      </form>
    </section>
  );
}

/** The simulator's map and its traffic lights. */
import { useState } from 'react';
import { useLive } from '../../stores/hooks.ts';
import { control } from '../../stores/live.ts';
import type { LiveSource } from '../../../workers/contracts/proxy-protocol.ts';

const STATES = ['green', 'yellow', 'red', 'off'] as const;

interface Props {
  readonly source: LiveSource;
  readonly maps: readonly string[];
}

export function WorldForm({ source: { capabilities, mapName }, maps }: Props) {
  const busy = useLive((state) => state.busy);
  const lights = useLive((state) => state.newest?.lights) ?? [];
  const [map, setMap] = useState('');
  const [light, setLight] = useState('');
  const [state, setState] = useState<(typeof STATES)[number]>('green');
  const chosen = map || maps.find((each) => each.endsWith(mapName)) || maps[0] || '';
  const lightId = light || lights[0]?.id || '';
  return (
    <section aria-label="Map and lights">
      <div className="head">
        <h3>Map and lights</h3>
      </div>
      <div className="live-fields">
        {capabilities.includes('load-map') && maps.length > 0 && (
          <>
            <label htmlFor="live-map">map</label>
            <select id="live-map" className="field" value={chosen} onChange={(event) => setMap(event.target.value)}>
              {maps.map((name) => (
                <option key={name} value={name}>
                  {name.split('/').at(-1)}
                </option>
              ))}
            </select>
            <button
              type="button"
              className="btn small in-row"
              disabled={busy}
              title="Ends every actor on the server"
              onClick={() => void control({ kind: 'load-map', map: chosen })}
            >
              Load
            </button>
          </>
        )}
        {capabilities.includes('lights') && lights.length > 0 && (
          <>
            <label htmlFor="live-light">light</label>
            <span className="pair">
              <select
                id="live-light"
                className="field"
                value={lightId}
                onChange={(event) => setLight(event.target.value)}
              >
                {lights.map(({ id }) => (
                  <option key={id}>{id}</option>
                ))}
              </select>
              <select
                className="field"
                aria-label="State of the light"
                value={state}
                onChange={(event) => setState(event.target.value as typeof state)}
              >
                {STATES.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </span>
            <button
              type="button"
              className="btn small in-row"
              disabled={busy}
              onClick={() => void control({ kind: 'light', lightId: Number(lightId), state })}
            >
              Set
            </button>
          </>
        )}
      </div>
    </section>
  );
}

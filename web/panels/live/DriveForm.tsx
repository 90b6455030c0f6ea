/** Another drive of the source: scenario, seed, driver, and whether the next seed follows. */
import { useState } from 'react';
import { useLive } from '../../stores/hooks.ts';
import { control } from '../../stores/live.ts';
import type { LiveSourceDetails } from '../../../workers/contracts/proxy-protocol.ts';
import { ScenarioOptions } from '../../ui/ScenarioOptions.tsx';

export function DriveForm({ details }: { readonly details: LiveSourceDetails }) {
  const busy = useLive((state) => state.busy);
  const now = useLive((state) => state.newest?.episode);
  const { scenarios, drivers } = details;
  const [asked, setAsked] = useState<{ scenario?: string; seed?: number; driver?: string; repeat: boolean }>({
    repeat: true,
  });
  const scenario = asked.scenario ?? now?.name ?? scenarios[0]?.id ?? '';
  const seed = asked.seed ?? now?.seed ?? 0;
  const driver = asked.driver ?? now?.driver ?? drivers[0] ?? '';
  return (
    <section aria-label="Start a drive">
      <div className="head">
        <h3>Start a drive</h3>
      </div>
      <form
        className="live-fields"
        aria-label="Start a drive"
        onSubmit={(event) => {
          event.preventDefault();
          void control({ kind: 'start-drive', scenario, seed, driver, repeat: asked.repeat });
        }}
      >
        <select
          className="field wide-field"
          aria-label="Scenario"
          value={scenario}
          onChange={(event) => setAsked({ ...asked, scenario: event.target.value })}
        >
          <ScenarioOptions scenarios={scenarios} />
        </select>
        <label htmlFor="live-seed">seed</label>
        <input
          id="live-seed"
          className="field"
          type="number"
          min={0}
          max={4294967295}
          step={1}
          required
          value={seed}
          onChange={(event) => setAsked({ ...asked, seed: Number(event.target.value) })}
        />
        <select
          className="field"
          aria-label="Driver"
          value={driver}
          onChange={(event) => setAsked({ ...asked, driver: event.target.value })}
        >
          {drivers.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <label className="check wide-field">
          <input
            type="checkbox"
            checked={asked.repeat}
            onChange={(event) => setAsked({ ...asked, repeat: event.target.checked })}
          />
          then the next seed, and so on
        </label>
        <button type="submit" className="btn small" disabled={busy}>
          Drive
        </button>
      </form>
    </section>
  );
}

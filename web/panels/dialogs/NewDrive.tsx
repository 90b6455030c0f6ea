/** A new drive: scenario (found by words, grouped by stage), seed, policy. */
import { useEffect, useState } from 'react';
import type { Failure, ScenarioInfo } from '../../../workers/contracts/protocol.ts';
import { driveStore } from '../../stores/drive.ts';
import { useTraining } from '../../stores/hooks.ts';
import { failureOf } from '../../stores/notices.ts';
import { newDrive } from '../../stores/open.ts';
import { lab } from '../../stores/services.ts';
import { openDialog } from '../../stores/view.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { ScenarioOptions } from '../../ui/ScenarioOptions.tsx';
import { findScenarios, scenarioGroups } from '../../ui/scenario-groups.ts';
import { Dialog } from './Dialog.tsx';

const MAX_SEED = 4294967295;

export default function NewDrive() {
  const [scenarios, setScenarios] = useState<readonly ScenarioInfo[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const policies = useTraining((state) => state.policies);
  const { episode } = driveStore.getState();
  const [scenario, setScenario] = useState(episode?.scenario.id ?? '');
  const [words, setWords] = useState('');
  const [seed, setSeed] = useState(String((episode?.seed ?? 0) + 1));
  const [policy, setPolicy] = useState(0);
  useEffect(() => {
    lab()
      .scenarios()
      .then(setScenarios, (error: unknown) => setFailure(failureOf(error)));
  }, []);
  const found = findScenarios(scenarios ?? [], words);
  // What was chosen stays chosen while the words still find it.
  const chosen = found.find(({ id }) => id === scenario) ?? scenarioGroups(found)[0]?.scenarios[0];
  const wrong = !/^\d+$/.test(seed) || Number(seed) > MAX_SEED;
  return (
    <Dialog title="New drive" width={460}>
      <form
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong || !chosen) return;
          openDialog(null);
          void newDrive(chosen.id, Number(seed), policies[policy].choice);
        }}
      >
        {failure && <FailureBox failure={failure} kept="The drive on the screen is untouched." />}
        <label className="block">
          <span>Find</span>
          <input
            className="field"
            type="search"
            data-autofocus
            placeholder={scenarios ? `${scenarios.length} scenarios: roundabout, night, pedestrian…` : 'Loading…'}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </label>
        <label className="block">
          <span>Scenario</span>
          <select
            className="field listbox"
            size={9}
            value={chosen?.id ?? ''}
            onChange={({ target }) => setScenario(target.value)}
          >
            <ScenarioOptions scenarios={found} />
          </select>
        </label>
        <p className="dim about">
          {chosen
            ? [chosen.description, chosen.tags.join(', ')].filter(Boolean).join(' · ')
            : scenarios && 'No scenario has these words.'}
        </p>
        <label className="block">
          <span>Seed</span>
          <input
            className="field mono"
            inputMode="numeric"
            value={seed}
            aria-invalid={wrong}
            onChange={(event) => setSeed(event.target.value)}
          />
        </label>
        <label className="block">
          <span>Policy</span>
          <select className="field" value={policy} onChange={(event) => setPolicy(Number(event.target.value))}>
            {policies.map(({ name }, index) => (
              <option key={name} value={index}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <div className="acts">
          <button type="submit" className="btn primary" disabled={wrong || !chosen}>
            Drive
          </button>
        </div>
      </form>
    </Dialog>
  );
}

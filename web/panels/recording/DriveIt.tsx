/** "Drive it yourself": a policy in the place of the actor that is followed, the others as recorded or reacting. */
import { useState } from 'react';
import { useDrive, useRecording, useTraining } from '../../stores/hooks.ts';
import { driveRecording } from '../../stores/open.ts';
import { recordingStore } from '../../stores/recording.ts';
import { Segments } from '../../ui/Segments.tsx';

export function DriveIt() {
  const policies = useTraining((state) => state.policies);
  const mode = useRecording((state) => state.mode);
  const opening = useDrive((state) => state.opening);
  const [policy, setPolicy] = useState(0);
  return (
    <section aria-label="Drive it yourself" className="driveit">
      <div className="head">
        <h3>Drive it yourself</h3>
      </div>
      <p className="dim">
        A policy takes the place of the followed actor, on the road that it drove. The drive is one like any other:
        thoughts, score, link.
      </p>
      <div className="acts">
        <Segments
          label="The others"
          options={[
            { value: 'replayed', text: 'replayed' },
            { value: 'reactive', text: 'reactive' },
          ]}
          value={mode}
          onChange={(value) => recordingStore.setState({ mode: value })}
        />
        <select
          className="field grow"
          aria-label="Policy"
          value={policy}
          onChange={(event) => setPolicy(Number(event.target.value))}
        >
          {policies.map(({ name }, index) => (
            <option key={name} value={index}>
              {name}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="btn primary"
          disabled={opening.phase === 'running'}
          onClick={() => void driveRecording(policies[policy].choice, mode)}
        >
          Drive
        </button>
      </div>
    </section>
  );
}

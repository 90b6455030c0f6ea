/** What to evaluate (policies, tag, seeds), the run's progress with Cancel, and the exports. */
import { useStore } from 'zustand';
import {
  cancelEvaluation,
  chooseTag,
  evaluateChosen,
  exportReport,
  MAX_SEEDS,
  reportPolicies,
  reportsStore,
  SHIPPED,
  toggleCheckpoint,
} from '../../stores/reports.ts';
import { clock } from '../../ui/format.ts';
import { ScoreChoice } from './ScoreChoice.tsx';

export function Toolbar() {
  const { scenarios, chosen, seeds, checkpoints, available, running, progress, shown } = useStore(reportsStore);
  const stages = [...new Set(scenarios.flatMap(({ stage }) => stage ?? []))];
  const tags = [...new Set(scenarios.flatMap((scenario) => scenario.tags))].filter((tag) => !stages.includes(tag));
  const wrong = !(Number.isInteger(seeds) && seeds >= 1 && seeds <= MAX_SEEDS);
  const drives = chosen.size * reportPolicies({ checkpoints, available }).length * (wrong ? 0 : seeds);
  const finished = shown !== null && !running && shown.seconds !== null;
  return (
    <form
      className="toolbar"
      aria-label="What to evaluate"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) void evaluateChosen();
      }}
    >
      <fieldset className="policies" disabled={running}>
        <legend className="hidden">Policies</legend>
        {['Random', 'Expert'].map((name) => (
          <label key={name} className="check" title={`${name} is part of every report`}>
            <input type="checkbox" checked disabled readOnly />
            {name}
          </label>
        ))}
        {available.slice(0, 4).map(({ id, name }) => (
          <label key={id} className="check" title="With and without its residual">
            <input type="checkbox" checked={checkpoints.includes(id)} onChange={() => toggleCheckpoint(id)} />
            {id === SHIPPED ? 'SFT + PPO, shipped' : name}
          </label>
        ))}
      </fieldset>
      <label className="named">
        Scenarios
        <select
          className="field"
          defaultValue=""
          disabled={running}
          onChange={(event) => chooseTag(event.target.value || null)}
        >
          <option value="">all</option>
          {[
            { label: 'stage of the curriculum', names: stages },
            { label: 'tag', names: tags.sort() },
          ].map(({ label, names }) => (
            <optgroup key={label} label={label}>
              {names.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <label className="named" title={`Held-out seeds a scenario, 1 to ${MAX_SEEDS}: no training has seen them`}>
        Seeds
        <input
          className="field mono seeds"
          type="number"
          min={1}
          max={MAX_SEEDS}
          value={Number.isNaN(seeds) ? '' : seeds}
          aria-invalid={wrong}
          disabled={running}
          onChange={(event) => reportsStore.setState({ seeds: event.target.valueAsNumber })}
        />
      </label>
      <ScoreChoice />
      {running ? (
        <Running />
      ) : (
        <>
          <button type="submit" className="btn primary" disabled={wrong || drives === 0}>
            Evaluate
          </button>
          <span className="dim grow clip" role="status" aria-label="Report">
            {finished && progress
              ? `${progress.total.toLocaleString('en')} drives in ${shown.seconds?.toFixed(1)} s`
              : `${drives.toLocaleString('en')} drives`}
          </span>
        </>
      )}
      <span className="exports">
        {(['json', 'csv', 'markdown'] as const).map((format) => (
          <button
            key={format}
            type="button"
            className="btn small"
            disabled={!finished}
            onClick={() => void exportReport(format)}
            title={`Save the report as ${NAMES[format]}`}
          >
            {NAMES[format]}
          </button>
        ))}
      </span>
    </form>
  );
}
const NAMES = { json: 'JSON', csv: 'CSV', markdown: 'Markdown' } as const;

function Running() {
  const progress = useStore(reportsStore, (state) => state.progress);
  const { done = 0, total = 1, secondsLeft = null } = progress ?? {};
  return (
    <>
      <button type="button" className="btn danger" onClick={() => void cancelEvaluation()}>
        Cancel
      </button>
      <span className="grow running">
        <span
          className="progress"
          role="progressbar"
          aria-label="Evaluation"
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={done}
        >
          <i style={{ width: `${(100 * done) / total}%` }} />
        </span>
        <span className="dim clip">
          {done.toLocaleString('en')} of {total.toLocaleString('en')} drives
          {secondsLeft !== null && `, ${clock(secondsLeft)} left`}
        </span>
      </span>
    </>
  );
}

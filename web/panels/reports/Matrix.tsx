/** Scenarios × policies: mean score, its 95 % interval as figures and as a band from 0 to 1, and collisions. A cell opens its drives. */
import { useStore } from 'zustand';
import type { Interval, ScenarioInfo } from '../../../workers/protocol.ts';
import { cellKey, columns, policyName, policyTitle, reportsStore, toggleScenario } from '../../stores/reports.ts';
import { closeParts } from '../../stores/report-drives.ts';

export function Matrix() {
  const state = useStore(reportsStore);
  const { scenarios, available, lines, chosen, seeds, shown } = state;
  const policies = columns(state);
  const hasLines = Object.keys(lines).length > 0;
  return (
    <section className="panel" aria-label="Matrix">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus */}
      <div className="scroll grow" tabIndex={0} role="group" aria-label="Scenarios by policies">
        <table className="matrix">
          <caption className="hidden">
            Mean score, 95 % interval and collisions on {shown?.seeds ?? seeds} held-out seeds a scenario
          </caption>
          <thead>
            <tr>
              <th scope="col">
                Scenario{' '}
                <span className="dim">
                  {chosen.size} of {scenarios.length}
                </span>
              </th>
              {policies.map((id) => {
                const [title, of] = policyTitle(id, available);
                return (
                  <th key={id} scope="col">
                    {title}
                    <span className="dim clip">{of}</span>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            <tr className="all">
              <th scope="row">
                All scenarios
                <span className="dim">mean over scenarios of the mean over seeds</span>
              </th>
              {policies.map((id) => (
                <td key={id}>
                  {hasLines && lines[id] ? (
                    <div className="cell">
                      <Figures score={lines[id].score} collisions={`${lines[id].collisionsPer100.toFixed(1)} / 100`} />
                    </div>
                  ) : (
                    <span className="dim none">–</span>
                  )}
                </td>
              ))}
            </tr>
            {scenarios.map((scenario) => (
              <Row key={scenario.id} scenario={scenario} policies={policies} />
            ))}
          </tbody>
        </table>
        {scenarios.length > 0 && state.cells.size === 0 && !state.running && (
          <p className="empty">
            Nothing evaluated yet. Evaluate drives every policy through the same held-out seeds; random and expert are
            the floor and the yardstick of every report. A cell then opens its drives, a drive its steps.
          </p>
        )}
      </div>
    </section>
  );
}

function Row({ scenario, policies }: { readonly scenario: ScenarioInfo; readonly policies: readonly string[] }) {
  const { id, title, description, tags } = scenario;
  const wanted = useStore(reportsStore, (state) => state.chosen.has(id));
  const running = useStore(reportsStore, (state) => state.running);
  return (
    <tr className={wanted ? '' : 'left-out'}>
      <th scope="row" title={description}>
        <label className="check">
          <input
            type="checkbox"
            checked={wanted}
            disabled={running}
            aria-label={`Evaluate ${title}`}
            onChange={() => toggleScenario(id)}
          />
          <span className="clip">{title}</span>
        </label>
        <span className="dim clip">{tags.join(' · ') || id}</span>
      </th>
      {policies.map((policy) => (
        <td key={policy}>
          <Cell policy={policy} scenario={id} title={title} />
        </td>
      ))}
    </tr>
  );
}

function Cell({
  policy,
  scenario,
  title,
}: {
  readonly policy: string;
  readonly scenario: string;
  readonly title: string;
}) {
  const cell = useStore(reportsStore, (state) => state.cells.get(cellKey(policy, scenario)));
  const chosen = useStore(
    reportsStore,
    (state) => state.cell?.policy === policy && state.cell.scenario === scenario && state.side === 'drives',
  );
  const available = useStore(reportsStore, (state) => state.available);
  const waits = useStore(reportsStore, (state) => state.running && state.chosen.has(scenario));
  if (!cell) return <span className={waits ? 'dim none waits' : 'dim none'}>{waits ? '·' : '–'}</span>;
  return (
    <button
      type="button"
      className="cell"
      aria-pressed={chosen}
      onClick={() => {
        closeParts();
        reportsStore.setState({ cell: { policy, scenario }, side: 'drives' });
      }}
    >
      <span className="hidden">
        {title}, {policyName(policy, available)}: score{' '}
      </span>
      <Figures score={cell.score} collisions={String(cell.collisions)} />
    </button>
  );
}

function Figures({
  score: { mean, low, high },
  collisions,
}: {
  readonly score: Interval;
  readonly collisions: string;
}) {
  const hit = Number.parseFloat(collisions) > 0;
  return (
    <>
      <b>{mean.toFixed(3)}</b>{' '}
      <span className={hit ? 'hits bad' : 'hits dim'} title="Collisions">
        {collisions}
        <span aria-hidden="true"> ✕</span>
        <span className="hidden"> collisions</span>
      </span>
      <span className="dim spread">
        <span className="hidden">95 % </span>
        {low.toFixed(3)}–{high.toFixed(3)}
      </span>
      <span className="band" aria-hidden="true">
        <i style={{ left: `${100 * low}%`, right: `${100 * (1 - high)}%` }} />
        <u style={{ left: `${100 * mean}%` }} />
      </span>
    </>
  );
}

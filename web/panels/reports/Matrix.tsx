/** Scenarios × policies: mean of the chosen score, its 95 % interval as figures and as a band (one seed has none), and collisions. A cell opens its drives. */
import { useState } from 'react';
import { useStore } from 'zustand';
import { scoreInfo } from '../../../core/tasks/driving/scores/score-list.ts';
import type { ActorCounts, ReportedId, ScenarioInfo, ScoreSummary } from '../../../workers/contracts/protocol.ts';
import { type PolicyIdentity, policyKey, RANDOM } from '../../../core/models/identity.ts';
import { cellKey, columns, policyHead, policyLabel, reportsStore, toggleScenario } from '../../stores/reports.ts';
import { closeParts } from '../../stores/report-drives.ts';
import { findScenarios, scenarioGroups } from '../../ui/scenario-groups.ts';
import { scoreFigure } from './figures.ts';

export function Matrix() {
  const state = useStore(reportsStore);
  const { scenarios, lines, chosen, seeds, shown, score } = state;
  const policies = columns(state);
  const [words, setWords] = useState('');
  const found = findScenarios(scenarios, words);
  const hasLines = Object.keys(lines).length > 0;
  return (
    <section className="panel" aria-label="Matrix">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus */}
      <div className="scroll grow" tabIndex={0} role="group" aria-label="Scenarios by policies">
        <table className="matrix">
          <caption className="hidden">
            {scoreInfo(score).title}: mean, 95 % interval and collisions on {shown?.seeds ?? seeds} held-out seeds a
            scenario
          </caption>
          <thead>
            <tr>
              <th scope="col">
                Scenario{' '}
                <span className="dim">
                  {chosen.size} of {scenarios.length}
                </span>
                <input
                  className="field small"
                  type="search"
                  placeholder="find"
                  aria-label="Find scenarios"
                  value={words}
                  onChange={(event) => setWords(event.target.value)}
                />
              </th>
              {policies.map((policy) => {
                const [title, of] = policyHead(policy);
                return (
                  <th key={policyKey(policy)} scope="col">
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
              {policies.map(policyKey).map((id) => (
                <td key={id}>
                  {hasLines && lines[id] ? (
                    <div className="cell">
                      <Figures
                        id={score}
                        summary={lines[id].scores?.[score] ?? null}
                        lone={shown?.seeds === 1}
                        collisions={`${lines[id].collisionsPer100.toFixed(1)} / 100`}
                      />
                    </div>
                  ) : (
                    <span className="dim none">–</span>
                  )}
                </td>
              ))}
            </tr>
          </tbody>
          {scenarioGroups(found).map((group) => (
            <tbody key={group.label}>
              <tr className="stage">
                <th scope="rowgroup" colSpan={1 + policies.length}>
                  {group.label} <span className="dim">{group.scenarios.length}</span>
                </th>
              </tr>
              {group.scenarios.map((scenario) => (
                <Row key={scenario.id} scenario={scenario} policies={policies} />
              ))}
            </tbody>
          ))}
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

function Row({
  scenario,
  policies,
}: {
  readonly scenario: ScenarioInfo;
  readonly policies: readonly PolicyIdentity[];
}) {
  const { id, title, description, tags, stage } = scenario;
  const wanted = useStore(reportsStore, (state) => state.chosen.has(id));
  const running = useStore(reportsStore, (state) => state.running);
  const others = useStore(reportsStore, (state) => actorsText(state.cells.get(cellKey(RANDOM, id))?.rows[0]?.actors));
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
        <span className="dim clip">
          {[others, ...tags.filter((tag) => tag !== stage)].filter(Boolean).join(' · ') || id}
        </span>
      </th>
      {policies.map((policy) => (
        <td key={policyKey(policy)}>
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
  readonly policy: PolicyIdentity;
  readonly scenario: string;
  readonly title: string;
}) {
  const cell = useStore(reportsStore, (state) => state.cells.get(cellKey(policy, scenario)));
  const chosen = useStore(reportsStore, ({ cell, side }) => {
    const own = cell && cellKey(cell.policy, cell.scenario) === cellKey(policy, scenario);
    return Boolean(own) && side === 'drives';
  });
  const score = useStore(reportsStore, (state) => state.score);
  const lone = useStore(reportsStore, (state) => state.shown?.seeds === 1);
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
        {title}, {policyLabel(policy)}: {scoreInfo(score).title}{' '}
      </span>
      <Figures id={score} summary={cell.scores[score]} lone={lone} collisions={String(cell.collisions)} />
    </button>
  );
}

/** "3 reactive, 1 replayed": whether the others act on what the ego does. */
function actorsText(counts: ActorCounts | undefined): string {
  if (!counts) return '';
  const named = (['reactive', 'replayed', 'fixed'] as const).filter((conduct) => counts[conduct] > 0);
  return named.map((conduct) => `${counts[conduct]} ${conduct}`).join(', ');
}

interface FiguresProps {
  readonly id: ReportedId;
  readonly summary: ScoreSummary | null;
  /** Of one seed a scenario: nothing to draw an interval from. */
  readonly lone: boolean;
  readonly collisions: string;
}

function Figures({ id, summary, lone, collisions }: FiguresProps) {
  const hit = Number.parseFloat(collisions) > 0;
  const { full } = scoreInfo(id);
  // Only a score with both ends has a band to stand on.
  const scale = full ? (value: number) => 100 * Math.min(1, Math.max(0, value / full)) : null;
  return (
    <>
      <b>{scoreFigure(summary?.mean, id)}</b>{' '}
      <span className={hit ? 'hits bad' : 'hits dim'} title="Collisions">
        {collisions}
        <span aria-hidden="true"> ✕</span>
        <span className="hidden"> collisions</span>
      </span>
      <span className="dim spread" title={summary && lone ? 'An interval takes two seeds or more' : undefined}>
        {!summary ? (
          'no drive has it'
        ) : lone ? (
          'one seed'
        ) : (
          <>
            <span className="hidden">95 % </span>
            {scoreFigure(summary.low, id)}–{scoreFigure(summary.high, id)}
          </>
        )}
      </span>
      {summary && scale && (
        <span className="band" aria-hidden="true">
          {!lone && <i style={{ left: `${scale(summary.low)}%`, right: `${100 - scale(summary.high)}%` }} />}
          <u style={{ left: `${scale(summary.mean)}%` }} />
        </span>
      )}
    </>
  );
}

/**
 * Side by side: the score of the drive and of its ghost, part by part, each openable to the step that cost it; the traces of
 * the decision in force; what the evaluation of the last run gave; the report of an imported log.
 */
import { useDrive, useEpisodes, useTraining } from '../../stores/hooks.ts';
import { clearGhost, showGhost, swapGhost } from '../../stores/fork.ts';
import { readKept } from '../../stores/episodes.ts';
import { EvaluationTable } from './Evaluation.tsx';
import { ImportedList } from './ImportedList.tsx';
import { LogReportTable } from './LogReportTable.tsx';
import { ScoreTable } from './ScoreTable.tsx';
import { TraceDiff } from './TraceDiff.tsx';
import './compare.css';

export default function Compare() {
  const episode = useDrive((state) => state.episode);
  const ghost = useDrive((state) => state.ghost);
  const family = useDrive((state) => state.family);
  const report = useDrive((state) => state.report);
  const imported = useDrive((state) => state.imported);
  const kept = useEpisodes((state) => state.list);
  const rows = useTraining((state) => state.rows);
  const choose = async (id: string) => {
    if (!id) return clearGhost();
    const other = family.find((branch) => branch.id === id) ?? (await readKept(id));
    if (other) await showGhost(other);
  };
  const choices = [
    ...family.filter(({ id }) => id !== episode?.id).map(({ id, name }) => ({ id, name })),
    ...kept.filter(({ id }) => id !== episode?.id && !family.some((branch) => branch.id === id)),
  ];
  return (
    <section className="panel compare" aria-label="Compare">
      <div className="head">
        <h2>Compare</h2>
        <span className="grow" />
        {ghost && (
          <button type="button" className="btn small" onClick={swapGhost} title="X">
            Swap
          </button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus */}
      <div className="scroll grow" tabIndex={0} role="group" aria-label="Comparison">
        <label className="addrow">
          <span className="dim">with</span>
          <select
            className="field"
            value={ghost?.episode.id ?? ''}
            onChange={(event) => void choose(event.target.value)}
          >
            <option value="">nothing</option>
            {ghost && !choices.some(({ id }) => id === ghost.episode.id) && (
              <option value={ghost.episode.id}>{ghost.episode.name}</option>
            )}
            {choices.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {episode ? (
          <ScoreTable episode={episode} other={ghost?.episode ?? null} />
        ) : (
          <p className="empty">No drive is open.</p>
        )}
        {episode && ghost && <TraceDiff />}
        {report && <LogReportTable report={report} />}
        {imported && <ImportedList imported={imported} />}
        {rows.length > 0 && <EvaluationTable />}
      </div>
    </section>
  );
}

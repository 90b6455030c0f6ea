/** Episodes kept in this browser: find, open, rename, delete, export; new drives and files from here too. */
import { useState } from 'react';
import type { EpisodeSummary } from '../../../workers/storage/database.ts';
import {
  deleteEpisode,
  episodesStore,
  filtered,
  readKept,
  refreshEpisodes,
  renameEpisode,
} from '../../stores/episodes.ts';
import { openKept, openShipped } from '../../stores/open.ts';
import { saveEpisodeFile } from '../../stores/files.ts';
import { useDrive, useEpisodes } from '../../stores/hooks.ts';
import { openDialog } from '../../stores/view.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { bytes } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';

/** Below this a score is marked, as in the look's "late brake". */
const POOR_SCORE = 0.8;
const BAD_SCORE = 0.5;

export function Episodes() {
  const state = useEpisodes((whole) => whole);
  const shown = filtered(state);
  const openId = useDrive(({ episode }) => episode?.id);
  const shipped = useDrive(({ episode, source }) => episode !== null && source === 'shipped');
  return (
    <section aria-label="Episodes" className="episodes">
      <div className="head">
        <h2>Episodes</h2>
        <span className="note">score</span>
        <button
          type="button"
          className="icon"
          aria-label="New drive"
          title="New drive (Shift D)"
          onClick={() => openDialog('new-drive')}
        >
          <Icon name="add" />
        </button>
      </div>
      {(state.list.length > 4 || state.filter) && (
        <input
          className="field filter"
          type="search"
          placeholder="Filter by name, scenario, seed, policy"
          aria-label="Filter episodes"
          value={state.filter}
          onChange={(event) => episodesStore.setState({ filter: event.target.value })}
        />
      )}
      {state.failure && (
        <FailureBox
          failure={state.failure}
          kept="Drives still play; they are not kept."
          retry={() => void refreshEpisodes()}
        />
      )}
      <ul className="grow scroll">
        <li className={shipped ? 'row sel' : 'row'}>
          <button
            type="button"
            className="grow clip open"
            onClick={() => void openShipped()}
            aria-current={shipped || undefined}
          >
            Shipped drive
          </button>
        </li>
        {shown.map((episode) => (
          <Row key={episode.id} episode={episode} selected={episode.id === openId} />
        ))}
        {state.status === 'ready' && state.filter && shown.length === 0 && (
          <li className="empty">No episode has “{state.filter}”.</li>
        )}
        {state.status === 'ready' && state.list.length === 0 && (
          <li className="empty">Drives you make, fork or open are kept here, in this browser only.</li>
        )}
      </ul>
      <Usage used={state.usedBytes} quota={state.quotaBytes} />
    </section>
  );
}

function Usage({ used, quota }: { readonly used: number; readonly quota: number | null }) {
  const full = quota !== null && used > 0.9 * quota;
  return (
    <div className="usage dim">
      <span className={full ? 'warn' : ''}>
        {full && '▲ '}
        {bytes(used)} used{quota !== null && ` of ${bytes(quota)}`}
      </span>
      {full && <span>delete or export episodes</span>}
    </div>
  );
}

/** The name without its policy; a fork's changed word first, since that is what tells siblings apart. */
function shortName({ name, policy, fork }: EpisodeSummary): string {
  const policyAt = name.lastIndexOf(`, ${policy}`);
  const plain = policyAt < 0 ? name : name.slice(0, policyAt) + name.slice(policyAt + policy.length + 2);
  const at = fork ? plain.lastIndexOf(' · ') : -1;
  return at < 0 ? plain : `${plain.slice(at + 3)} · ${plain.slice(0, at)}`;
}

function Row({ episode, selected }: { readonly episode: EpisodeSummary; readonly selected: boolean }) {
  const [name, setName] = useState<string | null>(null);
  if (name !== null) {
    const commit = () => {
      setName(null);
      if (name.trim() && name !== episode.name) void renameEpisode(episode.id, name.trim());
    };
    return (
      <li className="row">
        <input
          className="field"
          aria-label={`New name of ${episode.name}`}
          // biome-ignore lint/a11y/noAutofocus: the user just asked to rename
          autoFocus
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') setName(null);
          }}
        />
      </li>
    );
  }
  const tone = episode.score < BAD_SCORE ? 'bad' : episode.score < POOR_SCORE ? 'warn' : '';
  return (
    <li className={selected ? 'row sel' : 'row'}>
      <button
        type="button"
        className={episode.fork ? 'grow clip open cf' : 'grow clip open'}
        title={`${episode.scenario}, seed ${episode.seed}, ${episode.policy}`}
        aria-current={selected || undefined}
        onClick={() => void openKept(episode.id)}
        onDoubleClick={() => setName(episode.name)}
        onKeyDown={(event) => {
          if (event.key === 'F2') setName(episode.name);
        }}
      >
        {episode.fork && <span aria-label="counterfactual">′ </span>}
        {shortName(episode)}
      </button>
      <span className="tools">
        <button
          type="button"
          className="icon"
          aria-label={`Rename ${episode.name}`}
          title="Rename (F2)"
          onClick={() => setName(episode.name)}
        >
          <Icon name="edit" />
        </button>
        <button
          type="button"
          className="icon"
          aria-label={`Export ${episode.name}`}
          title="Export as one JSON file"
          onClick={() => void readKept(episode.id).then((whole) => whole && saveEpisodeFile(whole))}
        >
          <Icon name="export" />
        </button>
        <button
          type="button"
          className="icon"
          aria-label={`Delete ${episode.name}`}
          title="Delete"
          onClick={() => void deleteEpisode(episode.id)}
        >
          <Icon name="delete" />
        </button>
      </span>
      <b className={tone}>{episode.score.toFixed(2)}</b>
    </li>
  );
}

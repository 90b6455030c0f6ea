/** Everyone in the recording: filter by name, kind or role, and follow who can be followed. */
import { seek } from '../../stores/drive.ts';
import { useDrive, useRecording } from '../../stores/hooks.ts';
import { followActor, recordingStore } from '../../stores/recording.ts';
import type { ActorLine } from '../../../workers/protocol.ts';

/** Rows of the list; a filter finds the others. */
const SHOWN = 60;

export function Actors() {
  const actors = useRecording((state) => state.details?.actors) ?? [];
  const filter = useRecording((state) => state.filter);
  const follow = useRecording((state) => state.view?.follow);
  const step = useDrive((state) => state.step);
  const words = filter.toLowerCase().split(/\s+/);
  const found = actors
    .filter(({ name, kind, role }) => words.every((word) => `${name} ${kind} ${role}`.toLowerCase().includes(word)))
    .toSorted((a, b) => Number(b.follows) - Number(a.follows));
  return (
    <section aria-label="Actors" className="actors">
      <div className="head">
        <h3>Actors</h3>
        <span className="note">
          {found.length} of {actors.length}
        </span>
      </div>
      <input
        className="field filter"
        type="search"
        aria-label="Filter actors"
        placeholder="Filter by name, kind, role"
        value={filter}
        onChange={(event) => recordingStore.setState({ filter: event.target.value })}
      />
      <ul className="scroll">
        {found.slice(0, SHOWN).map((actor) => (
          <Row key={actor.id} actor={actor} followed={actor.id === follow} step={step} />
        ))}
        {found.length > SHOWN && <li className="empty">{found.length - SHOWN} more; filter to see them.</li>}
        {found.length === 0 && <li className="empty">No actor has “{filter}”.</li>}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly actor: ActorLine;
  readonly followed: boolean;
  readonly step: number;
}

function Row({ actor, followed, step }: RowProps) {
  const { id, name, kind, role, firstStep, lastStep, follows } = actor;
  const there = step >= firstStep && step <= lastStep;
  return (
    <li className={followed ? 'row sel' : 'row'}>
      <span className={there ? 'grow clip' : 'grow clip dim'} title={`${name}, steps ${firstStep} to ${lastStep}`}>
        {name} <span className="dim">{role || kind}</span>
      </span>
      {!there && (
        <button type="button" className="link" onClick={() => seek(firstStep)}>
          step {firstStep}
        </button>
      )}
      {follows && (
        <button
          type="button"
          className="link"
          aria-label={`Follow ${name}`}
          aria-pressed={followed}
          onClick={() => void followActor(id)}
        >
          {followed ? 'followed' : 'follow'}
        </button>
      )}
    </li>
  );
}

/** Everyone whom the source shows: filter by name, type or role, and follow anyone with the camera. */
import { useStore } from 'zustand';
import { sceneRow } from '../../../core/episode/scene-frames.ts';
import { useLive } from '../../stores/hooks.ts';
import { followLive } from '../../stores/live-clock.ts';
import { liveStore } from '../../stores/live-state.ts';
import { sceneStore } from '../../stores/scene.ts';

/** Rows of the list; a filter finds the others. */
const SHOWN = 60;

export function LiveActors() {
  const scene = useLive((state) => state.scene);
  const step = useLive((state) => state.step);
  const filter = useLive((state) => state.filter);
  const follow = useStore(sceneStore, (state) => state.follow);
  const words = filter.toLowerCase().split(/\s+/);
  const here = (scene?.actors ?? []).flatMap((actor, index) =>
    scene && sceneRow(actor, step) >= 0 ? [{ actor, index }] : [],
  );
  const found = here
    .filter(({ actor: { name, kind, info } }) =>
      words.every((word) => `${name} ${kind} ${info.type} ${info.role}`.toLowerCase().includes(word)),
    )
    .sort((a, b) => Number(a.actor.kind === 'box') - Number(b.actor.kind === 'box'));
  const followed = follow >= 0 ? follow : (scene?.ego ?? -1);
  return (
    <section aria-label="Actors" className="actors">
      <div className="head">
        <h3>Actors</h3>
        <span className="note">
          {found.length} of {here.length}
        </span>
      </div>
      <input
        className="field filter"
        type="search"
        aria-label="Filter actors"
        placeholder="Filter by name, type, role"
        value={filter}
        onChange={(event) => liveStore.setState({ filter: event.target.value })}
      />
      <ul className="scroll">
        {found.slice(0, SHOWN).map(({ actor, index }) => (
          <li key={actor.id} className={index === followed ? 'row sel' : 'row'}>
            <span className="grow clip" title={actor.info.type || actor.kind}>
              {actor.name} <span className="dim">{index === scene?.ego ? 'ego' : actor.kind}</span>
            </span>
            <button
              type="button"
              className="link"
              aria-label={`Follow ${actor.name}`}
              aria-pressed={index === followed}
              onClick={() => followLive(index)}
            >
              {index === followed && <span aria-hidden="true">● </span>}
              follow
            </button>
          </li>
        ))}
        {found.length > SHOWN && <li className="empty">{found.length - SHOWN} more; filter to see them.</li>}
        {here.length > 0 && found.length === 0 && <li className="empty">No actor has “{filter}”.</li>}
        {here.length === 0 && <li className="empty">Nobody is there at this moment.</li>}
      </ul>
    </section>
  );
}

/**
 * Everyone at the moment shown, of whatever is shown: found by words and by kind, each with its speed and its
 * distance from the ego; a click follows. While it plays the order is renewed once a second, and not under the pointer or the focus.
 */
import { useState } from 'react';
import type { SceneFrames } from '../../../core/episode/scene-frames.ts';
import {
  type ActorGroup,
  type ActorRow,
  ACTOR_GROUPS,
  actorRows,
  findActors,
  inOrder,
} from '../../stores/actor-list.ts';
import { useCursor, usePlayer, useShown } from '../../shown/hooks.ts';
import type { Player } from '../../shown/player.ts';
import './actors.css';

/** Rows of the list; a filter finds the others. */
const SHOWN = 60;

export function Actors() {
  const player = usePlayer();
  const frames = useShown((shown) => shown.player?.scene()?.frames);
  const lines = useShown((shown) => shown.player?.others());
  const step = useCursor((cursor) => cursor.step);
  const follow = useCursor((cursor) => cursor.follow);
  const [text, setText] = useState('');
  const [group, setGroup] = useState<ActorGroup | 'all'>('all');
  const [held, setHeld] = useState<number | null>(null);
  const { rows, found } = frames
    ? listed({ frames, step, follow }, held, (each) => findActors(each, text, group), lines)
    : { rows: [], found: [] };
  const hold = () => setHeld(step);
  return (
    <section aria-label="Actors" className="actors">
      <div className="head">
        <h3>Actors</h3>
        <span className="note">
          {found.length} of {rows.length}
        </span>
      </div>
      <div className="actors-find">
        <input
          className="field"
          type="search"
          aria-label="Filter actors"
          placeholder="Filter by name, kind, role"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <select
          className="field"
          aria-label="Kind of actors"
          value={group}
          onChange={(event) => setGroup(event.target.value as typeof group)}
        >
          <option value="all">all</option>
          {ACTOR_GROUPS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      <ul
        className="scroll"
        onPointerEnter={hold}
        onPointerLeave={() => setHeld(null)}
        onFocus={hold}
        onBlur={() => setHeld(null)}
      >
        {player &&
          found
            .slice(0, SHOWN)
            .map((row) => <Row key={row.key} row={row} player={player} follow={follow} dt={frames?.dt ?? 0} />)}
        {found.length > SHOWN && <li className="empty">{found.length - SHOWN} more; filter to see them.</li>}
        {rows.length > 0 && found.length === 0 && <li className="empty">No actor matches.</li>}
        {rows.length === 0 && <li className="empty">Nobody is there.</li>}
      </ul>
    </section>
  );
}

interface Moment {
  readonly frames: SceneFrames;
  readonly step: number;
  readonly follow: number;
}

/** Rows as they are now, in the order of this second or of when the order was held. */
function listed(
  { frames, step, follow: followed }: Moment,
  held: number | null,
  find: (rows: readonly ActorRow[]) => readonly ActorRow[],
  lines: Parameters<typeof actorRows>[3],
) {
  const perSecond = Math.max(1, Math.round(1 / frames.dt));
  const sortedAt = Math.min(held ?? step - (step % perSecond), frames.steps);
  const rows = actorRows(frames, step, followed, lines);
  const now = new Map(rows.map((row) => [row.key, row]));
  const order = inOrder(actorRows(frames, Math.max(0, sortedAt), followed, lines));
  return { rows, found: find(order.flatMap(({ key }) => now.get(key) ?? [])) };
}

interface RowProps {
  readonly row: ActorRow;
  readonly player: Player;
  readonly follow: number;
  /** s. */
  readonly dt: number;
}

function Row({ row, player, follow, dt }: RowProps) {
  const { index, name, kind, role, ego, here, firstStep, speedMps, distanceM, state } = row;
  const followed = index >= 0 && index === follow;
  const tag = ego && name !== 'ego' ? 'ego' : role && role !== name ? role : kind;
  const text = (
    <>
      {followed && <span aria-hidden="true">● </span>}
      {name} <span className="dim">{tag}</span>
    </>
  );
  const title = `${name}, ${kind}${role ? `, ${role}` : ''}`;
  return (
    <li className={followed ? 'row sel' : 'row'}>
      {index >= 0 && player.mayFollow(index) ? (
        <button
          type="button"
          className={here ? 'grow clip open' : 'grow clip open dim'}
          title={`Follow ${title}`}
          aria-label={`Follow ${name} ${tag}`}
          aria-pressed={followed}
          onClick={() => player.follow(index)}
        >
          {text}
        </button>
      ) : (
        <span className={here ? 'grow clip' : 'grow clip dim'} title={title}>
          {text}
        </span>
      )}
      {here ? (
        <>
          <span className="actor-figure" data-light={state || undefined}>
            {state || figure(speedMps, 1, 'm/s')}
          </span>
          <span className="actor-figure">{ego ? '' : figure(distanceM, distanceM < 10 ? 1 : 0, 'm')}</span>
        </>
      ) : (
        <button type="button" className="link" title="Go to where it first is" onClick={() => player.seek(firstStep)}>
          {(firstStep * dt).toFixed(1)} s
        </button>
      )}
    </li>
  );
}

const figure = (value: number, digits: number, unit: string): string =>
  Number.isFinite(value)
    ? `${Math.abs(value) < 0.05 ? (0).toFixed(digits) : value.toFixed(digits).replace('-', '−')} ${unit}`
    : '';

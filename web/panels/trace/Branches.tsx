/** The drive and its counterfactuals as a tree: where each forked, which word changed, what it cost. */
import { wordOf } from '../../stores/breakpoints.ts';
import { clearGhost, showGhost, swapGhost } from '../../stores/fork.ts';
import { useDrive } from '../../stores/hooks.ts';
import { signed } from '../../ui/format.ts';
import { treeOrder } from './tree.ts';

export function Branches() {
  const family = useDrive((state) => state.family);
  const open = useDrive((state) => state.episode?.id);
  const ghost = useDrive((state) => state.ghost?.episode.id);
  if (family.length < 2) return <p className="empty">Edit a word (E) and its counterfactual drive appears here.</p>;
  return (
    <ul className="branches" aria-label="Branches">
      {treeOrder(family).map(({ episode, depth }) => {
        const { id, parent, name } = episode;
        return (
          <li key={id} style={{ paddingLeft: 12 + depth * 14 }} className={id === open ? 'sel' : ''}>
            <span aria-hidden="true" className="dim">
              {depth > 0 ? '└' : '●'}
            </span>
            <button
              type="button"
              className={parent ? 'grow clip cf' : 'grow clip'}
              disabled={id === open}
              title={
                id === open
                  ? 'On the screen'
                  : id === ghost
                    ? 'Drawn as the ghost; again to put away'
                    : 'Draw as the ghost'
              }
              onClick={() => (id === ghost ? clearGhost() : void showGhost(episode))}
            >
              {parent ? `${parent.decision + 1}: ${wordOf(parent.edit.from)} → ${wordOf(parent.edit.to)}` : name}
            </button>
            {parent && <b className={parent.returnDelta < 0 ? 'bad' : 'ok'}>{signed(parent.returnDelta)}</b>}
            {id === open && <span className="dim">shown</span>}
            {id === ghost && (
              <button type="button" className="link" onClick={swapGhost} title="Make it the drive on the screen (X)">
                swap
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

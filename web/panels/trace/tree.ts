/** A drive and its forks in the order of a tree. */
import type { Episode } from '../../../core/episode/episode.ts';

export interface Node {
  readonly episode: Episode;
  readonly depth: number;
}

/** Depth-first order; an episode whose parent is not in the family is a root. */
export function treeOrder(family: readonly Episode[]): readonly Node[] {
  const known = new Set(family.map(({ id }) => id));
  const below = (parent: string | undefined, depth: number): Node[] =>
    family
      .filter(({ parent: from }) =>
        parent === undefined ? !from || !known.has(from.episodeId) : from?.episodeId === parent,
      )
      .flatMap((episode) => [{ episode, depth }, ...below(episode.id, depth + 1)]);
  return below(undefined, 0);
}

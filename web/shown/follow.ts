/** Whom the camera follows, and through whose eyes a second picture looks. */
import { sceneRow } from '../../core/episode/scene-frames.ts';
import { viewStore } from '../stores/view.ts';
import { shownStore } from './shown.ts';

/** Follows the next of those who are there and can be followed, in the order of the scene. */
export function followNext(): void {
  const { player, cursor } = shownStore.getState();
  const actors = player?.scene()?.frames.actors ?? [];
  const here = actors.flatMap((actor, i) => (sceneRow(actor, cursor.step) >= 0 && player?.mayFollow(i) ? [i] : []));
  const at = here.indexOf(cursor.follow);
  if (here.length > 0) player?.follow(here[(at + 1) % here.length]);
}

/** Opens what the followed actor's driver sees as a picture in the picture, or closes it. */
export function toggleInset(): void {
  const { player, cursor } = shownStore.getState();
  const id = player?.scene()?.frames.actors[cursor.follow]?.id ?? null;
  viewStore.setState(({ insetOf }) => ({ insetOf: insetOf === null ? id : null }));
}

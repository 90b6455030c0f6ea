/** When commands are possible, and how they reach what is shown. */
import type { Capability, Player } from '../shown/player.ts';
import { shownCan, shownStore } from '../shown/shown.ts';
import { viewStore } from '../stores/view.ts';

export const inLab = (): boolean => viewStore.getState().page === 'lab';
/** In the lab, with something shown. */
export const isShown = (): boolean => inLab() && shownStore.getState().player !== null;
/** In the lab, with something shown that can do this. */
export const can = (what: Capability) => (): boolean => inLab() && shownCan(what);

/** Does something with what is shown. */
export const withShown = (act: (player: Player, playing: boolean) => void) => (): void => {
  const { player, cursor } = shownStore.getState();
  if (player) act(player, cursor.playing);
};

/** What is on the screen: one player, and its one cursor. Panels and commands look here and nowhere else. */
import { createStore } from 'zustand/vanilla';
import type { Capability, Cursor, Player } from './player.ts';

export interface Shown {
  /** null while nothing is open. */
  readonly player: Player | null;
  readonly cursor: Cursor;
}

const NOWHERE: Cursor = {
  position: 0,
  step: 0,
  steps: -1,
  playing: false,
  now: false,
  decision: 0,
  token: 0,
  follow: -1,
};

/** Says that something has changed with every change of the player's, whether or not the cursor has. */
export const shownStore = createStore<Shown>(() => ({ player: null, cursor: NOWHERE }));

let stop = (): void => {};

/** Shows a player in the place of the one before, which is disposed of; null: nothing. */
export function show(player: Player | null): void {
  const { player: before } = shownStore.getState();
  if (player === before) return;
  stop();
  shownStore.setState({ player, cursor: player?.cursor() ?? NOWHERE });
  stop = player?.subscribe(() => shownStore.setState({ player, cursor: player.cursor() })) ?? (() => {});
  before?.dispose();
}

/** Whether what is shown can do this. */
export const shownCan = (what: Capability): boolean => shownStore.getState().player?.can(what) ?? false;

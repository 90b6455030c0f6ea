/** React hooks over what is shown. */
import { useStore } from 'zustand';
import type { Capability, Cursor, Player } from './player.ts';
import { type Shown, shownStore } from './shown.ts';

export const useShown = <T>(select: (shown: Shown) => T): T => useStore(shownStore, select);
export const useCursor = <T>(select: (cursor: Cursor) => T): T => useShown(({ cursor }) => select(cursor));
export const usePlayer = (): Player | null => useShown(({ player }) => player);
export const useCan = (what: Capability): boolean => useShown(({ player }) => player?.can(what) ?? false);

/** React hooks over the vanilla stores: one line a store, nothing else. */
import { useStore } from 'zustand';
import { type DriveState, driveStore } from './drive.ts';

export const useDrive = <T>(select: (state: DriveState) => T): T => useStore(driveStore, select);

/** React hooks over the vanilla stores: one line a store, nothing else. */
import { useStore } from 'zustand';
import { type DebuggerState, debuggerStore } from './debugger.ts';
import { type DriveState, driveStore } from './drive.ts';
import { type EngineState, engineStore } from './engine.ts';
import { type EpisodesState, episodesStore } from './episodes.ts';
import { type LiveState, liveStore } from './live-state.ts';
import { noticesStore } from './notices.ts';
import { type RecordingState, recordingStore } from './recording.ts';
import { type SourcesState, sourcesStore } from './sources.ts';
import { type TrainingState, trainingStore } from './training.ts';
import { type ViewState, viewStore } from './view.ts';

export const useDrive = <T>(select: (state: DriveState) => T): T => useStore(driveStore, select);
export const useView = <T>(select: (state: ViewState) => T): T => useStore(viewStore, select);
export const useTraining = <T>(select: (state: TrainingState) => T): T => useStore(trainingStore, select);
export const useEpisodes = <T>(select: (state: EpisodesState) => T): T => useStore(episodesStore, select);
export const useEngine = <T>(select: (state: EngineState) => T): T => useStore(engineStore, select);
export const useDebugger = <T>(select: (state: DebuggerState) => T): T => useStore(debuggerStore, select);
export const useRecording = <T>(select: (state: RecordingState) => T): T => useStore(recordingStore, select);
export const useLive = <T>(select: (state: LiveState) => T): T => useStore(liveStore, select);
export const useSources = <T>(select: (state: SourcesState) => T): T => useStore(sourcesStore, select);
export const useNotices = () => useStore(noticesStore, (state) => state.notices);

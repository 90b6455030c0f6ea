/**
 * What is known of the source that is watched, and where in what it has sent we stand. Only the shape: watching is in live.ts, moving in
 * live-clock.ts, recording in live-record.ts.
 */
import { createStore } from 'zustand/vanilla';
import type { Failure } from '../../workers/contracts/protocol.ts';
import type { LiveSourceDetails, LiveStats, LiveStatus } from '../../workers/contracts/proxy-protocol.ts';
import type { LiveScene } from './live-scene.ts';

export interface LiveState {
  /** null: nothing is watched. */
  readonly sourceId: string | null;
  readonly name: string;
  readonly phase: 'opening' | 'watching' | 'held' | 'ended' | 'failed';
  readonly failure: Failure | null;
  /** Why it ended. */
  readonly ended: string;
  readonly status: LiveStatus | null;
  readonly stats: LiveStats | null;
  readonly details: LiveSourceDetails | null;
  /** What is looked at, and what comes in; the same unless one has scrubbed back beyond an episode's beginning. */
  readonly scene: LiveScene | null;
  readonly newest: LiveScene | null;
  /** Its length when it was last looked at, some times a second. */
  readonly steps: number;
  readonly step: number;
  /** The moment, in steps, fractional. */
  readonly position: number;
  /** Index of the actor that the camera follows; -1: the scene's ego, or the whole map where it has none. */
  readonly follow: number;
  /** Counts up when something of the same scene that stands still is new: its map came. */
  readonly built: number;
  /** Now; or standing or playing behind it. */
  readonly mode: 'now' | 'standing' | 'playing';
  readonly map: 'none' | 'coming' | 'drawn' | 'failed';
  /** A command is under way. */
  readonly busy: boolean;
  readonly recording: RecordingProgress | null;
  /** The source's id of the actor whose camera is shown. */
  readonly cameraOf: number | null;
}
/** Of the episode that is being recorded, and how many are kept already. */
export interface RecordingProgress {
  readonly frames: number;
  readonly bytes: number;
  /** Simulated, s. */
  readonly seconds: number;
  readonly kept: number;
  /** It has ended and is being kept. */
  readonly packing: boolean;
}

export const NOTHING: LiveState = {
  sourceId: null,
  name: '',
  phase: 'opening',
  failure: null,
  ended: '',
  status: null,
  stats: null,
  details: null,
  scene: null,
  newest: null,
  steps: 0,
  step: 0,
  position: 0,
  follow: -1,
  built: 0,
  mode: 'now',
  map: 'none',
  busy: false,
  recording: null,
  cameraOf: null,
};
export const liveStore = createStore<LiveState>(() => NOTHING);
export const isLive = (): boolean => liveStore.getState().sourceId !== null;

/** Where one stands, in words; changes with what one does and with the connection, and with the moment only while standing. */
export function liveSentence({ name, phase, status, mode, scene, step, steps }: LiveState): string {
  const lost = status?.connection === 'reconnecting';
  const connection = {
    opening: 'opening',
    held: 'held by this page',
    ended: 'over',
    failed: 'failed',
    watching: lost ? `reconnecting, attempt ${status.attempt}` : mode === 'now' ? 'live, now' : 'live',
  }[phase];
  if (mode === 'now' || !scene || scene.steps < 0) return `${name}: ${connection}`;
  const at = (row: number) => scene.times[Math.min(row, scene.steps)];
  if (mode === 'playing') return `${name}: ${connection}, playing behind now`;
  return `${name}: ${connection}, standing at ${(at(step) - scene.times[0]).toFixed(1)} s of ${(at(steps) - scene.times[0]).toFixed(0)} s`;
}

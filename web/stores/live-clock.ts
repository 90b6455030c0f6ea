/**
 * Moving through what a live source has sent. "Now" runs one step behind the newest frame at the pace at which frames come, so that the
 * picture moves evenly between them; standing and playing behind it are the person's. The clock is requestAnimationFrame.
 */
import { goToNow } from './live.ts';
import { isLive, liveStore } from './live-state.ts';
import { paceStore } from './pace.ts';

/** Steps that "now" is behind: between the last two frames there is something to move through. */
const BEHIND = 1;
/** How fast "now" catches up with its place, 1/s, and when it jumps there, s. */
const CATCH_UP = 3;
const JUMP_SECONDS = 1.5;
/** Least time between two looks of the panels at the moment, ms. */
const LOOK_MS = 100;

let frame = 0;
let last = 0;
let looked = 0;
let pace = { at: 0, steps: 0, perSecond: 0 };

function tick(now: number): void {
  frame = 0;
  const { scene, mode, phase, position } = liveStore.getState();
  if (!isLive()) return;
  const seconds = Math.min(0.25, (now - last) / 1000);
  last = now;
  if (scene && scene.steps >= 0) {
    measure(scene.before + scene.steps, now);
    const going =
      mode === 'now' ? (phase === 'held' ? position : nowAt(scene.steps, position, seconds, scene.dt)) : position;
    const played = mode === 'playing' ? position + (seconds * paceStore.getState().speed) / scene.dt : going;
    move(Math.min(Math.max(0, played), scene.steps));
    if (mode === 'playing' && played >= scene.steps - BEHIND) goToNow();
    if (now - looked > LOOK_MS) look(now);
  }
  frame = requestAnimationFrame(tick);
}

function nowAt(steps: number, position: number, seconds: number, dt: number): number {
  const wanted = Math.max(0, steps - BEHIND);
  const missing = wanted - position;
  if (Math.abs(missing) * dt > JUMP_SECONDS && Math.abs(missing) > 20) return wanted;
  const on = position + seconds * (pace.perSecond + CATCH_UP * missing);
  // Never backwards, and never beyond what has come.
  return Math.min(Math.max(position, on), steps);
}

/** Frames a second, as they came over the last half second. */
function measure(steps: number, now: number): void {
  const seconds = (now - pace.at) / 1000;
  if (seconds < 0.5) return;
  const perSecond = seconds < 5 && steps >= pace.steps ? (steps - pace.steps) / seconds : 0;
  pace = { at: now, steps, perSecond };
}

function move(position: number): void {
  if (position !== liveStore.getState().position) liveStore.setState({ position });
}

/** The panels' view of the moment. */
function look(now = performance.now()): void {
  looked = now;
  const { scene, steps, step, position } = liveStore.getState();
  if (!scene) return;
  const at = Math.floor(position);
  if (scene.steps !== steps || at !== step) liveStore.setState({ steps: Math.max(0, scene.steps), step: at });
}

/** Stands at a step, or as near as there is. */
export function seekLive(step: number): void {
  const { scene } = liveStore.getState();
  if (!scene) return;
  liveStore.setState({ mode: 'standing' });
  move(Math.min(Math.max(0, step), Math.max(0, scene.steps)));
  look();
}

export const stepLive = (by: number): void => seekLive(Math.floor(liveStore.getState().position) + by);

/** Stands still here, or plays on from here. */
export function toggleLive(): void {
  const { mode } = liveStore.getState();
  liveStore.setState({ mode: mode === 'standing' ? 'playing' : 'standing' });
}

liveStore.subscribe(({ sourceId }) => {
  if (sourceId === null || frame) return;
  last = performance.now();
  frame = requestAnimationFrame(tick);
});

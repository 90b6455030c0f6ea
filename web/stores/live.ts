/**
 * Watching a source: its events taken one by one into a scene that grows, and what can be asked of it.
 * While there is one the viewport shows it; opening a drive, or Stop, brings the lab's own back.
 *
 * A new episode (another drive, another map) begins a new scene. Who has scrubbed back keeps the scene looked at, until "now" is asked
 * for. Nothing is taken from the worker while the watch is held, which holds the stream itself.
 */
import type { LiveEvents } from '../../workers/proxy/proxy.ts';
import type { LiveCommand, LiveEvent, LiveSource } from '../../workers/contracts/proxy-protocol.ts';
import { driveStore } from './drive.ts';
import { showLiveMap } from './live-map.ts';
import { finishRecording, recordEvent } from './live-record.ts';
import { LiveScene } from './live-scene.ts';
import { isLive, liveStore, NOTHING } from './live-state.ts';
import { complain } from './notices.ts';
import { pause } from './playback.ts';
import { ask } from './services.ts';
import { proxy, refreshSources } from './sources.ts';
import { viewStore } from './view.ts';

const STATS_MS = 500;
/** The watch on the screen; another one takes its place. */
let current: { events: LiveEvents | null; release: (() => void) | null } | null = null;

/** Watches a source from now on; what was watched before is left. */
export async function watchSource({ id, name }: Pick<LiveSource, 'id' | 'name'>): Promise<void> {
  leave();
  const mine: NonNullable<typeof current> = { events: null, release: null };
  current = mine;
  pause();
  if (viewStore.getState().preset === 'train' || viewStore.getState().preset === 'compare')
    viewStore.setState({ preset: 'debug' });
  liveStore.setState({ ...NOTHING, sourceId: id, name });
  const answer = await ask(async () => (await proxy()).watch({ sourceId: id }));
  if (current !== mine) return void (answer.ok && answer.value.stop());
  if (!answer.ok) return liveStore.setState({ phase: 'failed', failure: answer.failure });
  mine.events = answer.value;
  liveStore.setState({ phase: 'watching' });
  void describe(id);
  void keepStats(mine);
  await take(mine, answer.value);
}

async function take(mine: NonNullable<typeof current>, events: LiveEvents): Promise<void> {
  for (;;) {
    if (liveStore.getState().phase === 'held')
      await new Promise<void>((resolve) => {
        mine.release = resolve;
      });
    const answer = await ask(() => events.next());
    if (current !== mine) return;
    if (!answer.ok) return liveStore.setState({ phase: 'failed', failure: answer.failure });
    if (answer.value === null) return liveStore.setState({ phase: 'ended', ended: 'The source ended.' });
    takeEvent(answer.value);
  }
}

/** One event into the state; exported for tests. */
function takeEvent(event: LiveEvent): void {
  recordEvent(event);
  const { newest, scene, mode } = liveStore.getState();
  switch (event.kind) {
    case 'status':
      return liveStore.setState({ status: event.status });
    case 'episode': {
      const next = new LiveScene(event.episode);
      liveStore.setState({ newest: next });
      const id = liveStore.getState().sourceId;
      if (id) void showLiveMap(id, next);
      return;
    }
    case 'actors':
      return newest?.appear(event.actors);
    case 'frames': {
      if (!newest || event.frames.episode !== newest.episode.number) return;
      newest.add(event.frames);
      let shown = newest;
      if (newest.full) {
        shown = newest.trimmed();
        liveStore.setState({ newest: shown });
      }
      if (scene !== shown && (mode === 'now' || scene === newest)) showScene(shown, shown.before - newest.before);
      return;
    }
    case 'gap':
      return newest?.addMissed(event.events);
    case 'ended':
      void finishRecording();
      return liveStore.setState({ phase: 'ended', ended: event.reason });
  }
}

/** Puts a scene into the viewport; `cut`: steps that it is shorter at its beginning than the one it stands in for. */
function showScene(scene: LiveScene, cut: number): void {
  const { scene: before, mode, position: here, follow } = liveStore.getState();
  const same = before?.episode === scene.episode;
  const position = mode === 'now' || !same ? Math.max(0, scene.steps - 1) : Math.max(0, here - cut);
  const followed = same ? follow : scene.ego;
  liveStore.setState({ scene, steps: scene.steps, step: Math.floor(position), position, follow: followed });
}

async function describe(id: string): Promise<void> {
  const answer = await ask(async () => (await proxy()).describe(id));
  if (answer.ok && liveStore.getState().sourceId === id) liveStore.setState({ details: answer.value });
}

async function keepStats(mine: NonNullable<typeof current>): Promise<void> {
  for (;;) {
    const stats = await mine.events?.stats().catch(() => null);
    if (current !== mine) return;
    liveStore.setState({ stats: stats ?? null });
    await new Promise((resolve) => setTimeout(resolve, STATS_MS));
  }
}

function leave(): void {
  void finishRecording();
  void current?.events?.stop();
  current?.release?.();
  current = null;
}

/** Ends the watch and shows the lab's drive again. */
export function stopWatching(): void {
  if (!isLive()) return;
  leave();
  liveStore.setState(NOTHING);
  void refreshSources();
}

/** Holds the stream, or lets it go on: a held source need not even be sent. */
export function holdWatching(): void {
  const { phase } = liveStore.getState();
  if (phase === 'watching') liveStore.setState({ phase: 'held' });
  else if (phase === 'held') {
    liveStore.setState({ phase: 'watching' });
    current?.release?.();
  }
}

/** Watches the same source again, after it failed or ended. */
export function watchAgain(): void {
  const { sourceId, name } = liveStore.getState();
  if (sourceId) void watchSource({ id: sourceId, name });
}

/** The source that is watched already was asked for: on with it, or again if it is over. */
export function watchOn(): void {
  const { phase } = liveStore.getState();
  if (phase === 'failed' || phase === 'ended') return watchAgain();
  if (phase === 'held') holdWatching();
  goToNow();
}

/** Goes to the newest moment and stays with it. */
export function goToNow(): void {
  const { newest } = liveStore.getState();
  liveStore.setState({ mode: 'now' });
  if (newest && newest.steps >= 0) showScene(newest, 0);
}

/** Asks something of the source; what it refuses is said in its words. */
export async function control(command: LiveCommand): Promise<boolean> {
  const { sourceId, name } = liveStore.getState();
  if (!sourceId) return false;
  liveStore.setState({ busy: true });
  const answer = await ask(async () => (await proxy()).control(sourceId, command));
  liveStore.setState({ busy: false });
  if (!answer.ok) complain(answer.failure, `${name} goes on as it was.`);
  else void refreshSources();
  return answer.ok;
}

let driving = false;
/** Controls of a vehicle, many a second: one at a time is under way, and one that fails is not worth a word. */
export async function drive(command: LiveCommand & { readonly kind: 'control' }): Promise<void> {
  const { sourceId } = liveStore.getState();
  if (!sourceId || driving) return;
  driving = true;
  await ask(async () => (await proxy()).control(sourceId, command));
  driving = false;
}

driveStore.subscribe(({ episode, source }, before) => {
  // The lab's first drive may be ready only now; any other was asked for.
  const first = before.episode === null && source === 'shipped';
  if (episode !== before.episode && !first && isLive()) stopWatching();
});

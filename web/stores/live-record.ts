/**
 * Recording what is watched: messages are kept as they came, within bounds, and become files in CARLA's recorder format that are read,
 * kept and scored like dropped ones. An episode holds one drive on one map, so a recording that goes on over the next drive, another map
 * or its bound becomes several, one after the other; it ends when it is stopped, with the watch, or when one could not be kept.
 */
import type { LiveActor, LiveEpisode, LiveEvent, LiveFrames, LiveMap } from '../../workers/contracts/proxy-protocol.ts';
import type { Failure } from '../../workers/contracts/protocol.ts';
import { keepEpisode } from './episodes.ts';
import { saveBytes } from './files.ts';
import { lastMap, liveWorker } from './live-map.ts';
import type { LiveScene } from './live-scene.ts';
import { liveStore, type RecordingProgress } from './live-state.ts';
import { complain, say } from './notices.ts';
import { ask, lab, now } from './services.ts';

/** The file is a little longer, and an episode holds 64 MiB of one. */
const MAX_BYTES = 48e6;

/** What becomes one episode. */
interface Part {
  readonly name: string;
  readonly episode: LiveEpisode;
  readonly actors: LiveActor[];
  readonly frames: LiveFrames[];
  readonly unixS: number;
  bytes: number;
  count: number;
}
let running: Part | null = null;
/** Whether a recording's end is still to be told. */
let untold = false;
/** Parts are kept one after the other; resolves with the names of those kept since the recording began. */
let keeping: Promise<readonly string[]> = Promise.resolve([]);

const begin = (name: string, episode: LiveEpisode, actors: readonly LiveActor[]): Part => {
  return { name, episode, actors: [...actors], frames: [], unixS: Date.now() / 1000, bytes: 0, count: 0 };
};

/** Records from the next frame on. */
export function startRecording(): void {
  const { newest, name } = liveStore.getState();
  if (running || untold || !newest || newest.steps < 0) return;
  running = begin(name, newest.episode, knownActors(newest));
  keeping = Promise.resolve([]);
  untold = true;
  liveStore.setState({ recording: { frames: 0, bytes: 0, seconds: 0, kept: 0, packing: false } });
}
export const toggleRecording = (): void => (running ? void finishRecording() : startRecording());

const knownActors = ({ actors, episode }: LiveScene): LiveActor[] =>
  actors.map(({ info }) => info).filter((info) => !episode.actors.includes(info));

function progress(change: Partial<RecordingProgress>): void {
  const { recording } = liveStore.getState();
  if (recording) liveStore.setState({ recording: { ...recording, ...change } });
}

/** Sees every event of the watch. */
export function recordEvent(event: LiveEvent): void {
  if (!running) return;
  if (event.kind === 'episode') goOn(event.episode, []);
  else if (event.kind === 'actors') running.actors.push(...event.actors);
  else if (event.kind === 'frames' && event.frames.episode === running.episode.number) {
    const { frames } = event;
    running.frames.push(frames);
    running.bytes += frames.step.buffer.byteLength;
    running.count += frames.count;
    const seconds = frames.timeS[frames.count - 1] - running.frames[0].timeS[0];
    progress({ frames: running.count, bytes: running.bytes, seconds });
    if (running.bytes >= MAX_BYTES) goOn(running.episode, running.actors);
  }
}

/** Ends the part that runs and begins the next. */
function goOn(episode: LiveEpisode, actors: readonly LiveActor[]): void {
  if (!running) return;
  const done = running;
  running = begin(done.name, episode, actors);
  progress({ frames: 0, bytes: 0, seconds: 0 });
  keepNext(done);
}

/** Keeps a part after those before it. One that can not be kept ends the recording. */
function keepNext(part: Part): void {
  if (part.count < 2) return;
  // The next drive's map takes its place soon.
  const map = lastMap();
  keeping = keeping.then(async (names) => {
    const name = await keepPart(part, map);
    if (name === null) running = null;
    const kept = name === null ? names : [...names, name];
    progress({ kept: kept.length });
    return kept;
  });
  void tellEnd();
}

/** Ends the recording; what it holds is kept among the episodes. */
export async function finishRecording(): Promise<void> {
  const done = running;
  if (!done) return;
  running = null;
  progress({ packing: true });
  keepNext(done);
  await tellEnd();
}

/** Once all is kept and nothing runs any more, says so. */
async function tellEnd(): Promise<void> {
  const names = await keeping;
  if (running !== null || !untold) return;
  untold = false;
  if (liveStore.getState().recording) liveStore.setState({ recording: null });
  if (names.length === 1) say(`Kept “${names[0]}” among the episodes.`);
  else if (names.length > 1) say(`Kept ${names.length} episodes, the last “${names.at(-1)}”.`);
  else say('Nothing was kept of what was recorded.');
}

/** The name under which it is kept; null when it could not be. */
async function keepPart({ name, episode, actors, frames, unixS }: Part, map: LiveMap | null): Promise<string | null> {
  const file = await ask(async () => (await liveWorker()).pack({ episode, actors, frames, unixS }));
  if (!file.ok) return failed(file.failure);
  return keep(fileName(name, episode, unixS), file.value, episode, map);
}

async function keep(
  name: string,
  bytes: Uint8Array,
  { mapSha256 }: LiveEpisode,
  map: LiveMap | null,
): Promise<string | null> {
  const opened = await ask(() => lab().openRecording(name, new Blob([bytes as Uint8Array<ArrayBuffer>]), now()));
  if (!opened.ok) return failed(opened.failure);
  let { episode } = opened.value;
  if (map?.format === 'opendrive' && (mapSha256 === '' || map.sha256 === mapSha256)) {
    const mapped = await ask(() => lab().addMap(episode, `${map.name.split('/').at(-1)}.xodr`, new Blob([map.text])));
    if (mapped.ok) ({ episode } = mapped.value);
    else say(`The recording is kept without its map: ${mapped.failure.message}`);
  }
  if (await keepEpisode(episode)) return episode.name;
  saveBytes(name, bytes, 'application/octet-stream');
  return null;
}

function failed(failure: Failure): null {
  complain({ ...failure, message: `The recording was not kept: ${failure.message}` }, 'The source is still watched.');
  return null;
}

function fileName(name: string, { name: episode }: LiveEpisode, unixS: number): string {
  const time = new Date(1000 * unixS).toISOString().slice(0, 19).replace(/[:T]/g, '-');
  const plain = (text: string) => text.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 24);
  return `${[name, episode].map(plain).filter(Boolean).join('-')}-${time}.log`;
}

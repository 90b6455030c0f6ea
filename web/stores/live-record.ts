/**
 * Recording what is watched: messages are kept as they came, within bounds, and become a file in CARLA's recorder format that is read,
 * kept and scored like a dropped one. A recording holds one episode and ends with it, with the watch, or when it is full.
 */
import type { LiveActor, LiveEpisode, LiveEvent, LiveFrames } from '../../workers/proxy-protocol.ts';
import type { Failure } from '../../workers/protocol.ts';
import { keepEpisode } from './episodes.ts';
import { saveBytes } from './files.ts';
import { lastMap, liveWorker } from './live-map.ts';
import type { LiveScene } from './live-scene.ts';
import { liveStore } from './live-state.ts';
import { complain, say } from './notices.ts';
import { ask, lab, now } from './services.ts';

/** The file is a little longer, and an episode holds 64 MiB of one. */
const MAX_BYTES = 48e6;

interface Running {
  readonly name: string;
  readonly episode: LiveEpisode;
  readonly actors: LiveActor[];
  readonly frames: LiveFrames[];
  readonly unixS: number;
  bytes: number;
  count: number;
}
let running: Running | null = null;

/** Records from the next frame on. */
export function startRecording(): void {
  const { newest, name } = liveStore.getState();
  if (running || !newest || newest.steps < 0) return;
  const actors = knownActors(newest);
  const unixS = Date.now() / 1000;
  running = { name, episode: newest.episode, actors, frames: [], unixS, bytes: 0, count: 0 };
  liveStore.setState({ recording: { frames: 0, bytes: 0, seconds: 0, packing: false } });
}
export const toggleRecording = (): void => (running ? void finishRecording() : startRecording());

const knownActors = ({ actors, episode }: LiveScene): LiveActor[] =>
  actors.map(({ info }) => info).filter((info) => !episode.actors.includes(info));

/** Sees every event of the watch. */
export function recordEvent(event: LiveEvent): void {
  if (!running) return;
  if (event.kind === 'episode') void finishRecording();
  else if (event.kind === 'actors') running.actors.push(...event.actors);
  else if (event.kind === 'frames' && event.frames.episode === running.episode.number) {
    const { frames } = event;
    running.frames.push(frames);
    running.bytes += frames.step.buffer.byteLength;
    running.count += frames.count;
    const seconds = frames.timeS[frames.count - 1] - running.frames[0].timeS[0];
    liveStore.setState({ recording: { frames: running.count, bytes: running.bytes, seconds, packing: false } });
    if (running.bytes < MAX_BYTES) return;
    say('The recording is as long as one can be kept; it ends here.');
    void finishRecording();
  }
}

/** Ends the recording and keeps it among the episodes. */
export async function finishRecording(): Promise<void> {
  const done = running;
  running = null;
  if (!done) return;
  if (done.count < 2) {
    liveStore.setState({ recording: null });
    return say('Nothing was recorded: the recording ended before two frames had come.');
  }
  const { recording } = liveStore.getState();
  liveStore.setState({ recording: recording && { ...recording, packing: true } });
  const { name, episode, actors, frames, unixS } = done;
  const file = await ask(async () => (await liveWorker()).pack({ episode, actors, frames, unixS }));
  if (file.ok) await keep(fileName(name, episode, unixS), file.value, episode);
  else failed(file.failure);
  liveStore.setState({ recording: null });
}

async function keep(name: string, bytes: Uint8Array, { mapSha256 }: LiveEpisode): Promise<void> {
  const opened = await ask(() => lab().openRecording(name, new Blob([bytes as Uint8Array<ArrayBuffer>]), now()));
  if (!opened.ok) return failed(opened.failure);
  let { episode } = opened.value;
  const map = lastMap();
  if (map?.format === 'opendrive' && (mapSha256 === '' || map.sha256 === mapSha256)) {
    const mapped = await ask(() => lab().addMap(episode, `${map.name.split('/').at(-1)}.xodr`, new Blob([map.text])));
    if (mapped.ok) ({ episode } = mapped.value);
    else say(`The recording is kept without its map: ${mapped.failure.message}`);
  }
  if (await keepEpisode(episode)) say(`Kept “${episode.name}” among the episodes.`);
  else saveBytes(name, bytes, 'application/octet-stream');
}

const failed = (failure: Failure) =>
  complain({ ...failure, message: `The recording was not kept: ${failure.message}` }, 'The source is still watched.');

function fileName(name: string, { name: episode }: LiveEpisode, unixS: number): string {
  const time = new Date(1000 * unixS).toISOString().slice(0, 19).replace(/[:T]/g, '-');
  const plain = (text: string) => text.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 24);
  return `${[name, episode].map(plain).filter(Boolean).join('-')}-${time}.log`;
}

/**
 * `lab carla info|watch`: a CARLA server seen from here. `info` changes nothing on it; `watch --sync` steps it and leaves it as it was
 * found, also when interrupted. An unsupported version is told with what differs, and is a failed run.
 */
import { CarlaClient } from '../sources/carla/client.ts';
import { SUPPORTED_VERSIONS } from '../sources/carla/dialect.ts';
import { CarlaError } from '../sources/carla/errors.ts';
import type { CarlaFrame } from '../sources/carla/frames.ts';
import { type FlagValues, UsageError } from '../flags.ts';

const STEP_S = 0.05;

const flags = {
  host: { type: 'string', help: 'Where CARLA runs.', default: '127.0.0.1' },
  port: { type: 'integer', help: 'Its RPC port.', default: 2000, min: 1, max: 65_535 },
  timeout: { type: 'integer', help: 'Deadline of each answer, ms.', default: 5000, min: 100, max: 600_000 },
  ticks: { type: 'integer', help: 'watch: frames to show.', default: 20, min: 1, max: 10_000_000 },
  sync: {
    type: 'boolean',
    help: 'watch: step the server (0.05 s) instead of listening to its own clock.',
    default: false,
  },
  json: { type: 'boolean', help: 'info: one JSON object; watch: one JSON line a frame.', default: false },
} as const;
type Values = FlagValues<typeof flags>;

export const command = {
  summary: 'A CARLA server: what it is and what happens on it.',
  words: 'info|watch',
  flags,
  async run(values: Values, words: readonly string[]) {
    const [what] = words;
    if (words.length !== 1 || (what !== 'info' && what !== 'watch')) {
      throw new UsageError('lab carla: say what to do, info or watch.');
    }
    let client: CarlaClient;
    try {
      const { host, port, timeout } = values;
      client = await CarlaClient.connect({ host, port, timeoutMs: timeout, reconnect: false });
    } catch (error) {
      if (values.json && error instanceof CarlaError) {
        console.log(JSON.stringify({ supported: false, error: { code: error.code, message: error.message } }));
      }
      throw error;
    }
    const interrupted = new AbortController();
    process.once('SIGINT', () => interrupted.abort());
    try {
      if (what === 'info') await info(client, values);
      else await watch(client, values, interrupted.signal);
    } finally {
      for (const sentence of await client.close()) console.error(sentence);
    }
  },
};

/** Actors of a frame by kind. */
function byKind(frame: CarlaFrame): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { info } of frame.actors) counts[info.kind] = (counts[info.kind] ?? 0) + 1;
  return counts;
}

async function info(client: CarlaClient, { host, port, json }: Values): Promise<void> {
  const [map, settings] = [await client.mapInfo(), await client.readSettings()];
  const frame = await client.nextFrame(2000).catch((error: unknown) => {
    if (error instanceof CarlaError && error.code === 'timeout') return null;
    throw error;
  });
  const { serverVersion, dialect, differences, latencyMs } = client.server;
  const found = {
    host,
    port,
    supported: true,
    version: serverVersion,
    dialect: dialect.version,
    supportedVersions: SUPPORTED_VERSIONS,
    inferred: dialect.inferred,
    differences,
    map: map.name,
    spawnPoints: map.spawnPoints.length,
    settings,
    frame: frame?.frame ?? null,
    episodeId: frame?.episodeId ?? null,
    actors: frame && byKind(frame),
    latencyMs: Math.round(latencyMs * 100) / 100,
  };
  if (json) return console.log(JSON.stringify(found));
  const kinds = Object.entries(found.actors ?? {}).map(([kind, count]) => `${count} ${kind}`);
  const silent = settings.synchronousMode ? 'it is synchronous and nobody ticks it' : 'it may be loading';
  console.log(
    [
      `CARLA ${serverVersion} at ${host}:${port}, spoken to as ${dialect.version}, answers in ${found.latencyMs} ms`,
      `map ${map.name}, ${map.spawnPoints.length} spawn points, ${settings.synchronousMode ? 'synchronous' : 'asynchronous'}`,
      frame ? `frame ${frame.frame}: ${kinds.join(', ')}` : `no frame within 2 s: ${silent}`,
      ...differences.map((sentence) => `differs: ${sentence}`),
    ].join('\n'),
  );
}

async function watch(client: CarlaClient, values: Values, signal: AbortSignal): Promise<void> {
  const { ticks, sync, json, timeout } = values;
  const show = (frame: CarlaFrame) => {
    const { missedFrames } = client.server;
    if (json) return console.log(JSON.stringify({ ...frame, missedFrames }));
    const kinds = Object.entries(byKind(frame)).map(([kind, count]) => `${count} ${kind}`);
    const missed = missedFrames ? `  missed ${missedFrames}` : '';
    console.log(`frame ${frame.frame}  ${frame.timeS.toFixed(2)} s  ${kinds.join(', ')}${missed}`);
  };
  if (sync) {
    await client.setSynchronous(STEP_S);
    for (let i = 0; i < ticks && !signal.aborted; i++) show(await client.tick(timeout));
    return;
  }
  const seen = { frames: 0 };
  const stop = client.onFrame((frame) => {
    if (seen.frames++ < ticks) show(frame);
  });
  try {
    while (!signal.aborted) {
      await client.nextFrame(timeout);
      if (seen.frames >= ticks) break;
    }
  } finally {
    stop();
  }
}

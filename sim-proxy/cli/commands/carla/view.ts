/** `lab carla info|watch`: what a server is, and what happens on it frame by frame. */
import { attemptCall } from '../../../carla/client/attempt.ts';
import type { CarlaClient } from '../../../carla/client/client.ts';
import { SUPPORTED_VERSIONS } from '../../../carla/client/dialect.ts';
import { CarlaError, unlessMissing } from '../../../carla/client/errors.ts';
import type { CarlaFrame } from '../../../carla/client/frames.ts';
import { CarlaEgo, egoJson } from '../../../sources/carla/ego.ts';
import { heroOf } from '../../../sources/carla/frames.ts';
import { type CarlaFlags, STEP_S } from './flags.ts';

/** A server that gives no frame within this time is told of without one, ms. */
const FRAME_MS = 2000;

/** Actors of a frame by kind. */
function byKind(frame: CarlaFrame): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { info } of frame.actors) counts[info.kind] = (counts[info.kind] ?? 0) + 1;
  return counts;
}

export async function info(client: CarlaClient, { host, port, json }: CarlaFlags): Promise<void> {
  const map = await attemptCall(client, client.mapInfo());
  const settings = await attemptCall(client, client.readSettings());
  const frame = await (client.latestFrame ??
    client.nextFrame(FRAME_MS).catch((error: unknown) => {
      if (client.status.state === 'live' && error instanceof CarlaError) return null;
      throw error;
    }));
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
    map: map?.name ?? null,
    spawnPoints: map?.spawnPoints.length ?? null,
    settings,
    frame: frame?.frame ?? null,
    episodeId: frame?.episodeId ?? null,
    actors: frame && byKind(frame),
    latencyMs: Math.round(latencyMs * 100) / 100,
  };
  if (json) return console.log(JSON.stringify(found));
  const kinds = Object.entries(found.actors ?? {}).map(([kind, count]) => `${count} ${kind}`);
  const silent = settings?.synchronousMode ? 'it is synchronous and nobody ticks it' : 'it may be loading';
  const clock = settings ? (settings.synchronousMode ? 'synchronous' : 'asynchronous') : 'settings unknown';
  console.log(
    [
      `CARLA ${serverVersion} at ${host}:${port}, spoken to as ${dialect.version}, answers in ${found.latencyMs} ms`,
      `map ${map ? `${map.name}, ${map.spawnPoints.length} spawn points` : 'unknown'}, ${clock}`,
      frame ? `frame ${frame.frame}: ${kinds.join(', ') || 'no actors'}` : `no frame within 2 s: ${silent}`,
      ...differences.map((sentence) => `differs: ${sentence}`),
    ].join('\n'),
  );
}

export async function watch(client: CarlaClient, values: CarlaFlags, signal: AbortSignal): Promise<void> {
  const { ticks, sync, json, timeout } = values;
  const ego = new CarlaEgo();
  const map = await client
    .roadMap()
    .catch((error: Error) => void console.error(`note: no lanes are known: ${error.message}`));
  if (map) ego.useMap(map);
  const show = (frame: CarlaFrame) => {
    const { missedFrames } = client.server;
    const view = ego.look(frame, heroOf(frame));
    const events = view?.events ?? [];
    const line = { ...frame, missedFrames, ego: view ? egoJson(view) : null, events, ...differencesOf(client) };
    if (json) return console.log(JSON.stringify(line));
    const kinds = Object.entries(byKind(frame)).map(([kind, count]) => `${count} ${kind}`);
    const missed = missedFrames ? `  missed ${missedFrames}` : '';
    console.log(`frame ${frame.frame}  ${frame.timeS.toFixed(2)} s  ${kinds.join(', ')}${missed}`);
    for (const { text } of events) console.log(`  ${text}`);
  };
  if (sync) {
    await startStepping(client);
    for (let i = 0; i < ticks && !signal.aborted; i++) show(await client.tick(timeout));
    return;
  }
  const seen = { frames: 0 };
  const stop = client.onFrame((frame) => {
    if (seen.frames++ < ticks && !signal.aborted) show(frame);
  });
  try {
    while (!signal.aborted) {
      await frameOfItsOwn(client, timeout, signal);
      if (seen.frames >= ticks) break;
    }
  } finally {
    stop();
  }
}

/** For a line of output: nothing where the server is as its version. */
export function differencesOf(client: CarlaClient): { readonly differences?: readonly string[] } {
  const { differences } = client.server;
  return differences.length > 0 ? { differences } : {};
}

/** Steps of STEP_S; a server without settings is ticked as it is. */
export const startStepping = (client: CarlaClient): Promise<void> =>
  unlessMissing(client.setSynchronous(STEP_S), undefined);

/** The next frame of a server that is not stepped from here; a wait in vain says why, where that is known. */
export async function frameOfItsOwn(client: CarlaClient, timeoutMs: number, signal: AbortSignal): Promise<CarlaFrame> {
  try {
    return await client.nextFrame(timeoutMs, signal);
  } catch (error) {
    if (!(error instanceof CarlaError) || error.code !== 'timeout' || client.status.state !== 'live') throw error;
    const settings = await client.readSettings().catch(() => null);
    const why = settings?.synchronousMode ? ' The server is synchronous and nobody ticks it: say --sync to do so.' : '';
    throw new CarlaError('timeout', `No frame came within ${timeoutMs} ms.${why}`, { cause: error });
  }
}

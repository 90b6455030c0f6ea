/** `lab carla info|watch`: what a server is, and what happens on it frame by frame. */
import type { CarlaClient } from '../../sources/carla/client.ts';
import { SUPPORTED_VERSIONS } from '../../sources/carla/dialect.ts';
import { CarlaError } from '../../sources/carla/errors.ts';
import type { CarlaFrame } from '../../sources/carla/frames.ts';
import { CarlaEgo, egoJson } from '../../sources/carla-ego.ts';
import { heroOf } from '../../sources/carla-frames.ts';
import { type CarlaFlags, STEP_S } from './flags.ts';

/** Actors of a frame by kind. */
function byKind(frame: CarlaFrame): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { info } of frame.actors) counts[info.kind] = (counts[info.kind] ?? 0) + 1;
  return counts;
}

export async function info(client: CarlaClient, { host, port, json }: CarlaFlags): Promise<void> {
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
    if (json) return console.log(JSON.stringify({ ...frame, missedFrames, ego: view ? egoJson(view) : null, events }));
    const kinds = Object.entries(byKind(frame)).map(([kind, count]) => `${count} ${kind}`);
    const missed = missedFrames ? `  missed ${missedFrames}` : '';
    console.log(`frame ${frame.frame}  ${frame.timeS.toFixed(2)} s  ${kinds.join(', ')}${missed}`);
    for (const { text } of events) console.log(`  ${text}`);
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

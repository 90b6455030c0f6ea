/** `lab carla record`: frames of a live server written as a recorder file, here; frame by frame, so it may be as long as the disk. */
import { open } from 'node:fs/promises';
import { RecorderLog } from '../../../../core/io/recordings/carla-log-writer.ts';
import { attemptCall } from '../../../carla/client/attempt.ts';
import type { CarlaClient } from '../../../carla/client/client.ts';
import { CarlaError } from '../../../carla/client/errors.ts';
import type { CarlaFrame } from '../../../carla/client/frames.ts';
import type { CarlaFlags } from './flags.ts';
import { differencesOf, frameOfItsOwn, startStepping } from './view.ts';

export async function record(client: CarlaClient, values: CarlaFlags, signal: AbortSignal): Promise<void> {
  const { ticks, sync, out, timeout, json } = values;
  const map = (await attemptCall(client, client.mapInfo()))?.name ?? 'unknown';
  const file = await open(out, 'w').catch(() => {
    throw new Error(`"${out}" cannot be written.`);
  });
  const log = new RecorderLog();
  let bytes = 0;
  const write = async (part: Uint8Array) => {
    bytes += part.length;
    await file.write(part);
  };
  try {
    await write(log.header(map, Date.now() / 1000));
    if (sync) {
      await startStepping(client);
      while (log.frames < ticks && !signal.aborted) await write(log.frame(await client.tick(timeout)));
    } else await recordLive(client, log, ticks, timeout, signal, write);
  } catch (error) {
    // What was recorded before an interruption is whole.
    if (!signal.aborted || !(error instanceof CarlaError)) throw error;
  } finally {
    await file.close();
  }
  const { missedFrames } = client.server;
  const done = { out, map, frames: log.frames, bytes, missedFrames, ...differencesOf(client) };
  const missed = missedFrames > 0 ? `, ${missedFrames} frames missed` : '';
  console.log(json ? JSON.stringify(done) : `${out}: ${log.frames} frames of ${map}, ${bytes} bytes${missed}.`);
}

/** Frames wait in line while the disk is slower than the server; they never overtake one another. */
async function recordLive(
  client: CarlaClient,
  log: RecorderLog,
  ticks: number,
  timeout: number,
  signal: AbortSignal,
  write: (part: Uint8Array) => Promise<void>,
): Promise<void> {
  let writing = Promise.resolve();
  const take = (frame: CarlaFrame) => {
    if (log.frames >= ticks || signal.aborted) return;
    const part = log.frame(frame);
    writing = writing.then(() => write(part));
  };
  const stop = client.onFrame(take);
  try {
    while (log.frames < ticks && !signal.aborted) {
      await frameOfItsOwn(client, timeout, signal);
      await writing;
    }
  } finally {
    stop();
    await writing;
  }
}

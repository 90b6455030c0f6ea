/** A camera sensor of CARLA on an actor: spawned for one watcher, its newest picture handed on, removed at the end. */
import { ProxyError } from '../../feed/errors.ts';
import type { CarlaClient } from '../../carla/client/client.ts';
import { readCamera } from '../../carla/client/streams.ts';
import { heroOf } from './frames.ts';
import type { CameraPicture, CameraWish } from '../source.ts';

/** Where it sits: behind the windscreen, m from the actor's origin. */
const PLACE = { x: 0.6, y: 0, z: 1.45, headingRad: 0, pitchRad: 0, rollRad: 0 };

/** @throws ProxyError `no-actor`, `camera-ended`; CarlaError */
export async function* carlaCamera(
  client: CarlaClient,
  wish: CameraWish,
  signal: AbortSignal,
): AsyncGenerator<CameraPicture> {
  const frame = client.latestFrame;
  const parentId = wish.actorId || (frame ? heroOf(frame)?.id : undefined);
  if (!parentId) throw new ProxyError('not-found', 'no-actor', 'There is no ego to put a camera on.', 'actor_id');
  const attributes = {
    image_size_x: String(Math.round(wish.width)),
    image_size_y: String(Math.round(wish.height)),
    fov: String(wish.fieldOfViewDeg),
    sensor_tick: String(1 / wish.picturesPerSecond),
  };
  const sensor = await client.spawn({ blueprint: 'sensor.camera.rgb', attributes, pose: PLACE, parentId });
  let newest: Uint8Array | null = null;
  let ended: Error | null = null;
  let wake = () => {};
  const stop = await client
    .listen(sensor, {
      message(body) {
        newest = body.slice();
        wake();
      },
      end(error) {
        ended = error;
        wake();
      },
    })
    .catch(async (error: unknown) => {
      await client.destroy(sensor.id).catch(() => {});
      throw error;
    });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      const message = newest as Uint8Array | null;
      newest = null;
      if (message) yield picture(message);
      else if (ended) throw new ProxyError('unavailable', 'camera-ended', (ended as Error).message);
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stop();
    await client.destroy(sensor.id).catch(() => {});
  }
}

function picture(message: Uint8Array): CameraPicture {
  const { width, height, bgra } = readCamera(message);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0, at = 0; at < rgb.length; i += 4) {
    rgb[at++] = bgra[i + 2];
    rgb[at++] = bgra[i + 1];
    rgb[at++] = bgra[i];
  }
  return { width, height, rgb };
}

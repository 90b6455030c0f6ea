/** WatchCamera: what may be asked of a camera, how many there may be, and their pictures. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { WatchCameraRequest, WatchCameraResponseSchema } from '../generated/traceway/v1/source_pb.ts';
import type { CameraWish } from '../sources/source.ts';
import { ProxyError } from '../feed/errors.ts';
import type { Registry } from './registry.ts';

/** A picture is rendered by the simulator: few at a time. */
const MAX_CAMERAS = 4;

export class Cameras {
  readonly #registry: Registry;
  #open = 0;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** @throws ProxyError `unsupported`, `too-many-cameras`, `bad-request` */
  async *watch(
    request: WatchCameraRequest,
    signal: AbortSignal,
  ): AsyncGenerator<MessageInitShape<typeof WatchCameraResponseSchema>> {
    const { source } = this.#registry.get(request.sourceId);
    if (!source.camera) throw new ProxyError('unsupported', 'no-capability', `${source.name} has no cameras.`);
    const wish = wishOf(request);
    if (this.#open >= MAX_CAMERAS)
      throw new ProxyError('too-much', 'too-many-cameras', `There are ${MAX_CAMERAS} cameras already.`);
    this.#open++;
    try {
      for await (const { width, height, rgb } of source.camera(wish, signal)) {
        yield { width, height, rgb: rgb as Uint8Array<ArrayBuffer> };
      }
    } finally {
      this.#open--;
    }
  }
}

function wishOf(request: WatchCameraRequest): CameraWish {
  const within = (name: string, value: number, usual: number, low: number, high: number) => {
    if (value === 0) return usual;
    if (value >= low && value <= high) return value;
    throw new ProxyError('invalid', 'bad-request', `${name} must be ${low} to ${high}, not ${value}.`, name);
  };
  return {
    actorId: request.actorId,
    width: within('width', request.width, 320, 16, 640),
    height: within('height', request.height, 180, 16, 480),
    fieldOfViewDeg: within('field_of_view', request.fieldOfView, 90, 10, 150),
    picturesPerSecond: within('pictures_per_second', request.picturesPerSecond, 10, 0.1, 20),
  };
}

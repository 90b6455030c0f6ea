/** What the proxy worker answers: one proxy at a time, any number of watches. Needs `fetch` and nothing else of a browser. */
import { RpcError } from 'grpc-web';
import { type Answers, throwing, transferring } from '../../core/base/service.ts';
import { SourceService, type WatchCameraResponse } from '../generated/traceway/v1/source_pb.ts';
import { type MessageStream, ProxyClient } from './client.ts';
import { commandMessage, mapFormat, readSource } from './names.ts';
import type { LiveMap, LivePicture, ProxyService } from '../contracts/proxy-protocol.ts';
import { LiveWatch } from './watch.ts';

const { listSources, describeSource, getMap, controlSource, watchCamera } = SourceService.method;
const DESCRIBE_MS = 20_000;
/** Loading a map of CARLA's takes its time. */
const CONTROL_MS = 90_000;
const MAX_MAP_BYTES = 128 * 1024 * 1024;
const NOT_FOUND = 5;

export function createProxyService(fetchWith?: typeof fetch): Answers<ProxyService> {
  let client: ProxyClient | null = null;
  let begun = 0;
  const watches = new Map<number, LiveWatch>();
  const cameras = new Map<number, MessageStream<WatchCameraResponse>>();
  const connected = (): ProxyClient => {
    if (!client) throw new Error('No proxy is connected.');
    return client;
  };

  return {
    async connect(address) {
      const found = new ProxyClient(address, fetchWith);
      const { sources, version } = await found.call(listSources, {});
      for (const watch of watches.values()) watch.stop();
      watches.clear();
      client = found;
      return { version, sources: sources.map(readSource) };
    },
    sources: async () => (await connected().call(listSources, {})).sources.map(readSource),
    async describe(sourceId) {
      const { source, scenarios, ...lists } = await connected().call(describeSource, { sourceId }, DESCRIBE_MS);
      if (!source) throw new Error('The proxy described nothing.');
      const { drivers, maps, blueprints, differences } = lists;
      const offered = scenarios.map(({ scenarioId: id, title, description, stage }) => ({
        id,
        title,
        description,
        stage,
      }));
      return { source: readSource(source), scenarios: offered, drivers, maps, blueprints, differences };
    },
    map: (sourceId) => readMap(connected(), sourceId),
    async control(sourceId, command) {
      const request = { sourceId, command: commandMessage(command) };
      return (await connected().call(controlSource, request, CONTROL_MS)).actorId;
    },
    watch(request) {
      watches.set(++begun, new LiveWatch(connected(), request));
      return begun;
    },
    async next(number) {
      const event = (await watches.get(number)?.next()) ?? null;
      if (event === null) watches.delete(number);
      return event?.kind === 'frames' ? transferring(event, [event.packed.buffer]) : event;
    },
    stats: throwing((number) => watches.get(number)?.stats ?? null),
    stop: throwing((number) => {
      watches.get(number)?.stop();
      watches.delete(number);
    }),
    camera(request) {
      cameras.set(++begun, connected().stream(watchCamera, request));
      return begun;
    },
    async picture(number) {
      const message = await cameras.get(number)?.read();
      if (!message) cameras.delete(number);
      return message ? readPicture(message) : null;
    },
    stopCamera: throwing((number) => {
      cameras.get(number)?.cancel();
      cameras.delete(number);
    }),
  };
}

function readPicture({ width, height, rgb }: WatchCameraResponse): LivePicture {
  if (rgb.length !== width * height * 3) throw new Error(`A picture of ${width} × ${height} has ${rgb.length} bytes.`);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0, at = 0; at < rgba.length; at += 4) {
    rgba[at] = rgb[i++];
    rgba[at + 1] = rgb[i++];
    rgba[at + 2] = rgb[i++];
  }
  return transferring({ width, height, rgba });
}

async function readMap(client: ProxyClient, sourceId: string): Promise<LiveMap | null> {
  const decoder = new TextDecoder();
  let text = '';
  let header: { name: string; format: LiveMap['format']; sha256: string } | undefined;
  let left = 0;
  try {
    for await (const piece of client.stream(getMap, { sourceId })) {
      if (piece.header) {
        const { name, format, bytes, sha256 } = piece.header;
        if (bytes > BigInt(MAX_MAP_BYTES)) throw new Error(`The map has ${bytes} bytes; ${MAX_MAP_BYTES} is the most.`);
        header = { name, format: mapFormat(format), sha256 };
        left = Number(bytes);
      }
      left -= piece.chunk.length;
      if (left < 0) throw new Error('The map is longer than the proxy said.');
      text += decoder.decode(piece.chunk, { stream: true });
    }
  } catch (error) {
    if (error instanceof RpcError && Number(error.code) === NOT_FOUND) return null;
    throw error;
  }
  if (!header || left !== 0) throw new Error('The map was cut off.');
  return { ...header, text: text + decoder.decode() };
}

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseScenario } from '../../core/tasks/driving/scenario/scenario.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';
import { ActorKind, EventKind, LightState } from '../generated/traceway/v1/frame_pb.ts';
import { WatchResponseSchema } from '../generated/traceway/v1/source_pb.ts';
import { LIGHT_RED } from '../../core/abi/layout.ts';
import { KIND_EMERGENCY } from '../../core/tasks/driving/kinds/kinds.ts';
import { shippedScenarios } from '../node/scenarios.ts';
import { worldEpisode, worldFrame } from '../sources/embedded/frames.ts';
import { decodeBatch } from './batch.ts';
import { FrameWriter } from '../feed/columns.ts';
import { Feed } from '../feed/feed.ts';
import { framesMessage } from './frame-message.ts';

/** A feed with a drive in which the car does nothing but roll, `steps` frames. */
function driven(id: string, steps: number): Feed {
  const feed = new Feed();
  const worlds = createWasmWorlds(1);
  const spec = instantiate(shippedScenarios().get(id) as never, 3);
  worlds.reset(0, spec);
  const episode = worldEpisode(spec, 'nobody', worlds.state(0));
  const writer = new FrameWriter();
  feed.begin(episode.start);
  for (let i = 0; i < steps; i++) {
    feed.publish(worldFrame(writer, episode, worlds.state(0)));
    worlds.stepControls(Int16Array.of(20, i % 7));
  }
  worlds.dispose();
  return feed;
}

test('the bytes written by hand are those of the general writer, for every message of a drive', () => {
  for (const id of ['signalled_crossing', 'crossing_pedestrian']) {
    const feed = driven(id, 80);
    for (let after = 0; after < 80; after += 17) {
      const bytes = toBinary(WatchResponseSchema, framesMessage(feed.after(after, 32)));
      const read = fromBinary(WatchResponseSchema, bytes);
      expect(read.message.case).toBe('frames');
      expect(read.$unknown).toBeUndefined();
      expect(Buffer.compare(toBinary(WatchResponseSchema, read), bytes)).toBe(0);
    }
  }
});

test('what was written is what was there, events and zeros as well', () => {
  const feed = new Feed();
  const nothing = { mapName: '', mapSha256: '', originX: 0, originY: 0, egoId: 0, stepSeconds: 0, driver: '' };
  feed.begin({ ...nothing, name: '', seed: 0, actors: [], lights: [] });
  const writer = new FrameWriter();
  const still = { z: 0, pitch: 0, roll: 0, velocityX: 0, velocityY: 0, velocityZ: 0, yawRate: 0, flags: 0 };
  const note = { kind: EventKind.NOTE, actorId: 7, otherId: 0, text: 'Grüße' };
  writer.actor({ ...still, actorId: 7, x: 1.5, y: -2, heading: 0 });
  writer.light({ lightId: 300, state: LightState.RED });
  feed.publish(writer.take(0, 0, null, [note]));
  feed.publish(writer.take(1, 0.1));
  writer.actor({ ...still, actorId: 4_000_000_000, x: 0, y: 0, heading: -3 });
  writer.actor({ ...still, actorId: 8, x: 2, y: 0, heading: 3, flags: 1 });
  feed.publish(writer.take(4_000_000_000, 1e9));
  const { message } = fromBinary(WatchResponseSchema, toBinary(WatchResponseSchema, framesMessage(feed.after(0, 32))));
  if (message.case !== 'frames') throw new Error(message.case);
  expect(message.value).toMatchObject({ episode: 1n, firstSequence: 1n, frameCount: 3 });
  expect(message.value.events).toMatchObject([{ ...note, sequence: 1n }]);
  expect(message.value.ego).toBeUndefined();
  expect(decodeBatch(message.value)).toEqual(
    feed.after(0, 32).map(({ content }) =>
      expect.objectContaining({
        step: content.step,
        simTimeS: content.simTimeS,
        actorRows: content.actorRows,
        lightRows: content.lightRows,
        events: content.events,
      }),
    ),
  );
  const x = new Float32Array(new Uint8Array(message.value.actors?.x ?? []).buffer);
  const ids = new Uint32Array(new Uint8Array(message.value.actors?.actorId ?? []).buffer);
  expect([...x, ...ids]).toEqual([1.5, 0, 2, 7, 4_000_000_000, 8]);
  expect(message.value.actors?.z).toHaveLength(0);
});

test('kinds and lights are numbered in the API as in the world', () => {
  expect([ActorKind.EMERGENCY, LightState.RED]).toEqual([KIND_EMERGENCY, LIGHT_RED]);
  expect(create(WatchResponseSchema).message.case).toBeUndefined();
});

test('a kind that the API does not have is told as the one it is observed as, with its name as the type', () => {
  const spec = instantiate(parseScenario(readFileSync('examples/tram_crossing.yaml', 'utf8')), 1);
  const worlds = createWasmWorlds(1);
  worlds.reset(0, spec);
  const { start } = worldEpisode(spec, 'nobody', worlds.state(0));
  expect(start.actors[1]).toMatchObject({ kind: ActorKind.VEHICLE, typeId: 'vehicle.traceway.tram', length: 24 });
});

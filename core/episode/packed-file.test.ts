import { deflateSync } from 'fflate';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EpisodeError, validateEpisode } from './json.ts';
import { MAX_PACKED_CHARS, MAX_UNPACKED_BYTES } from './limits.ts';
import { packDeflated, unpackFile } from './packed-file.ts';
import { sampleEpisode } from './testing-episode.ts';

const unpacked = (packed: Parameters<typeof unpackFile>[0]) => {
  const parts: number[] = [];
  unpackFile(packed, (piece) => parts.push(...piece));
  return Uint8Array.from(parts);
};

test('any bytes come back as they went in', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      const packed = packDeflated('a.log', deflateSync(bytes));
      if (!packed) throw new Error('too long');
      expect(packed.deflated).toBe(Buffer.from(deflateSync(bytes)).toString('base64'));
      expect(unpacked(packed)).toEqual(bytes);
    }),
  );
});

test('a bomb, noise and damaged text are one EpisodeError each; what is too long is not packed', () => {
  const bomb = packDeflated('bomb', deflateSync(new Uint8Array(MAX_UNPACKED_BYTES + 2 ** 21)));
  if (!bomb) throw new Error('too long');
  let size = 0;
  expect(() => unpackFile(bomb, (piece) => (size += piece.length))).toThrow(/bomb: unpacks to more than 64 MiB/);
  expect(size).toBeLessThan(MAX_UNPACKED_BYTES + 2 ** 23);
  expect(() => unpacked({ name: 'x', deflated: '////////////' })).toThrow(EpisodeError);
  expect(() => unpacked({ name: 'x', deflated: 'ab!d' })).toThrow('x: character 2 is not base64');
  expect(packDeflated('x', new Uint8Array(MAX_PACKED_CHARS))).toBeNull();
});

test('an episode of a recording has no controls, and steps of its own', () => {
  const log = { name: 'a.log', deflated: 'AAAA' };
  const bare = { ...sampleEpisode(), controls: [], decisions: [], stateHashes: [], parent: undefined };
  const recorded = { ...bare, recording: { format: 'carla-log', steps: 30_000, log } };
  const late = { ...recorded, events: [{ step: 29_000, kind: 'collision', text: 'a' }] };
  expect(validateEpisode(late)).toMatchObject({ recording: { steps: 30_000 } });
  expect(() => validateEpisode({ ...recorded, controls: [0, 0] })).toThrow(/^recording: a drive with controls/);
  expect(() => validateEpisode({ ...recorded, events: [{ step: 30_001, kind: 'goal', text: '' }] })).toThrow(
    /events\[0\]/,
  );
});

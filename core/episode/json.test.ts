import { readFileSync, writeFileSync } from 'node:fs';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_ACTORS } from '../abi/layout.ts';
import { sampleEpisode } from './testing-episode.ts';
import { EpisodeError, episodeFromJson, episodeToJson } from './json.ts';
import { EpisodeSchema } from './schema.ts';

const change = (edit: (episode: ReturnType<typeof JSON.parse>) => void) => {
  const episode = structuredClone(sampleEpisode());
  edit(episode);
  return JSON.stringify(episode);
};
const errorOf = (file: string | Uint8Array): EpisodeError => {
  try {
    episodeFromJson(file);
  } catch (error) {
    if (error instanceof EpisodeError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('episode file', () => {
  test('export, import, export gives the same bytes, whatever the order of the keys', () => {
    const file = episodeToJson(sampleEpisode());
    expect(episodeFromJson(file)).toEqual(sampleEpisode());
    expect(episodeToJson(episodeFromJson(file))).toBe(file);
    const shuffled = Object.fromEntries(Object.entries(sampleEpisode()).reverse());
    expect(episodeToJson(episodeFromJson(JSON.stringify(shuffled, null, 2)))).toBe(file);
  });

  test.each(['A1', 'A10', `A${MAX_ACTORS}`])('an event may name any actor of a world: %s', (actor) => {
    const file = change((e) => (e.events[0].actor = actor));
    expect(episodeFromJson(file).events[0].actor).toBe(actor);
  });

  test.each(['A0', `A${MAX_ACTORS + 1}`, 'A999'])('an event names no actor that no world has: %s', (actor) => {
    expect(errorOf(change((e) => (e.events[0].actor = actor))).message).toMatch(/events\[0\]\.actor.*A1 to A128/);
  });

  test.each([
    ['decisions[1].tokens[1]', (e) => (e.decisions[1].tokens[1] = 'stop')],
    ['decisions[1].tokens[0]', (e) => (e.decisions[1].tokens[0] = 5000)],
    ['decisions[0].waypoints', (e) => e.decisions[0].waypoints.pop()],
    ['decisions[0].waypoints[3]', (e) => (e.decisions[0].waypoints[3] = null)],
    ['decisions[1].step', (e) => (e.decisions[1].step = 0)],
    ['decisions[1].step', (e) => (e.decisions[1].step = 60)],
    ['decisions[0].logProbs', (e) => e.decisions[0].logProbs.pop()],
    ['decisions[1].edit', (e) => (e.decisions[1].edit.to = 7)],
    ['controls[1]', (e) => (e.controls[1] = 251)],
    ['controls[2]', (e) => (e.controls[2] = 61)],
    ['controls', (e) => e.controls.push(0)],
    ['stateHashes[1][0]', (e) => (e.stateHashes[1][0] = 50)],
    ['stateHashes[0][1]', (e) => (e.stateHashes[0][1] = 'xyz')],
    ['score.progress', (e) => (e.score.progress = 1.5)],
    ['score.minTtc', (e) => delete e.score.minTtc],
    ['policy.kind', (e) => (e.policy.kind = 'human2')],
    ['parent.decision', (e) => (e.parent.decision = 2)],
    ['scenario.speed', (e) => (e.scenario.speed = 3)],
    ['createdAt', (e) => (e.createdAt = 'yesterday')],
    ['format', (e) => (e.format = 'traceway-episode/0')],
  ] as [string, (episode: ReturnType<typeof JSON.parse>) => void][])('an error names %s', (where, edit) => {
    expect(errorOf(change(edit)).where).toBe(where);
  });

  test('an error says what is there and what was expected', () => {
    expect(errorOf(change((e) => (e.decisions[1].tokens[1] = 'stop'))).message).toBe(
      'decisions[1].tokens[1]: got "stop", expected a whole number',
    );
    expect(errorOf(change((e) => (e.format = 'traceway-episode/2'))).message).toContain('newer Traceway');
  });

  test('a file that is cut off says at which byte', () => {
    const file = episodeToJson(sampleEpisode());
    const bytes = new TextEncoder().encode(file);
    for (const length of [0, 1, 40, 41, 300, 500, bytes.length - 3]) {
      const error = errorOf(bytes.subarray(0, length));
      expect(error.message).toMatch(new RegExp(`^byte ${length} .*cut off`));
    }
    expect(errorOf(`{"format": what}`).where).toBe('byte 11 (line 1, column 12)');
    expect(errorOf(new Uint8Array([0x7b, 0xff, 0xfe])).message).toContain('not text');
    expect(errorOf('[]').message).toContain('no JSON object');
    expect(errorOf(new Uint8Array(17 * 2 ** 20)).message).toContain('17.0 MiB');
  });

  test('no damage to a file gets past the reader as anything but a valid episode or an EpisodeError', () => {
    const file = episodeToJson(sampleEpisode());
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.string({ maxLength: 3 }), fc.nat(4), (at, patch, removed) => {
        const damaged = file.slice(0, at) + patch + file.slice(at + removed);
        try {
          const episode = episodeFromJson(damaged);
          expect(episodeToJson(episodeFromJson(episodeToJson(episode)))).toBe(episodeToJson(episode));
        } catch (error) {
          if (!(error instanceof EpisodeError)) throw error;
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('the published JSON schema is up to date (UPDATE_SCHEMAS=1 rewrites it)', () => {
    const schema = {
      ...toJsonSchema(EpisodeSchema, { target: 'draft-2020-12', errorMode: 'ignore' }),
      title: 'Traceway episode',
      description: 'One recorded drive. Units: SI; controls in counts of 0.05 m/s² and 0.002 rad.',
    };
    const path = 'public/schemas/episode.schema.json';
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (process.env.UPDATE_SCHEMAS) writeFileSync(path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

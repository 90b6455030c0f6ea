/**
 * Replay links of an earlier day: each opens as the same drive, thoughts and view, and is written again as the same text. They are
 * opened by `lab replay` and written by `lab export`. e2e/fixtures/pinned/README.md says how each was made.
 */
import { expect, test } from 'vitest';
import * as exportCommand from './commands/export.ts';
import * as replayCommand from './commands/replay.ts';
import { expectPinned, printed, readPinned, sha256 } from './testing-pinned.ts';

interface Replayed {
  readonly decisions: readonly {
    readonly step: number;
    readonly text: string;
    readonly tokens: readonly number[];
    readonly stages: readonly unknown[];
    readonly waypoints: readonly number[];
    readonly edit?: unknown;
  }[];
}
const links = Object.entries(readPinned<Record<string, string>>('links'));
const linkOf = async (word: string) =>
  (await printed<{ link: string }>(exportCommand, { format: 'link', json: true }, word)).link;

/** What `lab replay --json` prints, its thoughts and plans as digests. */
async function replayed(word: string): Promise<unknown> {
  const { decisions, ...drive } = await printed<Replayed>(replayCommand, { json: true }, word);
  const digest = (part: (decision: Replayed['decisions'][number]) => unknown) =>
    sha256(decisions.map((decision) => JSON.stringify(part(decision))).join('\n'));
  return {
    ...drive,
    thoughts: {
      decisions: decisions.length,
      first: decisions[0]?.text,
      edits: decisions.flatMap(({ step, edit }) => (edit ? [{ step, edit }] : [])),
      steps: digest(({ step }) => step),
      words: digest(({ text }) => text),
      tokens: digest(({ tokens }) => tokens),
      stages: digest(({ stages }) => stages),
      waypoints: digest(({ waypoints }) => waypoints),
    },
  };
}

test('there are ten links of an earlier day', () => {
  expect(links).toHaveLength(10);
});

test.each(links)('the link "%s" opens as the drive it was and is written again as it was', async (name, link) => {
  expectPinned('links-replayed', name, await replayed(link));
  expect(await linkOf(link)).toBe(link);
});

test('the shipped drive’s file replays as it did and gives the link it gave', async () => {
  const file = 'public/shipped/drive.json';
  expectPinned('links-replayed', 'public/shipped/drive.json', await replayed(file));
  expect(await linkOf(file)).toBe(Object.fromEntries(links).shipped);
});

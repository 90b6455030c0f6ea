/** `lab export`: an episode as another format: its JSON file, or its replay link. The drive is verified on the way. */
import { writeFile } from 'node:fs/promises';
import { episodeToJson } from '../../../core/episode/json.ts';
import { linkOf, openEpisode } from '../../node/episodes.ts';
import { type FlagValues, UsageError } from '../flags.ts';

const flags = {
  format: { type: 'string', help: 'json (an episode file) or link.', default: 'json' },
  out: { type: 'string', help: 'File to write; default: stdout.' },
  json: {
    type: 'boolean',
    help: 'Print one JSON object: what was made or, without --out, the episode itself.',
    default: false,
  },
} as const;

export const command = {
  summary: 'Turn a replay link into an episode file, or a file into a link.',
  words: 'LINK-OR-FILE',
  flags,
  async run(values: FlagValues<typeof flags>, words: readonly string[]) {
    const { format, out, json } = values;
    if (format !== 'json' && format !== 'link')
      throw new UsageError(`lab export: --format must be json or link, not "${format}".`);
    if (words.length !== 1) throw new UsageError('lab export: say one replay link (#r1.…) or episode file.');
    const { episode, view } = await openEpisode(words[0], new Date().toISOString());
    const text = format === 'json' ? episodeToJson(episode) : `${linkOf(episode, view)}\n`;
    if (out !== undefined) await writeFile(out, text);
    if (json && !(format === 'json' && out === undefined)) {
      const link = format === 'link' ? { link: text.trim(), characters: text.trim().length } : {};
      console.log(
        JSON.stringify({ format, ...(out !== undefined && { out }), bytes: Buffer.byteLength(text), ...link }),
      );
    } else if (out === undefined) process.stdout.write(text);
    else console.error(`${out}: ${Buffer.byteLength(text)} bytes.`);
  },
};

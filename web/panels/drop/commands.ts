/** What can be opened, and files out. */
import type { Command } from '../../commands/registry.ts';
import { can } from '../../commands/conditions.ts';
import { chooseFile, saveEpisodeFile } from '../../stores/files.ts';

export const fileCommands: readonly Command[] = [
  { id: 'file.open', title: 'Open file…', group: 'File', place: 1, keys: ['Ctrl+O'], run: chooseFile },
  {
    id: 'file.save',
    title: 'Export episode',
    group: 'File',
    place: 4,
    keys: ['Ctrl+S'],
    run: () => void saveEpisodeFile(),
    enabled: can('export'),
  },
  {
    id: 'file.blocksworld',
    title: 'Open a Blocksworld board',
    group: 'File',
    place: 5,
    keys: [],
    run: async () => (await import('../../shown/blocksworld.ts')).openBoard(),
  },
];

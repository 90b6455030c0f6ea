/** Files in and out. */
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
];

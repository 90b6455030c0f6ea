/** Each opens its dialog. */
import type { Command } from '../../commands/registry.ts';
import { can } from '../../commands/conditions.ts';
import { openDialog } from '../../stores/view.ts';

export const dialogCommands: readonly Command[] = [
  {
    id: 'file.new-drive',
    title: 'New drive…',
    group: 'File',
    place: 2,
    keys: ['Shift+D'],
    run: () => openDialog('new-drive'),
  },
  {
    id: 'file.share',
    title: 'Share replay link…',
    group: 'File',
    place: 3,
    keys: ['S'],
    run: () => openDialog('share'),
    enabled: can('share'),
  },
  { id: 'view.engine', title: 'Engines…', group: 'View', place: 13, keys: [], run: () => openDialog('engine') },
  {
    id: 'help.palette',
    title: 'All commands…',
    group: 'Help',
    place: 1,
    keys: ['Ctrl+K'],
    run: () => openDialog('palette'),
  },
  {
    id: 'help.shortcuts',
    title: 'Keyboard shortcuts',
    group: 'Help',
    place: 2,
    keys: ['?'],
    run: () => openDialog('shortcuts'),
  },
];

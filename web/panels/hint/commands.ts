/** The tour. */
import type { Command } from '../../commands/registry.ts';
import { tourAgain } from '../../stores/first.ts';

export const tourCommands: readonly Command[] = [
  {
    id: 'help.tour',
    title: 'Show the first steps again',
    group: 'Help',
    place: 3,
    keys: [],
    run: () => void tourAgain(),
  },
];

/** From page to page. */
import type { Command } from '../../commands/registry.ts';
import { inLab } from '../../commands/conditions.ts';
import { goTo } from '../../stores/pages.ts';

export const pageCommands: readonly Command[] = [
  { id: 'view.reports', title: 'Reports', group: 'View', place: 5, keys: ['5'], run: () => goTo('reports') },
  { id: 'view.editor', title: 'Scenario editor', group: 'View', place: 6, keys: ['6'], run: () => goTo('editor') },
  {
    id: 'view.lab',
    title: 'Back to the lab',
    group: 'View',
    place: 7,
    keys: ['0'],
    run: () => goTo('lab'),
    enabled: () => !inLab(),
  },
];

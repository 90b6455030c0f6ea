/** The list of actors over the picture. */
import type { Command } from '../../commands/registry.ts';
import { isShown } from '../../commands/conditions.ts';
import { viewStore } from '../../stores/view.ts';

export const actorCommands: readonly Command[] = [
  {
    id: 'view.actors',
    title: 'List the actors',
    group: 'View',
    place: 11,
    keys: ['Shift+A'],
    run: () => viewStore.setState(({ actorsOpen }) => ({ actorsOpen: !actorsOpen })),
    enabled: isShown,
  },
];

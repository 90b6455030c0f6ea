/** The picture: its camera and whom it follows. */
import type { Command } from '../../commands/registry.ts';
import { isShown } from '../../commands/conditions.ts';
import { followNext, toggleInset } from '../../shown/follow.ts';
import { CAMERAS, viewStore } from '../../stores/view.ts';

export const pictureCommands: readonly Command[] = [
  { id: 'view.camera', title: 'Next camera', group: 'View', place: 8, keys: ['C'], run: nextCamera },
  {
    id: 'view.follow',
    title: 'Follow the next actor',
    group: 'View',
    place: 9,
    keys: ['F'],
    run: followNext,
    enabled: isShown,
  },
  {
    id: 'view.inset',
    title: 'Picture in the picture',
    group: 'View',
    place: 10,
    keys: ['P'],
    run: toggleInset,
    enabled: isShown,
  },
];

function nextCamera(): void {
  viewStore.setState(({ camera }) => ({ camera: CAMERAS[(CAMERAS.indexOf(camera) + 1) % CAMERAS.length] }));
}

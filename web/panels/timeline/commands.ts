/** Moving through what is shown. */
import type { Command } from '../../commands/registry.ts';
import { can, isShown, withShown } from '../../commands/conditions.ts';
import { changeSpeed } from '../../stores/pace.ts';

export const playCommands: readonly Command[] = [
  {
    id: 'play.toggle',
    title: 'Play or pause',
    group: 'Play',
    place: 1,
    keys: ['Space'],
    run: withShown((player, playing) => (playing ? player.pause() : player.play())),
    enabled: isShown,
  },
  {
    id: 'play.step',
    title: 'One step on',
    group: 'Play',
    place: 2,
    keys: ['ArrowRight'],
    run: withShown((player) => player.stepBy(1)),
    enabled: isShown,
  },
  {
    id: 'play.step-back',
    title: 'One step back',
    group: 'Play',
    place: 3,
    keys: ['ArrowLeft'],
    run: withShown((player) => player.stepBy(-1)),
    enabled: isShown,
  },
  {
    id: 'play.decision',
    title: 'Next decision',
    group: 'Play',
    place: 4,
    keys: ['Shift+ArrowRight'],
    run: withShown((player) => player.leapBy(1)),
    enabled: can('decisions'),
  },
  {
    id: 'play.decision-back',
    title: 'Previous decision',
    group: 'Play',
    place: 5,
    keys: ['Shift+ArrowLeft'],
    run: withShown((player) => player.leapBy(-1)),
    enabled: can('decisions'),
  },
  { id: 'play.faster', title: 'Faster', group: 'Play', place: 6, keys: ['.'], run: () => changeSpeed(1) },
  { id: 'play.slower', title: 'Slower', group: 'Play', place: 7, keys: [','], run: () => changeSpeed(-1) },
];

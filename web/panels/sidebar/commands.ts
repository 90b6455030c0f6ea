/** The run that trains. */
import type { Command } from '../../commands/registry.ts';
import { goTo } from '../../stores/pages.ts';
import { holdTraining, startTraining, stopTraining, trainingStore } from '../../stores/training.ts';

const isTraining = () => trainingStore.getState().active;

export const trainingCommands: readonly Command[] = [
  {
    id: 'train.start',
    title: 'Start training',
    group: 'Train',
    place: 1,
    keys: ['Shift+T'],
    run: () => {
      goTo('lab');
      void startTraining();
    },
    enabled: () => !isTraining(),
  },
  {
    id: 'train.hold',
    title: 'Hold or continue training',
    group: 'Train',
    place: 2,
    keys: ['Shift+H'],
    run: () => void holdTraining(),
    enabled: isTraining,
  },
  {
    id: 'train.stop',
    title: 'Stop training',
    group: 'Train',
    place: 3,
    keys: ['Shift+Escape'],
    run: () => void stopTraining(),
    enabled: isTraining,
  },
];

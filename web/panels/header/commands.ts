/** How the lab is laid out and coloured. */
import type { Command } from '../../commands/registry.ts';
import { goTo } from '../../stores/pages.ts';
import { type Preset, viewStore } from '../../stores/view.ts';

const preset = (name: Preset) => () => {
  goTo('lab');
  viewStore.setState({ preset: name });
};

export const layoutCommands: readonly Command[] = [
  { id: 'view.watch', title: 'Watch', group: 'View', place: 1, keys: ['1'], run: preset('watch') },
  { id: 'view.debug', title: 'Debug', group: 'View', place: 2, keys: ['2'], run: preset('debug') },
  { id: 'view.train', title: 'Train', group: 'View', place: 3, keys: ['3'], run: preset('train') },
  { id: 'view.compare', title: 'Compare', group: 'View', place: 4, keys: ['4'], run: preset('compare') },
  { id: 'view.theme', title: 'Dark or light', group: 'View', place: 12, keys: ['Shift+L'], run: toggleTheme },
  {
    id: 'view.reset',
    title: 'Reset panel sizes',
    group: 'View',
    place: 14,
    keys: [],
    run: () => viewStore.setState({ layouts: {} }),
  },
];

/** Light and dark in turn; the way back to the system's choice is the theme button's third state. */
function toggleTheme(): void {
  viewStore.setState(({ dark }) => ({ theme: dark ? 'light' : 'dark' }));
}

/** Watching a source; the code of it comes with the first one. */
import type { Command } from '../../commands/registry.ts';
import { can } from '../../commands/conditions.ts';
import type * as Live from '../../stores/live.ts';
import { goTo } from '../../stores/pages.ts';
import { openSources, sourcesStore } from '../../stores/sources.ts';
import { viewStore } from '../../stores/view.ts';

const live = (run: (live: typeof Live) => void) => () => void import('../../stores/live.ts').then(run);

export const sourceCommands: readonly Command[] = [
  {
    id: 'live.sources',
    title: 'Sources…',
    group: 'Live',
    place: 1,
    keys: ['Shift+S'],
    run: showSources,
  },
  {
    id: 'live.now',
    title: 'Back to now',
    group: 'Live',
    place: 2,
    keys: ['L'],
    run: live(({ goToNow }) => goToNow()),
    enabled: can('source'),
  },
  {
    id: 'live.hold',
    title: 'Pause watching, or go on',
    group: 'Live',
    place: 3,
    keys: ['H'],
    run: live(({ holdWatching }) => holdWatching()),
    enabled: can('source'),
  },
  {
    id: 'live.record',
    title: 'Record, or stop recording',
    group: 'Live',
    place: 4,
    keys: ['Shift+K'],
    run: () => void import('../../stores/live-record.ts').then(({ toggleRecording }) => toggleRecording()),
    enabled: can('record'),
  },
  {
    id: 'live.stop',
    title: 'Stop watching',
    group: 'Live',
    place: 5,
    keys: [],
    run: live(({ stopWatching }) => stopWatching()),
    enabled: can('source'),
  },
];

/** Unfolds the sources and puts the focus on them. */
function showSources(): void {
  goTo('lab');
  if (viewStore.getState().preset === 'watch') viewStore.setState({ preset: 'debug' });
  if (!sourcesStore.getState().open) openSources(true);
  setTimeout(() => document.getElementById('sources-fold')?.focus());
}

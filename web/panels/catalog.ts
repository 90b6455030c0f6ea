/**
 * The panels of the lab: one line each, in a folder of its own (index.tsx, its look, its commands.ts). The frame (app.tsx) lays out what
 * this list says: of each dock the first panel that shows. A panel that the first picture does not need is fetched when it shows.
 */
import { type ComponentType, lazy } from 'react';
import type { Capability } from '../shown/player.ts';
import type { Preset } from '../stores/view.ts';
import { Sidebar } from './sidebar/index.tsx';
import { Timeline } from './timeline/index.tsx';
import { Trace } from './trace/index.tsx';
import { Viewport } from './viewport/index.tsx';
import { ViewportOverlay } from './viewport-overlay/index.tsx';

/** `over`: over the picture, and there when the picture fails. */
export type Dock = 'left' | 'picture' | 'over' | 'time' | 'right' | 'bottom';

export interface PanelProps {
  /** A panel beside it lists the actors. */
  readonly listed?: boolean;
}

export interface PanelEntry {
  readonly id: string;
  /** What a failure of it is called by. */
  readonly title: string;
  readonly dock: Dock;
  readonly Body: ComponentType<PanelProps>;
  /** `can`: whether what is shown can do something. */
  readonly shows: (preset: Preset, can: (what: Capability) => boolean) => boolean;
  /** It lists the actors. */
  readonly lists?: boolean;
  /** It waits until the first drive plays. */
  readonly later?: boolean;
}

const Compare = lazy(() => import('./compare/index.tsx'));
const Live = lazy(() => import('./live/index.tsx'));
const Recording = lazy(() => import('./recording/index.tsx'));
const Metrics = lazy(() => import('./metrics/index.tsx'));

const always = () => true;
const besideWatching = (preset: Preset) => preset !== 'watch';
const comparing = (preset: Preset) => preset === 'compare';
const debugging = (preset: Preset) => preset === 'debug';

const PANELS: readonly PanelEntry[] = [
  { id: 'sidebar', title: 'Pipeline and episodes', dock: 'left', Body: Sidebar, shows: besideWatching },
  { id: 'viewport', title: 'Viewport', dock: 'picture', Body: Viewport, shows: always },
  { id: 'overlay', title: 'Overlay', dock: 'over', Body: ViewportOverlay, shows: always },
  { id: 'timeline', title: 'Timeline', dock: 'time', Body: Timeline, shows: always },
  { id: 'compare', title: 'Compare', dock: 'right', Body: Compare, shows: comparing },
  {
    id: 'live',
    title: 'Live',
    dock: 'right',
    Body: Live,
    shows: (preset, can) => debugging(preset) && can('source'),
    lists: true,
  },
  {
    id: 'recording',
    title: 'Recording',
    dock: 'right',
    Body: Recording,
    shows: (preset, can) => debugging(preset) && can('recorded'),
    lists: true,
  },
  { id: 'trace', title: 'Trace', dock: 'right', Body: Trace, shows: debugging },
  { id: 'metrics', title: 'Metrics', dock: 'bottom', Body: Metrics, shows: besideWatching, later: true },
];

/** The panel that stands in a dock. */
export const panelIn = (dock: Dock, preset: Preset, can: (what: Capability) => boolean): PanelEntry | undefined =>
  PANELS.find((panel) => panel.dock === dock && panel.shows(preset, can));

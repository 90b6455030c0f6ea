/** The lab's commands in the order in which menu, palette and shortcut list show them. */
import { breakpointHere, focusAlternatives, focusEdit } from '../stores/debugger.ts';
import { chooseFile, saveEpisodeFile } from '../stores/files.ts';
import { driveStore } from '../stores/drive.ts';
import { tourAgain } from '../stores/first.ts';
import { clearGhost, swapGhost } from '../stores/fork.ts';
import type * as Live from '../stores/live.ts';
import type * as LiveClock from '../stores/live-clock.ts';
import { isLive, liveStore } from '../stores/live-state.ts';
import { goTo } from '../stores/pages.ts';
import {
  changeSpeed,
  resume,
  runToAction,
  stepDecision,
  stepStage,
  stepToken,
  stepWorld,
  toggleBreakpoint,
  togglePlay,
} from '../stores/playback.ts';
import { holdTraining, startTraining, stopTraining, trainingStore } from '../stores/training.ts';
import { toggleInset } from '../shown/shown.ts';
import { openSources, sourcesStore } from '../stores/sources.ts';
import { CAMERAS, openDialog, type Preset, viewStore } from '../stores/view.ts';
import type { Command } from './registry.ts';

const inLab = () => viewStore.getState().page === 'lab';
const watching = () => inLab() && isLive();
const hasDrive = () => inLab() && !isLive() && driveStore.getState().episode !== null;
const hasTimeline = () => watching() || hasDrive();
const hasTrace = () => inLab() && !isLive() && (driveStore.getState().episode?.decisions.length ?? 0) > 0;
const hasGhost = () => inLab() && !isLive() && driveStore.getState().ghost !== null;
/** Moves through the live source where one is watched; its code is there by then. */
const moves = (inDrive: () => void, inLive: (clock: typeof LiveClock) => void) => () => {
  if (isLive()) void import('../stores/live-clock.ts').then(inLive);
  else inDrive();
};
const live = (run: (live: typeof Live) => void) => () => void import('../stores/live.ts').then(run);
const isTraining = () => trainingStore.getState().active;
const preset = (name: Preset) => () => {
  goTo('lab');
  viewStore.setState({ preset: name });
};

function toggleBreakpointHere(): void {
  const breakpoint = breakpointHere();
  if (breakpoint) toggleBreakpoint(breakpoint);
}

export const COMMANDS: readonly Command[] = [
  { id: 'file.open', title: 'Open file…', group: 'File', keys: ['Ctrl+O'], run: chooseFile },
  { id: 'file.new-drive', title: 'New drive…', group: 'File', keys: ['Shift+D'], run: () => openDialog('new-drive') },
  {
    id: 'file.share',
    title: 'Share replay link…',
    group: 'File',
    keys: ['S'],
    run: () => openDialog('share'),
    enabled: hasDrive,
  },
  {
    id: 'file.save',
    title: 'Export episode',
    group: 'File',
    keys: ['Ctrl+S'],
    run: () => void saveEpisodeFile(),
    enabled: hasDrive,
  },

  {
    id: 'play.toggle',
    title: 'Play or pause',
    group: 'Play',
    keys: ['Space'],
    run: moves(togglePlay, ({ toggleLive }) => toggleLive()),
    enabled: hasTimeline,
  },
  {
    id: 'play.step',
    title: 'One step on',
    group: 'Play',
    keys: ['ArrowRight'],
    run: moves(
      () => stepWorld(1),
      ({ stepLive }) => stepLive(1),
    ),
    enabled: hasTimeline,
  },
  {
    id: 'play.step-back',
    title: 'One step back',
    group: 'Play',
    keys: ['ArrowLeft'],
    run: moves(
      () => stepWorld(-1),
      ({ stepLive }) => stepLive(-1),
    ),
    enabled: hasTimeline,
  },
  {
    id: 'play.decision',
    title: 'Next decision',
    group: 'Play',
    keys: ['Shift+ArrowRight'],
    run: () => stepDecision(1),
    enabled: hasDrive,
  },
  {
    id: 'play.decision-back',
    title: 'Previous decision',
    group: 'Play',
    keys: ['Shift+ArrowLeft'],
    run: () => stepDecision(-1),
    enabled: hasDrive,
  },
  { id: 'play.faster', title: 'Faster', group: 'Play', keys: ['.'], run: () => changeSpeed(1) },
  { id: 'play.slower', title: 'Slower', group: 'Play', keys: [','], run: () => changeSpeed(-1) },

  {
    id: 'live.sources',
    title: 'Sources…',
    group: 'Live',
    keys: ['Shift+S'],
    run: showSources,
  },
  {
    id: 'live.now',
    title: 'Back to now',
    group: 'Live',
    keys: ['L'],
    run: live(({ goToNow }) => goToNow()),
    enabled: watching,
  },
  {
    id: 'live.hold',
    title: 'Pause watching, or go on',
    group: 'Live',
    keys: ['H'],
    run: live(({ holdWatching }) => holdWatching()),
    enabled: watching,
  },
  {
    id: 'live.record',
    title: 'Record, or stop recording',
    group: 'Live',
    keys: ['Shift+K'],
    run: () => void import('../stores/live-record.ts').then(({ toggleRecording }) => toggleRecording()),
    enabled: () => watching() && liveStore.getState().scene !== null,
  },
  {
    id: 'live.stop',
    title: 'Stop watching',
    group: 'Live',
    keys: [],
    run: live(({ stopWatching }) => stopWatching()),
    enabled: watching,
  },

  {
    id: 'debug.resume',
    title: 'Resume to the next breakpoint',
    group: 'Debug',
    keys: ['F8', 'R'],
    run: () => resume(1),
    enabled: hasDrive,
  },
  {
    id: 'debug.resume-back',
    title: 'Back to the previous breakpoint',
    group: 'Debug',
    keys: ['Shift+F8', 'Shift+R'],
    run: () => resume(-1),
    enabled: hasDrive,
  },
  {
    id: 'debug.token',
    title: 'Next token',
    group: 'Debug',
    keys: ['F10', 'N'],
    run: () => stepToken(1),
    enabled: hasDrive,
  },
  {
    id: 'debug.token-back',
    title: 'Previous token',
    group: 'Debug',
    keys: ['Shift+F10', 'Shift+N'],
    run: () => stepToken(-1),
    enabled: hasDrive,
  },
  { id: 'debug.stage', title: 'Next stage', group: 'Debug', keys: [']'], run: () => stepStage(1), enabled: hasTrace },
  {
    id: 'debug.stage-back',
    title: 'Previous stage',
    group: 'Debug',
    keys: ['['],
    run: () => stepStage(-1),
    enabled: hasTrace,
  },
  {
    id: 'debug.alternatives',
    title: 'Go to the alternatives',
    group: 'Debug',
    keys: ['F11', 'I'],
    run: focusAlternatives,
    enabled: hasTrace,
  },
  {
    id: 'debug.action',
    title: 'Run to the action',
    group: 'Debug',
    keys: ['Shift+F11', 'O'],
    run: () => runToAction(1),
    enabled: hasTrace,
  },
  {
    id: 'debug.action-back',
    title: 'Back to the start of the trace',
    group: 'Debug',
    keys: ['Shift+O'],
    run: () => runToAction(-1),
    enabled: hasTrace,
  },
  {
    id: 'debug.breakpoint',
    title: 'Toggle breakpoint',
    group: 'Debug',
    keys: ['F9', 'B'],
    run: toggleBreakpointHere,
    enabled: hasTrace,
  },
  { id: 'debug.edit', title: 'Edit this token', group: 'Debug', keys: ['E'], run: focusEdit, enabled: hasTrace },
  {
    id: 'debug.swap',
    title: 'Swap drive and counterfactual',
    group: 'Debug',
    keys: ['X'],
    run: swapGhost,
    enabled: hasGhost,
  },
  {
    id: 'debug.clear',
    title: 'Put the counterfactual away',
    group: 'Debug',
    keys: ['G'],
    run: clearGhost,
    enabled: hasGhost,
  },

  {
    id: 'train.start',
    title: 'Start training',
    group: 'Train',
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
    keys: ['Shift+H'],
    run: () => void holdTraining(),
    enabled: isTraining,
  },
  {
    id: 'train.stop',
    title: 'Stop training',
    group: 'Train',
    keys: ['Shift+Escape'],
    run: () => void stopTraining(),
    enabled: isTraining,
  },

  { id: 'view.watch', title: 'Watch', group: 'View', keys: ['1'], run: preset('watch') },
  { id: 'view.debug', title: 'Debug', group: 'View', keys: ['2'], run: preset('debug') },
  { id: 'view.train', title: 'Train', group: 'View', keys: ['3'], run: preset('train') },
  { id: 'view.compare', title: 'Compare', group: 'View', keys: ['4'], run: preset('compare') },
  { id: 'view.reports', title: 'Reports', group: 'View', keys: ['5'], run: () => goTo('reports') },
  { id: 'view.editor', title: 'Scenario editor', group: 'View', keys: ['6'], run: () => goTo('editor') },
  {
    id: 'view.lab',
    title: 'Back to the lab',
    group: 'View',
    keys: ['0'],
    run: () => goTo('lab'),
    enabled: () => !inLab(),
  },
  { id: 'view.camera', title: 'Next camera', group: 'View', keys: ['C'], run: nextCamera },
  {
    id: 'view.follow',
    title: 'Follow the next actor',
    group: 'View',
    keys: ['F'],
    run: () => void import('../shown/follow-next.ts').then(({ followNext }) => followNext()),
    enabled: hasTimeline,
  },
  {
    id: 'view.inset',
    title: 'Picture in the picture',
    group: 'View',
    keys: ['P'],
    run: toggleInset,
    enabled: hasTimeline,
  },
  {
    id: 'view.actors',
    title: 'List the actors',
    group: 'View',
    keys: ['Shift+A'],
    run: () => viewStore.setState(({ actorsOpen }) => ({ actorsOpen: !actorsOpen })),
    enabled: hasTimeline,
  },
  { id: 'view.theme', title: 'Dark or light', group: 'View', keys: ['Shift+L'], run: toggleTheme },
  { id: 'view.engine', title: 'Engines…', group: 'View', keys: [], run: () => openDialog('engine') },
  {
    id: 'view.reset',
    title: 'Reset panel sizes',
    group: 'View',
    keys: [],
    run: () => viewStore.setState({ layouts: {} }),
  },

  { id: 'help.palette', title: 'All commands…', group: 'Help', keys: ['Ctrl+K'], run: () => openDialog('palette') },
  { id: 'help.shortcuts', title: 'Keyboard shortcuts', group: 'Help', keys: ['?'], run: () => openDialog('shortcuts') },
  {
    id: 'help.tour',
    title: 'Show the first steps again',
    group: 'Help',
    keys: [],
    run: () => void tourAgain(),
  },
];

/** Unfolds the sources and puts the focus on them. */
function showSources(): void {
  goTo('lab');
  if (viewStore.getState().preset === 'watch') viewStore.setState({ preset: 'debug' });
  if (!sourcesStore.getState().open) openSources(true);
  setTimeout(() => document.getElementById('sources-fold')?.focus());
}

function nextCamera(): void {
  viewStore.setState(({ camera }) => ({ camera: CAMERAS[(CAMERAS.indexOf(camera) + 1) % CAMERAS.length] }));
}

/** Light and dark in turn; the palette's way back to the system's choice is the theme button's third state. */
export function toggleTheme(): void {
  viewStore.setState(({ dark }) => ({ theme: dark ? 'light' : 'dark' }));
}

/** The strokes of a command, for tooltips and labels. */
export const keysOf = (id: string): readonly string[] => COMMANDS.find((command) => command.id === id)?.keys ?? [];

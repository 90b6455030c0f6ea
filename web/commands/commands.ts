/** The lab's commands in the order in which menu, palette and shortcut list show them. */
import { breakpointHere, focusAlternatives, focusEdit } from '../stores/debugger.ts';
import { chooseFile, saveEpisodeFile } from '../stores/files.ts';
import { driveStore } from '../stores/drive.ts';
import { tourAgain } from '../stores/first.ts';
import { clearGhost, swapGhost } from '../stores/fork.ts';
import type * as Live from '../stores/live.ts';
import { changeSpeed } from '../stores/pace.ts';
import { goTo } from '../stores/pages.ts';
import { resume, runToAction, stepStage, toggleBreakpoint } from '../stores/playback.ts';
import { holdTraining, startTraining, stopTraining, trainingStore } from '../stores/training.ts';
import { followNext, toggleInset } from '../shown/follow.ts';
import type { Capability, Player } from '../shown/player.ts';
import { shownCan, shownStore } from '../shown/shown.ts';
import { openSources, sourcesStore } from '../stores/sources.ts';
import { CAMERAS, openDialog, type Preset, viewStore } from '../stores/view.ts';
import type { Command } from './registry.ts';

const inLab = () => viewStore.getState().page === 'lab';
/** In the lab, with something shown that can do this. */
const can = (what: Capability) => () => inLab() && shownCan(what);
const isShown = () => inLab() && shownStore.getState().player !== null;
const hasGhost = () => can('breakpoints')() && driveStore.getState().ghost !== null;
/** Does something with what is shown. */
const shown = (act: (player: Player, playing: boolean) => void) => () => {
  const { player, cursor } = shownStore.getState();
  if (player) act(player, cursor.playing);
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
    enabled: can('share'),
  },
  {
    id: 'file.save',
    title: 'Export episode',
    group: 'File',
    keys: ['Ctrl+S'],
    run: () => void saveEpisodeFile(),
    enabled: can('export'),
  },

  {
    id: 'play.toggle',
    title: 'Play or pause',
    group: 'Play',
    keys: ['Space'],
    run: shown((player, playing) => (playing ? player.pause() : player.play())),
    enabled: isShown,
  },
  {
    id: 'play.step',
    title: 'One step on',
    group: 'Play',
    keys: ['ArrowRight'],
    run: shown((player) => player.stepBy(1)),
    enabled: isShown,
  },
  {
    id: 'play.step-back',
    title: 'One step back',
    group: 'Play',
    keys: ['ArrowLeft'],
    run: shown((player) => player.stepBy(-1)),
    enabled: isShown,
  },
  {
    id: 'play.decision',
    title: 'Next decision',
    group: 'Play',
    keys: ['Shift+ArrowRight'],
    run: shown((player) => player.leapBy(1)),
    enabled: can('decisions'),
  },
  {
    id: 'play.decision-back',
    title: 'Previous decision',
    group: 'Play',
    keys: ['Shift+ArrowLeft'],
    run: shown((player) => player.leapBy(-1)),
    enabled: can('decisions'),
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
    enabled: can('source'),
  },
  {
    id: 'live.hold',
    title: 'Pause watching, or go on',
    group: 'Live',
    keys: ['H'],
    run: live(({ holdWatching }) => holdWatching()),
    enabled: can('source'),
  },
  {
    id: 'live.record',
    title: 'Record, or stop recording',
    group: 'Live',
    keys: ['Shift+K'],
    run: () => void import('../stores/live-record.ts').then(({ toggleRecording }) => toggleRecording()),
    enabled: can('record'),
  },
  {
    id: 'live.stop',
    title: 'Stop watching',
    group: 'Live',
    keys: [],
    run: live(({ stopWatching }) => stopWatching()),
    enabled: can('source'),
  },

  {
    id: 'debug.resume',
    title: 'Resume to the next breakpoint',
    group: 'Debug',
    keys: ['F8', 'R'],
    run: () => resume(1),
    enabled: can('breakpoints'),
  },
  {
    id: 'debug.resume-back',
    title: 'Back to the previous breakpoint',
    group: 'Debug',
    keys: ['Shift+F8', 'Shift+R'],
    run: () => resume(-1),
    enabled: can('breakpoints'),
  },
  {
    id: 'debug.token',
    title: 'Next token',
    group: 'Debug',
    keys: ['F10', 'N'],
    run: shown((player) => player.wordBy(1)),
    enabled: can('decisions'),
  },
  {
    id: 'debug.token-back',
    title: 'Previous token',
    group: 'Debug',
    keys: ['Shift+F10', 'Shift+N'],
    run: shown((player) => player.wordBy(-1)),
    enabled: can('decisions'),
  },
  {
    id: 'debug.stage',
    title: 'Next stage',
    group: 'Debug',
    keys: [']'],
    run: () => stepStage(1),
    enabled: can('thoughts'),
  },
  {
    id: 'debug.stage-back',
    title: 'Previous stage',
    group: 'Debug',
    keys: ['['],
    run: () => stepStage(-1),
    enabled: can('thoughts'),
  },
  {
    id: 'debug.alternatives',
    title: 'Go to the alternatives',
    group: 'Debug',
    keys: ['F11', 'I'],
    run: focusAlternatives,
    enabled: can('thoughts'),
  },
  {
    id: 'debug.action',
    title: 'Run to the action',
    group: 'Debug',
    keys: ['Shift+F11', 'O'],
    run: () => runToAction(1),
    enabled: can('thoughts'),
  },
  {
    id: 'debug.action-back',
    title: 'Back to the start of the trace',
    group: 'Debug',
    keys: ['Shift+O'],
    run: () => runToAction(-1),
    enabled: can('thoughts'),
  },
  {
    id: 'debug.breakpoint',
    title: 'Toggle breakpoint',
    group: 'Debug',
    keys: ['F9', 'B'],
    run: toggleBreakpointHere,
    enabled: can('thoughts'),
  },
  { id: 'debug.edit', title: 'Edit this token', group: 'Debug', keys: ['E'], run: focusEdit, enabled: can('thoughts') },
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
    run: followNext,
    enabled: isShown,
  },
  {
    id: 'view.inset',
    title: 'Picture in the picture',
    group: 'View',
    keys: ['P'],
    run: toggleInset,
    enabled: isShown,
  },
  {
    id: 'view.actors',
    title: 'List the actors',
    group: 'View',
    keys: ['Shift+A'],
    run: () => viewStore.setState(({ actorsOpen }) => ({ actorsOpen: !actorsOpen })),
    enabled: isShown,
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

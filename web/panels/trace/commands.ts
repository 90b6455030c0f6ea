/** The debugger: words, breakpoints, counterfactuals. */
import type { Command } from '../../commands/registry.ts';
import { can, withShown } from '../../commands/conditions.ts';
import { breakpointHere, focusAlternatives, focusEdit } from '../../stores/debugger.ts';
import { driveStore } from '../../stores/drive.ts';
import { clearGhost, swapGhost } from '../../stores/fork.ts';
import { actionBy, stageBy } from '../../shown/stages.ts';
import { resume, toggleBreakpoint } from '../../stores/playback.ts';

const hasGhost = () => can('breakpoints')() && driveStore.getState().ghost !== null;

function toggleBreakpointHere(): void {
  const breakpoint = breakpointHere();
  if (breakpoint) toggleBreakpoint(breakpoint);
}

export const debugCommands: readonly Command[] = [
  {
    id: 'debug.resume',
    title: 'Resume to the next breakpoint',
    group: 'Debug',
    place: 1,
    keys: ['F8', 'R'],
    run: () => resume(1),
    enabled: can('breakpoints'),
  },
  {
    id: 'debug.resume-back',
    title: 'Back to the previous breakpoint',
    group: 'Debug',
    place: 2,
    keys: ['Shift+F8', 'Shift+R'],
    run: () => resume(-1),
    enabled: can('breakpoints'),
  },
  {
    id: 'debug.token',
    title: 'Next token',
    group: 'Debug',
    place: 3,
    keys: ['F10', 'N'],
    run: withShown((player) => player.wordBy(1)),
    enabled: can('decisions'),
  },
  {
    id: 'debug.token-back',
    title: 'Previous token',
    group: 'Debug',
    place: 4,
    keys: ['Shift+F10', 'Shift+N'],
    run: withShown((player) => player.wordBy(-1)),
    enabled: can('decisions'),
  },
  {
    id: 'debug.stage',
    title: 'Next stage',
    group: 'Debug',
    place: 5,
    keys: [']'],
    run: withShown((player) => stageBy(player, 1)),
    enabled: can('decisions'),
  },
  {
    id: 'debug.stage-back',
    title: 'Previous stage',
    group: 'Debug',
    place: 6,
    keys: ['['],
    run: withShown((player) => stageBy(player, -1)),
    enabled: can('decisions'),
  },
  {
    id: 'debug.alternatives',
    title: 'Go to the alternatives',
    group: 'Debug',
    place: 7,
    keys: ['F11', 'I'],
    run: focusAlternatives,
    enabled: can('thoughts'),
  },
  {
    id: 'debug.action',
    title: 'Run to the action',
    group: 'Debug',
    place: 8,
    keys: ['Shift+F11', 'O'],
    run: withShown((player) => actionBy(player, 1)),
    enabled: can('decisions'),
  },
  {
    id: 'debug.action-back',
    title: 'Back to the start of the trace',
    group: 'Debug',
    place: 9,
    keys: ['Shift+O'],
    run: withShown((player) => actionBy(player, -1)),
    enabled: can('decisions'),
  },
  {
    id: 'debug.breakpoint',
    title: 'Toggle breakpoint',
    group: 'Debug',
    place: 10,
    keys: ['F9', 'B'],
    run: toggleBreakpointHere,
    enabled: can('thoughts'),
  },
  {
    id: 'debug.edit',
    title: 'Edit this token',
    group: 'Debug',
    place: 11,
    keys: ['E'],
    run: focusEdit,
    enabled: can('thoughts'),
  },
  {
    id: 'debug.swap',
    title: 'Swap drive and counterfactual',
    group: 'Debug',
    place: 12,
    keys: ['X'],
    run: swapGhost,
    enabled: hasGhost,
  },
  {
    id: 'debug.clear',
    title: 'Put the counterfactual away',
    group: 'Debug',
    place: 13,
    keys: ['G'],
    run: clearGhost,
    enabled: hasGhost,
  },
];

import { expect, test } from 'vitest';
import { strokeOf } from '../commands/registry.ts';
import { COMMANDS } from './commands.ts';

/** Group, id, title and strokes, in the order in which menus show them: what fingers and links know. */
const PINNED = [
  'File | file.open | Open file… | Ctrl+O',
  'File | file.new-drive | New drive… | Shift+D',
  'File | file.share | Share replay link… | S',
  'File | file.save | Export episode | Ctrl+S',
  'File | file.blocksworld | Open a Blocksworld board |',
  'Play | play.toggle | Play or pause | Space',
  'Play | play.step | One step on | ArrowRight',
  'Play | play.step-back | One step back | ArrowLeft',
  'Play | play.decision | Next decision | Shift+ArrowRight',
  'Play | play.decision-back | Previous decision | Shift+ArrowLeft',
  'Play | play.faster | Faster | .',
  'Play | play.slower | Slower | ,',
  'Live | live.sources | Sources… | Shift+S',
  'Live | live.now | Back to now | L',
  'Live | live.hold | Pause watching, or go on | H',
  'Live | live.record | Record, or stop recording | Shift+K',
  'Live | live.stop | Stop watching |',
  'Debug | debug.resume | Resume to the next breakpoint | F8 R',
  'Debug | debug.resume-back | Back to the previous breakpoint | Shift+F8 Shift+R',
  'Debug | debug.token | Next token | F10 N',
  'Debug | debug.token-back | Previous token | Shift+F10 Shift+N',
  'Debug | debug.stage | Next stage | ]',
  'Debug | debug.stage-back | Previous stage | [',
  'Debug | debug.alternatives | Go to the alternatives | F11 I',
  'Debug | debug.action | Run to the action | Shift+F11 O',
  'Debug | debug.action-back | Back to the start of the trace | Shift+O',
  'Debug | debug.breakpoint | Toggle breakpoint | F9 B',
  'Debug | debug.edit | Edit this token | E',
  'Debug | debug.swap | Swap drive and counterfactual | X',
  'Debug | debug.clear | Put the counterfactual away | G',
  'Train | train.start | Start training | Shift+T',
  'Train | train.hold | Hold or continue training | Shift+H',
  'Train | train.stop | Stop training | Shift+Escape',
  'View | view.watch | Watch | 1',
  'View | view.debug | Debug | 2',
  'View | view.train | Train | 3',
  'View | view.compare | Compare | 4',
  'View | view.reports | Reports | 5',
  'View | view.editor | Scenario editor | 6',
  'View | view.lab | Back to the lab | 0',
  'View | view.camera | Next camera | C',
  'View | view.follow | Follow the next actor | F',
  'View | view.inset | Picture in the picture | P',
  'View | view.actors | List the actors | Shift+A',
  'View | view.theme | Dark or light | Shift+L',
  'View | view.engine | Engines… |',
  'View | view.reset | Reset panel sizes |',
  'Help | help.palette | All commands… | Ctrl+K',
  'Help | help.shortcuts | Keyboard shortcuts | ?',
  'Help | help.tour | Show the first steps again |',
];

const key = (name: string, with_: { ctrl?: boolean; shift?: boolean } = {}) =>
  strokeOf({ key: name, ctrlKey: with_.ctrl ?? false, metaKey: false, shiftKey: with_.shift ?? false, altKey: false });

test('strokes read the same on every keyboard', () => {
  expect(key('n')).toBe('N');
  expect(key('N', { shift: true })).toBe('Shift+N');
  expect(key('?', { shift: true })).toBe('?');
  expect(key(' ')).toBe('Space');
  expect(key('k', { ctrl: true })).toBe('Ctrl+K');
  expect(key('F10', { shift: true })).toBe('Shift+F10');
});

test('no two commands share a stroke or a name', () => {
  const strokes = COMMANDS.flatMap(({ keys }) => keys);
  expect(new Set(strokes).size).toBe(strokes.length);
  expect(new Set(COMMANDS.map(({ id }) => id)).size).toBe(COMMANDS.length);
});

test('the commands, their strokes and their order in the menus are those that people know', () => {
  const lines = COMMANDS.map(({ group, id, title, keys }) => [group, id, title, keys.join(' ')].join(' | ').trim());
  expect(lines).toEqual(PINNED);
});

test('no two commands of a group want the same place', () => {
  expect(new Set(COMMANDS.map(({ group, place }) => `${group} ${place}`)).size).toBe(COMMANDS.length);
});

/**
 * Every command of the lab, collected from beside what they do, in the order in which menu, palette and shortcut list show them: by
 * group, and in it by place.
 */
import { COMMAND_GROUPS, type Command } from '../commands/registry.ts';
import { actorCommands } from './actors/commands.ts';
import { dialogCommands } from './dialogs/commands.ts';
import { fileCommands } from './drop/commands.ts';
import { layoutCommands } from './header/commands.ts';
import { tourCommands } from './hint/commands.ts';
import { pageCommands } from './pages/commands.ts';
import { trainingCommands } from './sidebar/commands.ts';
import { sourceCommands } from './sources/commands.ts';
import { playCommands } from './timeline/commands.ts';
import { debugCommands } from './trace/commands.ts';
import { pictureCommands } from './viewport/commands.ts';

export const COMMANDS: readonly Command[] = [
  fileCommands,
  playCommands,
  sourceCommands,
  debugCommands,
  trainingCommands,
  layoutCommands,
  pageCommands,
  pictureCommands,
  actorCommands,
  dialogCommands,
  tourCommands,
]
  .flat()
  .sort((a, b) => COMMAND_GROUPS.indexOf(a.group) - COMMAND_GROUPS.indexOf(b.group) || a.place - b.place);

/** The strokes of a command, for tooltips and labels. */
export const keysOf = (id: string): readonly string[] => COMMANDS.find((command) => command.id === id)?.keys ?? [];

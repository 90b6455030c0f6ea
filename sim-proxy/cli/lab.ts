/**
 * The lab without a screen: `npm run -s lab -- COMMAND …`. Each command is a file in commands/; with `--json` stdout carries
 * exactly one JSON object and everything else goes to stderr. Bad flags exit 2 with one clear line, a failed run exits 1.
 */
import { flagHelp, type Flags, readFlags, UsageError } from './flags.ts';
import { exit } from './exit.ts';

export interface LabCommand<T extends Flags = Flags> {
  readonly summary: string;
  /** What stands after the command's name besides flags: "LINK-OR-FILE". */
  readonly words?: string;
  readonly flags: T;
  run(values: never, words: readonly string[]): Promise<void>;
}

const COMMANDS: Readonly<Record<string, () => Promise<{ command: LabCommand }>>> = {
  train: () => import('./commands/train.ts'),
  evaluate: () => import('./commands/evaluate.ts'),
  replay: () => import('./commands/replay.ts'),
  export: () => import('./commands/export.ts'),
  scenarios: () => import('./commands/scenarios.ts'),
  names: () => import('./commands/names.ts'),
  bench: () => import('./commands/bench.ts'),
  ship: () => import('./commands/ship.ts'),
  carla: () => import('./commands/carla.ts'),
  results: () => import('./commands/results.ts'),
  road: () => import('./commands/road.ts'),
  import: () => import('./commands/import.ts'),
};

async function main(name: string | undefined, args: readonly string[]): Promise<void> {
  if (name === undefined || name === 'help' || name === '--help') {
    console.log('usage: npm run -s lab -- COMMAND [flags]\n');
    for (const [each, load] of Object.entries(COMMANDS))
      console.log(`  ${each.padEnd(12)} ${(await load()).command.summary}`);
    console.log('\nlab COMMAND --help lists its flags.');
    return;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) throw new UsageError(`lab: there is no command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}.`);
  const { command } = await load();
  if (args.includes('--help')) {
    console.log(
      `usage: npm run -s lab -- ${name} ${command.words ?? ''}\n${command.summary}\n\n${flagHelp(command.flags)}`,
    );
    return;
  }
  const { values, words } = readFlags(`lab ${name}`, command.flags, args);
  if (!command.words && words.length > 0) throw new UsageError(`lab ${name}: "${words[0]}" is not expected here.`);
  await command.run(values as never, words);
}

main(process.argv[2], process.argv.slice(3)).then(
  () => exit(Number(process.exitCode ?? 0)),
  (error: unknown) => {
    if (error instanceof Error) console.error(process.env.DEBUG ? error.stack : error.message);
    else console.error(error);
    exit(error instanceof UsageError ? 2 : 1);
  },
);

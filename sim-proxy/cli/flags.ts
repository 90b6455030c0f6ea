/**
 * Command-line flags of the lab: declared with a type and one line of help, parsed strictly. A bad flag is a `UsageError`,
 * which the command line turns into one clear line and exit status 2.
 */
import { parseArgs } from 'node:util';

export class UsageError extends Error {
  override name = 'UsageError';
}

interface Flag {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly help: string;
  /** Shown in help; the default itself. */
  readonly default?: string | number | boolean;
  readonly min?: number;
  readonly max?: number;
}
export type Flags = Readonly<Record<string, Flag>>;
type ValueOf<F extends Flag> = F['type'] extends 'integer' ? number : F['type'] extends 'boolean' ? boolean : string;
export type FlagValues<T extends Flags> = {
  readonly [K in keyof T]: T[K] extends { default: unknown } ? ValueOf<T[K]> : ValueOf<T[K]> | undefined;
};

/** Values of `flags` in `args` and the words that are no flags; `command` ("lab train") begins every complaint. Throws UsageError on anything unknown or out of range. */
export function readFlags<T extends Flags>(
  command: string,
  flags: T,
  args: readonly string[],
): { readonly values: FlagValues<T>; readonly words: readonly string[] } {
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        Object.entries(flags).map(
          ([name, flag]) => [name, { type: flag.type === 'boolean' ? 'boolean' : 'string' }] as const,
        ),
      ),
    });
  } catch (error) {
    throw new UsageError(`${command}: ${(error as Error).message.split('. ')[0]}.`);
  }
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(flags)) {
    const given = parsed.values[name];
    if (given === undefined) values[name] = flag.default;
    else if (flag.type === 'integer') values[name] = integer(command, name, flag, String(given));
    else values[name] = given;
  }
  return { values: values as FlagValues<T>, words: parsed.positionals };
}

function integer(command: string, name: string, flag: Flag, text: string): number {
  const value = Number(text);
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = flag;
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(`${command}: --${name} must be a whole number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}

/** One line a flag, for --help. */
export function flagHelp(flags: Flags): string {
  return Object.entries(flags)
    .map(([name, flag]) => {
      const shown = `--${name}${flag.type === 'boolean' ? '' : flag.type === 'integer' ? ' N' : ' TEXT'}`;
      return `  ${shown.padEnd(24)} ${flag.help}${flag.default === undefined || flag.default === false ? '' : ` (${flag.default})`}`;
    })
    .join('\n');
}

/**
 * Command lines of README and docs: the parser of the lab accepts every one, those that stand there today and those that stood there
 * on an earlier day, and the commands and flags of that day are still there. Nothing is run: a line is only parsed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Flags, readFlags } from './flags.ts';
import { expectPinned, lab, readPinned } from './testing-pinned.ts';

const load = async (name: string) =>
  (await import(`./commands/${name}.ts`)).command as { readonly words?: string; readonly flags: Flags };

/** `npm run -s lab -- …`, `npm run results -- …`, `npm run ship …` and, in backticks, `lab …`. */
const LINE = /(?:^|`)(?:npm run (?:-s )?(?:lab -- |(?=(?:results|ship)\b))|lab (?=[a-z]))([^`\n]*)/gm;

/** "evaluate --seeds N [--json]   what it does # why" without what is no argument, its placeholders filled. */
const argumentsOf = (line: string): string =>
  line
    .replace(/\s#\s.*|\s{3,}.*/, '')
    .replace(/^(results|ship) -- /, '$1 ')
    .replace(/[[\]']/g, '')
    .replace(/ …$/, '')
    .replace(/ N\b/g, ' 1')
    .replace(/\s+/g, ' ')
    .trim();

const linesOf = (text: string) => [...text.matchAll(LINE)].map(([, line]) => argumentsOf(line));
const documents = ['README.md', ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((f) => `docs/${f}`)];
const linesNow = [
  ...new Set(documents.filter((f) => f.endsWith('.md')).flatMap((f) => linesOf(readFileSync(f, 'utf8')))),
].sort();

/** Parses a line as lab.ts does. A mention may end with a flag that lacks its value. Throws UsageError. */
async function parse(line: string): Promise<void> {
  const [name, ...args] = line.split(' ');
  if (name === 'help') return;
  const { flags, words } = await load(name);
  const [, last = ''] = /^--(\S+)$/.exec(args.at(-1) ?? '') ?? [];
  const whole = flags[last] && flags[last].type !== 'boolean' ? [...args, '1'] : args;
  const given = readFlags(`lab ${name}`, flags, whole).words;
  if (!words && given.length > 0) throw new Error(`lab ${name}: "${given[0]}" is not expected here.`);
}

test('every command line of README and docs is one that the lab accepts', async () => {
  expect(linesNow.length).toBeGreaterThan(20);
  for (const line of linesNow) await expect(parse(line), line).resolves.toBeUndefined();
});

test('every command line that README and docs had is one that the lab accepts', async () => {
  if (process.env.TRACEWAY_PIN_WRITE === 'lines') expectPinned('commands', 'lines', linesNow);
  const { lines } = readPinned<{ lines: string[] }>('commands');
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) await expect(parse(line), line).resolves.toBeUndefined();
});

test('an unknown command, an unknown flag and a word too many are not accepted', async () => {
  await expect(parse('fly')).rejects.toThrow();
  await expect(parse('replay LINK --jsn')).rejects.toThrow('--jsn');
  await expect(parse('scenarios all')).rejects.toThrow('not expected');
  await expect(parse('train --seed x')).rejects.toThrow('whole number');
});

test('lab help lists the commands it listed', async () => {
  expectPinned('commands', 'help', (await lab('help')).trimEnd().split('\n'));
});

test('each command has the flags, with the kinds, defaults and limits, that it had', async () => {
  const { help } = readPinned<{ help: string[] }>('commands');
  const names = help.flatMap((line) => /^ {2}([a-z]+) /.exec(line)?.[1] ?? []);
  expect(names).toHaveLength(12);
  const all = await Promise.all(names.map(async (name) => [name, flagsOf((await load(name)).flags)]));
  expectPinned('commands', 'flags', Object.fromEntries(all));
});

/** Flags without the words of their help; folders of this checkout as ".". */
const flagsOf = (flags: Flags) =>
  Object.entries(flags).map(([name, { type, default: value, min, max }]) =>
    [
      `--${name} ${type}`,
      ...(value === undefined ? [] : [`default ${String(value).replace(process.cwd(), '.')}`]),
      ...(min === undefined && max === undefined ? [] : [`${min} to ${max}`]),
    ].join(', '),
  );

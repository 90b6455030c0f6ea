/**
 * The proxy's command line: `npm run proxy -- [flags]`. Serves sources of drives over gRPC-web, gRPC and Connect until SIGINT or
 * SIGTERM, then leaves every simulator as it was found. Bad flags exit 2 with one line. stdout carries one line: where it is; logs, one
 * JSON object a line, go to stderr.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readRoutes } from '../../core/io/importers/route-file.ts';
import { readCheckpoint } from '../../core/models/checkpoint.ts';
import { readPolicyFile } from '../node/checkpoints.ts';
import { readStoryFile } from '../carla/stage/story-file.ts';
import type { GivenTasks } from '../carla/stage/task-book.ts';
import { flagHelp, readFlags, UsageError, type FlagValues } from './flags.ts';
import { onInterrupt } from './interrupt.ts';
import { shippedScenarios } from '../node/scenarios.ts';
import { isLoopback, startProxy } from '../server/proxy.ts';
import { CarlaSource } from '../sources/carla/source.ts';
import { EmbeddedSource } from '../sources/embedded/embedded.ts';
import type { SimulatorSource } from '../sources/source.ts';

const MIN_TOKEN = 16;
const TOKEN_VARIABLE = 'TRACEWAY_PROXY_TOKEN';

const flags = {
  port: { type: 'integer', help: 'Port; 0 = any free one.', default: 8090, min: 0, max: 65_535 },
  host: { type: 'string', help: 'Address to listen on; anything but loopback wants a token.', default: '127.0.0.1' },
  token: {
    type: 'string',
    help: `Token that callers must show; better in ${TOKEN_VARIABLE}, which lists of processes do not show.`,
  },
  'allow-host': { type: 'string', help: 'Further names of this server, with commas.', default: '' },
  'allow-origin': {
    type: 'string',
    help: 'Further pages that may call, with commas: https://lab.example.org',
    default: '',
  },
  source: { type: 'string', help: 'What to serve, with commas: embedded, carla.', default: 'embedded' },
  scenario: { type: 'string', help: 'embedded: first scenario to drive.' },
  driver: {
    type: 'string',
    help: 'embedded: who drives first: expert, random, shipped, checkpoint.',
    default: 'expert',
  },
  hertz: {
    type: 'integer',
    help: 'embedded: frames a second, 0 = as fast as they are taken.',
    default: 10,
    min: 0,
    max: 10_000,
  },
  checkpoint: { type: 'string', help: 'embedded: a .safetensors file, drivable as "checkpoint".' },
  'carla-host': { type: 'string', help: 'carla: where it runs.', default: '127.0.0.1' },
  'carla-port': { type: 'integer', help: 'carla: its RPC port.', default: 2000, min: 1, max: 65_535 },
  'carla-step-ms': {
    type: 'integer',
    help: 'carla: length of the steps that the proxy asks for; 0 = CARLA keeps its own time.',
    default: 0,
    min: 0,
    max: 1000,
  },
  'carla-routes': {
    type: 'string',
    help: 'carla: leaderboard routes (XML) for environments to drive, on the maps that they are for.',
  },
  'carla-openscenario': {
    type: 'string',
    help: 'carla: storyboards (.xosc) for environments to drive in, with commas.',
    default: '',
  },
  'carla-allow': {
    type: 'string',
    help: 'carla: hosts that a page may send it to as well, with commas; none = it stays where it is.',
    default: 'localhost,127.0.0.1',
  },
  'answer-seconds': {
    type: 'integer',
    help: 'push: how long a simulator that serves environments may take to answer.',
    default: 30,
    min: 1,
    max: 600,
  },
  lab: { type: 'string', help: 'Folder of a built lab to serve as well.' },
  'max-message-mib': { type: 'integer', help: 'Largest message, MiB.', default: 16, min: 1, max: 256 },
} as const;
type Values = FlagValues<typeof flags>;

const file = (path: string) => new URL(`../../${path}`, import.meta.url);
const listed = (text: string) => text.split(',').flatMap((each) => each.trim() || []);

function tokenOf({ token = process.env[TOKEN_VARIABLE], host }: Values): string | null {
  if (token === undefined) {
    if (isLoopback(host)) return null;
    throw new UsageError(`proxy: --host ${host} is open to others and wants --token or ${TOKEN_VARIABLE}.`);
  }
  if (token.length < MIN_TOKEN) throw new UsageError(`proxy: a token has at least ${MIN_TOKEN} characters.`);
  return token;
}

function embedded(values: Values, version: string): SimulatorSource {
  const shipped = file('public/shipped/policy.safetensors');
  const checkpoints = new Map([['shipped', async () => readCheckpoint(readFileSync(shipped)).flat]]);
  const { checkpoint, scenario, driver, hertz } = values;
  if (checkpoint !== undefined) checkpoints.set('checkpoint', async () => (await readPolicyFile(checkpoint)).flat);
  try {
    return new EmbeddedSource({
      version,
      scenarios: shippedScenarios(),
      checkpoints,
      hertz,
      driver,
      ...(scenario && { scenario }),
    });
  } catch (error) {
    throw new UsageError(`proxy: ${(error as Error).message}`);
  }
}

async function carla(values: Values): Promise<SimulatorSource> {
  const stepMs = values['carla-step-ms'];
  const stepSeconds = stepMs > 0 ? stepMs / 1000 : null;
  return new CarlaSource({
    host: values['carla-host'],
    port: values['carla-port'],
    stepSeconds,
    allowHosts: listed(values['carla-allow']),
    given: await givenTasks(values),
  });
}

/** @throws UsageError for a file that cannot be read, or is none of its kind */
async function givenTasks({ 'carla-routes': routes, 'carla-openscenario': stories }: Values): Promise<GivenTasks> {
  const read = async <T>(flag: string, path: string, reader: (bytes: Uint8Array) => T | Promise<T>): Promise<T> => {
    try {
      return await reader(readFileSync(path));
    } catch (error) {
      throw new UsageError(`proxy: ${flag} ${path}: ${(error as Error).message}`);
    }
  };
  const story = (path: string) => read('--carla-openscenario', path, (bytes) => readStoryFile(path, bytes));
  return {
    ...(routes !== undefined && {
      routes: await read('--carla-routes', routes, (b) => readRoutes(basename(routes), b)),
    }),
    stories: await Promise.all(listed(stories).map(story)),
  };
}

const SOURCES: Readonly<
  Record<string, (values: Values, version: string) => SimulatorSource | Promise<SimulatorSource>>
> = {
  embedded,
  carla,
};

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) {
    console.log(
      `usage: npm run proxy -- [flags]\nSources of drives for the lab and for gRPC clients.\n\n${flagHelp(flags)}`,
    );
    return;
  }
  const { values, words } = readFlags('proxy', flags, args);
  if (words.length > 0) throw new UsageError(`proxy: "${words[0]}" is not expected here.`);
  const token = tokenOf(values);
  const { version } = JSON.parse(readFileSync(file('package.json'), 'utf8')) as {
    version: string;
  };
  const names = [...new Set(listed(values.source))];
  const made = names.map((name) => {
    if (!Object.hasOwn(SOURCES, name)) {
      throw new UsageError(`proxy: there is no source "${name}"; there are ${Object.keys(SOURCES).join(', ')}.`);
    }
    return SOURCES[name](values, version);
  });
  const sources = await Promise.all(made);
  const proxy = await startProxy({
    port: values.port,
    host: values.host,
    token,
    allowHosts: listed(values['allow-host']),
    allowOrigins: listed(values['allow-origin']),
    sources,
    version,
    ...(values.lab !== undefined && { lab: values.lab }),
    maxMessageBytes: values['max-message-mib'] * 1024 * 1024,
    environmentOptions: { answerMs: values['answer-seconds'] * 1000 },
  });
  const name = isLoopback(values.host) ? 'localhost' : values.host;
  console.log(`Traceway proxy: http://${name}:${proxy.port}/`);
  const end = async () => {
    for (const sentence of await proxy.close()) console.error(sentence);
    process.exit(0);
  };
  onInterrupt(() => void end());
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof UsageError) {
    console.error(error.message);
    process.exit(2);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const taken = code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL';
  console.error(taken ? `proxy: the address cannot be used (${code}).` : `proxy: ${message ?? String(error)}`);
  process.exit(1);
});

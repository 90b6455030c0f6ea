/** `lab carla` against servers that bind a part of CARLA, and its ends: every way out leaves the server as it was found. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { StandInCarla, type StandInOptions } from '../../carla/testing/stand-in.ts';
import { command } from './carla.ts';

/** Everything that a server can do without. */
const BARE = [
  'get_sensor_token',
  'get_actors_by_id',
  'get_episode_settings',
  'set_episode_settings',
  'get_map_info',
  'get_map_data',
  'get_actor_definitions',
  'get_weather_parameters',
  'apply_batch',
  'get_spectator',
];
const servers: StandInCarla[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  for (const server of servers.splice(0)) await server.kill();
});
async function standIn(options?: StandInOptions): Promise<StandInCarla> {
  const server = await new StandInCarla(options).start();
  servers.push(server);
  return server;
}

/** What the command prints, and why it failed. */
async function run(port: number, what: string, more: Record<string, unknown> = {}) {
  const lines: unknown[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  const defaults = { policy: 'expert', scenarios: 'straight_clear', seeds: 1, 'load-map': false, out: '/dev/null' };
  const values = { host: '127.0.0.1', port, timeout: 300, ticks: 3, sync: false, json: true, ...defaults, ...more };
  const failed = await command.run(values as never, [what]).then(
    () => null,
    (error: unknown) => error,
  );
  return { lines: lines as Record<string, unknown>[], failed: failed instanceof Error ? failed.message : null };
}
const lacks = (name: string) => `This server has no function ${name}.`;

describe('lab carla at a server that binds next to nothing', () => {
  test('info says what is there and what is not', async () => {
    const { port } = await standIn({ lacks: BARE, version: '0.9.15-dirty' });
    const { lines, failed } = await run(port, 'info');
    expect([lines.length, failed]).toEqual([1, null]);
    expect(lines[0]).toMatchObject({
      version: '0.9.15-dirty',
      dialect: '0.9.15',
      map: null,
      settings: null,
      actors: {},
    });
    expect(lines[0].differences).toEqual(['get_sensor_token', 'get_map_info', 'get_episode_settings'].map(lacks));
    const silent = await run((await standIn({ lacks: [...BARE, 'get_episode_info'] })).port, 'info');
    expect(silent.lines[0]).toMatchObject({ supported: true, frame: null, actors: null });
  });

  test('watch and record take its frames, ticked or not', async () => {
    const { port } = await standIn({ lacks: BARE });
    for (const what of ['watch', 'record']) {
      for (const sync of [false, true]) {
        const { lines, failed } = await run(port, what, { sync });
        expect([what, sync, failed, lines.length]).toEqual([what, sync, null, what === 'watch' ? 3 : 1]);
        expect(lines.at(-1)?.differences).toContain(lacks('get_sensor_token'));
      }
    }
  });

  test('what it cannot do without is a JSON line and a failure', async () => {
    const { port } = await standIn({ lacks: [...BARE, 'tick_cue'] });
    const ticked = await run(port, 'watch', { sync: true });
    expect(ticked.failed).toBe(lacks('tick_cue'));
    expect(ticked.lines).toMatchObject([{ error: { code: 'missing', message: lacks('tick_cue') } }]);
    const driven = await run(port, 'evaluate');
    expect(driven.lines).toMatchObject([{ error: { code: 'missing', message: lacks('get_map_data') } }]);
  });

  test('a synchronous server that nobody ticks is told as that, and does not hang', async () => {
    const server = await standIn();
    server.settings = { ...server.settings, synchronousMode: true };
    const { lines, failed } = await run(server.port, 'watch');
    expect(failed).toMatch(/synchronous and nobody ticks it: say --sync/);
    expect(lines).toHaveLength(1);
    expect((await run(server.port, 'info')).lines[0]).toMatchObject({ frame: null });
  });
});

describe('lab carla told to end', () => {
  /** `lab carla watch --sync` in a process of its own, past its first frame. */
  async function watching(port: number) {
    const args = [
      'sim-proxy/cli/lab.ts',
      'carla',
      'watch',
      '--sync',
      '--json',
      '--port',
      String(port),
      '--ticks',
      '9999999',
    ];
    const child = spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.resume();
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await vi.waitFor(() => expect(text).toContain('\n'), { timeout: 60_000 });
    const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
    return { child, ended, text: () => text };
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s, twice at once as from a terminal, gives the server its clock back', async (signal, exitCode) => {
    const server = await standIn();
    const { child, ended, text } = await watching(server.port);
    expect(server.settings.synchronousMode).toBe(true);
    child.kill(signal);
    child.kill(signal);
    expect(await ended).toEqual([exitCode, null]);
    expect(server.settings.synchronousMode).toBe(false);
    for (const line of text().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('frame');
  });

  test('by nobody reading its output any more, too', async () => {
    const server = await standIn();
    const { child, ended } = await watching(server.port);
    child.stdout.destroy();
    expect(await ended).toEqual([141, null]);
    expect(server.settings.synchronousMode).toBe(false);
  });

  test('by a server that dies, it fails with a last line that says so', async () => {
    const server = await standIn();
    const { ended, text } = await watching(server.port);
    await server.kill();
    expect(await ended).toEqual([1, null]);
    const last = text().trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({ error: { code: 'closed' } });
  });
});

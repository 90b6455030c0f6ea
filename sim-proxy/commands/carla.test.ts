import { afterEach, describe, expect, test, vi } from 'vitest';
import { StandInCarla } from '../sources/carla/testing/stand-in.ts';
import { UsageError } from '../flags.ts';
import { command } from './carla.ts';

const servers: StandInCarla[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) await server.kill();
});
async function standIn(version?: string): Promise<StandInCarla> {
  const server = await new StandInCarla({ version }).start();
  servers.push(server);
  return server;
}
/** What the command prints on stdout, line by line. */
async function printed(port: number, what: string, more: { ticks?: number; sync?: boolean } = {}): Promise<string[]> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  const values = { host: '127.0.0.1', port, timeout: 2000, ticks: 5, sync: false, json: true, ...more };
  await command.run(values as never, [what]).catch((error: unknown) => {
    if (lines.length === 0) throw error;
  });
  return lines;
}

describe('lab carla', () => {
  test('info is one JSON object, and changes nothing on the server', async () => {
    const server = await standIn();
    const lines = await printed(server.port, 'info');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0])).toMatchObject({
      supported: true,
      version: '0.9.15',
      map: 'Carla/Maps/Town01',
      actors: { spectator: 1, 'traffic-light': 2 },
      settings: { synchronousMode: false },
      differences: [],
    });
    expect(server.calls.filter((name) => !/^(get_|version)/.test(name))).toEqual([]);
  });

  test('info of a version that is not spoken says what differs, and fails', async () => {
    const [line] = await printed((await standIn('0.9.17')).port, 'info');
    expect(JSON.parse(line)).toMatchObject({ supported: false, error: { code: 'unsupported' } });
  });

  test('watch prints a line a frame, none left out; stepping leaves the server as it was', async () => {
    const server = await standIn();
    for (const sync of [true, false]) {
      const frames = (await printed(server.port, 'watch', { sync, ticks: 20 })).map((line) => JSON.parse(line));
      expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: 20 }, (_, i) => frames[0].frame + i));
    }
    expect(server.settings.synchronousMode).toBe(false);
  });

  test('another word is a usage error', async () => {
    await expect(printed(1, 'fly')).rejects.toThrow(UsageError);
  });
});

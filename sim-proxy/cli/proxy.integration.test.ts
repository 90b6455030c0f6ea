/** The proxy as a program: flags, the line it prints, signals, logs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});
interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly code: Promise<number | null>;
}
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', 'sim-proxy/cli/proxy.ts', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let out = '';
  let err = '';
  child.stdout?.on('data', (data) => (out += data));
  child.stderr?.on('data', (data) => (err += data));
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, out: () => out, err: () => err, code };
}

describe('bad flags', () => {
  test.each([
    ['an unknown one', ['--nope'], /--nope/],
    ['a port that is none', ['--port', '70000'], /--port must be a whole number from 0 to 65535, not "70000"/],
    ['an open address without a token', ['--host', '0.0.0.0'], /--host 0\.0\.0\.0 .*--token/],
    ['a short token', ['--token', 'abc'], /at least 16/],
    ['an unknown source', ['--source', 'gazebo'], /"gazebo"; there are embedded, carla/],
    ['an unknown driver', ['--driver', 'nobody'], /"nobody"/],
    ['a word', ['serve'], /"serve"/],
  ])('%s exits 2 with one line', async (_, args, line) => {
    const { code, err, out } = run(args);
    expect(await code).toBe(2);
    expect(err().trim().split('\n')).toHaveLength(1);
    expect(err()).toMatch(line);
    expect(out()).toBe('');
  });
});

test('it prints where it is, logs JSON lines without the token, and ends cleanly on SIGTERM', async () => {
  const token = 'a secret that nobody should read';
  const { child, out, err, code } = run(['--port', '0', '--hertz', '20'], { TRACEWAY_PROXY_TOKEN: token });
  await expect.poll(out).toMatch(/^Traceway proxy: http:\/\/localhost:\d+\/\n$/);
  const url = out().slice('Traceway proxy: '.length).trim();
  expect((await fetch(`${url}healthz`)).status).toBe(200);
  expect((await fetch(`${url}metrics`)).status).toBe(401);
  const known = { headers: { authorization: `Bearer ${token}` } };
  expect(await (await fetch(`${url}metrics`, known)).text()).toMatch(/^traceway_source_state\{source="embedded"\} 1$/m);
  child.kill('SIGTERM');
  expect(await code).toBe(0);
  const lines = err()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });
  expect(lines.map(({ event }) => event)).toEqual(['listening', 'refused', 'closing', 'closed']);
  expect(err()).not.toContain(token);
});

test('a port that is taken is said in one line', async () => {
  const first = run(['--port', '0']);
  await expect.poll(first.out).toMatch(/:\d+/);
  const port = new URL(first.out().slice('Traceway proxy: '.length).trim()).port;
  const second = run(['--port', port]);
  expect(await second.code).toBe(1);
  expect(second.err()).toMatch(/EADDRINUSE/);
});

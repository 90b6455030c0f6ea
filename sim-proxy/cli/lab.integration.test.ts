import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'traceway-lab-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command line as a person would, without the set-up around it. */
function lab(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const entry = fileURLToPath(new URL('./lab.ts', import.meta.url));
  return new Promise((done) => {
    execFile(process.execPath, ['--import', 'tsx', entry, ...args], (error, out, err) =>
      done({ status: error ? Number(error.code) : 0, out, err }),
    );
  });
}

// Seven command lines start.
test('a bad flag is one line and status 2, a failed run one line and status 1', { timeout: 300_000 }, async () => {
  const bad = await Promise.all([
    lab('evaluate', '--nope'),
    lab('evaluate', '--policy', 'expert', '--scenarios', 'moon'),
    lab('replay'),
    lab('export', '#r1.a.b', '--format', 'mcap'),
    lab('ship', '--quick'),
  ]);
  for (const { status, out, err } of bad) {
    expect(err.trim().split('\n')).toHaveLength(1);
    expect([status, out]).toEqual([2, '']);
  }
  const failed = await Promise.all([lab('replay', '#r1.a.b', '--json'), lab('evaluate', '--checkpoint', 'nowhere')]);
  for (const { status, out, err } of failed) {
    expect(err.trim().split('\n')).toHaveLength(1);
    expect([status, out]).toEqual([1, '']);
  }
});

// Two command lines drive.
test('evaluate --smoke --json prints one object, the one in metrics.json, and drives are repeatable', {
  timeout: 300_000,
}, async () => {
  const args = ['evaluate', '--policy', 'expert', '--scenarios', 'straight_road', '--smoke', '--json'];
  const [first, second] = await Promise.all([lab(...args, '--out-dir', folder), lab(...args)]);
  const evaluation = JSON.parse(first.out);
  expect(first.status).toBe(0);
  expect(second.out).toBe(first.out);
  expect(JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8'))).toEqual([evaluation]);
  expect(evaluation.scenarios).toMatchObject([
    { id: 'straight_road', episodes: [{ metrics: { success: true } }, { metrics: { success: true } }] },
  ]);
  expect(evaluation.report.lines.map(({ policy }: { policy: string }) => policy)).toEqual(['random', 'expert']);
});

test('ship --quick twice gives the same bytes', async () => {
  const folders = ['a', 'b'].map((name) => join(folder, name));
  const runs = await Promise.all(folders.map((out) => lab('ship', '--quick', '--out-dir', out)));
  expect(runs.map(({ status }) => status)).toEqual([0, 0]);
  for (const name of ['policy.safetensors', 'training.json', 'drive.json', 'first-run.json']) {
    const [a, b] = folders.map((out) => readFileSync(join(out, name)));
    expect(a.equals(b), name).toBe(true);
  }
}, 600_000);

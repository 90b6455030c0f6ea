import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { correlate } from '../../core/evaluate/correlation.ts';
import { LocalRollouts } from '../../core/learn/worker.ts';
import { writeCheckpoint } from '../../core/models/checkpoint.ts';
import { bareOf, checkpointIdentity, EXPERT, policyKey, RANDOM } from '../../core/models/identity.ts';
import { initParameters } from '../../core/models/initialise.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import { createRandom } from '../../core/base/random.ts';
import { parseShipped } from '../../core/tasks/driving/scenario/shipped.ts';
import type { ReportCell, ReportProgress, ReportRequest } from '../contracts/protocol.ts';
import { type ReportPool, Reports } from './reports.ts';

const scenarios = [...parseShipped((id) => readFileSync(`public/scenarios/${id}.yaml`, 'utf8')).values()];
const readShipped = async () => new Uint8Array(readFileSync('public/shipped/policy.safetensors'));
const runCheckpoints = async () => history;
const pool = (): ReportPool => ({ workers: [new LocalRollouts(), new LocalRollouts()], dispose() {} });
const made = (createPool = pool) => new Reports({ scenarios, createPool, readShipped, runCheckpoints, clock: () => 0 });
/** Two checkpoints of a run: nothing learnt, and the shipped policy. */
const untrained = initParameters(POLICY_CONFIG, createRandom(1));
const history = [
  { id: 'sft-000000', read: async () => writeCheckpoint(POLICY_CONFIG, untrained, 'sft-000000') },
  { id: 'ppo-000010', read: readShipped },
];
const request = (more: Partial<ReportRequest> = {}): ReportRequest => ({
  scenarios: ['lead_brake', 'hidden_pedestrian'],
  seeds: 2,
  checkpoints: [],
  ...more,
});
const quiet = () => {};

/** What the command line prints for a policy on the same suite. */
function lab(...flags: string[]): unknown {
  const suite = ['--scenarios', 'lead_brake,hidden_pedestrian', '--seeds', '2', '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, ['scripts/lab.mjs', 'evaluate', ...flags, ...suite], {
    encoding: 'utf8',
  });
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

// Command lines start and drive.
test('the exported JSON is the command line’s, policy by policy', { timeout: 300_000 }, async () => {
  const reports = made();
  await reports.run(request({ checkpoints: [{ id: 'shipped' }] }), quiet);
  const [random, expert, shipped] = JSON.parse(reports.export('json'));
  expect(random).toEqual(lab('--policy', 'random'));
  expect(expert).toEqual(lab('--policy', 'expert'));
  expect(shipped).toEqual(lab('--checkpoint', 'public/shipped/policy.safetensors'));
  expect(reports.export('markdown')).toContain(`| ${shipped.policy} | ${shipped.aggregate.score.mean.toFixed(4)} |`);
  const csv = reports.export('csv').trimEnd().split('\r\n');
  expect(csv).toHaveLength(1 + 4 * 2 * 2);
  expect(csv[1]).toMatch(/^random,lead_brake,1000000000,0?\.?\d+,[01],[01],[01],[01],/);
  expect(csv[0].split(',')).toEqual(
    expect.arrayContaining(['carla_2_1', 'nuplan', 'pdms', 'epdms', 'route_completion']),
  );
});

test('every cell is told once with its rows in the order of seeds, and progress ends at all drives', async () => {
  const told: ReportProgress[] = [];
  const { cancelled, lines } = await made().run(request({ seeds: 45 }), (progress) => told.push(progress));
  const cells: ReportCell[] = told.flatMap((progress) => progress.cells);
  expect(cancelled).toBe(false);
  expect(new Set(cells.map(({ policy, scenario }) => `${policyKey(policy)} ${scenario}`)).size).toBe(cells.length);
  expect(cells).toHaveLength(4);
  for (const { rows } of cells) expect(rows.map(({ seed }) => seed - rows[0].seed)).toEqual([...Array(45).keys()]);
  expect(told.at(-1)).toMatchObject({ done: 180, total: 180, secondsLeft: 0 });
  expect(lines[policyKey(EXPERT)].score.mean).toBeGreaterThan(lines[policyKey(RANDOM)].score.mean);
});

test('what was driven is not driven again; more seeds drive only what is missing', async () => {
  let asked = 0;
  class Counting extends LocalRollouts {
    override score(...args: Parameters<LocalRollouts['score']>) {
      asked += args[2].length;
      return super.score(...args);
    }
  }
  const reports = made(() => ({ workers: [new Counting()], dispose() {} }));
  const first = await reports.run(request(), quiet);
  expect(asked).toBe(8);
  expect((await reports.run(request(), quiet)).lines).toEqual(first.lines);
  expect(asked).toBe(8);
  await reports.run(request({ seeds: 3 }), quiet);
  expect(asked).toBe(12);
});

test('a cancelled report ends at once, keeps its cells, and exports nothing until it is finished', async () => {
  const reports = made();
  const result = await reports.run(request({ seeds: 60 }), ({ cells }) => {
    if (cells.length > 0) reports.cancel();
  });
  expect(result).toMatchObject({ cancelled: true, lines: {} });
  expect(() => reports.export('csv')).toThrow('The report is not finished; evaluate it to the end first.');
  expect((await reports.run(request({ seeds: 60 }), quiet)).cancelled).toBe(false);
});

test('a comparison pairs the same drives and counts them', async () => {
  const reports = made();
  await reports.run(request({ seeds: 5 }), quiet);
  const { difference: overall, byScenario, better, same, worse } = reports.compare(EXPERT, RANDOM, 'lab');
  expect(overall.pairs).toBe(10);
  expect(Object.keys(byScenario)).toEqual(['lead_brake', 'hidden_pedestrian']);
  expect(better + same + worse).toBe(10);
  const means = Object.values(byScenario).map(({ mean }) => mean);
  expect(overall.mean).toBeCloseTo((means[0] + means[1]) / 2, 12);
  expect(reports.compare(RANDOM, EXPERT, 'lab').difference.mean).toBeCloseTo(-overall.mean, 12);
});

test('a checkpoint of one’s own is a policy beside the shipped one, under a name of its own', async () => {
  const reports = made();
  const bytes = await readShipped();
  const { lines } = await reports.run(request({ checkpoints: [{ id: 'shipped' }, { id: 'run-1', bytes }] }), quiet);
  const [shipped, own] = ['shipped', 'run-1'].map((id) => checkpointIdentity(id, ''));
  const policies = [RANDOM, EXPERT, bareOf(shipped), shipped, bareOf(own), own];
  expect(Object.keys(lines)).toEqual(policies.map(policyKey));
  expect(lines[policyKey(own)].score).toEqual(lines[policyKey(shipped)].score);
  expect(lines[policyKey(bareOf(own))].policy).toBe(`${lines[policyKey(own)].policy} without residual`);
  expect(lines[policyKey(own)].policy).toMatch(
    new RegExp(`^${lines[policyKey(shipped)].policy.replace(/[()+]/g, '\\$&')} · [0-9a-f]{6}$`),
  );
  expect(JSON.parse(reports.export('json'))).toHaveLength(4);
  await expect(reports.run(request({ checkpoints: [{ id: 'x', bytes: new Uint8Array(9) }] }), quiet)).rejects.toThrow();
});

test('a run’s checkpoints are measured offline and in closed loop; the trained one errs less and drives better', async () => {
  const told: number[] = [];
  const reports = made();
  const asked = { run: 'r', scenarios: ['lead_brake', 'hidden_pedestrian'], seeds: 2 };
  const points = await reports.correlate(asked, ({ done }) => told.push(done));
  expect(told).toEqual([0, 1, 2]);
  expect(points.map(({ id }) => id)).toEqual(['sft-000000', 'ppo-000010']);
  expect(points[1].openLoop.ade).toBeLessThan(points[0].openLoop.ade);
  expect(correlate(points, 'lab')).toMatchObject({ spearman: -1, wanted: 'negative' });
  await reports.run(request({ checkpoints: [{ id: 'shipped' }] }), quiet);
  const shipped = JSON.parse(reports.export('json'))[2];
  expect(points[1].scores.carla_2_1).toBeCloseTo(shipped.aggregate.scores.carla_2_1.mean, 12);
});

test('two policies compare by any score; collisions pair up by McNemar', async () => {
  const reports = made();
  await reports.run(request({ seeds: 5 }), quiet);
  const { score, difference, improvement, collisions } = reports.compare(EXPERT, RANDOM, 'nuplan');
  expect([score, difference.mean > 0.3, improvement.mean > 0.8]).toEqual(['nuplan', true, true]);
  expect(collisions.onlyFirst).toBe(0);
  expect(() => reports.compare(EXPERT, RANDOM, 'ade')).toThrow('In none of these drives has this score a value.');
});

/** The expert over every shipped scenario: collisions, which solvable scenarios must not have, and the random policy beside it. */
import { driveSuite } from '../../core/learn/evaluate.ts';
import { heldOutSeeds } from '../../core/learn/seeds.ts';
import { BASELINE_SEED } from '../../core/tasks/driving/policy/driver.ts';
import { makeReport, type PolicyLine } from '../../core/evaluate/report.ts';
import type { EpisodeRow } from '../../core/evaluate/suite.ts';
import { parameterLayout } from '../../core/models/config.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import { createNodeRollouts } from '../node/rollouts.ts';
import { shippedScenarios } from '../node/scenarios.ts';
import type { Section } from './section.ts';

const SEEDS = 100;
const POLICIES = ['random', 'expert'] as const;
type Policy = (typeof POLICIES)[number];

interface Line {
  readonly score: number;
  readonly collisions: number;
  readonly offRoad: number;
  readonly redLights: number;
  readonly successes: number;
}
export interface ExpertData {
  readonly seeds: number;
  readonly scenarios: readonly ({ readonly id: string; readonly solvable: boolean } & Readonly<Record<Policy, Line>>)[];
  readonly lines: Readonly<Record<Policy, PolicyLine>>;
  /** The expert's collisions, "merge, seed 1000000007". */
  readonly collisions: readonly string[];
}

export const expert: Section<ExpertData> = {
  id: 'expert',
  title: 'The expert over every scenario',

  async measure({ quick }) {
    const seeds = quick ? 2 : SEEDS;
    const rows = await driveAll(seeds);
    const { lines } = makeReport(rows, []);
    const lineOf = (policy: Policy) => lines.find((line) => line.policy === policy) as PolicyLine;
    const of = (policy: Policy) => rows.get(policy) as readonly EpisodeRow[];
    return {
      seeds,
      scenarios: [...shippedScenarios().values()].map(({ id, solvable = true }) => {
        const own = (policy: Policy) => summary(of(policy).filter(({ scenario }) => scenario === id));
        return { id, solvable, random: own('random'), expert: own('expert') };
      }),
      lines: { random: lineOf('random'), expert: lineOf('expert') },
      collisions: of('expert').flatMap(({ scenario, seed, collision }) =>
        collision ? [`${scenario}, seed ${seed}`] : [],
      ),
    };
  },

  rows({ seeds, scenarios, lines, collisions }) {
    const solvable = scenarios.filter((scenario) => scenario.solvable);
    const struck = solvable.reduce((sum, scenario) => sum + scenario.expert.collisions, 0);
    const about = { engine: 'WASM world, decisions in TypeScript' };
    const shown = ({ score }: PolicyLine) =>
      `${score.mean.toFixed(4)} [${score.low.toFixed(4)}, ${score.high.toFixed(4)}]`;
    return [
      {
        what: 'collisions of the expert in solvable scenarios',
        bar: '0',
        measured: struck === 0 ? '0' : `${struck} (${collisions.slice(0, 10).join('; ')})`,
        met: struck === 0,
        over: `${solvable.length} of ${scenarios.length} scenarios × ${seeds} held-out seeds`,
        ...about,
      },
      {
        what: 'closed-loop score of the expert, the random policy beside it, bootstrap 95 %',
        measured: `expert ${shown(lines.expert)}; random ${shown(lines.random)}`,
        over: `${scenarios.length} scenarios × ${seeds} held-out seeds`,
        ...about,
      },
    ];
  },

  details({ seeds, scenarios }) {
    const head = ['scenario', 'solvable', 'expert', 'random', 'success', 'collisions', 'off road', 'red lights'];
    const rows = scenarios.map(({ id, solvable, expert: ours, random }) => {
      const beside = (of: (line: Line) => number) => `${of(ours)} / ${of(random)}`;
      return [
        id,
        solvable ? 'yes' : 'no',
        ours.score.toFixed(4),
        random.score.toFixed(4),
        beside((line) => line.successes),
        beside((line) => line.collisions),
        beside((line) => line.offRoad),
        beside((line) => line.redLights),
      ];
    });
    const rule = ['---', '---', ...head.slice(2).map(() => '---:')];
    return [
      `Scores are means over ${seeds} seeds; counts are drives of ${seeds}, expert / random.`,
      [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n'),
    ].join('\n\n');
  },
};

function summary(rows: readonly EpisodeRow[]): Line {
  const count = (of: (row: EpisodeRow) => boolean) => rows.filter(of).length;
  return {
    score: rows.reduce((sum, { score }) => sum + score.score, 0) / rows.length,
    collisions: count(({ collision }) => collision),
    offRoad: count(({ offRoad }) => offRoad),
    redLights: count(({ redLight }) => redLight),
    successes: count(({ score }) => score.success),
  };
}

/** Rows of both policies over all scenarios, on worker threads; in no order. */
async function driveAll(seeds: number): Promise<ReadonlyMap<Policy, EpisodeRow[]>> {
  const scenarios = [...shippedScenarios().values()];
  const rows = new Map(POLICIES.map((policy) => [policy, [] as EpisodeRow[]]));
  const jobs = POLICIES.flatMap((policy) => scenarios.map(({ id }) => ({ policy, id })));
  const parameters = new Float32Array(parameterLayout(POLICY_CONFIG).size);
  const pool = createNodeRollouts();
  try {
    const engine = { task: 'driving', engine: 'wasm', config: POLICY_CONFIG, rows: 64 } as const;
    const setup = { ...engine, parameters, scenarios, seed: BASELINE_SEED };
    await Promise.all(
      pool.workers.map(async (worker, index) => {
        await worker.configure({ ...setup, index, workers: pool.workers.length });
        for (let job = jobs.shift(); job; job = jobs.shift())
          rows.get(job.policy)?.push(
            ...(await driveSuite(worker, {
              actor: { kind: job.policy === 'expert' ? 'oracle' : job.policy },
              scenarios: [job.id],
              seeds: heldOutSeeds(seeds),
            })),
          );
      }),
    );
  } finally {
    await pool.dispose();
  }
  return rows;
}

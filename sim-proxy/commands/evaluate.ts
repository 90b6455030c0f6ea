/** `lab evaluate`: one policy closed loop on held-out seeds, beside the random policy and the expert on the same ones. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeEvaluation, withoutResidual } from '../../core/evaluate/evaluation.ts';
import { reportMarkdown } from '../../core/evaluate/report.ts';
import { type EvaluatedPolicy, HELD_OUT_SEED } from '../../core/learn/pool.ts';
import { parameterLayout } from '../../core/model/config.ts';
import { POLICY_CONFIG } from '../../core/model/policy.ts';
import type { Scenario } from '../../core/world/scenario.ts';
import { readPolicyFile } from '../checkpoints.ts';
import { driveSuites } from '../closed-loop.ts';
import { type FlagValues, UsageError } from '../flags.ts';
import { shippedScenarios } from '../scenarios.ts';

const flags = {
  checkpoint: { type: 'string', help: 'The .safetensors file to drive.' },
  policy: { type: 'string', help: 'Or: random, expert, or such a file.' },
  scenarios: { type: 'string', help: 'all, or ids with commas between.', default: 'all' },
  seeds: { type: 'integer', help: 'Held-out seeds a scenario.', default: 20, min: 1, max: 10000 },
  'out-dir': { type: 'string', help: 'Folder that gets metrics.json.' },
  smoke: { type: 'boolean', help: 'Two seeds a scenario.', default: false },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;
const SMOKE_SEEDS = 2;

export const command = {
  summary: 'Drive a policy closed loop on held-out seeds; writes metrics.json.',
  flags,
  async run(values: FlagValues<typeof flags>) {
    const which = values.checkpoint ?? values.policy;
    if (which === undefined || (values.checkpoint !== undefined && values.policy !== undefined))
      throw new UsageError('lab evaluate: say one of --checkpoint FILE and --policy random|expert|FILE.');
    const scenarios = chosenScenarios(values.scenarios);
    const seeds = values.smoke ? SMOKE_SEEDS : values.seeds;
    const builtIn = values.checkpoint === undefined && (which === 'random' || which === 'expert') ? which : undefined;
    const file = builtIn ? undefined : await readPolicyFile(which);
    const names: [EvaluatedPolicy, string][] = [
      ['random', 'random'],
      ['expert', 'expert'],
    ];
    if (file) names.push(['sft', withoutResidual(file.name)], ['sft+ppo', file.name]);

    const rows = await driveSuites({
      policies: names.map(([policy]) => policy),
      parameters: file?.flat ?? new Float32Array(parameterLayout(POLICY_CONFIG).size),
      scenarios,
      seeds,
      onProgress: (done, total) => console.error(`${done} of ${total} suites driven`),
    });
    const results = new Map(names.map(([policy, name]) => [name, rows.get(policy) ?? []]));
    const evaluation = makeEvaluation(
      {
        policy: builtIn ?? file?.name ?? which,
        ...(file && { checkpointHash: file.hash }),
        scenarios: scenarios.map(({ id }) => id),
        seeds,
        firstSeed: HELD_OUT_SEED,
      },
      results,
    );
    if (values['out-dir'] !== undefined) {
      await mkdir(values['out-dir'], { recursive: true });
      await writeFile(join(values['out-dir'], 'metrics.json'), `${JSON.stringify([evaluation], null, 2)}\n`);
    }
    console.log(values.json ? JSON.stringify(evaluation) : reportMarkdown(evaluation.report));
  },
};

function chosenScenarios(text: string): Scenario[] {
  const shipped = shippedScenarios();
  if (text === 'all') return [...shipped.values()];
  return [...new Set(text.split(','))].map((id) => {
    const scenario = shipped.get(id);
    if (scenario) return scenario;
    throw new UsageError(`lab evaluate: there is no scenario "${id}"; there are ${[...shipped.keys()].join(', ')}.`);
  });
}

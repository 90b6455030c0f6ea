/** `lab scenarios`: what is shipped. */
import { scenarioHash } from '../../../core/tasks/driving/scenario/scenario.ts';
import { tagsOf } from '../../../core/tasks/driving/scenario/shipped.ts';
import type { FlagValues } from '../flags.ts';
import { shippedScenarios } from '../../node/scenarios.ts';

const flags = { json: { type: 'boolean', help: 'Print one JSON object.', default: false } } as const;

export const command = {
  summary: 'List the shipped scenarios.',
  flags,
  async run(values: FlagValues<typeof flags>) {
    const scenarios = [...shippedScenarios().values()].map((s) => ({
      id: s.id,
      title: s.title,
      tags: tagsOf(s),
      solvable: s.solvable ?? true,
      hash: scenarioHash(s),
      source: `public/scenarios/${s.id}.yaml`,
    }));
    if (values.json) console.log(JSON.stringify({ scenarios }));
    else for (const s of scenarios) console.log(`${s.id.padEnd(24)} ${s.title} [${s.tags.join(', ')}]`);
  },
};

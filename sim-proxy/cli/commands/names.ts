/** `lab names`: Karpathy's microgpt on names, to check our model against his numbers. */
import { trainNames } from '../../../core/learn/names.ts';
import { type FlagValues, UsageError } from '../flags.ts';
import { findNames, readNames } from '../../results/names-docs.ts';

const flags = {
  docs: {
    type: 'string',
    help: 'File with one name a line (names.txt of karpathy/makemore); looked for here and beside this folder.',
  },
  steps: { type: 'integer', help: 'Training steps.', default: 1000, min: 1, max: 1000 },
  engine: { type: 'string', help: 'ts (float64) or wasm (float32).', default: 'ts' },
  json: { type: 'boolean', help: 'Print one JSON object.', default: false },
} as const;

export const command = {
  summary: "Train Karpathy's microgpt on names; prints losses and samples.",
  flags,
  async run(values: FlagValues<typeof flags>) {
    const { engine } = values;
    if (engine !== 'ts' && engine !== 'wasm')
      throw new UsageError(`lab names: --engine must be ts or wasm, not "${engine}".`);
    const file = values.docs ?? findNames();
    if (!file) {
      throw new UsageError(
        'lab names: there is no names.txt here; fetch the one of karpathy/makemore and say --docs FILE.',
      );
    }
    const docs = await readNames(file).catch(() => {
      throw new UsageError(`lab names: "${file}" cannot be read; --docs wants a text file with one name a line.`);
    });
    const { losses, samples } = trainNames({ docs, steps: values.steps, engine });
    if (values.json) console.log(JSON.stringify({ losses, samples }));
    else {
      losses.forEach((loss, i) => {
        if (i % 50 === 0 || i === losses.length - 1)
          console.log(`step ${String(i + 1).padStart(4)}  loss ${loss.toFixed(4)}`);
      });
      console.log(samples.join('\n'));
    }
  },
};

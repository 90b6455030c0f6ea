/**
 * The published JSON Schema of scenario files, made from the valibot schema so the two cannot drift. Only tests and tools
 * import this file: the converter is a development dependency.
 */
import { toJsonSchema } from '@valibot/to-json-schema';
import { ScenarioSchema } from './schema.ts';
import { numberDefinitions } from './values.ts';

/** Text of `public/schemas/scenario.schema.json`. */
export function scenarioJsonSchema(): string {
  const schema = toJsonSchema(ScenarioSchema, { errorMode: 'ignore', definitions: numberDefinitions() });
  const titled = {
    ...schema,
    title: 'Traceway scenario',
    description: 'SI units, radians; ranges and distributions are drawn by seed.',
  };
  return `${JSON.stringify(titled, null, 2)}\n`;
}

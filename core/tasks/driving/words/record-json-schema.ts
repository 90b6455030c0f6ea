/**
 * The published JSON Schema of trace records, made from the valibot schema so the two cannot drift. Only tests and tools
 * import this file: the converter is a development dependency.
 */
import { toJsonSchema } from '@valibot/to-json-schema';
import { TraceRecordSchema } from './record.ts';

/** Text of `public/schemas/trace.schema.json`. */
export function traceJsonSchema(): string {
  const schema = {
    ...toJsonSchema(TraceRecordSchema, { errorMode: 'ignore' }),
    title: 'Traceway trace',
    description: 'The reasoning trace of one driving decision. SI units, radians; ego frame: x forward, y left.',
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

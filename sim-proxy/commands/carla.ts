/**
 * `lab carla info|watch|record|evaluate`: a CARLA server seen and driven from here. Whatever it does on the server it undoes, also
 * when interrupted. An unsupported version is told with what differs, and is a failed run.
 */
import { UsageError } from '../flags.ts';
import { CarlaClient } from '../sources/carla/client.ts';
import { CarlaError } from '../sources/carla/errors.ts';
import { evaluate } from './carla/evaluate.ts';
import { type CarlaFlags, flags } from './carla/flags.ts';
import { readPlan } from './carla/plan.ts';
import { record } from './carla/record.ts';
import { info, watch } from './carla/view.ts';

const WHAT = ['info', 'watch', 'record', 'evaluate'] as const;

export const command = {
  summary: 'A CARLA server: what it is, what happens on it, driving in it.',
  words: WHAT.join('|'),
  flags,
  async run(values: CarlaFlags, words: readonly string[]) {
    const what = WHAT.find((name) => name === words[0]);
    if (words.length !== 1 || !what) throw new UsageError(`lab carla: say what to do, ${WHAT.join(', ')}.`);
    // Bad files and names are told before anything is asked of a server.
    const plan = what === 'evaluate' ? await readPlan(values) : undefined;
    let client: CarlaClient;
    try {
      const { host, port, timeout } = values;
      client = await CarlaClient.connect({ host, port, timeoutMs: timeout, reconnect: false });
    } catch (error) {
      if (values.json && error instanceof CarlaError) {
        console.log(JSON.stringify({ supported: false, error: { code: error.code, message: error.message } }));
      }
      throw error;
    }
    const interrupted = new AbortController();
    process.once('SIGINT', () => interrupted.abort());
    try {
      if (plan) await evaluate(client, values, plan, interrupted.signal);
      else if (what === 'info') await info(client, values);
      else if (what === 'watch') await watch(client, values, interrupted.signal);
      else await record(client, values, interrupted.signal);
    } finally {
      for (const sentence of await client.close()) console.error(sentence);
    }
  },
};

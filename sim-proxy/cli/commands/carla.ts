/**
 * `lab carla info|watch|record|evaluate`: a CARLA server seen and driven from here. Whatever it does on the server it undoes, also
 * when interrupted (exit 128 + the signal's number), when nobody reads its output any more, or when it fails. An unsupported version is
 * told with what differs, and is a failed run. With `--json` a failure is a JSON line of its own, the last one.
 */
import { UsageError } from '../flags.ts';
import { onInterrupt } from '../interrupt.ts';
import { CarlaClient } from '../../carla/client/client.ts';
import { CarlaError } from '../../carla/client/errors.ts';
import { evaluatePlan } from './carla/evaluate.ts';
import { type CarlaFlags, flags } from './carla/flags.ts';
import { readEvaluationPlan } from './carla/plan.ts';
import { record } from './carla/record.ts';
import { ToldError } from './carla/report.ts';
import { info, watch } from './carla/view.ts';

const WHAT = ['info', 'watch', 'record', 'evaluate'] as const;
/** What runs ends by itself when told to; what has not by now is cut off, ms. */
const GRACE_MS = 1500;
/** Exit of a program that nobody reads any more, as of one killed by SIGPIPE. */
const PIPE_EXIT = 141;

export const command = {
  summary: 'A CARLA server: what it is, what happens on it, driving in it.',
  words: WHAT.join('|'),
  flags,
  async run(values: CarlaFlags, words: readonly string[]) {
    const what = WHAT.find((name) => name === words[0]);
    if (words.length !== 1 || !what) throw new UsageError(`lab carla: say what to do, ${WHAT.join(', ')}.`);
    // Bad files and names are told before anything is asked of a server.
    const plan = what === 'evaluate' ? await readEvaluationPlan(values) : undefined;
    const interrupted = new AbortController();
    const interrupt = (exitCode: number) => {
      process.exitCode = exitCode;
      interrupted.abort();
    };
    const stopListening = onInterrupt(interrupt);
    const unread = () => interrupt(PIPE_EXIT);
    process.stdout.on('error', unread);
    const { signal } = interrupted;
    let client: CarlaClient | null = null;
    try {
      client = await connected(values, what, signal);
      const running = client;
      signal.addEventListener('abort', () => setTimeout(() => void running.close(), GRACE_MS).unref());
      if (plan) await evaluatePlan(client, values, plan, signal);
      else if (what === 'info') await info(client, values);
      else if (what === 'watch') await watch(client, values, signal);
      else await record(client, values, signal);
    } catch (error) {
      // The signal's exit code says enough of what was cut off.
      if (signal.aborted) return;
      if (values.json && error instanceof Error && !(error instanceof ToldError)) {
        console.log(failureOf(error, client));
      }
      throw error;
    } finally {
      for (const sentence of (await client?.close()) ?? []) console.error(sentence);
      stopListening();
      process.stdout.off('error', unread);
    }
  },
};

function connected(
  { host, port, timeout }: CarlaFlags,
  what: (typeof WHAT)[number],
  signal: AbortSignal,
): Promise<CarlaClient> {
  // What a server is can be told without frames.
  const needsFrames = what !== 'info';
  return CarlaClient.connect({ host, port, timeoutMs: timeout, reconnect: false, needsFrames, signal });
}

/** Before a server is met it is not known to be supported; afterwards it is known what it lacks. */
function failureOf(cause: Error, client: CarlaClient | null): string {
  const error = { code: cause instanceof CarlaError ? cause.code : 'failed', message: cause.message };
  if (!client) return JSON.stringify({ supported: false, error });
  const supported = error.code !== 'unsupported';
  return JSON.stringify({ supported, differences: client.server.differences, error });
}

/** Errors made data: one sentence, where it was, and the detail a report wants. */
import type { Failure, Result } from './protocol.ts';

/** What an error says to the person; typed errors of core carry `where`. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const where = 'where' in error && typeof error.where === 'string' ? error.where : undefined;
  const detail = `${error.name}: ${error.stack ?? error.message}`;
  return { message: error.message, ...(where && { where }), detail };
}

/** The result of `work`, or its error as data. */
export async function attempt<T>(work: () => Promise<T> | T): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, failure: toFailure(error) };
  }
}

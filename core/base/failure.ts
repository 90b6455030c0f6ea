/** Errors made data, where they leave the thread they happened on: one sentence, where it was, and the detail a report wants. */

export interface Failure {
  /** One sentence for the person. */
  readonly message: string;
  /** "row 17, column speed_can", "tokens of decision 3", "byte 120". */
  readonly where?: string;
  readonly detail?: string;
}
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** What an error says to the person; typed errors of core carry `where`. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const where = 'where' in error && typeof error.where === 'string' ? error.where : undefined;
  const detail = `${error.name}: ${error.stack ?? error.message}`;
  return { message: error.message, ...(where && { where }), detail };
}

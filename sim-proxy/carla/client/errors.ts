/**
 * What can go wrong with a CARLA server, as one typed error whose code names it and whose message is a sentence for a person.
 *
 * - `unreachable`: nothing answers at that host and port;  `closed`: the connection ended;  `timeout`: a deadline passed;
 * - `too-large`, `too-deep`, `too-many-values`, `garbage`: bytes that are refused before anything is made of them;
 * - `wrong-type`: well-formed msgpack that is not what this method or stream carries;
 * - `server`: CARLA answered with an error;  `unsupported`: a version this client does not speak;  `aborted`: the caller gave up;
 * - `missing`: the server has no such function (one made of LibCarla may bind a part of CARLA's);  `arity`: it has it otherwise.
 */
export type CarlaErrorCode =
  | 'unreachable'
  | 'closed'
  | 'timeout'
  | 'too-large'
  | 'too-deep'
  | 'too-many-values'
  | 'garbage'
  | 'wrong-type'
  | 'server'
  | 'missing'
  | 'arity'
  | 'unsupported'
  | 'aborted';

export class CarlaError extends Error {
  readonly code: CarlaErrorCode;
  constructor(code: CarlaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CarlaError';
    this.code = code;
  }
}

/** Any thrown thing as a CarlaError; what is none yet gets `code`. */
export function asCarlaError(error: unknown, code: CarlaErrorCode): CarlaError {
  if (error instanceof CarlaError) return error;
  return new CarlaError(code, error instanceof Error ? error.message : String(error), { cause: error });
}

export const isMissing = (error: unknown): boolean => error instanceof CarlaError && error.code === 'missing';

/** What `run` gives; `otherwise` where the server lacks a function that `run` calls. */
export async function unlessMissing<T, U>(run: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await run;
  } catch (error) {
    if (isMissing(error)) return otherwise;
    throw error;
  }
}

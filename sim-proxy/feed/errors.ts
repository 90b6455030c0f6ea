/**
 * What the proxy refuses, as one typed error: a class of refusal (which becomes the gRPC status), a stable name for programs, a
 * sentence for people, and the field or place it is about.
 */
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { EnvError } from '../../core/tasks/driving/env.ts';
import { ErrorDetailSchema } from '../generated/traceway/v1/source_pb.ts';

export type Refusal =
  | 'invalid'
  | 'not-found'
  | 'exists'
  | 'state'
  | 'too-much'
  | 'unsupported'
  | 'unavailable'
  | 'lost';

const CODES: Readonly<Record<Refusal, Code>> = {
  invalid: Code.InvalidArgument,
  'not-found': Code.NotFound,
  exists: Code.AlreadyExists,
  state: Code.FailedPrecondition,
  'too-much': Code.ResourceExhausted,
  unsupported: Code.Unimplemented,
  unavailable: Code.Unavailable,
  lost: Code.DataLoss,
};

export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly refusal: Refusal;
  readonly kind: string;
  readonly where: string;
  constructor(refusal: Refusal, kind: string, message: string, where = '') {
    super(message);
    this.refusal = refusal;
    this.kind = kind;
    this.where = where;
  }
}

const detailed = (message: string, code: Code, kind: string, where: string, cause: unknown) =>
  new ConnectError(
    message,
    code,
    undefined,
    [{ desc: ErrorDetailSchema, value: create(ErrorDetailSchema, { kind, where }) }],
    cause,
  );

/** Anything thrown as what a client is told; surprises are told without their insides. */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof ProxyError) return detailed(error.message, CODES[error.refusal], error.kind, error.where, error);
  if (error instanceof EnvError) {
    const state = error.kind === 'not-reset' || error.kind === 'finished';
    const code = state ? Code.FailedPrecondition : Code.InvalidArgument;
    return detailed(error.message, code, error.kind, '', error);
  }
  if (error instanceof Error && error.name === 'AbortError')
    return new ConnectError('The call was cancelled.', Code.Canceled);
  return detailed('The proxy failed; its log says how.', Code.Internal, 'internal', '', error);
}

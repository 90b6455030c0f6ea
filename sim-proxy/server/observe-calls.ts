/** What every call has in common: errors become what a client is told, calls are counted and timed, failures are logged. */
import { Code, type ConnectError, type Interceptor } from '@connectrpc/connect';
import { toConnectError } from '../feed/errors.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export function observeCalls(metrics: Metrics, log: Log): Interceptor {
  return (next) => async (request) => {
    const begun = performance.now();
    const method = `${request.service.name}.${request.method.name}`;
    const ended = (error?: ConnectError) => {
      const seconds = (performance.now() - begun) / 1000;
      metrics.add('traceway_calls_total', { method, code: error ? Code[error.code] : 'OK' });
      metrics.add('traceway_call_seconds_total', { method }, seconds);
      if (error?.code === Code.Internal || error?.code === Code.Unknown) {
        const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : error.message;
        log('error', 'call-failed', { method, cause });
      } else if (request.stream) {
        log('info', 'call-ended', {
          method,
          code: error ? Code[error.code] : 'OK',
          seconds: Math.round(seconds * 1000) / 1000,
        });
      }
    };
    try {
      const response = await next(request);
      if (!response.stream) {
        ended();
        return response;
      }
      return { ...response, message: observed(response.message, ended) };
    } catch (error) {
      const told = toConnectError(error);
      ended(told);
      throw told;
    }
  };
}

async function* observed<T>(messages: AsyncIterable<T>, ended: (error?: ConnectError) => void): AsyncGenerator<T> {
  let failure: ConnectError | undefined;
  try {
    yield* messages;
  } catch (error) {
    failure = toConnectError(error);
    throw failure;
  } finally {
    ended(failure);
  }
}

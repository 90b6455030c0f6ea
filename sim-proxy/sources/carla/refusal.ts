/** What a CARLA server, or a map without a way, refuses, as the proxy tells it. */
import { RouteError } from '../../carla/hero/town-route.ts';
import { ProxyError } from '../../feed/errors.ts';
import { CarlaError } from '../../carla/client/errors.ts';

const AWAY: readonly string[] = ['closed', 'unreachable', 'timeout'];

/** A ProxyError `carla-…` (unavailable while CARLA is away), `bad-control`, `no-place`; anything else as it is. */
export function asProxyError(error: unknown): unknown {
  if (error instanceof RouteError) return new ProxyError('state', 'no-place', `${error.message}.`, 'scenario_id');
  if (error instanceof RangeError) return new ProxyError('invalid', 'bad-control', `${error.message}.`);
  if (!(error instanceof CarlaError)) return error;
  return new ProxyError(AWAY.includes(error.code) ? 'unavailable' : 'state', `carla-${error.code}`, error.message);
}

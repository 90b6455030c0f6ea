/** The first words with a CARLA server: connect, ask for its version, and take the methods of that version's dialect. */
import { RpcConnection } from './connection.ts';
import { type Dialect, dialectOf, SUPPORTED_VERSIONS } from './dialect.ts';
import { CarlaError } from './errors.ts';
import { carlaMethods, type Methods } from './methods.ts';

export interface Handshake {
  readonly rpc: RpcConnection;
  readonly serverVersion: string;
  readonly dialect: Dialect;
  readonly methods: Methods;
}

/** `version` looks alike in every dialect. */
const { version: askVersion } = carlaMethods(dialectOf('0.9.15'));

/** @throws CarlaError `unreachable`, `garbage` (no CARLA there), `unsupported` (with what differs), `timeout`, `aborted` */
export async function connectedMethods(
  host: string,
  port: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Handshake> {
  const rpc = await RpcConnection.open(host, port, timeoutMs, signal);
  try {
    const serverVersion = await rpc.call(askVersion, [], timeoutMs);
    const dialect = dialectOf(serverVersion);
    return { rpc, serverVersion, dialect, methods: carlaMethods(dialect) };
  } catch (error) {
    rpc.close();
    if (error instanceof CarlaError && error.code === 'timeout') {
      throw new CarlaError(
        'timeout',
        `${host}:${port} accepts connections but does not say its version: it is still starting, or it is no CARLA ` +
          `(this client speaks ${SUPPORTED_VERSIONS.join(', ')}).`,
        { cause: error },
      );
    }
    throw error;
  }
}

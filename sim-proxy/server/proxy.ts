/**
 * The proxy: gate, services, health, metrics and the lab's files on one port.
 *
 *   const proxy = await startProxy({ port: 0, sources: [new EmbeddedSource(…)], … });
 *   await proxy.close();        // watchers are told, simulators left as they were found
 */
import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Code, ConnectError, cors } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { EnvironmentService } from '../generated/traceway/v1/environment_pb.ts';
import { SourceService } from '../generated/traceway/v1/source_pb.ts';
import type { SimulatorSource } from '../sources/source.ts';
import { environmentService } from './environment-service.ts';
import { answerRefusal, Gate, type GateRefusal, refusal, type Request, type Response } from './gate.ts';
import { type HostOptions, SourceHost } from './host.ts';
import { LabFiles } from './lab-files.ts';
import { Listener } from './listener.ts';
import { createLog, type Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { observeCalls } from './observe-calls.ts';
import { Registry } from './registry.ts';
import { sourceService } from './source-service.ts';
import type { ServiceContext } from './service-context.ts';

const MAX_PROXY_MESSAGE_BYTES = 16 * 1024 * 1024;
const CLOSE_GRACE_MS = 3000;
/** Refusals logged a second; all are counted. */
const LOGGED_REFUSALS = 10;

export interface ProxyOptions {
  /** 0 = any free one. */
  readonly port: number;
  /** Address to listen on; anything but loopback wants a token. */
  readonly host?: string;
  readonly token?: string | null;
  readonly allowHosts?: readonly string[];
  readonly allowOrigins?: readonly string[];
  readonly sources: readonly SimulatorSource[];
  readonly version: string;
  /** Folder of the built lab. */
  readonly lab?: string;
  readonly log?: Log;
  readonly maxMessageBytes?: number;
  readonly sourceOptions?: Omit<HostOptions, 'log'>;
  readonly environmentOptions?: Pick<ServiceContext, 'idleMs' | 'answerMs'>;
}
export interface Proxy {
  readonly port: number;
  readonly registry: Registry;
  /** Ends watches, leaves every simulator as it was found; what could not be undone, in sentences. */
  close(): Promise<readonly string[]>;
}

export const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** @throws Error without a token beyond loopback, and the system's error when the port cannot be had */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const {
    host = '127.0.0.1',
    token = null,
    log = createLog(),
    maxMessageBytes = MAX_PROXY_MESSAGE_BYTES,
    version,
  } = options;
  if (!isLoopback(host) && !token) throw new Error(`Listening on ${host} wants a token.`);
  const metrics = new Metrics();
  const registry = new Registry();
  const hostOptions = { log, ...options.sourceOptions };
  for (const source of options.sources) registry.add(new SourceHost(source, hostOptions));
  const context: ServiceContext = { registry, metrics, hostOptions, version, ...options.environmentOptions };
  const environments = environmentService(context);
  const shutdown = new AbortController();
  // Every call under way listens to it.
  setMaxListeners(0, shutdown.signal);
  const rpc = connectNodeAdapter({
    routes(router) {
      router.service(SourceService, sourceService(context));
      router.service(EnvironmentService, environments.service);
    },
    interceptors: [observeCalls(metrics, log)],
    readMaxBytes: maxMessageBytes,
    // Nothing is decompressed: a small message cannot become a large one.
    acceptCompression: [],
    shutdownSignal: shutdown.signal,
  });
  const gate = new Gate({
    hosts: [...(host === '0.0.0.0' || host === '::' ? [] : [host]), ...(options.allowHosts ?? [])],
    origins: options.allowOrigins ?? [],
    token,
    maxMessageBytes,
  });
  const lab = options.lab === undefined ? null : new LabFiles(options.lab);

  const refused = limited(LOGGED_REFUSALS, (why: string) => log('warn', 'refused', { why }));
  const refuse = (request: Request, response: Response, why: GateRefusal) => {
    metrics.add('traceway_refused_total', { name: why.name });
    refused(why.name);
    answerRefusal(request, response, why);
  };
  const health = (response: Response) => {
    metrics.set('traceway_connections', listener.connections);
    const body = { status: 'ok', service: 'traceway-proxy', api: 'traceway.v1', version };
    send(response, 200, 'application/json', `${JSON.stringify(body)}\n`);
  };
  const answer = (request: Request, response: Response) => {
    const problem = gate.refuse(request);
    if (problem) return refuse(request, response, problem);
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/healthz') return health(response);
    const call = path.startsWith('/traceway.v1.');
    const page = gate.listedOrigin(request);
    if (call && page) allowPage(response, page);
    if (call && page && request.method === 'OPTIONS') return send(response, 204);
    if (!call && path !== '/metrics' && lab?.answer(request, response)) return;
    const unknown = gate.refuseUnknown(request);
    if (unknown) return refuse(request, response, unknown);
    if (path === '/metrics') {
      metrics.observe(registry.hosts);
      metrics.set('traceway_environments', environments.size);
      metrics.set('traceway_connections', listener.connections);
      return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', metrics.text());
    }
    if (!call) return refuse(request, response, refusal('not-found', 404, 'There is nothing here.'));
    rpc(request as never, response as never);
  };
  const listener = new Listener({
    request(request, response) {
      try {
        answer(request, response);
      } catch (error) {
        log('error', 'request-failed', { cause: error instanceof Error ? error.stack : String(error) });
        response.destroy();
      }
    },
    garbage(reason) {
      metrics.add('traceway_refused_total', { name: 'garbage' });
      refused(`garbage (${reason})`);
    },
  });
  const port = await listener.listen(options.port, host);
  log('info', 'listening', { host, port, token: token !== null, sources: options.sources.map(({ id }) => id) });

  let closing: Promise<readonly string[]> | undefined;
  const close = async () => {
    log('info', 'closing');
    shutdown.abort(new ConnectError('The proxy is shutting down.', Code.Unavailable));
    const simulators = async () => {
      await environments.close();
      return registry.close();
    };
    const [left] = await Promise.all([simulators(), listener.close(CLOSE_GRACE_MS)]);
    log('info', 'closed', { left });
    return left;
  };
  return { port, registry, close: () => (closing ??= close()) };
}

function send(response: Response, status: number, contentType?: string, body = ''): void {
  const type = contentType === undefined ? {} : { 'content-type': contentType };
  (response as ServerResponse).writeHead(status, { ...type, 'cache-control': 'no-store' });
  response.end(body);
}

function allowPage(response: Response, origin: string): void {
  const headers = {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': [...cors.allowedHeaders, 'authorization'].join(', '),
    'access-control-expose-headers': cors.exposedHeaders.join(', '),
    'access-control-max-age': '600',
    vary: 'origin',
  };
  for (const [name, value] of Object.entries(headers)) (response as ServerResponse).setHeader(name, value);
}

/** `run` at most `n` times a second. */
function limited<A extends readonly unknown[]>(n: number, run: (...args: A) => void): (...args: A) => void {
  let second = 0;
  let count = 0;
  return (...args) => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) [second, count] = [now, 0];
    if (++count <= n) run(...args);
  };
}

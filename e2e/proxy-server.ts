/**
 * Test only: a proxy for pages of the origin given as the first argument, with a source as fast as it is read (`fast`), one of 100
 * frames a second (`steady`), both of 64 actors, and the embedded world; and beside it the same service in gRPC-web's text
 * format, which the proxy itself does not speak, for the official client to be compared with. Prints both ports.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { SourceService } from '../sim-proxy/generated/traceway/v1/source_pb.ts';
import { shippedScenarios } from '../sim-proxy/node/scenarios.ts';
import { createLog } from '../sim-proxy/server/log.ts';
import { Metrics } from '../sim-proxy/server/metrics.ts';
import { startProxy } from '../sim-proxy/server/proxy.ts';
import { sourceService } from '../sim-proxy/server/source-service.ts';
import { SteadySource } from '../sim-proxy/server/testing/steady-source.ts';
import { EmbeddedSource } from '../sim-proxy/sources/embedded/embedded.ts';

const [origin, port = '0'] = process.argv.slice(2);
const log = createLog();
const proxy = await startProxy({
  port: Number(port),
  allowOrigins: [origin],
  version: 'test',
  log,
  sources: [
    new SteadySource(64, 0, 'fast'),
    new SteadySource(64, 100, 'steady'),
    new EmbeddedSource({ version: 'test', scenarios: shippedScenarios(), checkpoints: new Map(), hertz: 50 }),
  ],
});

const context = { registry: proxy.registry, metrics: new Metrics(), hostOptions: { log }, version: 'test' };
const binary = connectNodeAdapter({ routes: (router) => router.service(SourceService, sourceService(context)) });

/** A request in the text format made one in the binary, and its answer turned back. */
function inText(request: IncomingMessage, response: ServerResponse): void {
  response.once('close', () => response.emit('drain'));
  const body = new PassThrough();
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => body.end(Buffer.from(Buffer.concat(pieces).toString(), 'base64')));
  const headers = { ...request.headers, 'content-type': 'application/grpc-web+proto' };
  const asBinary = Object.assign(body, {
    headers,
    method: request.method,
    url: request.url,
    httpVersion: '1.1',
    httpVersionMajor: 1,
  });
  const { write, writeHead } = response;
  const patched = response as { write: unknown; writeHead: unknown };
  patched.writeHead = (status: number, sent: object) =>
    writeHead.call(response, status, { ...sent, 'content-type': 'application/grpc-web-text+proto' } as never);
  patched.write = (data: Uint8Array, _encoding: string, done: () => void) =>
    write.call(response, Buffer.from(data).toString('base64'), 'latin1', done);
  binary(Object.assign(asBinary, { socket: request.socket }) as never, response);
}
const text = createServer((request, response) => {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-headers', 'content-type, x-grpc-web, x-user-agent, grpc-timeout');
  if (request.method === 'OPTIONS') response.writeHead(204).end();
  else inText(request, response);
});
await new Promise<void>((done) => text.listen(0, '127.0.0.1', done));
console.log(JSON.stringify({ proxy: proxy.port, text: (text.address() as AddressInfo).port }));
process.on('SIGTERM', () => void proxy.close().then(() => process.exit(0)));

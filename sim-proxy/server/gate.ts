/**
 * Who may come in, decided before anything of a request is read: the Host must be ours (a page of another site whose name
 * was made to point here is told so), the Origin, where a browser sends one, must be the lab's own or a listed one, the token
 * must be right, and nobody may announce more bytes than a message can have.
 *
 * Refusals have a name in their text and in the header `traceway-refused`; native gRPC clients get them as a gRPC status.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { isIP } from 'node:net';

export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;

export interface GateOptions {
  /** Names by which this server may be called besides localhost and the address it is bound to; no port. */
  readonly hosts: readonly string[];
  /** "https://lab.example.org": pages besides the one that this server serves itself. */
  readonly origins: readonly string[];
  readonly token: string | null;
  readonly maxMessageBytes: number;
}
export interface GateRefusal {
  readonly name:
    | 'foreign-host'
    | 'foreign-origin'
    | 'no-token'
    | 'wrong-token'
    | 'too-large'
    | 'not-found'
    | 'bad-method';
  readonly status: number;
  readonly sentence: string;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** gRPC status by HTTP status. */
const GRPC_STATUS: Readonly<Record<number, number>> = { 401: 16, 403: 7, 404: 12, 405: 12, 413: 8, 421: 7 };

const digest = (text: string) => createHash('sha256').update(text).digest();

export class Gate {
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #token: Buffer | null;
  readonly #maxBytes: number;

  constructor({ hosts, origins, token, maxMessageBytes }: GateOptions) {
    const bracketed = hosts.map((host) => (isIP(host) === 6 ? `[${host}]` : host.toLowerCase()));
    this.#hosts = new Set([...LOOPBACK, ...bracketed]);
    this.#origins = new Set(origins);
    this.#token = token === null ? null : digest(token);
    this.#maxBytes = maxMessageBytes;
  }

  /** Host, origin and announced size; every request passes here. */
  refuse(request: Request): GateRefusal | null {
    const authority = authorityOf(request);
    const host = authority?.replace(/:\d+$/, '').toLowerCase();
    if (host === undefined || !this.#hosts.has(host)) {
      return refusal('foreign-host', 421, `This server is not called ${quoted(authority)}.`);
    }
    const { origin } = request.headers;
    if (origin !== undefined && !this.#ours(origin, authority)) {
      return refusal('foreign-origin', 403, `Pages of ${quoted(origin)} may not use this server.`);
    }
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > this.#maxBytes + 5) {
      return refusal('too-large', 413, `A message has at most ${this.#maxBytes} bytes, not ${announced}.`);
    }
    return null;
  }

  /** The token, for everything but the lab's own files and /healthz. */
  refuseUnknown(request: Request): GateRefusal | null {
    if (!this.#token) return null;
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given === undefined) return refusal('no-token', 401, 'This server wants a token: "authorization: Bearer …".');
    return timingSafeEqual(digest(given), this.#token) ? null : refusal('wrong-token', 401, 'The token is wrong.');
  }

  /** Whether a page of another origin was let in by the list, and wants to be told so. */
  listedOrigin(request: Request): string | null {
    const { origin } = request.headers;
    return origin !== undefined && this.#origins.has(origin) ? origin : null;
  }

  #ours(origin: string, authority: string | undefined): boolean {
    return this.#origins.has(origin) || origin === `http://${authority}`;
  }
}

export function refusal(name: GateRefusal['name'], status: number, sentence: string): GateRefusal {
  return { name, status, sentence };
}

/** Answers a refused request and reads nothing more of it. */
export function answerRefusal(request: Request, response: Response, { name, status, sentence }: GateRefusal): void {
  const http2 = request.httpVersionMajor === 2;
  const contentType = request.headers['content-type'] ?? '';
  const native = http2 && /^application\/grpc(\+|;|$)/.test(contentType);
  const headers: Record<string, string> = { 'traceway-refused': name, 'cache-control': 'no-store' };
  if (native) {
    (response as ServerResponse).writeHead(200, { ...headers, 'content-type': contentType });
    const message = encodeURIComponent(`${name}: ${sentence}`);
    response.addTrailers({ 'grpc-status': String(GRPC_STATUS[status] ?? 2), 'grpc-message': message });
    response.end();
    return;
  }
  if (!http2) headers.connection = 'close';
  (response as ServerResponse).writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${name}: ${sentence}\n`);
  if (!http2) response.once('finish', () => request.socket?.destroySoon?.());
}

function authorityOf(request: Request): string | undefined {
  return ('authority' in request && request.authority) || request.headers.host;
}

/** What a stranger sent, shown without control characters and not at length. */
const quoted = (text: string | undefined) =>
  text === undefined ? 'nothing' : JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

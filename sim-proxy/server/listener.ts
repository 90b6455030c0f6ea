/**
 * One port for HTTP/1.1 (browsers: gRPC-web, the lab's files) and HTTP/2 without TLS by prior knowledge (native gRPC): the first
 * bytes of a connection tell. Bytes that are neither are answered by HTTP/1.1's own 400. Connections, headers, streams a connection and
 * the time to say the first word are bounded.
 */
import { createServer as createHttp1, type Server as Http1Server } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Session } from 'node:http2';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Request, Response } from './gate.ts';

const HTTP2_START = Buffer.from('PRI ');
const FIRST_WORD_MS = 10_000;
/** A connection that is silent for so long is asked whether it still lives. */
const KEEP_ALIVE_MS = 30_000;
const MAX_CONNECTIONS = 256;
const HTTP2_SETTINGS = { maxConcurrentStreams: 100, initialWindowSize: 1 << 20, maxHeaderListSize: 16 * 1024 };

export interface ListenerHandlers {
  request(request: Request, response: Response): void;
  /** A connection whose bytes are no protocol of ours. */
  garbage(reason: string): void;
}

export class Listener {
  readonly #server: Server;
  readonly #http1: Http1Server;
  readonly #http2;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();

  readonly #firstWordMs: number;

  constructor({ request, garbage }: ListenerHandlers, firstWordMs = FIRST_WORD_MS) {
    this.#firstWordMs = firstWordMs;
    const limits = {
      maxHeaderSize: 16 * 1024,
      headersTimeout: firstWordMs,
      requestTimeout: 0,
      connectionsCheckingInterval: Math.min(1000, firstWordMs),
    };
    this.#http1 = createHttp1(limits, (req, res) => {
      // connect-node waits for `drain` before it notices that a back-pressured client has left.
      res.once('close', () => !res.writableFinished && res.emit('drain'));
      request(req, res);
    });
    // A server that does not listen itself keeps no list of its connections, hence no time limits, until it is told so.
    this.#http1.emit('listening');
    this.#http1.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      garbage(error.code ?? 'unknown');
      if (socket.writable)
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nTraceway-Refused: garbage\r\n\r\n');
      else socket.destroy();
    });
    this.#http2 = createHttp2({ settings: HTTP2_SETTINGS, maxSessionMemory: 64 }, (req, res) => {
      res.once('close', () => !res.writableFinished && res.emit('drain'));
      request(req, res);
    });
    this.#http2.on('session', (session) => {
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
      session.on('error', (error: NodeJS.ErrnoException) => garbage(error.code ?? 'http2'));
    });
    this.#http2.on('sessionError', () => {});
    this.#server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) =>
      this.#accept(socket),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Listens and gives the port. @throws the system's error, `EADDRINUSE` and the like */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Takes no more connections, lets what runs end for `graceMs`, then cuts. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const session of this.#sessions) session.close();
    const idle = setInterval(() => this.#endIdle(), 50);
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearInterval(idle);
    clearTimeout(cut);
    this.#http1.close();
  }

  #endIdle(): void {
    this.#http1.closeIdleConnections();
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    const slow = setTimeout(() => socket.destroy(), this.#firstWordMs);
    let start: Buffer = Buffer.alloc(0);
    const look = () => {
      const piece = socket.read() as Buffer | null;
      if (piece === null) return;
      start = Buffer.concat([start, piece]);
      const known = Math.min(start.length, HTTP2_START.length);
      const http2 = start.subarray(0, known).equals(HTTP2_START.subarray(0, known));
      if (http2 && known < HTTP2_START.length) return;
      clearTimeout(slow);
      socket.off('readable', look);
      socket.unshift(start);
      if (http2) this.#http2.emit('connection', socket);
      else this.#http1.emit('connection', socket);
    };
    socket.on('readable', look);
    socket.once('close', () => clearTimeout(slow));
  }
}

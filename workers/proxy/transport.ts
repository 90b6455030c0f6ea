/**
 * gRPC-web over `fetch`, for the official grpc-web client to use in place of its own transport (which keeps whole responses, streams
 * in bursts, and knows no back-pressure). Binary framing: a flag byte, a big-endian length, the message; flag 0x80 marks the
 * trailers. A stream reads from the network only when it is asked for its next message.
 */
import {
  type ClientReadableStream,
  type Metadata,
  type Request,
  RpcError,
  type Status,
  type StatusCode,
  type StreamInterceptor,
  type UnaryInterceptor,
  type UnaryResponse,
} from 'grpc-web';

const TRAILERS = 0x80;
const COMPRESSED = 0x01;
const OK = 0;
const CANCELLED = 1;
const UNKNOWN = 2;
const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;
const INTERNAL = 13;
const UNAVAILABLE = 14;
/** HTTP status without a gRPC one; gRPC's own table. */
const FROM_HTTP: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  413: 8,
  421: 7,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

interface MessageCodec {
  encode(message: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}
export interface TransportOptions {
  readonly baseUrl: string;
  readonly maxMessageBytes: number;
  codecOf(method: string): MessageCodec;
  /** Aborts the call of this request message. */
  signalOf(message: unknown): AbortSignal | undefined;
  readonly fetch?: typeof fetch;
}

const rpcError = (code: number, message: string, metadata: Metadata = {}) =>
  new RpcError(code as StatusCode, message, metadata);

/** A call that streams; also what the official client's interface of a stream asks for. */
export class FetchStream implements ClientReadableStream<unknown>, AsyncIterable<unknown> {
  readonly #open: (signal: AbortSignal) => Promise<ReadableStreamDefaultReader<Uint8Array>>;
  readonly #decode: (bytes: Uint8Array) => unknown;
  readonly #max: number;
  readonly #abort = new AbortController();
  readonly #listeners = new Map<string, Set<(value: never) => void>>();
  readonly #pieces: Uint8Array[] = [];
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #waiting = 0;
  #status: Status | null = null;
  #pumping = false;
  /** Bytes read so far. */
  bytes = 0;

  constructor(
    open: (signal: AbortSignal) => Promise<ReadableStreamDefaultReader<Uint8Array>>,
    decode: (bytes: Uint8Array) => unknown,
    maxMessageBytes: number,
    signal?: AbortSignal,
  ) {
    this.#open = open;
    this.#decode = decode;
    this.#max = maxMessageBytes;
    signal?.addEventListener('abort', () => this.#abort.abort(signal.reason));
    if (signal?.aborted) this.#abort.abort(signal.reason);
  }

  /** The next message, null after the last. @throws RpcError */
  async read(): Promise<unknown> {
    try {
      if (this.#status) return null;
      this.#reader ??= await this.#open(this.#abort.signal);
      const head = await this.#take(5);
      const length = new DataView(head.buffer, head.byteOffset).getUint32(1);
      if (length > this.#max) {
        throw rpcError(RESOURCE_EXHAUSTED, `A message of ${length} bytes is announced; ${this.#max} is the most.`);
      }
      const body = await this.#take(length);
      if (head[0] & COMPRESSED) throw rpcError(INTERNAL, 'A message is compressed, and nobody asked for that.');
      if ((head[0] & TRAILERS) === 0) return this.#decode(body);
      this.#status = statusOf(new TextDecoder().decode(body));
      this.#close();
      if (this.#status.code !== OK) throw rpcError(this.#status.code, this.#status.details, this.#status.metadata);
      return null;
    } catch (error) {
      this.#close();
      throw this.#abort.signal.aborted ? abortedError(this.#abort.signal) : asRpcError(error);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    try {
      for (let message = await this.read(); message !== null; message = await this.read()) yield message;
    } finally {
      this.cancel();
    }
  }

  on(event: string, listener: (value: never) => void): this {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set.add(listener));
    if (!this.#pumping) {
      this.#pumping = true;
      queueMicrotask(() => void this.#pump());
    }
    return this;
  }
  removeListener(event: string, listener: (value: never) => void): void {
    this.#listeners.get(event)?.delete(listener);
  }
  cancel(): void {
    this.#abort.abort();
    this.#close();
  }

  async #pump(): Promise<void> {
    try {
      for (let message = await this.read(); message !== null; message = await this.read()) this.#emit('data', message);
      this.#emit('status', this.#status);
      this.#emit('end', undefined);
    } catch (error) {
      this.#emit('error', error);
    }
  }
  #emit(event: string, value: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(value as never);
  }

  /** The next `n` bytes; a view where they lie in one piece. */
  async #take(n: number): Promise<Uint8Array> {
    while (this.#waiting < n) {
      const { done, value } = (await this.#reader?.read()) ?? { done: true, value: undefined };
      if (done || !value) throw rpcError(UNAVAILABLE, 'The connection ended in the middle of a call.');
      this.#pieces.push(value);
      this.#waiting += value.length;
      this.bytes += value.length;
    }
    this.#waiting -= n;
    const [first] = this.#pieces;
    if (first && first.length >= n) {
      if (first.length === n) this.#pieces.shift();
      else this.#pieces[0] = first.subarray(n);
      return first.subarray(0, n);
    }
    const joined = new Uint8Array(n);
    for (let at = 0; at < n; ) {
      const piece = this.#pieces[0];
      const part = piece.subarray(0, n - at);
      joined.set(part, at);
      at += part.length;
      if (part.length === piece.length) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(part.length);
    }
    return joined;
  }

  #close(): void {
    this.#pieces.length = 0;
    this.#waiting = 0;
    this.#status ??= { code: CANCELLED, details: '' };
    void this.#reader?.cancel().catch(() => {});
    this.#reader = null;
  }
}

/** Both interceptors of a GrpcWebClientBase: it builds requests, these carry them. */
export function fetchTransport(options: TransportOptions): {
  readonly streamInterceptors: StreamInterceptor<unknown, unknown>[];
  readonly unaryInterceptors: UnaryInterceptor<unknown, unknown>[];
} {
  const start = (request: Request<unknown, unknown>) => {
    const name = request.getMethodDescriptor().getName();
    const codec = options.codecOf(name);
    const message = request.getRequestMessage();
    const open = (signal: AbortSignal) => post(options, name, codec.encode(message), request.getMetadata(), signal);
    return new FetchStream(open, codec.decode, options.maxMessageBytes, options.signalOf(message));
  };
  return {
    streamInterceptors: [{ intercept: (request) => start(request) }],
    unaryInterceptors: [
      {
        async intercept(request) {
          const stream = start(request);
          const response = await stream.read();
          if (response === null) throw rpcError(INTERNAL, 'The call ended without an answer.');
          await stream.read();
          return answer(response, request);
        },
      },
    ],
  };
}

function answer(response: unknown, request: Request<unknown, unknown>): UnaryResponse<unknown, unknown> {
  return {
    getResponseMessage: () => response,
    getMetadata: () => ({}),
    getMethodDescriptor: () => request.getMethodDescriptor(),
    getStatus: () => ({ code: OK, details: '' }),
  };
}

async function post(
  { baseUrl, fetch: fetchWith = fetch }: TransportOptions,
  method: string,
  message: Uint8Array,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const body = new Uint8Array(5 + message.length);
  new DataView(body.buffer).setUint32(1, message.length);
  body.set(message, 5);
  const headers = { 'content-type': 'application/grpc-web+proto', 'x-grpc-web': '1', ...metadata };
  const url = new URL(`.${method}`, baseUrl);
  const response = await fetchWith(url, {
    method: 'POST',
    headers,
    body,
    signal,
    cache: 'no-store',
    credentials: 'omit',
  });
  const code = Number(response.headers.get('grpc-status') ?? OK);
  if (code !== OK) throw rpcError(code, decoded(response.headers.get('grpc-message') ?? ''));
  if (!response.ok || !response.body) {
    const text = (await response.text().catch(() => '')).trim().slice(0, 300);
    throw rpcError(FROM_HTTP[response.status] ?? UNKNOWN, text || `HTTP status ${response.status}`);
  }
  return response.body.getReader();
}

function statusOf(trailers: string): Status {
  const fields = trailers.split('\r\n').map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const;
  });
  const metadata: Metadata = Object.fromEntries(fields);
  const code = Number(metadata['grpc-status'] ?? UNKNOWN);
  return { code, details: decoded(metadata['grpc-message'] ?? ''), metadata };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function abortedError(signal: AbortSignal): RpcError {
  const reason: unknown = signal.reason;
  const late = reason instanceof Error && reason.name === 'TimeoutError';
  return late ? rpcError(DEADLINE_EXCEEDED, 'No answer came in time.') : rpcError(CANCELLED, 'The call was cancelled.');
}

/** What `fetch` throws when nobody is there is a TypeError. */
function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  const unreachable = error instanceof TypeError || (error instanceof Error && error.name === 'NetworkError');
  const text = error instanceof Error ? error.message : String(error);
  return rpcError(unreachable ? UNAVAILABLE : UNKNOWN, unreachable ? `The proxy cannot be reached (${text}).` : text);
}

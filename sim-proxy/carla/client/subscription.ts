/**
 * One subscription to a stream: its own socket, named by four bytes, then messages until either side ends it. A slow consumer
 * holds the socket back (`pause`): a synchronous server then waits, an asynchronous one leaves frames out, and memory stays put.
 */
import type { Socket } from 'node:net';
import { openSocket } from './connection.ts';
import { asCarlaError, CarlaError } from './errors.ts';
import { StreamFramer, type StreamToken } from './streams.ts';

export interface SubscriptionHandlers {
  /** A throw ends the subscription. */
  message(body: Uint8Array): void;
  /** Once; `null` when it was closed from here. */
  end(error: CarlaError | null): void;
}

export class Subscription {
  readonly #socket: Socket;
  readonly #handlers: SubscriptionHandlers;
  #ended = false;

  /** @throws CarlaError `unreachable`, `aborted`, `unsupported` (UDP) */
  static async open(
    host: string,
    token: StreamToken,
    handlers: SubscriptionHandlers,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Subscription> {
    if (token.protocol === 'udp') throw new CarlaError('unsupported', 'The server wants to stream over UDP.');
    return new Subscription(await openSocket(token.address ?? host, token.port, timeoutMs, signal), token, handlers);
  }

  constructor(socket: Socket, token: StreamToken, handlers: SubscriptionHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    const framer = new StreamFramer();
    socket.on('data', (chunk) => {
      try {
        for (const body of framer.push(chunk)) {
          if (this.#ended) return;
          handlers.message(body);
        }
      } catch (error) {
        this.#end(asCarlaError(error, 'garbage'));
      }
    });
    socket.on('error', (error) =>
      this.#end(new CarlaError('closed', `Stream ${token.streamId} broke: ${error.message}.`)),
    );
    socket.on('close', () => this.#end(new CarlaError('closed', `The server ended stream ${token.streamId}.`)));
    const id = new Uint8Array(4);
    new DataView(id.buffer).setUint32(0, token.streamId, true);
    socket.write(id);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#end(null);
  }

  #end(error: CarlaError | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    this.#handlers.end(error);
  }
}

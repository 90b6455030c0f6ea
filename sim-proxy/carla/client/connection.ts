/**
 * One TCP connection to a CARLA server's RPC port. Calls may overlap, answers may come in any order; each call has a deadline, and
 * what is not CARLA on that port is named as such. A connection is used until it ends; it never comes back by itself.
 */
import { connect, type Socket } from 'node:net';
import type { Differences } from './codec.ts';
import { asCarlaError, CarlaError } from './errors.ts';
import { encodeCall, type Method, readAnswer, readOutcome, type RpcAnswer, rpcRefusal } from './methods.ts';
import { MsgDecoder } from './msgpack.ts';

/** Calls that may wait for their answers at once. */
const MAX_PENDING = 4096;
/** A cast is answered at once, without waiting for the simulation; a server that has answered none by then answers none. */
const FIRST_CAST_MS = 500;
const CAST_MS = 5000;

interface Pending {
  readonly settle: (answer: RpcAnswer) => void;
  readonly fail: (error: CarlaError) => void;
}

/** Opens a socket within `timeoutMs`. @throws CarlaError `unreachable` or `aborted` */
export function openSocket(host: string, port: number, timeoutMs: number, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const end = (error: CarlaError | null) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.removeListener('error', failed);
      if (!error) return resolve(socket);
      socket.on('error', () => {});
      socket.destroy();
      reject(error);
    };
    const failed = (error: Error) =>
      end(new CarlaError('unreachable', `Nothing answers at ${host}:${port} (${error.message}).`, { cause: error }));
    const abort = () => end(new CarlaError('aborted', 'Connecting was given up.'));
    const timer = setTimeout(
      () => end(new CarlaError('unreachable', `${host}:${port} did not answer within ${timeoutMs} ms.`)),
      timeoutMs,
    );
    socket.once('error', failed);
    socket.once('connect', () => end(null));
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
  });
}

export class RpcConnection {
  readonly #socket: Socket;
  readonly #decoder = new MsgDecoder();
  readonly #pending = new Map<number, Pending>();
  /** Names of the casts that are not answered yet. */
  readonly #casts = new Map<number, string>();
  #castsTaken = () => {};
  /** Null until it is known. */
  #answersCasts: boolean | null = null;
  #nextId = 1;
  #ended: CarlaError | null = null;
  /** Called once, when the connection has ended for whatever reason. */
  onEnd: (error: CarlaError) => void = () => {};
  /** How what the server sends differs from what its version should send. */
  readonly differences: Differences = new Set();
  /** Of the last answered call, ms. */
  latencyMs = Number.NaN;

  /** @throws CarlaError `unreachable` or `aborted` */
  static async open(host: string, port: number, timeoutMs: number, signal?: AbortSignal): Promise<RpcConnection> {
    return new RpcConnection(await openSocket(host, port, timeoutMs, signal));
  }

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      try {
        for (const message of this.#decoder.push(chunk)) this.#receive(readAnswer(message));
      } catch (error) {
        this.#end(asCarlaError(error, 'garbage'));
      }
    });
    socket.on('error', (error) =>
      this.#end(new CarlaError('closed', `The connection to CARLA broke: ${error.message}.`)),
    );
    socket.on('close', () => this.#end(new CarlaError('closed', 'CARLA closed the connection.')));
  }

  get alive(): boolean {
    return this.#ended === null;
  }

  /**
   * Calls a method and waits for its answer. @throws CarlaError `server` with CARLA's own words, `missing`, `arity`,
   * `timeout`, `closed`, `wrong-type`; RangeError when an argument is out of its type's range
   */
  call<A extends readonly unknown[], R>(method: Method<A, R>, args: A, timeoutMs: number): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      if (this.#pending.size >= MAX_PENDING) {
        return reject(new CarlaError('timeout', `${MAX_PENDING} calls already wait for CARLA's answer.`));
      }
      const id = this.#takeId();
      const bytes = encodeCall(id, method, args);
      const started = performance.now();
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new CarlaError('timeout', `CARLA did not answer ${method.name} within ${timeoutMs} ms.`));
      }, timeoutMs);
      this.#pending.set(id, {
        fail: (error) => {
          clearTimeout(timer);
          reject(error);
        },
        settle: (answer) => {
          clearTimeout(timer);
          this.latencyMs = performance.now() - started;
          if (answer.rpcError !== null) return reject(this.#refusal(method.name, answer.rpcError));
          try {
            const outcome = readOutcome(method, answer, this.differences);
            if ('value' in outcome) resolve(outcome.value);
            else reject(new CarlaError('server', `CARLA refused ${method.name}: ${outcome.error.replace(/\.$/, '')}.`));
          } catch (error) {
            reject(asCarlaError(error, 'wrong-type'));
          }
        },
      });
      this.#socket.write(bytes);
    });
  }

  /** Calls a method without caring for its outcome, as LibCarla does for controls; only that it is missing is noted. */
  cast<A extends readonly unknown[], R>(method: Method<A, R>, args: A): void {
    if (this.#ended) return;
    const id = this.#takeId();
    if (this.#answersCasts !== false && this.#casts.size < MAX_PENDING) this.#casts.set(id, method.name);
    this.#socket.write(encodeCall(id, method, args, true));
  }

  /**
   * When the server has taken all casts: it answers one once it stands in the queue of its simulation, and what is called from then on
   * stands behind it, although calls are dispatched on several threads. A server that does not answer casts is not waited for again.
   */
  async castsTaken(): Promise<void> {
    if (this.#casts.size === 0 || this.#ended) return;
    await new Promise<void>((resolve) => {
      const late = () => {
        this.#answersCasts ??= false;
        this.#casts.clear();
        this.#noCasts();
      };
      const timer = setTimeout(late, this.#answersCasts ? CAST_MS : FIRST_CAST_MS);
      const before = this.#castsTaken;
      this.#castsTaken = () => {
        clearTimeout(timer);
        before();
        resolve();
      };
    });
  }

  close(why = new CarlaError('closed', 'The connection was closed.')): void {
    this.#end(why);
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = (id + 1) % 2 ** 32;
    return id;
  }

  /** Answers to casts and to calls past their deadline find nobody waiting. */
  #receive(answer: RpcAnswer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (pending) return pending.settle(answer);
    const cast = this.#casts.get(answer.id);
    if (cast === undefined) return;
    this.#answersCasts = true;
    if (answer.rpcError !== null) this.#refusal(cast, answer.rpcError);
    this.#casts.delete(answer.id);
    if (this.#casts.size === 0) this.#noCasts();
  }

  #noCasts(): void {
    const taken = this.#castsTaken;
    this.#castsTaken = () => {};
    taken();
  }

  /** A function that the server lacks is a difference from its version. */
  #refusal(method: string, rpcError: string): CarlaError {
    const error = rpcRefusal(method, rpcError);
    if (error.code === 'missing') this.differences.add(error.message);
    return error;
  }

  #end(error: CarlaError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#socket.destroy();
    for (const pending of this.#pending.values()) pending.fail(error);
    this.#pending.clear();
    this.#casts.clear();
    this.#noCasts();
    this.onEnd(error);
  }
}

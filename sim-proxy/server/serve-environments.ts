/**
 * ServeEnvironments: one simulator's call, from its offer to its leaving. Its answers are read as they come; requests wait in an outbox
 * until the connection takes them (each environment has one under way, so they are few).
 */
import { create } from '@bufbuild/protobuf';
import type { HandlerContext } from '@connectrpc/connect';
import {
  type ServeEnvironmentsRequest,
  type ServeEnvironmentsResponse,
  ServeEnvironmentsResponseSchema,
} from '../generated/traceway/v1/environment_pb.ts';
import { readOffer } from '../sources/push/offer.ts';
import { ANSWER_MS, PushedSimulator } from '../sources/push/simulator.ts';
import { ProxyError } from '../feed/errors.ts';
import { joinSource, type PushedPart } from './pushed-source.ts';
import type { ServiceContext } from './service-context.ts';

export async function* serveEnvironments(
  requests: AsyncIterable<ServeEnvironmentsRequest>,
  { signal }: HandlerContext,
  context: ServiceContext,
): AsyncGenerator<ServeEnvironmentsResponse> {
  const { answerMs = ANSWER_MS } = context;
  const outbox = new Outbox<ServeEnvironmentsResponse>();
  let simulator: PushedSimulator | undefined;
  let part: PushedPart | undefined;
  const leave = async () => {
    simulator?.leave();
    await part?.leave();
  };
  /** The call is over; without an error it ended well. */
  const finish = (error?: unknown) => {
    outbox.end(error);
    void leave();
  };
  const listen = async () => {
    for await (const { message } of requests) {
      if (outbox.ended) break;
      if (message.case === 'offer') {
        if (simulator) throw wrongOrder('offer comes once');
        const offer = readOffer(message.value);
        const offered = new PushedSimulator(offer, (request) => outbox.put(request), answerMs);
        part = joinSource(context, offer.name, 'simulator', offered);
        simulator = offered;
        const request = { case: 'accepted', value: { sourceId: part.host.id } } as const;
        outbox.put(create(ServeEnvironmentsResponseSchema, { request }));
      } else if (message.case === 'answer') {
        if (!simulator) throw wrongOrder('offer comes first');
        simulator.answered(message.value);
      }
    }
  };
  const slow = setTimeout(() => {
    if (!simulator) finish(wrongOrder(`no offer came within ${answerMs / 1000} s`));
  }, answerMs);
  const stop = () => finish(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  listen().then(() => finish(), finish);
  try {
    yield* outbox.messages();
  } finally {
    clearTimeout(slow);
    signal.removeEventListener('abort', stop);
    await leave();
  }
}

const wrongOrder = (what: string) => new ProxyError('invalid', 'wrong-order', `Messages are out of order: ${what}.`);

/** What is to be sent, in order. */
class Outbox<T> {
  readonly #waiting: T[] = [];
  ended = false;
  #error: unknown;
  #wake = () => {};

  put(message: T): void {
    if (!this.ended) this.#waiting.push(message);
    this.#wake();
  }
  /** The first end counts; without an error it is a good one. */
  end(error: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.#error = error;
    this.#wake();
  }

  async *messages(): AsyncGenerator<T> {
    for (;;) {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) yield next;
      if (this.ended) break;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#error !== undefined) throw this.#error;
  }
}

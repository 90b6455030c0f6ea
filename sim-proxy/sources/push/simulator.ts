/**
 * A simulator at the other end of a call: what it is asked, each request by a number of its own, and what it answers.
 *
 * An answer that does not come in time fails its request, and when it comes later it is ignored; an answer to what was never asked is an
 * error of the call. When the simulator leaves, everything under way fails by name. Nothing here trusts what an answer holds
 * (push-answer.ts does that).
 */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  type EnvironmentAnswer,
  type EnvironmentRefusal,
  type ServeEnvironmentsResponse,
  ServeEnvironmentsResponseSchema,
} from '../../generated/traceway/v1/environment_pb.ts';
import { ProxyError, type Refusal } from '../../feed/errors.ts';
import type { Offer } from './offer.ts';

export const ANSWER_MS = 30_000;
const KIND = /^[a-z0-9-]{1,40}$/;
const MAX_SENTENCE = 300;
/** What the client of a refusal is told, by how its kind begins. */
const REFUSALS: readonly (readonly [string, Refusal])[] = [
  ['bad-', 'invalid'],
  ['no-', 'not-found'],
  ['too-', 'too-much'],
];

export type SimulatorRequest = NonNullable<MessageInitShape<typeof ServeEnvironmentsResponseSchema>['request']>;
type Answer = EnvironmentAnswer['answer'];
export type AnswerCase = Answer['case'];
type AnswerOf<Case extends AnswerCase> = Extract<Answer, { case: Case }>['value'];

export class PushedSimulator {
  readonly offer: Offer;
  readonly #send: (message: ServeEnvironmentsResponse) => void;
  readonly #answerMs: number;
  readonly #pending = new Map<bigint, (outcome: Answer | ProxyError) => void>();
  #asked = 0n;
  #environments = 0;
  #gone = false;

  /** `send` must not throw; `answerMs`: how long an answer may take. */
  constructor(offer: Offer, send: (message: ServeEnvironmentsResponse) => void, answerMs = ANSWER_MS) {
    this.offer = offer;
    this.#send = send;
    this.#answerMs = answerMs;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** A number for an environment that is to be opened. */
  nextEnvironment(): number {
    return ++this.#environments;
  }

  /** The answer, of the expected sort. @throws ProxyError `simulator-left`, `no-answer`, `bad-answer`, and what the simulator refuses */
  async ask<Case extends AnswerCase>(
    environment: number,
    request: SimulatorRequest,
    expected: Case,
  ): Promise<AnswerOf<Case>> {
    if (this.#gone) throw this.#left();
    const answer = await new Promise<Answer>((resolve, reject) => {
      const id = this.tell(environment, request);
      const late = () => settle(this.#problem('no-answer', `did not answer within ${this.#answerMs / 1000} s`));
      const timer = setTimeout(late, this.#answerMs);
      const settle = (outcome: Answer | ProxyError) => {
        clearTimeout(timer);
        this.#pending.delete(id);
        if (outcome instanceof ProxyError) reject(outcome);
        else resolve(outcome);
      };
      this.#pending.set(id, settle);
    });
    if (answer.case === 'refusal') throw this.#refusal(answer.value);
    if (answer.case !== expected) throw this.badAnswer(`${answer.case ?? 'nothing'} where ${expected} was expected`);
    return answer.value as AnswerOf<Case>;
  }

  /** Asks for no answer; gives the number of the request. */
  tell(environment: number, request: SimulatorRequest): bigint {
    const requestId = ++this.#asked;
    if (!this.#gone) this.#send(create(ServeEnvironmentsResponseSchema, { requestId, environment, request }));
    return requestId;
  }

  /** @throws ProxyError `bad-answer` for a request that never was */
  answered({ requestId, answer }: EnvironmentAnswer): void {
    if (requestId < 1n || requestId > this.#asked) throw this.badAnswer(`request ${requestId}, which was never made`);
    this.#pending.get(requestId)?.(answer);
  }

  /** Fails everything under way; nothing more is asked. */
  leave(): void {
    this.#gone = true;
    for (const settle of this.#pending.values()) settle(this.#left());
  }

  badAnswer(what: string): ProxyError {
    return this.#problem('bad-answer', `answered with ${what}`, 'lost');
  }

  #left(): ProxyError {
    return this.#problem('simulator-left', 'has left');
  }

  #problem(kind: string, what: string, refusal: Refusal = 'unavailable'): ProxyError {
    return new ProxyError(refusal, kind, `The simulator "${this.offer.name}" ${what}.`);
  }

  #refusal({ kind, sentence }: EnvironmentRefusal): ProxyError {
    if (!KIND.test(kind)) return this.badAnswer('a refusal of no proper kind');
    const refusal = REFUSALS.find(([start]) => kind.startsWith(start))?.[1] ?? 'state';
    const said = sentence
      .slice(0, MAX_SENTENCE)
      .replaceAll(/\p{C}+/gu, ' ')
      .trim();
    return new ProxyError(refusal, kind, said || `The simulator "${this.offer.name}" refused: ${kind}.`);
  }
}

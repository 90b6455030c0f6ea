/**
 * Test only: a simulator at the other end of ServeEnvironments. A world observes [seed, steps] and earns its action; an episode has
 * `length` steps. `answer` may be replaced by whatever a hostile one would say.
 */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  EnvironmentService,
  type ServeEnvironmentsRequestSchema,
  type ServeEnvironmentsResponse,
} from '../../generated/traceway/v1/environment_pb.ts';
import type { NativeClient } from './native-client.ts';

type Message = NonNullable<MessageInitShape<typeof ServeEnvironmentsRequestSchema>['message']>;
export type Offer = Extract<Message, { case: 'offer' }>['value'];
export type Answer = NonNullable<Extract<Message, { case: 'answer' }>['value']['answer']>;
export type Asked = ServeEnvironmentsResponse;

export const OFFER = {
  name: 'toy',
  observationSpace: { shape: [2] },
  actionSpace: { shape: [1], low: [-1], high: [1] },
  stepSeconds: 0.1,
  maxCount: 8,
  snapshots: true,
} as const satisfies Offer;

interface ToyWorld {
  readonly seed: number;
  readonly step: number;
}
export interface Simulator {
  /** Everything it was asked. */
  readonly asked: readonly Asked[];
  send(message: Message): void;
  /** The error or null with which its call ended. */
  readonly ended: Promise<{ readonly code: number; readonly details: string } | null>;
  /** Half-closes its call, or resets it. */
  leave(): void;
  cancel(): void;
}

/** `answer` null: no answer. */
export function serveToy(
  client: NativeClient,
  offer: Offer | null = OFFER,
  answer: (asked: Asked) => Answer | null = toy(),
): Simulator {
  const method = EnvironmentService.method.serveEnvironments;
  const call = client.duplex(method);
  const send = (message: Message) => void call.write(create(method.input, { message } as never));
  const asked: Asked[] = [];
  call.on('data', (request: Asked) => {
    asked.push(request);
    const given = answer(request);
    if (given) send({ case: 'answer', value: { requestId: request.requestId, answer: given } });
  });
  const ended = new Promise<{ code: number; details: string } | null>((resolve) => {
    call.on('error', (error) => resolve(error as never));
    call.on('end', () => setImmediate(() => resolve(null)));
  });
  if (offer) send({ case: 'offer', value: offer });
  return { asked, send, ended, leave: () => call.end(), cancel: () => call.cancel() };
}

/** Answers as it should. */
export function toy(length = 5): (asked: Asked) => Answer | null {
  const environments = new Map<number, ToyWorld[]>();
  return ({ environment, request }): Answer | null => {
    const worlds = environments.get(environment) ?? [];
    switch (request.case) {
      case 'open':
        environments.set(
          environment,
          Array.from({ length: request.value.count }, () => ({ seed: 0, step: 0 })),
        );
        return { case: 'done', value: {} };
      case 'advance': {
        const { starts, action } = request.value;
        const actions = new Float32Array(new Uint8Array(action).buffer);
        worlds.forEach(({ seed, step }, i) => {
          const start = starts.find(({ world }) => world === i);
          worlds[i] = start ? { seed: start.seed, step: 0 } : { seed, step: step + 1 };
        });
        const reward = Float64Array.from(worlds, (_, i) => actions[i] ?? 0);
        return {
          case: 'advanced',
          value: {
            observation: floats(...worlds.flatMap(({ seed, step }) => [seed, step])),
            reward: new Uint8Array(reward.buffer),
            terminated: new Uint8Array(worlds.length),
            truncated: Uint8Array.from(worlds, ({ step }) => Number(step >= length)),
          },
        };
      }
      case 'snapshot':
        return {
          case: 'snapshot',
          value: { worlds: worlds.map(({ seed, step }) => ({ state: Uint8Array.of(seed, step) })) },
        };
      case 'restore': {
        const states = request.value.worlds.map(({ state }) => state);
        if (states.some((state) => state.length !== 2))
          return { case: 'refusal', value: { kind: 'bad-snapshot', sentence: 'This is no toy.' } };
        environments.set(
          environment,
          states.map(([seed, step]) => ({ seed, step })),
        );
        return { case: 'restored', value: { observation: floats(...states.flatMap((state) => [...state])) } };
      }
      case 'close':
        environments.delete(environment);
    }
    return null;
  };
}

export const floats = (...numbers: number[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Float32Array.from(numbers).buffer);

/** A typed client of the generated services: the official grpc-web client with this folder's transport. */
import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { GrpcWebClientBase, MethodDescriptor } from 'grpc-web';
import { SourceService } from '../generated/traceway/v1/source_pb.ts';
import type { ProxyAddress } from '../contracts/proxy-protocol.ts';
import { type FetchStream, fetchTransport } from './transport.ts';

type Typed<I extends DescMessage, O extends DescMessage> = DescMethod & { readonly input: I; readonly output: O };

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const CALL_MS = 10_000;
const pathOf = (method: DescMethod) => `/${method.parent.typeName}/${method.name}`;
const METHODS = new Map<string, DescMethod>(SourceService.methods.map((method) => [pathOf(method), method]));

/** Messages of a server stream, read when asked for. */
export interface MessageStream<T> extends AsyncIterable<T> {
  /** The next message, null after the last. @throws RpcError */
  read(): Promise<T | null>;
  cancel(): void;
  readonly bytes: number;
}

export class ProxyClient {
  readonly address: ProxyAddress;
  readonly #signals = new WeakMap<object, AbortSignal>();
  readonly #client: GrpcWebClientBase;
  readonly #descriptors = new Map<string, MethodDescriptor<unknown, unknown>>();

  /** @throws TypeError when the address is no URL */
  constructor(address: ProxyAddress, fetchWith?: typeof fetch) {
    const baseUrl = new URL(address.url).href;
    this.address = address;
    const codecOf = (name: string) => {
      const { input, output } = METHODS.get(name) as DescMethod;
      return {
        encode: (message: unknown) => toBinary(input, message as never),
        decode: (bytes: Uint8Array) => fromBinary(output, bytes),
      };
    };
    const signalOf = (message: unknown) => this.#signals.get(message as object);
    this.#client = new GrpcWebClientBase({
      format: 'binary',
      ...fetchTransport({ baseUrl, maxMessageBytes: MAX_MESSAGE_BYTES, codecOf, signalOf, fetch: fetchWith }),
    });
  }

  /** @throws RpcError; DEADLINE_EXCEEDED after `timeoutMs` */
  async call<I extends DescMessage, O extends DescMessage>(
    method: Typed<I, O>,
    request: MessageInitShape<I>,
    timeoutMs = CALL_MS,
  ): Promise<MessageShape<O>> {
    const message = create(method.input, request);
    this.#signals.set(message, AbortSignal.timeout(timeoutMs));
    const metadata = { ...this.#metadata(), 'grpc-timeout': `${timeoutMs}m` };
    const answer = await this.#client.unaryCall(pathOf(method), message, metadata, this.#descriptor(method));
    return answer as MessageShape<O>;
  }

  stream<I extends DescMessage, O extends DescMessage>(
    method: Typed<I, O>,
    request: MessageInitShape<I>,
    signal?: AbortSignal,
  ): MessageStream<MessageShape<O>> {
    const message = create(method.input, request);
    if (signal) this.#signals.set(message, signal);
    const stream = this.#client.serverStreaming(pathOf(method), message, this.#metadata(), this.#descriptor(method));
    return stream as FetchStream as unknown as MessageStream<MessageShape<O>>;
  }

  #metadata(): Record<string, string> {
    const { token } = this.address;
    return token ? { authorization: `Bearer ${token}` } : {};
  }

  #descriptor(method: DescMethod): MethodDescriptor<unknown, unknown> {
    const name = pathOf(method);
    let descriptor = this.#descriptors.get(name);
    if (!descriptor) {
      const kind = method.methodKind === 'unary' ? 'unary' : 'server_streaming';
      const same = (value: unknown) => value;
      descriptor = new MethodDescriptor<unknown, unknown>(name, kind, Object, Object, same, same);
      this.#descriptors.set(name, descriptor);
    }
    return descriptor;
  }
}

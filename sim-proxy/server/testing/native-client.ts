/** Test only: a native gRPC client (grpc-js, HTTP/2 by prior knowledge) for any method of the generated services. */
import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';

const MAX = 64 * 1024 * 1024;

export class NativeClient {
  readonly client: Client;
  readonly #metadata = new Metadata();

  constructor(port: number, token?: string, options: Readonly<Record<string, unknown>> = {}) {
    this.client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': MAX,
      'grpc.max_send_message_length': MAX,
      ...options,
    });
    if (token) this.#metadata.set('authorization', `Bearer ${token}`);
  }

  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethod & { input: I; output: O },
    request: MessageInitShape<I>,
    deadlineMs = 20_000,
  ): Promise<MessageShape<O>> {
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        path(method),
        (value: MessageShape<I>) => Buffer.from(toBinary(method.input, value)),
        (bytes: Buffer) => fromBinary(method.output, bytes),
        create(method.input, request),
        this.#metadata,
        { deadline: Date.now() + deadlineMs },
        (error: ServiceError | null, value?: MessageShape<O>) => (error || !value ? reject(error) : resolve(value)),
      );
    });
  }

  stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethod & { input: I; output: O },
    request: MessageInitShape<I>,
    deadlineMs = 60_000,
  ): ClientReadableStream<MessageShape<O>> {
    return this.client.makeServerStreamRequest(
      path(method),
      (value: MessageShape<I>) => Buffer.from(toBinary(method.input, value)),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      create(method.input, request),
      this.#metadata,
      { deadline: Date.now() + deadlineMs },
    );
  }

  /** Writes are one message each; `done` is the answer. */
  push<I extends DescMessage, O extends DescMessage>(
    method: DescMethod & { input: I; output: O },
  ): { call: ClientWritableStream<MessageShape<I>>; done: Promise<MessageShape<O>> } {
    let call!: ClientWritableStream<MessageShape<I>>;
    const done = new Promise<MessageShape<O>>((resolve, reject) => {
      call = this.client.makeClientStreamRequest(
        path(method),
        (value: MessageShape<I>) => Buffer.from(toBinary(method.input, value)),
        (bytes: Buffer) => fromBinary(method.output, bytes),
        this.#metadata,
        (error: ServiceError | null, value?: MessageShape<O>) => (error || !value ? reject(error) : resolve(value)),
      );
    });
    return { call, done };
  }

  /** Messages of both sides as they come. */
  duplex<I extends DescMessage, O extends DescMessage>(
    method: DescMethod & { input: I; output: O },
  ): ClientDuplexStream<MessageShape<I>, MessageShape<O>> {
    return this.client.makeBidiStreamRequest(
      path(method),
      (value: MessageShape<I>) => Buffer.from(toBinary(method.input, value)),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      this.#metadata,
    );
  }

  close(): void {
    this.client.close();
  }
}

const path = (method: DescMethod) => `/${method.parent.typeName}/${method.name}`;

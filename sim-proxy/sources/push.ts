/** A source whose frames somebody else pushes: it lives as long as the call that pushes them. */
import { type PushOpen, SourceKind, SourceMode, Capability } from '../generated/traceway/v1/source_pb.ts';
import { ProxyError } from '../server/errors.ts';
import type { Feed } from '../server/feed.ts';
import type { ControlCommand, SimulatorSource, SourceDetails, SourceMap, SourceStatus } from './source.ts';

const NAME = /^[A-Za-z0-9_-]{1,40}$/;
const MAX_TEXT = 200;

export class PushSource implements SimulatorSource {
  readonly id: string;
  readonly kind = SourceKind.PUSH;
  readonly name: string;
  readonly capabilities: readonly Capability[];
  readonly pushed = true;
  readonly #open: PushOpen;

  /** @throws ProxyError `bad-name`, `bad-request` */
  constructor(open: PushOpen) {
    if (!NAME.test(open.name)) {
      const expected = '1 to 40 letters, digits, "-" and "_"';
      throw new ProxyError('invalid', 'bad-name', `name must be ${expected}.`, 'open.name');
    }
    for (const field of ['version', 'mapName'] as const) {
      if (open[field].length > MAX_TEXT) {
        throw new ProxyError('invalid', 'bad-request', `open.${field} has more than ${MAX_TEXT} characters.`, field);
      }
    }
    this.id = `push-${open.name}`;
    this.name = open.name;
    this.#open = open;
    this.capabilities = open.openDrive ? [Capability.MAP] : [];
  }

  get synchronous(): boolean {
    return this.#open.mode === SourceMode.SYNCHRONOUS;
  }

  get status(): SourceStatus {
    const { version, mapName } = this.#open;
    const mode = this.synchronous ? SourceMode.SYNCHRONOUS : SourceMode.ASYNCHRONOUS;
    return { version, mapName, mode, paused: false, problem: null, reconnects: 0, missedFrames: 0 };
  }

  run(_feed: Feed, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
  }

  async describe(): Promise<SourceDetails> {
    return { scenarios: [], drivers: [], maps: [], blueprints: [], differences: [] };
  }

  async map(): Promise<SourceMap | null> {
    const { mapName, openDrive } = this.#open;
    return openDrive ? { name: mapName, format: 'opendrive', text: openDrive } : null;
  }

  async control({ case: name }: ControlCommand): Promise<number> {
    throw new ProxyError(
      'unsupported',
      'no-capability',
      `Pushed frames cannot be controlled (${name ?? 'no command'}).`,
    );
  }

  async close(): Promise<readonly string[]> {
    return [];
  }
}

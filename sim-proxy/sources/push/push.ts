/**
 * A source of somebody else's simulator: its frames as they are pushed, its environments as they are served, or both under one name. It
 * lives as long as one of the two calls.
 */
import { type PushOpen, SourceKind, SourceMode, Capability } from '../../generated/traceway/v1/source_pb.ts';
import { ProxyError } from '../../feed/errors.ts';
import type { Feed } from '../../feed/feed.ts';
import type {
  ControlCommand,
  SimulatorSource,
  SourceDetails,
  SourceEnvironment,
  SourceMap,
  SourceStatus,
} from '../source.ts';
import { PushEnvironment } from './environment.ts';
import { checkName, checkText } from './offer.ts';
import type { PushedSimulator } from './simulator.ts';

export class PushSource implements SimulatorSource {
  readonly id: string;
  readonly kind = SourceKind.PUSH;
  readonly name: string;
  readonly pushed = true;
  #open: PushOpen | null = null;
  #simulator: PushedSimulator | null = null;

  /** @throws ProxyError `bad-name` */
  constructor(name: string) {
    checkName(name, 'name');
    this.id = `push-${name}`;
    this.name = name;
  }

  /** Somebody pushes its frames, until null. @throws ProxyError `source-exists`, `bad-request` */
  set frames(open: PushOpen | null) {
    if (open && this.#open) throw this.#taken('pushes frames');
    if (open) for (const field of ['version', 'mapName'] as const) checkText(open[field], `open.${field}`);
    this.#open = open;
  }

  /** Somebody serves its environments, until null. @throws ProxyError `source-exists` */
  set simulator(simulator: PushedSimulator | null) {
    if (simulator && this.#simulator) throw this.#taken('serves environments');
    this.#simulator = simulator;
  }

  /** Whether nobody is at the other end any more. */
  get deserted(): boolean {
    return !this.#open && !this.#simulator;
  }

  get capabilities(): readonly Capability[] {
    return [...(this.#open?.openDrive ? [Capability.MAP] : []), ...(this.#simulator ? [Capability.ENVIRONMENT] : [])];
  }

  /** Environments alone are stepped by whoever opens them. */
  get synchronous(): boolean {
    return this.#open === null || this.#open.mode === SourceMode.SYNCHRONOUS;
  }

  get status(): SourceStatus {
    const mode = this.synchronous ? SourceMode.SYNCHRONOUS : SourceMode.ASYNCHRONOUS;
    const version = this.#open?.version || this.#simulator?.offer.version || '';
    const mapName = this.#open?.mapName ?? '';
    return { version, mapName, mode, paused: false, problem: null, reconnects: 0, missedFrames: 0 };
  }

  run(_feed: Feed, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
  }

  async describe(): Promise<SourceDetails> {
    const scenarios = (this.#simulator?.offer.form.scenarioIds ?? []).map((scenarioId) => {
      return { scenarioId, title: scenarioId, description: '', stage: '' };
    });
    return { scenarios, drivers: [], maps: [], blueprints: [], differences: [] };
  }

  async map(): Promise<SourceMap | null> {
    const { mapName = '', openDrive } = this.#open ?? {};
    return openDrive ? { name: mapName, format: 'opendrive', text: openDrive } : null;
  }

  async control({ case: name }: ControlCommand): Promise<number> {
    throw new ProxyError(
      'unsupported',
      'no-capability',
      `Pushed frames cannot be controlled (${name ?? 'no command'}).`,
    );
  }

  async openEnvironment(count: number, signal: AbortSignal): Promise<SourceEnvironment> {
    if (this.#simulator) return PushEnvironment.open(this.#simulator, count, signal);
    throw new ProxyError('unsupported', 'no-capability', `Nobody serves environments of "${this.name}".`, 'source_id');
  }

  async close(): Promise<readonly string[]> {
    return [];
  }

  #taken(what: string): ProxyError {
    return new ProxyError('exists', 'source-exists', `There is a source "${this.id}" already that ${what}.`, 'name');
  }
}

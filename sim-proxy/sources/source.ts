/**
 * What a source of drives is to the proxy: Traceway's own world, a CARLA server, somebody who pushes frames. The proxy runs a source
 * only while somebody watches, hands it a feed to publish to, and closes it at the end; the source leaves its simulator as found.
 */
import type {
  Capability,
  ControlSourceRequest,
  Scenario,
  SourceKind,
  SourceMode,
} from '../generated/traceway/v1/source_pb.ts';
import type { Feed } from '../feed/feed.ts';
import type {
  EnvironmentForm,
  EnvironmentSnapshot,
  EnvironmentStart,
  EnvironmentStep,
  ResetChoice,
} from './environment.ts';
import type { Maybe } from '../../core/task/env.ts';

export type ControlCommand = ControlSourceRequest['command'];

export interface SourceStatus {
  readonly version: string;
  readonly mapName: string;
  readonly mode: SourceMode;
  readonly paused: boolean;
  /** Why no frames come though they should, a sentence; the source itself tries to mend it. */
  readonly problem: string | null;
  readonly reconnects: number;
  readonly missedFrames: number;
}
export interface SourceDetails {
  readonly scenarios: readonly Pick<Scenario, 'scenarioId' | 'title' | 'description' | 'stage'>[];
  readonly drivers: readonly string[];
  readonly maps: readonly string[];
  readonly blueprints: readonly string[];
  readonly differences: readonly string[];
}
export interface SourceMap {
  readonly name: string;
  readonly format: 'opendrive' | 'route-json';
  readonly text: string;
}

/** What a camera is to be; already within its bounds. */
export interface CameraWish {
  /** 0: the ego. */
  readonly actorId: number;
  readonly width: number;
  readonly height: number;
  readonly fieldOfViewDeg: number;
  readonly picturesPerSecond: number;
}
export interface CameraPicture {
  readonly width: number;
  readonly height: number;
  /** width × height × 3, row by row from the top left. */
  readonly rgb: Uint8Array;
}

export interface SimulatorSource {
  readonly id: string;
  readonly kind: SourceKind;
  readonly name: string;
  readonly capabilities: readonly Capability[];
  readonly status: SourceStatus;
  /** Its frames come from elsewhere, watched or not: it is not run on demand, and silence is no fault of it. */
  readonly pushed?: boolean;
  /**
   * Publishes frames to `feed` until `signal` aborts, then settles without delay. Before each step that could wait it asks for
   * `feed.room`. Ending or throwing before that is a failure: the proxy starts it again.
   */
  run(feed: Feed, signal: AbortSignal): Promise<void>;
  describe(signal: AbortSignal): Promise<SourceDetails>;
  map(signal: AbortSignal): Promise<SourceMap | null>;
  /** The actor that was spawned, or 0. @throws ProxyError `unsupported` for a command that is none of its capabilities */
  control(command: ControlCommand, signal: AbortSignal): Promise<number>;
  /** Pictures of a camera on an actor until `signal` aborts; the newest, older ones are left out. @throws ProxyError */
  camera?(wish: CameraWish, signal: AbortSignal): AsyncIterable<CameraPicture>;
  /** Worlds stepped together; 0 = a single environment, which does not reset itself. @throws ProxyError */
  openEnvironment?(count: number, signal: AbortSignal): SourceEnvironment | Promise<SourceEnvironment>;
  /** Leaves its simulator as it was found; what could not be undone is returned in sentences. */
  close(): Promise<readonly string[]>;
}

/** An environment's first world as a source to watch; it is told when something happened. */
export interface EnvironmentView extends SimulatorSource {
  /** The environment was reset, or put elsewhere. */
  begin(feed: Feed): void;
  stepped(feed: Feed): void;
  /** Somebody may have begun to watch, or ceased. */
  watched(feed: Feed): void;
}

/**
 * What an environment is to EnvironmentService, whoever simulates it: the embedded world, a CARLA server, a simulator at the other end
 * of a call. Gymnasium's contract (gymnasium.farama.org, API 1.0) for `count` worlds stepped together, plus snapshots that travel.
 *
 * Calls come one at a time: the service waits for one answer before it asks for the next. Every implementation is held to
 * core/task/conformance.ts through the network.
 */
export interface SourceEnvironment {
  readonly count: number;
  readonly form: EnvironmentForm;
  /** Whether its simulator is gone for it: every call says so, and it can only be closed. */
  readonly ended?: boolean;
  /** @throws ProxyError `no-scenario`, EnvError `bad-seed` */
  reset(seed?: number, choice?: ResetChoice): Maybe<EnvironmentStart>;
  /** [count × action size]. @throws EnvError before a reset, after the end of a single environment, and on NaN */
  step(actions: Float32Array): Maybe<EnvironmentStep>;
  /** @throws EnvError `not-reset` */
  snapshot(): Maybe<EnvironmentSnapshot>;
  /** @throws ProxyError `bad-snapshot` for bytes that are none of this environment; then nothing has changed */
  restore(bytes: Uint8Array): Maybe<EnvironmentStart>;
  /** Its first world as a source of its own; absent where the source that opened it shows what happens. */
  view?(id: string): EnvironmentView;
  /** Lets go of everything; a view is closed before. */
  close(): Maybe<void>;
}

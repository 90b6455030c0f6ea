/**
 * What a source of drives is to the proxy: Traceway's own world, a CARLA server, somebody who pushes frames. The proxy runs a source
 * only while somebody watches, hands it a feed to publish to, and closes it at the end; the source leaves its simulator as found.
 */
import type { ControlSourceRequest, Scenario, SourceMode } from '../generated/traceway/v1/source_pb.ts';
import type { Capability, SourceKind } from '../generated/traceway/v1/source_pb.ts';
import type { Feed } from '../server/feed.ts';
import type { SourceEnvironment } from './environment.ts';

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

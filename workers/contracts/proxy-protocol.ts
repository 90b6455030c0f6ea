/**
 * What the page asks of the proxy worker and what it answers: plain data. A watch is pulled: nothing is read from the network until
 * the page asks for the next event, so a slow page slows the stream and never piles it up.
 *
 * Frames are columns as everywhere (see traceway/v1/frame.proto): world frame, metres, radians, x forward, y left; add the episode's
 * origin to x and y.
 */
import type { Result } from './protocol.ts';

export interface ProxyAddress {
  /** "http://localhost:5173/": the proxy's own page, or one that lists this page's origin. */
  readonly url: string;
  readonly token?: string;
}
export type SourceKindName = 'embedded' | 'carla' | 'push' | 'environment' | 'unknown';
export type SourceStateName = 'idle' | 'running' | 'paused' | 'reconnecting' | 'stuck' | 'failed' | 'unknown';
export type CapabilityName =
  | 'map'
  | 'environment'
  | 'start-drive'
  | 'pause'
  | 'rate'
  | 'spawn'
  | 'vehicle-control'
  | 'weather'
  | 'load-map'
  | 'lights'
  | 'mode'
  | 'connect'
  | 'camera';

export interface LiveSource {
  readonly id: string;
  readonly kind: SourceKindName;
  readonly name: string;
  readonly version: string;
  readonly mapName: string;
  readonly synchronous: boolean;
  readonly state: SourceStateName;
  /** One sentence, or empty. */
  readonly problem: string;
  readonly capabilities: readonly CapabilityName[];
  readonly watchers: number;
  readonly framesPerSecond: number;
  /** That it has given so far. */
  readonly frames: number;
  readonly reconnects: number;
  readonly missedFrames: number;
}
export interface LiveSourceDetails {
  readonly source: LiveSource;
  readonly scenarios: readonly {
    readonly id: string;
    readonly title: string;
    readonly description: string;
    /** Of the curriculum, or empty. */
    readonly stage: string;
  }[];
  readonly drivers: readonly string[];
  readonly maps: readonly string[];
  readonly blueprints: readonly string[];
  readonly differences: readonly string[];
}
export interface LiveMap {
  readonly name: string;
  readonly format: 'opendrive' | 'route-json';
  readonly text: string;
  /** SHA-256 of the text, hex; equals LiveEpisode.mapSha256 where the source says it. */
  readonly sha256: string;
}

export interface LiveActor {
  readonly id: number;
  /** KIND_* of core/tasks/driving/kinds/kinds.ts as which it is observed, up to 5; then sensor 6, spectator 7, other 8. */
  readonly kind: number;
  readonly type: string;
  readonly role: string;
  readonly length: number;
  readonly width: number;
  readonly height: number;
  /** Of the box in the actor's frame. */
  readonly centre: readonly [number, number, number];
  readonly parentId: number;
}
export interface LiveEpisode {
  readonly number: number;
  readonly name: string;
  readonly seed: number;
  readonly mapName: string;
  readonly mapSha256: string;
  readonly origin: readonly [number, number];
  /** 0: none. */
  readonly egoId: number;
  readonly stepSeconds: number;
  readonly driver: string;
  readonly actors: readonly LiveActor[];
  readonly lights: readonly {
    readonly id: number;
    readonly signalId: string;
    readonly x: number;
    readonly y: number;
    readonly z: number;
    readonly heading: number;
  }[];
}

/** Frames that follow each other in one episode. All arrays share one buffer. */
export interface LiveFrames {
  readonly episode: number;
  readonly firstSequence: number;
  readonly count: number;
  /** [count] */
  readonly step: Uint32Array;
  readonly timeS: Float64Array;
  readonly serverTimeMs: Float64Array;
  /** Frame i has the rows actorStart[i] .. actorStart[i + 1], [count + 1]; the same for lights. */
  readonly actorStart: Uint32Array;
  readonly lightStart: Uint32Array;
  /** One number a row. `flags`: 1 = the ego sees it. */
  readonly actors: {
    readonly id: Uint32Array;
    readonly x: Float32Array;
    readonly y: Float32Array;
    readonly z: Float32Array;
    readonly heading: Float32Array;
    readonly pitch: Float32Array;
    readonly roll: Float32Array;
    readonly velocityX: Float32Array;
    readonly velocityY: Float32Array;
    readonly velocityZ: Float32Array;
    readonly yawRate: Float32Array;
    readonly flags: Uint8Array;
  };
  /** `state`: LIGHT_* of core/abi/layout.ts, 4 = off. */
  readonly lights: { readonly id: Uint32Array; readonly state: Uint8Array };
  /** [count] each; `flags` as in EgoColumns. */
  readonly ego: {
    readonly acceleration: Float32Array;
    readonly steering: Float32Array;
    readonly throttle: Float32Array;
    readonly brake: Float32Array;
    readonly reward: Float32Array;
    readonly timeToCollision: Float32Array;
    readonly routeS: Float32Array;
    readonly lateral: Float32Array;
    readonly routeCompletion: Float32Array;
    readonly flags: Uint8Array;
  } | null;
  readonly events: readonly LiveOccurrence[];
}
/** The same as it travels between threads: `unpackFrames` (proxy-frames.ts) finds the arrays in the buffer. */
export interface PackedFrames {
  readonly buffer: ArrayBuffer;
  readonly episode: number;
  readonly firstSequence: number;
  readonly count: number;
  readonly rows: number;
  readonly lightRows: number;
  readonly ego: boolean;
  readonly events: readonly LiveOccurrence[];
}
export interface LiveOccurrence {
  readonly sequence: number;
  readonly kind:
    | 'collision'
    | 'off-road'
    | 'red-light'
    | 'lane-invasion'
    | 'goal-reached'
    | 'episode-ended'
    | 'note'
    | 'unknown';
  readonly actorId: number;
  readonly otherId: number;
  readonly text: string;
}

export type LiveEvent =
  | { readonly kind: 'status'; readonly status: LiveStatus }
  | { readonly kind: 'episode'; readonly episode: LiveEpisode }
  | { readonly kind: 'actors'; readonly actors: readonly LiveActor[] }
  | { readonly kind: 'frames'; readonly frames: LiveFrames }
  /** Frames first..last will not come; `feed-changed`: the proxy began anew, and how many were lost is not known. */
  | {
      readonly kind: 'gap';
      readonly first: number;
      readonly last: number;
      readonly reason: 'skipped' | 'expired' | 'feed-changed';
      /** What happened in them, as far as it is known, in the episode that was sent last. */
      readonly events: readonly LiveOccurrence[];
    }
  | { readonly kind: 'ended'; readonly reason: string };

/** A LiveEvent as it travels between threads. */
export type PackedEvent =
  | Exclude<LiveEvent, { readonly kind: 'frames' }>
  | { readonly kind: 'frames'; readonly packed: PackedFrames };

export interface LiveStatus {
  readonly connection: 'live' | 'reconnecting';
  readonly attempt: number;
  readonly source: SourceStateName;
  readonly problem: string;
}
export interface LiveStats {
  /** Frames handed to the page in the last second, and ever. */
  readonly framesPerSecond: number;
  readonly frames: number;
  /** From the proxy's having the newest frame of a message to the page's having asked for it and got it, over the last seconds, ms. */
  readonly latencyP50Ms: number;
  readonly latencyP95Ms: number;
  /** Of a ping, ms. */
  readonly roundTripMs: number;
  /** Told by the proxy as not sent. */
  readonly skipped: number;
  readonly reconnects: number;
  readonly bytes: number;
}
export interface LiveRequest {
  readonly sourceId: string;
  /** Every frame, holding a synchronous source back; else the newest. */
  readonly lossless?: boolean;
  /** Frames under way at most, 1..2048; a page that is slow gets fewer by itself unless it is lossless. */
  readonly window?: number;
  readonly framesPerMessage?: number;
}

export type LiveCommand =
  | {
      readonly kind: 'start-drive';
      readonly scenario: string;
      readonly seed: number;
      readonly driver: string;
      readonly repeat: boolean;
    }
  | { readonly kind: 'pause'; readonly paused: boolean; readonly steps?: number }
  | { readonly kind: 'rate'; readonly hertz: number }
  | { readonly kind: 'mode'; readonly synchronous: boolean; readonly stepSeconds?: number }
  | {
      readonly kind: 'spawn';
      readonly type: string;
      readonly x: number;
      readonly y: number;
      readonly z: number;
      readonly heading: number;
      readonly attributes?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'destroy'; readonly actorId: number }
  | {
      readonly kind: 'control';
      readonly actorId: number;
      readonly throttle: number;
      readonly brake: number;
      readonly steering: number;
    }
  | { readonly kind: 'weather'; readonly weather: Readonly<Record<string, number>> }
  | { readonly kind: 'load-map'; readonly map: string }
  | { readonly kind: 'light'; readonly lightId: number; readonly state: 'green' | 'yellow' | 'red' | 'off' }
  | { readonly kind: 'connect'; readonly host: string; readonly port: number };

export interface LiveCamera {
  readonly sourceId: string;
  /** 0: the ego. */
  readonly actorId: number;
  readonly width: number;
  readonly height: number;
}
export interface LivePicture {
  readonly width: number;
  readonly height: number;
  /** width × height × 4, opaque. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

export interface ProxyService {
  /** Takes this proxy from now on. */
  connect(
    address: ProxyAddress,
  ): Promise<Result<{ readonly version: string; readonly sources: readonly LiveSource[] }>>;
  sources(): Promise<Result<readonly LiveSource[]>>;
  describe(sourceId: string): Promise<Result<LiveSourceDetails>>;
  /** null when the source has no map. */
  map(sourceId: string): Promise<Result<LiveMap | null>>;
  /** The spawned actor, or 0. */
  control(sourceId: string, command: LiveCommand): Promise<Result<number>>;
  /** Begins a watch; its number is for the three below. */
  watch(request: LiveRequest): Promise<Result<number>>;
  /** The next event; null at the end. Asking says that the last one is dealt with. */
  next(watch: number): Promise<Result<PackedEvent | null>>;
  stats(watch: number): Promise<LiveStats | null>;
  stop(watch: number): Promise<void>;
  /** Begins a camera; its number is for the two below. */
  camera(request: LiveCamera): Promise<Result<number>>;
  /** The next picture; null at the end. */
  picture(camera: number): Promise<Result<LivePicture | null>>;
  stopCamera(camera: number): Promise<void>;
}

/** An environment of the embedded world as a source to watch: frames of its first world, made only while somebody watches. */
import { Capability, SourceKind, SourceMode } from '../../generated/traceway/v1/source_pb.ts';
import { FrameWriter } from '../../feed/columns.ts';
import { ProxyError } from '../../feed/errors.ts';
import type { Feed } from '../../feed/feed.ts';
import { routeMap, worldEpisode, type WorldEpisode, worldFrame } from './frames.ts';
import type { WorldSpec } from '../../../core/tasks/driving/world/spec/spec.ts';
import type { Worlds } from '../../../core/tasks/driving/world/world.ts';
import type { ControlCommand, EnvironmentView, SourceDetails, SourceMap, SourceStatus } from '../source.ts';

/** What it shows. */
export interface ViewedWorlds {
  readonly started: boolean;
  readonly worlds: Worlds;
  specOfFirst(): WorldSpec;
}

export class EmbeddedEnvironmentView implements EnvironmentView {
  readonly id: string;
  readonly kind = SourceKind.ENVIRONMENT;
  readonly name = 'Environment';
  readonly capabilities = [Capability.MAP];
  readonly pushed = true;
  readonly #env: ViewedWorlds;
  readonly #version: string;
  readonly #writer = new FrameWriter();
  #episode: WorldEpisode | null = null;
  #lastStep = 0;

  constructor(id: string, env: ViewedWorlds, version: string) {
    this.id = id;
    this.#env = env;
    this.#version = version;
  }

  get status(): SourceStatus {
    return {
      version: this.#version,
      mapName: this.#episode?.start.mapName ?? '',
      mode: SourceMode.SYNCHRONOUS,
      paused: false,
      problem: null,
      reconnects: 0,
      missedFrames: 0,
    };
  }

  begin(feed: Feed): void {
    this.#episode = null;
    this.watched(feed);
  }

  /** A vector's first world may have begun anew by a step. */
  stepped(feed: Feed): void {
    if (feed.readers === 0) return;
    const state = this.#env.worlds.state(0);
    if (!this.#episode || state.step < this.#lastStep) return this.#begin(feed);
    this.#lastStep = state.step;
    feed.publish(worldFrame(this.#writer, this.#episode, state));
  }

  /** The present state is shown at once. */
  watched(feed: Feed): void {
    if (feed.readers > 0 && !this.#episode && this.#env.started) this.#begin(feed);
    if (feed.readers === 0) this.#episode = null;
  }

  #begin(feed: Feed): void {
    const state = this.#env.worlds.state(0);
    this.#episode = worldEpisode(this.#env.specOfFirst(), 'external', state);
    this.#lastStep = state.step;
    feed.begin(this.#episode.start);
    feed.publish(worldFrame(this.#writer, this.#episode, state));
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
    return this.#env.started ? routeMap(this.#env.specOfFirst()) : null;
  }

  async control({ case: name }: ControlCommand): Promise<number> {
    const what = `An environment is stepped, not controlled (${name ?? 'no command'}).`;
    throw new ProxyError('unsupported', 'no-capability', what);
  }

  async close(): Promise<readonly string[]> {
    return [];
  }
}

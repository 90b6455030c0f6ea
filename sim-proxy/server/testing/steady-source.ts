/**
 * Test only: a source of `actors` actors on a circle, one frame every 1/hertz s or, at 0, as fast as watchers take them. Frame k's first
 * actor stands at x = k, so a reader can tell a lost, repeated or swapped frame.
 */
import { ActorKind } from '../../generated/traceway/v1/frame_pb.ts';
import { Capability, SourceKind, SourceMode } from '../../generated/traceway/v1/source_pb.ts';
import { Pace } from '../../sources/pace.ts';
import type { SimulatorSource, SourceDetails, SourceMap, SourceStatus } from '../../sources/source.ts';
import { FrameWriter } from '../columns.ts';
import type { Feed } from '../feed.ts';

export class SteadySource implements SimulatorSource {
  readonly id = 'steady';
  readonly kind = SourceKind.EMBEDDED;
  readonly name = 'Steady';
  readonly capabilities = [Capability.PAUSE];
  readonly actors: number;
  readonly #pace: Pace;
  /** Times it was run, whether it runs now, whether it hangs. */
  runs = 0;
  running = false;
  hang = false;
  made = 0;

  constructor(actors: number, hertz: number) {
    this.actors = actors;
    this.#pace = new Pace(hertz);
  }

  get status(): SourceStatus {
    const mode = SourceMode.SYNCHRONOUS;
    return {
      version: '1',
      mapName: '',
      mode,
      paused: this.#pace.paused,
      problem: null,
      reconnects: 0,
      missedFrames: 0,
    };
  }

  async run(feed: Feed, signal: AbortSignal): Promise<void> {
    this.runs++;
    this.running = true;
    const box = {
      typeId: 'test',
      roleName: '',
      length: 4,
      width: 2,
      height: 1.5,
      centreX: 0,
      centreY: 0,
      centreZ: 0,
      parentId: 0,
    };
    const actors = Array.from({ length: this.actors }, (_, i) => ({ ...box, actorId: i + 1, kind: ActorKind.VEHICLE }));
    feed.begin({
      name: 'steady',
      seed: 0,
      mapName: '',
      mapSha256: '',
      originX: 0,
      originY: 0,
      egoId: 1,
      stepSeconds: 0.1,
      driver: '',
      actors,
      lights: [],
    });
    const writer = new FrameWriter();
    try {
      for (; !signal.aborted; ) {
        if (!feed.hasRoom) await feed.room(signal);
        await this.#pace.next(signal);
        while (this.hang && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
        if (signal.aborted) return;
        const k = ++this.made;
        for (let i = 0; i < this.actors; i++) {
          const heading = (k + i) % 6.28;
          const place = i === 0 ? { x: k % 1e6, y: 0 } : { x: 50 * Math.cos(heading), y: 50 * Math.sin(heading) };
          const motion = { velocityX: i, velocityY: 1, velocityZ: 0, yawRate: 0.1, z: 0, pitch: 0, roll: 0 };
          writer.actor({ ...place, ...motion, actorId: i + 1, heading, flags: 1 });
        }
        feed.publish(writer.take(k, k * 0.1));
      }
    } finally {
      this.running = false;
    }
  }

  async describe(): Promise<SourceDetails> {
    return { scenarios: [], drivers: [], maps: [], blueprints: [], differences: [] };
  }
  async map(): Promise<SourceMap | null> {
    return null;
  }
  async control(): Promise<number> {
    return 0;
  }
  async close(): Promise<readonly string[]> {
    return [];
  }
}

/**
 * Test only: a source of `actors` actors on a circle, one frame every 1/hertz s or, at 0, as fast as watchers take them. Frame k's first
 * actor stands at x = k, so a reader can tell a lost, repeated or swapped frame.
 */
import { ActorKind, EventKind } from '../../generated/traceway/v1/frame_pb.ts';
import { Capability, SourceKind, SourceMode } from '../../generated/traceway/v1/source_pb.ts';
import { Pace } from '../../sources/pace.ts';
import type { SimulatorSource, SourceDetails, SourceMap, SourceStatus } from '../../sources/source.ts';
import { type FrameContent, FrameWriter } from '../../feed/columns.ts';
import type { Feed } from '../../feed/feed.ts';

export class SteadySource implements SimulatorSource {
  readonly id: string;
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
  /** Every so many frames something happens: a note that says the frame's number. */
  eventEvery = 0;

  constructor(actors: number, hertz: number, id = 'steady') {
    this.id = id;
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
    const template = this.#template();
    try {
      for (; !signal.aborted; ) {
        if (!feed.hasRoom) await feed.room(signal);
        await this.#pace.next(signal);
        while (this.hang && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
        if (signal.aborted) return;
        const k = ++this.made;
        const x = template.actors.x?.slice() ?? new Uint8Array(4);
        new Float32Array(x.buffer)[0] = k % 1e6;
        const note = { kind: EventKind.NOTE, actorId: 1, otherId: 0, text: String(k) };
        const events = this.eventEvery > 0 && k % this.eventEvery === 0 ? [note] : [];
        feed.publish({ ...template, step: k, simTimeS: k * 0.1, actors: { ...template.actors, x }, events });
      }
    } finally {
      this.running = false;
    }
  }

  /** All but the first actor stand still, so that the source costs next to nothing. */
  #template(): FrameContent {
    const writer = new FrameWriter();
    for (let i = 0; i < this.actors; i++) {
      const heading = (i / this.actors) * 2 * Math.PI;
      const place = { x: 50 * Math.cos(heading) + 1, y: 50 * Math.sin(heading), z: 0, heading, pitch: 0, roll: 0 };
      const motion = { velocityX: i, velocityY: 1, velocityZ: 0, yawRate: 0.1 };
      writer.actor({ ...place, ...motion, actorId: i + 1, flags: 1 });
    }
    return writer.take(0, 0);
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

/**
 * Makes a recording of a CARLA log's packets, one after the other: who is there, where, and doing what, frame by frame. Everything
 * is turned into our frame and units on the way in.
 */
import { fromCarlaAngularVelocity, fromCarlaPose, fromCarlaVector } from './carla-frame.ts';
import type { PacketReader } from './carla-log-packets.ts';
import {
  ACTOR_KINDS,
  ActorBuilder,
  type CarlaRecording,
  LIGHT_STATES,
  type RecordedCollision,
} from './carla-log-recording.ts';

export const MAX_CARLA_ACTORS = 100_000;
const MAX_CARLA_FRAMES = 2_000_000;
const CM = 0.01;
/** Beyond this a box is none, m. */
const MAX_BOX = 10_000;

export class RecordingReader {
  readonly #frameIds: number[] = [];
  readonly #times: number[] = [];
  readonly #durations: number[] = [];
  readonly #actors: ActorBuilder[] = [];
  /** Actors that are there now. */
  readonly #byId = new Map<number, ActorBuilder>();
  readonly #collisions: RecordedCollision[] = [];

  get frames(): number {
    return this.#frameIds.length;
  }

  /** Takes one packet; one that is no part of a drive is left as it is. @throws ImportError */
  packet(name: string, body: PacketReader): void {
    if (name !== 'FrameStart' && this.#frameIds.length === 0)
      throw body.error('the packet comes before the first frame');
    const read = READERS[name];
    if (!read) return;
    read.call(this, body);
    body.end();
  }

  build(): Pick<CarlaRecording, 'frameIds' | 'times' | 'durations' | 'actors' | 'collisions'> {
    return {
      frameIds: Float64Array.from(this.#frameIds),
      times: Float64Array.from(this.#times),
      durations: Float64Array.from(this.#durations),
      actors: this.#actors.map((actor) => actor.build()),
      collisions: this.#collisions,
    };
  }

  #frame(body: PacketReader): void {
    if (this.#frameIds.length >= MAX_CARLA_FRAMES) throw body.error(`more than ${MAX_CARLA_FRAMES} frames`);
    const [id, duration, elapsed] = [body.u64(), body.f64(), body.f64()];
    if (elapsed < (this.#times.at(-1) ?? elapsed)) throw body.error('time runs backwards');
    this.#frameIds.push(id);
    this.#durations.push(duration < 0 ? Number.NaN : duration);
    this.#times.push(elapsed);
  }

  get #now(): number {
    return this.#frameIds.length - 1;
  }

  #actor(id: number, body: PacketReader): ActorBuilder {
    const known = this.#byId.get(id);
    if (known) return known;
    const fixed = {
      id,
      kind: 'other',
      blueprint: '',
      uid: 0,
      attributes: {},
      added: false,
      firstFrame: this.#now,
    } as const;
    return this.#enter(id, new ActorBuilder(fixed), body);
  }

  #enter(id: number, actor: ActorBuilder, body: PacketReader): ActorBuilder {
    if (this.#actors.length >= MAX_CARLA_ACTORS) throw body.error(`more than ${MAX_CARLA_ACTORS} actors`);
    this.#actors.push(actor);
    this.#byId.set(id, actor);
    return actor;
  }

  #add(body: PacketReader): void {
    body.each(() => {
      const [id, kind] = [body.u32(), body.u8()];
      const [location, [roll, pitch, yaw]] = [body.vector(), body.triple()];
      const [uid, blueprint] = [body.u32(), body.text()];
      const attributes: [string, string][] = [];
      body.each(() => {
        body.u8();
        attributes.push([body.text(), body.text()]);
      });
      const actor = new ActorBuilder({
        id,
        kind: ACTOR_KINDS[kind] ?? 'other',
        blueprint,
        uid,
        attributes: Object.fromEntries(attributes),
        added: true,
        firstFrame: this.#now,
      });
      this.#enter(id, actor, body);
      actor.push('poses', this.#now, poseRow(location, roll, pitch, yaw));
    });
  }

  #delete(body: PacketReader): void {
    body.each(() => {
      const id = body.u32();
      this.#actor(id, body).removedFrame = this.#now;
      this.#byId.delete(id);
    });
  }

  #parent(body: PacketReader): void {
    body.each(() => {
      const actor = this.#actor(body.u32(), body);
      actor.parentId = body.u32();
    });
  }

  #collision(body: PacketReader): void {
    body.each(() => {
      body.u32();
      const actors = [body.u32(), body.u32()] as const;
      this.#collisions.push({ frame: this.#now, actors, heroes: [body.u8() !== 0, body.u8() !== 0] });
    });
  }

  #positions(body: PacketReader): void {
    body.each(() => {
      const actor = this.#actor(body.u32(), body);
      const [location, [roll, pitch, yaw]] = [body.vector(), body.triple()];
      actor.push('poses', this.#now, poseRow(location, roll, pitch, yaw));
    });
  }

  #lights(body: PacketReader): void {
    body.each(() => {
      const actor = this.#actor(body.u32(), body);
      const [frozen, elapsed, state] = [body.u8(), body.f32(), body.u8()];
      if (state >= LIGHT_STATES.length) throw body.error(`a traffic light in state ${state}`);
      actor.push('lights', this.#now, [state, frozen === 0 ? 0 : 1, elapsed]);
    });
  }

  #controls(body: PacketReader): void {
    body.each(() => {
      const actor = this.#actor(body.u32(), body);
      const [steer, throttle, brake] = body.triple();
      actor.push('controls', this.#now, [0 - steer, throttle, brake, body.u8() === 0 ? 0 : 1, body.i32()]);
    });
  }

  /** Taken as cm/s (inferred: no real recording with walkers was at hand). */
  #walkers(body: PacketReader): void {
    body.each(() => this.#actor(body.u32(), body).push('walking', this.#now, [body.f32() * CM]));
  }

  #lamps(body: PacketReader): void {
    body.each(() => this.#actor(body.u32(), body).push('lamps', this.#now, [body.u32()]));
  }

  /** Velocities are m/s, unlike every other length in the file: seen in real recordings against the positions. */
  #kinematics(body: PacketReader): void {
    body.each(() => {
      const actor = this.#actor(body.u32(), body);
      const [velocity, spin] = [fromCarlaVector(body.vector()), fromCarlaAngularVelocity(body.vector())];
      actor.push('velocities', this.#now, [velocity.x, velocity.y, velocity.z, spin.x, spin.y, spin.z]);
    });
  }

  #boxes(body: PacketReader, key: 'box' | 'triggerVolume'): void {
    body.each(() => {
      const actor = this.#actor(body.u32(), body);
      const raw = Array.from({ length: 6 }, () => body.anyF32() * CM);
      // The simulator writes boxes without size or number for actors that have none.
      if (!raw.every((value) => Math.abs(value) < MAX_BOX)) return;
      const { x, y, z } = fromCarlaVector({ x: raw[0], y: raw[1], z: raw[2] });
      actor[key] = [x, y, z, raw[3], raw[4], raw[5]];
    });
  }

  #lightTimes(body: PacketReader): void {
    body.each(() => this.#actor(body.u32(), body).push('lightTimes', this.#now, body.triple()));
  }

  static readonly readers: Readonly<Record<string, (this: RecordingReader, body: PacketReader) => void>> = {
    FrameStart(body) {
      this.#frame(body);
    },
    FrameEnd() {},
    EventAdd(body) {
      this.#add(body);
    },
    EventDel(body) {
      this.#delete(body);
    },
    EventParent(body) {
      this.#parent(body);
    },
    Collision(body) {
      this.#collision(body);
    },
    Position(body) {
      this.#positions(body);
    },
    State(body) {
      this.#lights(body);
    },
    AnimVehicle(body) {
      this.#controls(body);
    },
    AnimWalker(body) {
      this.#walkers(body);
    },
    VehicleLight(body) {
      this.#lamps(body);
    },
    Kinematics(body) {
      this.#kinematics(body);
    },
    BoundingBox(body) {
      this.#boxes(body, 'box');
    },
    TriggerVolume(body) {
      this.#boxes(body, 'triggerVolume');
    },
    TrafficLightTime(body) {
      this.#lightTimes(body);
    },
  };
}
const READERS = RecordingReader.readers;

function poseRow(location: ReturnType<PacketReader['vector']>, roll: number, pitch: number, yaw: number): number[] {
  const pose = fromCarlaPose(location, { roll, pitch, yaw }, CM);
  return [pose.x, pose.y, pose.z, pose.headingRad, pose.pitchRad, pose.rollRad];
}

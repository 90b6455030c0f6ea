/**
 * Frames of a live CARLA written as CARLA's own recorder file, here and not on the server: what `lab import` and the page open, and
 * what CARLA itself can replay.
 *
 * A frame becomes FrameStart, who came and went, poses, lights, controls, velocities, (once an actor) boxes, FrameEnd. Back into the
 * recorder's frame and units: left-handed, centimetres, degrees; velocities m/s as real recordings have them. Format:
 * core/episode/importers/carla-log.ts, whose parser reads every byte of it back (tested).
 */
import { type Pose3, toCarlaPose, toCarlaVector } from '../../core/episode/importers/carla-frame.ts';
import { CARLA_LOG_MAGIC } from '../../core/episode/importers/carla-log.ts';
import { ACTOR_KINDS, LIGHT_STATES } from '../../core/episode/importers/carla-log-recording.ts';
import type { ActorFrame, CarlaFrame } from '../sources/carla/frames.ts';

const CM = 100;
const DEG = 180 / Math.PI;
/** Packet ids, see carla-log-packets.ts. */
const PACKET = {
  frameStart: 0,
  frameEnd: 1,
  add: 2,
  remove: 3,
  parent: 4,
  position: 6,
  light: 7,
  control: 8,
  walker: 9,
  kinematics: 12,
  box: 13,
  lightTimes: 16,
} as const;

/** Little-endian bytes that grow. Space is taken before the view is read: growing replaces the view. */
class Bytes {
  #buffer = new Uint8Array(1024);
  #view = new DataView(this.#buffer.buffer);
  length = 0;

  #take(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.#buffer.length) {
      const longer = new Uint8Array(Math.max(2 * this.#buffer.length, this.length));
      longer.set(this.#buffer.subarray(0, at));
      this.#buffer = longer;
      this.#view = new DataView(longer.buffer);
    }
    return at;
  }
  u8(value: number): void {
    const at = this.#take(1);
    this.#view.setUint8(at, value);
  }
  u16(value: number): void {
    const at = this.#take(2);
    this.#view.setUint16(at, value, true);
  }
  u32(value: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, value, true);
  }
  i32(value: number): void {
    const at = this.#take(4);
    this.#view.setInt32(at, value, true);
  }
  i64(value: number): void {
    const at = this.#take(8);
    this.#view.setBigInt64(at, BigInt(value), true);
  }
  f32(...values: readonly number[]): void {
    for (const value of values) {
      const at = this.#take(4);
      this.#view.setFloat32(at, value, true);
    }
  }
  f64(value: number): void {
    const at = this.#take(8);
    this.#view.setFloat64(at, value, true);
  }
  text(value: string): void {
    const utf8 = new TextEncoder().encode(value).subarray(0, 0xffff);
    this.u16(utf8.length);
    this.raw(utf8);
  }
  raw(bytes: Uint8Array): void {
    const at = this.#take(bytes.length);
    this.#buffer.set(bytes, at);
  }
  done(): Uint8Array {
    return this.#buffer.slice(0, this.length);
  }
}

export class RecorderLog {
  readonly #known = new Map<number, ActorFrame>();
  #startS: number | undefined;
  #frames = 0;

  get frames(): number {
    return this.#frames;
  }

  /** What the file begins with. `unixS`: when it was recorded. */
  header(map: string, unixS: number): Uint8Array {
    const out = new Bytes();
    out.u16(1);
    out.text(CARLA_LOG_MAGIC);
    out.i64(Math.floor(unixS));
    out.text(map.split('/').at(-1) ?? map);
    return out.done();
  }

  /** The packets of the next frame. */
  frame(frame: CarlaFrame): Uint8Array {
    const out = new Bytes();
    const { actors } = frame;
    this.#startS ??= frame.timeS;
    this.#frames++;
    const start = new Bytes();
    start.i64(this.#frames);
    start.f64(frame.deltaS);
    start.f64(frame.timeS - this.#startS);
    put(out, PACKET.frameStart, start.done());

    const present = new Set(actors.map(({ id }) => id));
    const gone = [...this.#known.keys()].filter((id) => !present.has(id));
    const fresh = actors.filter(({ id }) => !this.#known.has(id));
    records(out, PACKET.add, fresh, putActor);
    records(out, PACKET.remove, gone, (to, id) => to.u32(id));
    records(
      out,
      PACKET.parent,
      fresh.filter(({ info }) => info.parentId > 0),
      (to, { id, info }) => {
        to.u32(id);
        to.u32(info.parentId);
      },
    );
    records(out, PACKET.position, actors, (to, actor) => {
      to.u32(actor.id);
      putPose(to, actor);
    });
    records(
      out,
      PACKET.light,
      actors.filter(({ light }) => light),
      (to, { id, light }) => {
        if (!light) return;
        to.u32(id);
        to.u8(light.frozen ? 1 : 0);
        to.f32(light.elapsedS);
        to.u8(LIGHT_STATES.indexOf(light.state));
      },
    );
    records(
      out,
      PACKET.control,
      actors.filter(({ vehicle }) => vehicle),
      (to, { id, vehicle }) => {
        if (!vehicle) return;
        to.u32(id);
        to.f32(0 - vehicle.steer, vehicle.throttle, vehicle.brake);
        to.u8(vehicle.handBrake ? 1 : 0);
        to.i32(vehicle.gear);
      },
    );
    records(
      out,
      PACKET.walker,
      actors.filter(({ walker }) => walker),
      (to, { id, walker }) => {
        to.u32(id);
        to.f32((walker?.speedMps ?? 0) * CM);
      },
    );
    records(
      out,
      PACKET.kinematics,
      actors.filter(({ vehicle, walker }) => vehicle ?? walker),
      (to, actor) => {
        const velocity = toCarlaVector(actor.velocity);
        const { x, y, z } = actor.angularVelocity;
        to.u32(actor.id);
        to.f32(velocity.x, velocity.y, velocity.z, -x * DEG, y * DEG, -z * DEG);
      },
    );
    records(out, PACKET.box, fresh, (to, { id, info: { box } }) => {
      const centre = toCarlaVector(box.centre);
      to.u32(id);
      to.f32(centre.x * CM, centre.y * CM, centre.z * CM);
      to.f32(box.halfSize.x * CM, box.halfSize.y * CM, box.halfSize.z * CM);
    });
    records(
      out,
      PACKET.lightTimes,
      fresh.filter(({ light }) => light),
      (to, { id, light }) => {
        if (!light) return;
        to.u32(id);
        to.f32(light.times.greenS, light.times.yellowS, light.times.redS);
      },
    );
    put(out, PACKET.frameEnd, new Uint8Array(0));
    for (const id of gone) this.#known.delete(id);
    for (const actor of fresh) this.#known.set(actor.id, actor);
    return out.done();
  }
}

function put(out: Bytes, id: number, body: Uint8Array): void {
  out.u8(id);
  out.u32(body.length);
  out.raw(body);
}

/** A count of 16 bits and that many records; nothing when there are none. */
function records<T>(out: Bytes, id: number, items: readonly T[], write: (to: Bytes, item: T) => void): void {
  if (items.length === 0) return;
  const body = new Bytes();
  const kept = items.slice(0, 0xffff);
  body.u16(kept.length);
  for (const item of kept) write(body, item);
  put(out, id, body.done());
}

function putPose(out: Bytes, pose: Pose3): void {
  const { location, rotation } = toCarlaPose(pose);
  out.f32(location.x * CM, location.y * CM, location.z * CM, rotation.roll, rotation.pitch, rotation.yaw);
}

function putActor(out: Bytes, actor: ActorFrame): void {
  const { info } = actor;
  out.u32(actor.id);
  out.u8(Math.max(0, (ACTOR_KINDS as readonly string[]).indexOf(info.kind)));
  putPose(out, actor);
  out.u32(0);
  out.text(info.blueprint);
  out.u16(info.role ? 1 : 0);
  if (!info.role) return;
  // Attribute type: string.
  out.u8(3);
  out.text('role_name');
  out.text(info.role);
}

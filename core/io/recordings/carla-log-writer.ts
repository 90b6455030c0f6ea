/**
 * Live frames written as CARLA's own recorder file: what `lab import` and the page open, and what CARLA itself can replay.
 *
 * A frame becomes FrameStart, who came and went, collisions, poses, lights, controls, velocities, (once an actor) boxes, FrameEnd. Back
 * into the recorder's frame and units: left-handed, centimetres, degrees; velocities m/s as real recordings have them. Format:
 * importers/carla-log.ts, whose parser reads every byte of it back (tested).
 */
import { type Point3, type Pose3, toCarlaPose, toCarlaVector } from './carla-frame.ts';
import { CARLA_LOG_MAGIC } from './carla-log.ts';
import { ACTOR_KINDS, LIGHT_STATES } from './carla-log-recording.ts';

/** Somebody in a frame: right-handed, metres, radians; the pose is the actor's origin. */
export interface RecorderActor extends Pose3 {
  readonly id: number;
  readonly info: {
    /** One of ACTOR_KINDS; anything else is recorded as "other". */
    readonly kind: string;
    readonly blueprint: string;
    readonly role: string;
    /** Where it matters: 2 makes a bicycle or motorcycle. */
    readonly wheels?: number;
    /** 0: none. */
    readonly parentId: number;
    /** Centre in the actor's frame and half sizes, m. */
    readonly box: { readonly centre: Point3; readonly halfSize: Point3 };
  };
  readonly velocity: Point3;
  readonly angularVelocity: Point3;
  readonly vehicle?: {
    /** 0 … 1, steer −1 … 1 positive to the left. */
    readonly throttle: number;
    readonly steer: number;
    readonly brake: number;
    readonly handBrake: boolean;
    readonly gear: number;
  };
  readonly walker?: { readonly speedMps: number };
  readonly light?: {
    readonly state: (typeof LIGHT_STATES)[number];
    readonly frozen: boolean;
    readonly elapsedS: number;
    readonly times: { readonly greenS: number; readonly yellowS: number; readonly redS: number };
  };
}
export interface RecorderFrame {
  readonly timeS: number;
  readonly deltaS: number;
  readonly actors: readonly RecorderActor[];
  /** Who touched whom in this frame, by id, and whether each is a hero. */
  readonly collisions?: readonly { readonly ids: readonly [number, number]; readonly heroes: readonly boolean[] }[];
}

const CM = 100;
const DEG = 180 / Math.PI;
/** Packet ids, see carla-log-packets.ts. */
const PACKET = {
  frameStart: 0,
  frameEnd: 1,
  add: 2,
  remove: 3,
  parent: 4,
  collision: 5,
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
  readonly #known = new Map<number, RecorderActor>();
  #startS: number | undefined;
  #frames = 0;
  #collisions = 0;

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
  frame(frame: RecorderFrame): Uint8Array {
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
    records(out, PACKET.collision, frame.collisions ?? [], (to, { ids, heroes }) => {
      to.u32(this.#collisions++);
      for (const id of ids) to.u32(id);
      for (const hero of heroes) to.u8(hero ? 1 : 0);
    });
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
      actors.filter(({ info: { kind } }) => kind === 'vehicle' || kind === 'walker'),
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

function putActor(out: Bytes, actor: RecorderActor): void {
  const { info } = actor;
  out.u32(actor.id);
  out.u8(Math.max(0, (ACTOR_KINDS as readonly string[]).indexOf(info.kind)));
  putPose(out, actor);
  out.u32(0);
  out.text(info.blueprint);
  const attributes: readonly (readonly [type: number, name: string, value: string])[] = [
    ...(info.role ? ([[STRING, 'role_name', info.role]] as const) : []),
    ...(info.wheels ? ([[INTEGER, 'number_of_wheels', String(info.wheels)]] as const) : []),
  ];
  out.u16(attributes.length);
  for (const [type, name, value] of attributes) {
    out.u8(type);
    out.text(name);
    out.text(value);
  }
}
/** Types of attributes. */
const INTEGER = 1;
const STRING = 3;

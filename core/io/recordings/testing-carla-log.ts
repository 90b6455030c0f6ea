/** CARLA recordings made by hand, for tests: the file's own layout, packet by packet (centimetres, degrees, left-handed). */

/** Bytes of a recording made by hand. */
export class Log {
  readonly #parts: number[] = [];
  number(kind: 'Uint8' | 'Uint16' | 'Uint32' | 'Int32' | 'Float32' | 'Float64', value: number): this {
    const view = new DataView(new ArrayBuffer(8));
    view[`set${kind}`](0, value, true);
    this.#parts.push(...new Uint8Array(view.buffer, 0, Number(/\d+/.exec(kind)?.[0]) / 8));
    return this;
  }
  text(value: string): this {
    this.number('Uint16', value.length);
    this.#parts.push(...new TextEncoder().encode(value));
    return this;
  }
  long(value: number): this {
    return this.number('Uint32', value).number('Uint32', 0);
  }
  header(): this {
    return this.number('Uint16', 1).text('CARLA_RECORDER').long(1_700_000_000).text('Town01');
  }
  packet(id: number, body: Log = new Log(), size = body.#parts.length): this {
    this.number('Uint8', id).number('Uint32', size);
    for (const byte of body.#parts) this.#parts.push(byte);
    return this;
  }
  frame(id = 1, elapsed = 0): this {
    return this.packet(0, new Log().long(id).number('Float64', 0.05).number('Float64', elapsed));
  }
  bytes(): Uint8Array {
    return Uint8Array.from(this.#parts);
  }
}
export const log = () => new Log().header();
export const actor = (id: number) => {
  const body = new Log().number('Uint32', id).number('Uint8', 1);
  for (let i = 0; i < 6; i++) body.number('Float32', i);
  return body.number('Uint32', 9).text('vehicle.a').number('Uint16', 0);
};
export const joined = (...bodies: Log[]) => {
  const whole = new Log().number('Uint16', bodies.length);
  for (const body of bodies) for (const byte of body.bytes()) whole.number('Uint8', byte);
  return whole;
};

export interface DrawnActor {
  readonly id: number;
  /** 1 vehicle, 2 walker, 3 traffic light. */
  readonly type: number;
  readonly blueprint: string;
  readonly role?: string;
  /** First frame, and the frame that removes it. */
  readonly from?: number;
  readonly to?: number;
  /** Half length, half width, m; absent: no additional data. */
  readonly half?: readonly [number, number];
  /** Our frame: x, y (m), heading (degrees). */
  at(frame: number): readonly [x: number, y: number, headingDeg: number];
  /** LIGHT_STATES index. */
  light?(frame: number): number;
}

/** A whole recording of some actors. `contacts`: pairs that touch in a frame. */
export function drawnLog(
  actors: readonly DrawnActor[],
  frames: number,
  dt: number,
  contacts: (frame: number) => readonly (readonly [number, number])[] = () => [],
): Uint8Array {
  const out = log();
  const pose = (body: Log, { at }: DrawnActor, frame: number) => {
    const [x, y, heading] = at(frame);
    for (const value of [100 * x, -100 * y, 0, 0, 0, -heading]) body.number('Float32', value);
    return body;
  };
  for (let frame = 0; frame < frames; frame++) {
    const begins = actors.filter(({ from = 0 }) => from === frame);
    const there = actors.filter(({ from = 0, to = frames }) => from <= frame && frame < to);
    const gone = actors.filter(({ to }) => to === frame);
    const add = (each: DrawnActor) => {
      const body = pose(new Log().number('Uint32', each.id).number('Uint8', each.type), each, frame);
      body.number('Uint32', 1).text(each.blueprint);
      return each.role === undefined
        ? body.number('Uint16', 0)
        : body.number('Uint16', 1).number('Uint8', 3).text('role_name').text(each.role);
    };
    const box = ({ id, half = [0, 0] }: DrawnActor) => {
      const body = new Log().number('Uint32', id);
      for (const value of [0, 0, 75, 100 * half[0], 100 * half[1], 75]) body.number('Float32', value);
      return body;
    };
    const lights = there.flatMap(({ id, light }) =>
      light
        ? [new Log().number('Uint32', id).number('Uint8', 0).number('Float32', 0).number('Uint8', light(frame))]
        : [],
    );
    const touching = contacts(frame).map(([a, b]) =>
      new Log().number('Uint32', 0).number('Uint32', a).number('Uint32', b).number('Uint8', 1).number('Uint8', 0),
    );
    out
      .frame(frame + 1, frame * dt)
      .packet(2, joined(...begins.map(add)))
      .packet(3, joined(...gone.map(({ id }) => new Log().number('Uint32', id))))
      .packet(5, joined(...touching))
      .packet(6, joined(...there.map((each) => pose(new Log().number('Uint32', each.id), each, frame))))
      .packet(7, joined(...lights))
      .packet(13, joined(...begins.filter(({ half }) => half).map(box)))
      .packet(1);
  }
  return out.bytes();
}

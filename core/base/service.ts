/**
 * The two ends of a service that runs on another thread, derived from its contract: nothing is forwarded by hand. A contract is an
 * interface of asynchronous methods; a method that may fail for reasons a person should read answers a `Result`.
 *
 * `answering` is the service's end. An implementation returns plain values and throws; what it throws becomes a `Failure` here and
 * nowhere else. Methods may stand in parts that load when they are first asked for, and buffers that a value was marked with
 * (`transferring`) move instead of being copied. `asking` is the page's end: an object of the contract's type. What carries the
 * messages (Comlink over a Web Worker or a Node thread) is given to both. The habit is connect-es': clients derived from the contract.
 */
import { type Result, toFailure } from './failure.ts';

type Method = (...args: never[]) => unknown;
type Methods = Readonly<Record<string, Method>>;

const THROWS: unique symbol = Symbol('throws');
const PARTS: unique symbol = Symbol('parts');

/** Methods whose errors stay errors: they are thrown where they were asked. */
export type Throwing<M> = M & { readonly [THROWS]: true };

/** Marks a method, or all of a service, whose contract has no `Result`; the mark stands on what is given. */
export const throwing = <M extends object>(methods: M): Throwing<M> =>
  Object.assign(methods, { [THROWS]: true } as const);

type Answer<M> = M extends (...args: infer A) => Promise<infer R>
  ? [R] extends [Result<infer T>]
    ? (...args: A) => T | Promise<T>
    : Throwing<(...args: A) => R | Promise<R>>
  : never;
/** What implements the contract `S`: plain values for its results, marked methods for the others. */
export type Answers<S> = { readonly [K in keyof S]: Answer<S[K]> };

type Part = object | (() => Promise<object>);
type Whole<P extends readonly Part[]> = P extends readonly [infer First, ...infer Rest extends readonly Part[]]
  ? (First extends () => Promise<infer Loaded> ? Loaded : First) & Whole<Rest>
  : unknown;

/**
 * A service in parts. A method is looked for in their order, and a part that is a function is loaded when a method is in none of those
 * before it; questions that came meanwhile wait for it.
 */
export const inParts = <const P extends readonly Part[]>(...parts: P): Whole<P> =>
  ({ [PARTS]: parts }) as unknown as Whole<P>;

const moving = new WeakMap<object, readonly ArrayBuffer[]>();

/**
 * Marks `value`: sent to another thread, as argument or as result, these buffers of it move and are lost here. By default those of
 * the typed arrays that it is or has as fields; they must be nobody else's.
 */
export function transferring<T extends object>(value: T, buffers: readonly ArrayBuffer[] = buffersIn(value)): T {
  moving.set(value, buffers);
  return value;
}

function buffersIn(value: object): ArrayBuffer[] {
  const fields: readonly unknown[] = ArrayBuffer.isView(value) ? [value] : Object.values(value);
  return [...new Set(fields.flatMap((field) => (ArrayBuffer.isView(field) ? [field.buffer as ArrayBuffer] : [])))];
}

/** What takes values across threads: Comlink's functions of these names. */
export interface Carrier {
  /** `value`, to be sent with these buffers moved. */
  transfer<T extends object>(value: T, buffers: ArrayBuffer[]): T;
  /** `callback`, to be called from the other thread. */
  proxy<T extends object>(callback: T): T;
}

/** An object for the other thread: any of its methods answers as the contract says, or rejects where there is none of that name. */
export function answering<S extends object>(service: Answers<S> | Throwing<S>, carrier: Pick<Carrier, 'transfer'>): S {
  const { [PARTS]: parts = [service] } = service as { readonly [PARTS]?: readonly Part[] };
  const plain = (value: unknown) => sent(value, value, carrier);
  const answer = async (name: string, args: never[]): Promise<unknown> => {
    const part = await partWith(parts, name);
    const { [name]: method } = part;
    if (isThrowing(part) || isThrowing(method)) return plain(await method.apply(part, args));
    try {
      const value = await method.apply(part, args);
      return sent({ ok: true, value }, value, carrier);
    } catch (error) {
      return { ok: false, failure: toFailure(error) };
    }
  };
  const get = (_: object, name: string | symbol) =>
    isQuestion(name) ? (...args: never[]) => answer(name, args) : undefined;
  return new Proxy({}, { get }) as S;
}

async function partWith(parts: readonly Part[], name: string): Promise<Methods> {
  for (const part of parts) {
    const methods = (typeof part === 'function' ? await part() : part) as Methods;
    if (!(name in Object.prototype) && typeof methods[name] === 'function') return methods;
  }
  throw new Error(`The service has no method "${name}".`);
}
/** A promise that resolves to a service looks for `then`, and must not find a method. */
const isQuestion = (name: string | symbol): name is string => typeof name === 'string' && name !== 'then';
const isThrowing = (methods: object): boolean => THROWS in methods;

/** `message`, to be sent with the buffers that `marked`, which it is or holds, was marked with. */
function sent(message: unknown, marked: unknown, carrier: Pick<Carrier, 'transfer'>): unknown {
  const buffers = typeof marked === 'object' && marked !== null ? moving.get(marked) : undefined;
  return buffers ? carrier.transfer(message as object, [...buffers]) : message;
}

/**
 * A handle of the service behind `remote`, which is what the carrier makes of the other thread. Callbacks among the arguments are
 * called from there, marked arguments move.
 */
export function asking<S extends object>(remote: object, carrier: Carrier): S {
  const given = (argument: unknown): unknown =>
    typeof argument === 'function' ? carrier.proxy(argument) : sent(argument, argument, carrier);
  const ask =
    (name: string) =>
    (...args: unknown[]) =>
      (remote as Readonly<Record<string, (...given: unknown[]) => unknown>>)[name](...args.map(given));
  const get = (_: object, name: string | symbol) => (isQuestion(name) ? ask(name) : undefined);
  return new Proxy({}, { get }) as S;
}

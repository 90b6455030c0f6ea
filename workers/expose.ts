/** A service in a worker and its handle in the page, carried by Comlink: both ends follow from the contract (core/base/service.ts). */
import { expose as exposeObject, proxy, transfer, wrap } from 'comlink';
import { type Answers, answering, asking, type Throwing } from '../core/base/service.ts';

/** Answers this contract in the worker that calls it. */
export function expose<S extends object>(service: Answers<S> | Throwing<S>): void {
  exposeObject(answering(service, { transfer }));
}

/** The service behind a worker. */
export const handleOf = <S extends object>(worker: Worker): S => asking<S>(wrap(worker), { transfer, proxy });

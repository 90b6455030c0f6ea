/**
 * The workers behind the page, each started when first asked for. Every call goes through `ask`, so that a worker that
 * cannot be reached is a Failure like any other and never an unhandled rejection.
 */
import { createLab } from '../../workers/lab/lab.ts';
import type { Failure, LabService, Result, TrainService } from '../../workers/contracts/protocol.ts';
import { failureOf } from './notices.ts';

let labHandle: LabService | undefined;
let trainHandle: Promise<TrainService> | undefined;

/** The lab worker; answers one question at a time. */
export function lab(): LabService {
  labHandle ??= createLab();
  return labHandle;
}

/** The training worker; its code is fetched when training is first touched. */
export function train(): Promise<TrainService> {
  trainHandle ??= import('../../workers/train/train.ts').then(({ createTrain }) => createTrain());
  return trainHandle;
}

export const now = (): string => new Date().toISOString();
export const fail = (failure: Failure): { readonly ok: false; readonly failure: Failure } => ({ ok: false, failure });

/** A worker's answer; whatever it throws comes back as a failure. */
export async function ask<T>(question: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await question();
  } catch (error) {
    return fail(failureOf(error));
  }
}

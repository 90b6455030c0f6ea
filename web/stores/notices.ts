/** Short messages that float over the lab: what happened, and if it failed, what is kept and what to do. */
import { createStore } from 'zustand/vanilla';
import type { Failure } from '../../workers/contracts/protocol.ts';

export interface Notice {
  readonly id: number;
  readonly tone: 'plain' | 'error';
  readonly text: string;
  /** What remains as it was, for errors. */
  readonly kept?: string;
  readonly failure?: Failure;
  readonly retry?: () => void;
}

export const noticesStore = createStore<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));
let nextId = 1;
const PLAIN_MILLISECONDS = 4000;

export function dismiss(id: number): void {
  noticesStore.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Says something that goes away by itself. */
export function say(text: string): void {
  const id = nextId++;
  noticesStore.setState(({ notices }) => ({ notices: [...notices.slice(-3), { id, tone: 'plain', text }] }));
  setTimeout(() => dismiss(id), PLAIN_MILLISECONDS);
}

/** Says what failed and what is kept; stays until put away. The same sentence is not stacked twice. */
export function complain(failure: Failure, kept?: string, retry?: () => void): void {
  const { message, where } = failure;
  const text = where && !message.includes(where) ? `${message} (${where})` : message;
  const id = nextId++;
  noticesStore.setState(({ notices }) => ({
    notices: [
      ...notices.filter((notice) => notice.text !== text).slice(-3),
      { id, tone: 'error', text, kept, failure, retry },
    ],
  }));
}

/** Anything thrown as a Failure. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Error) return { message: error.message || error.name, detail: error.stack };
  return { message: String(error) };
}

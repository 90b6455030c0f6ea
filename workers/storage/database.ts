/**
 * The lab's one IndexedDB database: episodes with their summaries, runs, checkpoints. Whoever stores something opens it here.
 *
 * The schema is versioned; `upgrade` builds what an older version lacks and never drops what a person made. Every failure
 * becomes a `StorageError` that says in one sentence what happened and what is kept.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Episode } from '../../core/episode/episode.ts';
import type { RunState } from '../../core/learn/run/state.ts';
import type { RunInfo, TrainConfig } from '../contracts/protocol.ts';

const NAME = 'traceway';
const VERSION = 1;

/** A training run as it lies in storage; `state` is what it goes on from. */
export interface StoredRun {
  readonly id: string;
  readonly info: RunInfo;
  readonly config: TrainConfig;
  readonly state?: RunState;
}

/** One checkpoint of a run: safetensors bytes. */
export interface StoredCheckpoint {
  /** `${run}/${name}` */
  readonly id: string;
  readonly run: string;
  readonly name: string;
  /** Hash of its parameters. */
  readonly hash: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly bytes: Uint8Array;
}

/** What the list shows of an episode. */
export interface EpisodeSummary {
  readonly id: string;
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Scenario id. */
  readonly scenario: string;
  readonly seed: number;
  readonly policy: string;
  readonly steps: number;
  /** 0..1 */
  readonly score: number;
  readonly collision: boolean;
  /** A counterfactual. */
  readonly fork: boolean;
}

interface LabSchema extends DBSchema {
  episodes: { key: string; value: Episode };
  /** What the list shows, so that it need not read whole episodes; written in the same transaction. */
  summaries: { key: string; value: EpisodeSummary; indexes: { createdAt: string } };
  runs: { key: string; value: StoredRun };
  checkpoints: { key: string; value: StoredCheckpoint; indexes: { run: string } };
}

export type LabDatabase = IDBPDatabase<LabSchema>;

export type StorageFailure = 'full' | 'forbidden' | 'newer' | 'busy' | 'failed';

/** Storage that did not do as asked. A full one bears the name that browsers give it. */
export class StorageError extends Error {
  readonly reason: StorageFailure;
  constructor(reason: StorageFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = reason === 'full' ? 'QuotaExceededError' : 'StorageError';
    this.reason = reason;
  }
}

let opening: Promise<LabDatabase> | undefined;

/** The database, opened once a thread. @throws StorageError */
export function openDatabase(): Promise<LabDatabase> {
  opening ??= open().catch((error: unknown) => {
    opening = undefined;
    throw asStorageError(error, 'Nothing was changed.');
  });
  return opening;
}

/** Runs `work` on the database; `kept` ends the error's sentence: what is as it was before. @throws StorageError */
export async function withDatabase<T>(kept: string, work: (database: LabDatabase) => Promise<T>): Promise<T> {
  const database = await openDatabase();
  try {
    return await work(database);
  } catch (error) {
    throw asStorageError(error, kept);
  }
}

function open(): Promise<LabDatabase> {
  return new Promise((resolve, reject) => {
    const database = openDB<LabSchema>(NAME, VERSION, {
      upgrade(db, oldVersion) {
        if (oldVersion < 1) {
          db.createObjectStore('episodes', { keyPath: 'id' });
          db.createObjectStore('summaries', { keyPath: 'id' }).createIndex('createdAt', 'createdAt');
          db.createObjectStore('runs', { keyPath: 'id' });
          db.createObjectStore('checkpoints', { keyPath: 'id' }).createIndex('run', 'run');
        }
      },
      blocked() {
        reject(new StorageError('busy', 'Another tab holds an older version of the storage; close it and try again.'));
      },
      blocking(_current, _next, event) {
        (event.target as IDBDatabase).close();
        opening = undefined;
      },
      terminated() {
        opening = undefined;
      },
    });
    database.then(resolve, reject);
  });
}

function asStorageError(error: unknown, kept: string): unknown {
  if (error instanceof StorageError || !(error instanceof Error)) return error;
  switch (error.name) {
    case 'QuotaExceededError':
      return new StorageError('full', `The browser’s storage is full. ${kept}`, error);
    case 'SecurityError':
    case 'NotSupportedError':
    case 'InvalidStateError':
      return new StorageError('forbidden', `The browser does not let this page store anything. ${kept}`, error);
    case 'VersionError':
      return new StorageError('newer', 'The storage was made by a newer Traceway; reload the page to use it.', error);
    case 'DataError':
    case 'DataCloneError':
    case 'AbortError':
    case 'UnknownError':
    case 'TransactionInactiveError':
      return new StorageError('failed', `Storing failed (${error.message}). ${kept}`, error);
    default:
      return error;
  }
}

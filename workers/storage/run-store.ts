/**
 * Training runs and their checkpoints in this browser, so that a killed tab costs no more than the steps since the last
 * checkpoint. A run and the state it goes on from are one record, written whole or not at all.
 */
import { STAGES } from '../../core/learn/stages.ts';
import { openDatabase, type StoredCheckpoint, type StoredRun, withDatabase } from './database.ts';

export type { StoredCheckpoint, StoredRun } from './database.ts';

export interface RunStore {
  /** Newest first. */
  runs(): Promise<StoredRun[]>;
  run(id: string): Promise<StoredRun | undefined>;
  putRun(run: StoredRun): Promise<void>;
  /** The run with all its checkpoints. */
  deleteRun(id: string): Promise<void>;
  putCheckpoint(checkpoint: Omit<StoredCheckpoint, 'id'>): Promise<void>;
  /** Newest first, of one run or of all. */
  checkpoints(run?: string): Promise<StoredCheckpoint[]>;
  /** Names of a run's checkpoints, newest first, without reading them. */
  checkpointNames(run: string): Promise<string[]>;
  checkpoint(run: string, name: string): Promise<StoredCheckpoint | undefined>;
  deleteCheckpoint(run: string, name: string): Promise<void>;
}

const UNTOUCHED = 'What was stored before is untouched.';
const newestFirst = (a: { createdAt: string }, b: { createdAt: string }) => (a.createdAt < b.createdAt ? 1 : -1);

/** Place of a checkpoint's stage in a run; within a stage names sort by their number. */
const stageOrder = (name: string): number => STAGES.findIndex(({ id }) => name.startsWith(`${id}-`));

/** Every method rejects with a StorageError that says what is kept. */
export async function openRunStore(): Promise<RunStore> {
  await openDatabase();
  return {
    runs: async () => {
      const all = await withDatabase(UNTOUCHED, (db) => db.getAll('runs'));
      return all.sort((a, b) => newestFirst(a.info, b.info));
    },
    run: (id) => withDatabase(UNTOUCHED, (db) => db.get('runs', id)),
    putRun: async (run) => {
      await withDatabase('The run’s last checkpoint is kept.', (db) => db.put('runs', run));
    },
    deleteRun: (id) =>
      withDatabase('The run is kept.', async (db) => {
        const transaction = db.transaction(['runs', 'checkpoints'], 'readwrite');
        const checkpoints = transaction.objectStore('checkpoints');
        const keys = await checkpoints.index('run').getAllKeys(id);
        const deleted = keys.map((key) => checkpoints.delete(key));
        await Promise.all([...deleted, transaction.objectStore('runs').delete(id), transaction.done]);
      }),
    putCheckpoint: async (checkpoint) => {
      const id = `${checkpoint.run}/${checkpoint.name}`;
      await withDatabase('Earlier checkpoints are kept.', (db) => db.put('checkpoints', { ...checkpoint, id }));
    },
    checkpoints: async (run) => {
      const all = await withDatabase(UNTOUCHED, (db) =>
        run === undefined ? db.getAll('checkpoints') : db.getAllFromIndex('checkpoints', 'run', run),
      );
      return all.sort(newestFirst);
    },
    checkpointNames: async (run) => {
      const keys = await withDatabase(UNTOUCHED, (db) => db.getAllKeysFromIndex('checkpoints', 'run', run));
      const names = keys.map((key) => key.slice(run.length + 1));
      return names.sort((a, b) => stageOrder(b) - stageOrder(a) || (a < b ? 1 : -1));
    },
    checkpoint: (run, name) => withDatabase(UNTOUCHED, (db) => db.get('checkpoints', `${run}/${name}`)),
    deleteCheckpoint: (run, name) => withDatabase(UNTOUCHED, (db) => db.delete('checkpoints', `${run}/${name}`)),
  };
}

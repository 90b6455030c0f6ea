/**
 * Episodes kept in this browser. An episode is written whole or not at all; the list reads small summaries only. What comes
 * out of storage is checked like a file from a stranger, since an older or newer Traceway may have written it.
 */
import type { Episode } from '../../core/episode/episode.ts';
import { EpisodeError, validateEpisode } from '../../core/episode/json.ts';
import { MAX_NAME } from '../../core/episode/limits.ts';
import { type EpisodeSummary, openDatabase, StorageError, withDatabase } from './database.ts';

export interface EpisodeStore {
  /** Newest first; with a filter, those in which every word of it occurs. */
  list(filter?: string): Promise<EpisodeSummary[]>;
  /** Writes or overwrites the episode of that id. */
  save(episode: Episode): Promise<void>;
  /** @throws EpisodeError when the stored record can't be read by this version. */
  get(id: string): Promise<Episode | undefined>;
  rename(id: string, name: string): Promise<void>;
  delete(id: string): Promise<void>;
  /** What the whole page stores, as the browser estimates it; null where it does not say. */
  usage(): Promise<{ readonly usedBytes: number; readonly quotaBytes: number | null }>;
}

/** Every method rejects with a StorageError that says what is kept. */
export async function openEpisodeStore(): Promise<EpisodeStore> {
  await openDatabase();
  return { list, save, get, rename, delete: remove, usage };
}

function summariseEpisode({ id, name, createdAt, scenario, seed, policy, score, parent }: Episode): EpisodeSummary {
  return {
    id,
    name,
    createdAt,
    scenario: scenario.id,
    seed,
    policy: policy.name,
    steps: score.steps,
    score: score.score,
    collision: score.noCollision === 0,
    fork: parent !== undefined,
  };
}

/** Whether every word of `filter` occurs in what the line says. */
function matches({ name, scenario, seed, policy }: EpisodeSummary, filter: string): boolean {
  const text = `${name} ${scenario} seed ${seed} ${policy}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

async function list(filter = ''): Promise<EpisodeSummary[]> {
  const all = await withDatabase('Nothing was changed.', (db) => db.getAllFromIndex('summaries', 'createdAt'));
  return all.reverse().filter((summary) => matches(summary, filter));
}

async function save(episode: Episode): Promise<void> {
  const record = validateEpisode(episode);
  await withDatabase('This drive was not kept; those kept before are untouched.', async (db) => {
    const transaction = db.transaction(['episodes', 'summaries'], 'readwrite');
    await Promise.all([
      transaction.objectStore('episodes').put(record),
      transaction.objectStore('summaries').put(summariseEpisode(record)),
      transaction.done,
    ]);
  });
}

async function get(id: string): Promise<Episode | undefined> {
  const stored = await withDatabase('Nothing was changed.', (db) => db.get('episodes', id));
  return stored && validateEpisode(stored);
}

async function rename(id: string, name: string): Promise<void> {
  if (name.trim() === '' || name.length > MAX_NAME) {
    throw new EpisodeError('name', `got ${name.length} characters, expected 1 to ${MAX_NAME}`);
  }
  await withDatabase('The episode keeps its name.', async (db) => {
    const transaction = db.transaction(['episodes', 'summaries'], 'readwrite');
    const episodes = transaction.objectStore('episodes');
    const summaries = transaction.objectStore('summaries');
    const [episode, summary] = await Promise.all([episodes.get(id), summaries.get(id)]);
    if (!episode || !summary) throw new StorageError('failed', 'This episode is no longer kept.');
    await Promise.all([episodes.put({ ...episode, name }), summaries.put({ ...summary, name }), transaction.done]);
  });
}

async function remove(id: string): Promise<void> {
  await withDatabase('The episode is kept.', async (db) => {
    const transaction = db.transaction(['episodes', 'summaries'], 'readwrite');
    await Promise.all([
      transaction.objectStore('episodes').delete(id),
      transaction.objectStore('summaries').delete(id),
      transaction.done,
    ]);
  });
}

async function usage(): Promise<{ usedBytes: number; quotaBytes: number | null }> {
  const { usage: used, quota } = (await navigator.storage?.estimate?.()) ?? {};
  return { usedBytes: used ?? 0, quotaBytes: quota ?? null };
}

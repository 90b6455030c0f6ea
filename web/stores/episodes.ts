/**
 * Episodes kept in this browser: the list with its filter, and what keeps, renames, deletes, exports and imports them. The
 * store's code is fetched after the first drive is on the screen; a browser that forbids storage costs only the keeping.
 */
import { createStore } from 'zustand/vanilla';
import type { Episode } from '../../core/episode/episode.ts';
import type { EpisodeStore } from '../../workers/storage/episode-store.ts';
import type { EpisodeSummary } from '../../workers/storage/database.ts';
import type { Failure } from '../../workers/contracts/protocol.ts';
import { driveStore } from './drive.ts';
import { complain, failureOf } from './notices.ts';

export interface EpisodesState {
  readonly status: 'unread' | 'reading' | 'ready' | 'failed';
  readonly list: readonly EpisodeSummary[];
  readonly filter: string;
  readonly usedBytes: number;
  readonly quotaBytes: number | null;
  readonly failure: Failure | null;
}

export const episodesStore = createStore<EpisodesState>(() => ({
  status: 'unread',
  list: [],
  filter: '',
  usedBytes: 0,
  quotaBytes: null,
  failure: null,
}));

let opened: Promise<EpisodeStore> | undefined;
function store(): Promise<EpisodeStore> {
  opened ??= import('../../workers/storage/episode-store.ts').then(({ openEpisodeStore }) => openEpisodeStore());
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

/** Reads the list again. */
export async function refreshEpisodes(): Promise<void> {
  if (episodesStore.getState().status !== 'ready') episodesStore.setState({ status: 'reading', failure: null });
  try {
    const episodes = await store();
    const [list, usage] = await Promise.all([episodes.list(), episodes.usage()]);
    episodesStore.setState({ status: 'ready', list, ...usage, failure: null });
  } catch (error) {
    episodesStore.setState({ status: 'failed', failure: failureOf(error) });
  }
}

/** Keeps an episode. Returns whether it is kept; why not is said once. `quiet` for drives kept along the way. */
export async function keepEpisode(episode: Episode, quiet = false): Promise<boolean> {
  try {
    await (await store()).save(episode);
    await refreshEpisodes();
    return true;
  } catch (error) {
    const full = error instanceof Error && error.name === 'QuotaExceededError';
    const failure: Failure = full
      ? { message: 'The browser’s storage is full, so this drive was not kept.', detail: String(error) }
      : failureOf(error);
    if (!quiet)
      complain(failure, 'The drive stays on the screen; export it, or delete older episodes and keep it again.');
    return false;
  }
}

/** A kept episode, or null with a notice. */
export async function readKept(id: string): Promise<Episode | null> {
  try {
    const episode = await (await store()).get(id);
    if (!episode) complain({ message: 'This episode is no longer kept.' });
    return episode ?? null;
  } catch (error) {
    complain(failureOf(error), 'The other episodes are untouched.');
    return null;
  }
}

export async function renameEpisode(id: string, name: string): Promise<void> {
  try {
    await (await store()).rename(id, name);
    const { episode } = driveStore.getState();
    if (episode?.id === id) driveStore.setState({ episode: { ...episode, name } });
    await refreshEpisodes();
  } catch (error) {
    complain(failureOf(error), 'The episode keeps its name.');
  }
}

export async function deleteEpisode(id: string): Promise<void> {
  try {
    await (await store()).delete(id);
    await refreshEpisodes();
  } catch (error) {
    complain(failureOf(error), 'The episode is kept.');
  }
}

/** Episodes whose name, scenario, seed or policy has every word of the filter. */
export function filtered({ list, filter }: Pick<EpisodesState, 'list' | 'filter'>): readonly EpisodeSummary[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return list.filter((episode) => {
    const text = `${episode.name} ${episode.scenario} seed ${episode.seed} ${episode.policy}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

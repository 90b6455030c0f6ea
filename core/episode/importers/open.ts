/**
 * Any file a person opens: an episode as JSON or a recorded drive. Read once, told apart by its `format`, checked whole.
 */
import { EPISODE_FORMAT, type Episode } from '../episode.ts';
import { EpisodeError, validateEpisode } from '../json.ts';
import { COMMA_FORMAT, ImportError, importComma, isCommaLog, parseLogText, type RecordedLog } from './comma.ts';

export type OpenedFile =
  | { readonly kind: 'episode'; readonly episode: Episode }
  | { readonly kind: 'log'; readonly log: RecordedLog };

/** @throws ImportError or EpisodeError, each naming what is wrong and where. */
export function openDriveFile(name: string, bytes: Uint8Array): OpenedFile {
  const value = parseLogText(bytes);
  if (isCommaLog(value)) return { kind: 'log', log: importComma(name, value) };
  if (isEpisode(value)) return { kind: 'episode', episode: validateEpisode(value) };
  const known = `"${EPISODE_FORMAT}" or "${COMMA_FORMAT}"`;
  throw new ImportError('format', `this file is not one the lab reads, expected ${known}`);
}

function isEpisode(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || !('format' in value)) return false;
  return typeof value.format === 'string' && value.format.startsWith('traceway-episode/');
}

export { EpisodeError, ImportError };

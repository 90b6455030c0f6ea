/**
 * Episodes as the command line gets them: a replay link (alone, in an address or in a file) or an episode file. Whatever comes
 * is a stranger's: sizes are capped before anything is read, and a drive is replayed and its hashes compared before it is used.
 */
import { readFile, stat } from 'node:fs/promises';
import type { ReplayView } from '../../core/episode/link/codec.ts';
import type { Episode } from '../../core/episode/episode.ts';
import { episodeFromJson } from '../../core/episode/json.ts';
import { MAX_FILE_BYTES } from '../../core/episode/limits.ts';
import { decodeLink, encodeLink, type LinkContext } from '../../core/episode/link/link.ts';
import { type Replay, replayEpisode } from '../../core/episode/replay.ts';
import { resolveScenario } from '../../core/episode/link/resolve.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';
import { shippedScenarios } from './scenarios.ts';

export interface OpenedEpisode {
  readonly episode: Episode;
  readonly source: 'link' | 'file';
  /** What the sender of a link was looking at. */
  readonly view?: ReplayView;
  /** States and score, recomputed. */
  readonly replay: Replay;
}

/** A link begins with "#r" or "r1."; an address carries it after its "#". */
const looksLikeLink = (text: string) => /^(#|r\d+\.|[a-z][a-z0-9+.-]*:\/\/)/i.test(text.trimStart());

/**
 * The episode that `text` is or names, replayed. `now` (ISO 8601) dates what comes from a link.
 * Throws an Error of one sentence: damaged, unknown scenario, or diverged at a step.
 */
export async function openEpisode(text: string, now: string): Promise<OpenedEpisode> {
  if (looksLikeLink(text)) return openLink(text, now);
  const { size } = await stat(text).catch(() => {
    const shown = text.length > 60 ? `${text.slice(0, 57)}…` : text;
    throw new Error(`"${shown}" is neither a replay link (#r1.…) nor a file that can be read.`);
  });
  if (size > MAX_FILE_BYTES) {
    throw new Error(
      `"${text}" has ${(size / 2 ** 20).toFixed(1)} MiB; an episode has at most ${MAX_FILE_BYTES / 2 ** 20}.`,
    );
  }
  const bytes = await readFile(text).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`"${text}" cannot be read (${error.code}).`);
  });
  const start = new TextDecoder().decode(bytes.subarray(0, 200));
  if (looksLikeLink(start)) return openLink(new TextDecoder().decode(bytes), now);
  try {
    const episode = episodeFromJson(bytes);
    return { episode, source: 'file', replay: verified(episode) };
  } catch (error) {
    throw new Error(`"${text}": ${(error as Error).message}`, { cause: error });
  }
}

/** Text of a stranger's record for a terminal: control characters, and with them escape sequences, taken out. */
export const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');

/** The link of an episode, `#` included. Throws LinkError. */
export function linkOf(episode: Episode, view: ReplayView = { step: 0, camera: 'chase', breakpoints: [] }): string {
  return withContext((context) => encodeLink(episode, view, context));
}

function openLink(text: string, now: string): OpenedEpisode {
  const { episode, view } = withContext((context) => decodeLink(text, now, context));
  return { episode, view, source: 'link', replay: verified(episode) };
}

/** Replays; throws when a state differs from the one recorded or the record proves nothing. */
function verified(episode: Episode): Replay {
  const scenario = resolveScenario(episode.scenario, (id) => shippedScenarios().get(id));
  const spec = instantiate(scenario, episode.seed);
  const replay = withContext(({ worlds }) => replayEpisode(episode, spec, worlds, scenario.human));
  const { verified: proof, steps } = replay.frames;
  if (proof !== true) {
    throw new Error(
      `This drive diverged at step ${proof.divergedAtStep}: replayed here, it does not give the states it was recorded with.`,
    );
  }
  if (episode.stateHashes.at(-1)?.[0] !== steps) {
    throw new Error(`stateHashes: there is none for the last step (${steps}), so this drive cannot be verified.`);
  }
  return replay;
}

function withContext<T>(work: (context: LinkContext) => T): T {
  const worlds = createWasmWorlds(1);
  try {
    return work({ worlds, scenario: (id) => shippedScenarios().get(id) });
  } finally {
    worlds.dispose();
  }
}

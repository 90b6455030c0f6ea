/**
 * The scenario editor's state: the text, what the lab worker says of it, the expert's drive through it, and the drafts kept in
 * localStorage. A shipped scenario is only a start: it becomes a draft with the first change. Checks are asked for while typing, at most one
 * at a time; an answer to an older text is dropped.
 */
import { createStore } from 'zustand/vanilla';
import type { Episode } from '../../core/episode/episode.ts';
import type { DraftCheck, DriveStates, ScenarioInfo } from '../../workers/contracts/protocol.ts';
import { IDLE, type PendingWork } from './drive.ts';
import { complain, failureOf } from './notices.ts';
import { saveBytes } from './files.ts';
import { showEpisode } from './open.ts';
import { goTo } from './pages.ts';
import { play } from './playback.ts';
import { ask, lab, now } from './services.ts';

export interface ScenarioDraft {
  readonly id: string;
  readonly text: string;
}
export interface EditorState {
  readonly shipped: readonly ScenarioInfo[];
  readonly drafts: readonly ScenarioDraft[];
  /** The draft being written; null while a shipped text stands unchanged. */
  readonly current: string | null;
  /** Shipped scenario that the unchanged text is, for the list. */
  readonly start: string;
  readonly text: string;
  readonly seed: number;
  /** Of the text on the screen, or of the newest one that has been checked. */
  readonly check: DraftCheck | null;
  /** The newest world that could be shown: stays while the text has a mistake. */
  readonly world: { readonly episode: Episode; readonly frames: DriveStates } | null;
  readonly driven: { readonly episode: Episode; readonly frames: DriveStates } | null;
  readonly driving: PendingWork;
}

const KEY = 'traceway.drafts/1';
const MAX_DRAFTS = 50;
/** A longer one is no scenario (core/tasks/driving/scenario/scenario.ts takes half of this). */
const MAX_DRAFT_CHARS = 128 * 1024;
const TYPING_MS = 150;
const FIRST = 'hidden_pedestrian';

export const editorStore = createStore<EditorState>(() => ({
  shipped: [],
  drafts: [],
  current: null,
  start: FIRST,
  text: '',
  seed: 1,
  check: null,
  world: null,
  driven: null,
  driving: IDLE,
}));

/** The id that a text gives itself, for lists and file names. */
export const draftName = (text: string): string => /^id:\s*["']?([\w-]{1,40})/m.exec(text)?.[1] ?? 'untitled';

/** Kept drafts; what is not one is dropped. */
export function readDrafts(text: string | null): readonly ScenarioDraft[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(kept)) return [];
    return kept
      .filter(
        (draft): draft is ScenarioDraft =>
          typeof draft?.id === 'string' && typeof draft.text === 'string' && draft.text.length <= MAX_DRAFT_CHARS,
      )
      .slice(0, MAX_DRAFTS);
  } catch {
    return [];
  }
}

function keep(drafts: readonly ScenarioDraft[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(drafts));
  } catch (error) {
    complain(
      { message: 'The browser’s storage takes no more drafts.', detail: String(error) },
      'The text stays on the screen; download it to keep it.',
    );
  }
}

/** Reads drafts and shipped scenarios, and begins with the newest draft or the first scenario. */
export async function openEditor(): Promise<void> {
  if (editorStore.getState().text !== '') return;
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // A browser that forbids storage has no drafts.
  }
  const drafts = readDrafts(kept);
  editorStore.setState({ drafts });
  if (drafts[0]) openDraft(drafts[0].id);
  try {
    editorStore.setState({ shipped: await lab().scenarios() });
  } catch (error) {
    complain(failureOf(error), 'Drafts can still be written.');
  }
  if (!drafts[0]) await startFrom(FIRST);
}

/** Puts a shipped scenario's text on the screen. */
export async function startFrom(id: string): Promise<void> {
  try {
    const response = await fetch(`${import.meta.env.BASE_URL}scenarios/${id}.yaml`);
    if (!response.ok) throw new Error(`The text of “${id}” is missing (HTTP ${response.status}).`);
    show(await response.text(), null, id);
  } catch (error) {
    complain(failureOf(error), 'The text on the screen is untouched.');
  }
}

export function openDraft(id: string): void {
  const draft = editorStore.getState().drafts.find((one) => one.id === id);
  if (draft) show(draft.text, id);
}

function show(text: string, current: string | null, start = ''): void {
  editorStore.setState({ text, current, start, check: null, driven: null, driving: IDLE });
  void checkNow();
}

/** The person typed: the text becomes, or changes, a draft. */
export function setText(text: string): void {
  const { current, drafts } = editorStore.getState();
  const id = current ?? `draft-${Date.now().toString(36)}`;
  const next = [{ id, text }, ...drafts.filter((draft) => draft.id !== id)].slice(0, MAX_DRAFTS);
  editorStore.setState({ text, current: id, drafts: next, driven: null, driving: IDLE });
  keep(next);
  clearTimeout(timer);
  timer = setTimeout(() => void checkNow(), TYPING_MS);
}
let timer: ReturnType<typeof setTimeout> | undefined;

export function setSeed(seed: number): void {
  editorStore.setState({ seed, driven: null, driving: IDLE });
  if (isSeed(seed)) void checkNow();
}
export const isSeed = (seed: number): boolean => Number.isInteger(seed) && seed >= 0 && seed <= 4294967295;

export function deleteDraft(): void {
  const { current, drafts } = editorStore.getState();
  const left = drafts.filter(({ id }) => id !== current);
  editorStore.setState({ drafts: left });
  keep(left);
  if (left[0]) openDraft(left[0].id);
  else void startFrom(FIRST);
}

async function checkNow(): Promise<void> {
  clearTimeout(timer);
  const { text, seed } = editorStore.getState();
  const result = await ask(() => lab().checkDraft(text, isSeed(seed) ? seed : 0));
  const state = editorStore.getState();
  if (state.text !== text || state.seed !== seed) return;
  if (!result.ok) return complain(result.failure, 'The text is kept.');
  const check = result.value;
  editorStore.setState({ check, ...(check.fits && { world: { episode: check.episode, frames: check.frames } }) });
}

/** Drives the text with the expert; the drive is shown beside the text. */
export async function runExpert(): Promise<void> {
  const { text, seed, driving } = editorStore.getState();
  if (driving.phase === 'running' || !isSeed(seed)) return;
  await checkNow();
  if (!editorStore.getState().check?.fits) return;
  editorStore.setState({ driving: { phase: 'running', text: 'The expert drives' }, driven: null });
  const episode = await ask(() => lab().driveDraft(text, seed, now()));
  const frames = episode.ok ? await ask(() => lab().frames(episode.value)) : episode;
  if (editorStore.getState().text !== text || editorStore.getState().seed !== seed) return;
  if (!episode.ok || !frames.ok) {
    const failure = episode.ok ? (frames as { failure: { message: string } }).failure : episode.failure;
    return editorStore.setState({ driving: { phase: 'failed', failure } });
  }
  editorStore.setState({ driving: IDLE, driven: { episode: episode.value, frames: frames.value } });
}

/** The expert's drive, in the lab and kept; it carries the text. */
export async function openDriven(): Promise<void> {
  const { driven } = editorStore.getState();
  if (!driven || !(await showEpisode(driven.episode, 'own', true))) return;
  goTo('lab');
  play();
}

export function downloadDraft(): void {
  const { text } = editorStore.getState();
  saveBytes(`${draftName(text)}.yaml`, new TextEncoder().encode(text), 'application/yaml');
}

/** Files in and out: choosing, dropping, saving. What a file holds is read and checked in the lab worker. */
import type { Episode } from '../../core/episode/episode.ts';
import { driveStore } from './drive.ts';
import { complain, failureOf } from './notices.ts';
import { openFile } from './open.ts';
import { lab } from './services.ts';

/** Largest file the page hands on, bytes; beyond it the sentence says so instead of filling memory. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Opens a file if it is of a size worth reading. */
export function takeFile(file: File): void {
  if (file.size > MAX_FILE_BYTES) {
    complain({ message: `“${file.name}” is larger than 64 MB.` }, 'Nothing was opened or stored.');
    return;
  }
  void openFile(file);
}

/** The system's file chooser. */
export function chooseFile(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.json,.xml,.xosc,application/json,text/xml';
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) takeFile(file);
  });
  input.click();
}

/** Saves bytes under a name by the browser's download. */
export function saveBytes(name: string, bytes: Uint8Array, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const fileName = (name: string): string => `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 80)}.json`;

/** Exports an episode (the open one by default) as one JSON file. */
export async function saveEpisodeFile(episode: Episode | null = driveStore.getState().episode): Promise<void> {
  if (!episode) return;
  try {
    saveBytes(fileName(episode.name), await lab().exportEpisode(episode), 'application/json');
  } catch (error) {
    complain(failureOf(error), 'The episode itself is kept.');
  }
}

/** Watches the window for dragged files; tells whether one hovers. Returns how to stop. */
export function listenForDrops(onHover: (hovers: boolean) => void): () => void {
  const isFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const over = (event: DragEvent) => {
    if (!isFile(event)) return;
    event.preventDefault();
    onHover(true);
  };
  const leave = (event: DragEvent) => {
    if (event.relatedTarget === null) onHover(false);
  };
  const drop = (event: DragEvent) => {
    if (!isFile(event)) return;
    event.preventDefault();
    onHover(false);
    const file = event.dataTransfer?.files[0];
    if (file) takeFile(file);
  };
  window.addEventListener('dragover', over);
  window.addEventListener('dragleave', leave);
  window.addEventListener('drop', drop);
  return () => {
    window.removeEventListener('dragover', over);
    window.removeEventListener('dragleave', leave);
    window.removeEventListener('drop', drop);
  };
}

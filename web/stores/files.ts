/** Files in and out: choosing, dropping, saving. What a file holds is read and checked in the lab worker. */
import type { Episode } from '../../core/episode/episode.ts';
import { driveStore } from './drive.ts';
import { complain, failureOf, say } from './notices.ts';
import type { DriveFiles } from '../../workers/contracts/protocol.ts';
import { addMapFile, openFile, openRecordingFile } from './open.ts';
import { lab } from './services.ts';

/** Largest file the page hands on whole, bytes; recordings and maps are read piece by piece, the worker knows their limits. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** A file's kind shows in its first bytes. */
const HEAD_BYTES = 4096;

type FileKind = 'recording' | 'map' | 'story' | 'catalogue' | 'zip' | 'other';

async function kindOf(file: File): Promise<FileKind> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const text = new TextDecoder().decode(head);
  if (text.slice(2).startsWith('\u000e\u0000CARLA_RECORDER')) return 'recording';
  if (text.startsWith('PK\u0003\u0004')) return 'zip';
  if (/<OpenSCENARIO[\s>]/.test(text)) return /<Catalog\s/.test(text) ? 'catalogue' : 'story';
  return /<OpenDRIVE[\s>]/.test(text) ? 'map' : 'other';
}

/**
 * Opens files: one drive or recording, and the map and the catalogues that belong to a recording or an OpenSCENARIO file, in whichever order
 * they come, also together in a zip archive.
 */
async function takeFiles(given: readonly File[]): Promise<void> {
  const files = await unpacked(given);
  if (!files) return;
  const kinds = await Promise.all(files.map((file) => kindOf(file).catch((): FileKind => 'other')));
  const all = (kind: FileKind) => files.filter((_, i) => kinds[i] === kind);
  const catalogues = all('catalogue');
  const [recording, map, story, other] = (['recording', 'map', 'story', 'other'] as const).map((kind) => all(kind)[0]);
  const first = recording ?? story ?? (map || catalogues.length > 0 ? undefined : other);
  const together = recording === undefined && story !== undefined;
  if (first && !(await openOne(first, recording !== undefined, together ? { map, catalogues } : {}))) return;
  if (!together && (map || catalogues.length > 0)) await takeMore(map, catalogues);
  const left = files.length - Number(first !== undefined) - Number(map !== undefined) - catalogues.length;
  if (left > 0 && files === given)
    say(`${left} more ${left === 1 ? 'file was' : 'files were'} not opened: one drive is open at a time.`);
}

/** With the files of archives in the place of the archives; undefined when one cannot be unpacked. */
async function unpacked(files: readonly File[]): Promise<readonly File[] | undefined> {
  const kinds = await Promise.all(files.map((file) => kindOf(file).catch((): FileKind => 'other')));
  if (!kinds.includes('zip')) return files;
  try {
    const { filesInZip, MAX_ZIP_BYTES } = await import('../../core/io/logs/zip-files.ts');
    const all = await Promise.all(
      files.map(async (file, i): Promise<readonly File[]> => {
        if (kinds[i] !== 'zip') return [file];
        if (file.size > MAX_ZIP_BYTES) throw new Error(`“${file.name}” is larger than 64 MB.`);
        const inside = filesInZip(new Uint8Array(await file.arrayBuffer()));
        return inside.map(({ name, bytes }) => new File([bytes as Uint8Array<ArrayBuffer>], name));
      }),
    );
    return all.flat();
  } catch (error) {
    complain(failureOf(error), 'Nothing was opened or stored.');
    return undefined;
  }
}

async function openOne(file: File, recording: boolean, beside: DriveFiles): Promise<boolean> {
  if (recording) return openRecordingFile(file);
  if (file.size > MAX_FILE_BYTES) {
    complain({ message: `“${file.name}” is larger than 64 MB.` }, 'Nothing was opened or stored.');
    return false;
  }
  return openFile(file, undefined, undefined, beside);
}

/** A map, catalogues or both, for the drive that is open. */
async function takeMore(map: File | undefined, catalogues: readonly File[]): Promise<void> {
  const { episode, imported } = driveStore.getState();
  if (map && episode?.recording) await addMapFile(map);
  else if (imported?.again && imported.format.startsWith('openscenario'))
    imported.again(imported.mode ?? 'replayed', { ...(map && { map }), ...(catalogues.length > 0 && { catalogues }) });
  else {
    const { name } = map ?? catalogues[0];
    const what = map ? 'a map; drop it with the recording or scenario' : 'a catalogue; drop it with the scenario';
    complain({ message: `“${name}” is ${what} that it belongs to.` }, 'Nothing was stored.');
  }
}

/** The system's file chooser. */
export function chooseFile(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = '.json,.xml,.xosc,.log,.xodr,.zip,application/json,text/xml';
  input.addEventListener('change', () => {
    if (input.files?.length) void takeFiles([...input.files]);
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
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) void takeFiles(files);
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

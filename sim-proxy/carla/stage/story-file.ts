/** A storyboard's file, read whole before a server is asked: so that what is wrong with it is told first. */
import { basename } from 'node:path';
import { createSkips } from '../../../core/io/logs/log.ts';
import type { CatalogueFile } from '../../../core/io/openscenario/catalogues.ts';
import { readStoryboard } from '../../../core/io/openscenario/read.ts';
import { cataloguesBeside } from '../../node/catalogues.ts';

export interface StoryFile {
  /** The file's, and the same without its ending. */
  readonly name: string;
  readonly id: string;
  readonly bytes: Uint8Array;
  /** The town that it is in; "": any. */
  readonly town: string;
  readonly catalogues: readonly CatalogueFile[];
  /** What was not read beside it. */
  readonly notes: readonly string[];
}

/** `bytes` are the file's at `path`. @throws ImportError */
export async function readStoryFile(path: string, bytes: Uint8Array): Promise<StoryFile> {
  const notes: string[] = [];
  const catalogues = await cataloguesBeside(path, bytes, (sentence) => notes.push(sentence));
  const { roadFile } = readStoryboard(bytes, createSkips(), catalogues);
  const name = basename(path);
  const town = basename(roadFile).replace(/\.xodr$/, '');
  return { name, id: name.replace(/\.[^.]*$/, ''), bytes, town, catalogues, notes };
}

/** Checkpoint files for the command line. */
import { readFile } from 'node:fs/promises';
import { parametersHash, readCheckpoint } from '../../core/models/checkpoint.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';

export interface CheckpointFile {
  readonly name: string;
  readonly flat: Float32Array;
  /** SHA-256 of the parameters. */
  readonly hash: string;
}

/** A policy that drives here. Throws CheckpointError, or an Error that says why the file cannot be read or driven. */
export async function readPolicyFile(file: string): Promise<CheckpointFile> {
  const bytes = await readFile(file).catch(() => {
    throw new Error(`"${file}" cannot be read; a .safetensors checkpoint is wanted.`);
  });
  const { config, flat, name } = readCheckpoint(bytes);
  if (JSON.stringify(config) !== JSON.stringify(POLICY_CONFIG)) {
    throw new Error(`"${file}" is a policy of another size or vocabulary and cannot drive here.`);
  }
  return { name, flat, hash: parametersHash(flat) };
}

/**
 * An episode's record of who drove it. Episodes and links have no field for the residual: a checkpoint that drove without it has said so
 * at the end of its name since the first format, and that is read and written here and nowhere else.
 */
import type { PolicyIdentity } from '../models/identity.ts';
import type { EpisodePolicy } from './episode.ts';

const BARE = '(SFT only)';

/** The record of a drive. `engine` computed it; built-in policies have none. */
export function policyRecord({ kind, hash, name, residual }: PolicyIdentity, engine?: string): EpisodePolicy {
  return {
    kind,
    ...(hash !== undefined && { checkpointHash: hash }),
    name: kind === 'checkpoint' && !residual ? `${name} ${BARE}` : name,
    ...(engine !== undefined && { engine }),
  };
}

/** Who drove; of a link's episode the hash is only its first 16 digits. */
export function identityOf({ kind, checkpointHash, name }: EpisodePolicy): PolicyIdentity {
  const bare = kind === 'checkpoint' && name.endsWith(BARE);
  return {
    kind,
    ...(checkpointHash !== undefined && { hash: checkpointHash }),
    name: bare ? name.slice(0, -BARE.length).trimEnd() : name,
    residual: kind === 'checkpoint' && !bare,
  };
}
